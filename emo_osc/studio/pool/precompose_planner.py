"""Which affect to pre-compose melodies for next.

In order of likely need: the current affect and the extrapolated next one, recent affects, the moods, a grid over the
plane; among equals the one with the fewest melodies first. Pure: time is an argument.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from emo_osc.core.affect import Affect

ROOM = 192  # melodies sent in all before renewal begins: half of the stage's shelf
FEW = 2  # melodies for a point that is less likely than a mood
RECENT = 8
SAME = 0.1  # closer points share their melodies; equals the shelf's tolerance
DIRECTION_S = 10.0  # requests within this time of each other give a direction
AXIS = (-1.0, -0.5, 0.0, 0.5, 1.0)
GRID = tuple(Affect(valence, arousal) for valence in AXIS for arousal in AXIS)


@dataclass(frozen=True, slots=True)
class _Request:
    affect: Affect
    at_s: float


class PrecomposePlanner:
    """Counts the melodies sent for each point, and gives the point that needs more.

    >>> planner = PrecomposePlanner([Affect(0.0, 0.0)], 1)
    >>> planner.next_need()
    (Affect(valence=0.0, arousal=0.0), 1)
    >>> planner.note_sent(Affect(0.0, 0.0), 1)
    >>> planner.next_need() is None
    True
    """

    def __init__(self, moods: Iterable[Affect], pool: int, grid: Iterable[Affect] = (), recent: int = 0) -> None:
        """`pool` >= 1: melodies for each mood, fewer where there are many moods; `recent` >= 0: points remembered."""
        self._moods = list(dict.fromkeys(moods))
        self._grid = [point for point in grid if point not in self._moods]
        self._pool = min(pool, max(1, ROOM // max(1, len(self._moods))))
        self._recent: deque[Affect] = deque(maxlen=recent)
        self._ahead: Affect | None = None
        self._last: _Request | None = None
        self._sent: dict[Affect, int] = {}

    @property
    def is_empty(self) -> bool:
        """Whether there is no point to compose for."""
        return not any(points for points, _ in self._ranks())

    def note_request(self, affect: Affect, now_s: float) -> None:
        """Record a request of the stage: its affect is current, and may continue the direction from the one before."""
        last, self._last = self._last, _Request(affect, now_s)
        if not self._recent.maxlen:
            return
        is_moving = last is not None and now_s - last.at_s < DIRECTION_S and last.affect.distance(affect) > SAME
        self._ahead = _beyond(last.affect, affect) if last and is_moving else None
        others = [point for point in self._recent if point.distance(affect) >= SAME]
        self._recent = deque([*others, affect], self._recent.maxlen)
        self._drop_counts()

    def note_sent(self, affect: Affect, count: int) -> None:
        """Record `count` melodies sent to the stage, or attempted, for an affect."""
        self._sent[affect] = self._sent.get(affect, 0) + count

    def next_need(self) -> tuple[Affect, int] | None:
        """The point to compose for now and the number of missing melodies; None where every point has enough."""
        for points, wanted in self._ranks():
            emptiest = min(points, key=self._count, default=None)
            if emptiest is not None and self._count(emptiest) < wanted:
                return emptiest, wanted - self._count(emptiest)
        return None

    def renewed(self) -> Affect | None:
        """The point to make one more melody for once all have enough: the one with the smallest surplus."""
        each = [(self._count(point) - wanted, point) for points, wanted in self._ranks() for point in points]
        return min(each, key=lambda pair: pair[0])[1] if each else None

    def begin_again(self) -> None:
        """Reset all counts."""
        self._sent.clear()

    def _count(self, affect: Affect) -> int:
        return self._sent.get(affect, 0)

    def _ranks(self) -> list[tuple[list[Affect], int]]:
        """Points and the number of melodies each should have, in order of likely need."""
        recent, ahead = list(self._recent), [self._ahead] if self._ahead else []
        return [
            (recent[-1:], self._pool),
            (ahead, FEW),
            (recent[:-1], FEW),
            (self._moods, self._pool),
            (self._grid, min(FEW, self._pool)),
        ]

    def _drop_counts(self) -> None:
        """Drop the counts of points no longer planned for, which bounds the memory."""
        alive = {point for points, _ in self._ranks() for point in points}
        self._sent = {point: count for point, count in self._sent.items() if point in alive}


def _beyond(start: Affect, end: Affect) -> Affect:
    """The point as far beyond `end` as `start` lies before it, clamped to the plane."""
    return Affect.clamped(2 * end.valence - start.valence, 2 * end.arousal - start.arousal)
