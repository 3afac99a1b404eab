"""Which affects melodies are composed for next, so that they lie ready before they are asked for.

In order of likely need: where the performer is and seems to go, where they were lately, the moods, a grid over the
plane; among equals the emptiest first. Pure: told when, answers what.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from emo_osc.core.affect import Affect

ROOM = 192  # melodies in all that are sent before renewal begins: half of the stage's shelf
FEW = 2  # melodies for a point that is less likely than a mood
RECENT = 8
SAME = 0.1  # points that lie closer have their melodies in common: as near as the shelf takes for equal
HASTE_S = 10.0  # wishes that follow each other within this time show a direction
AXIS = (-1.0, -0.5, 0.0, 0.5, 1.0)
GRID = tuple(Affect(valence, arousal) for valence in AXIS for arousal in AXIS)


@dataclass(frozen=True, slots=True)
class _Wish:
    affect: Affect
    at_s: float


class PrecomposePlanner:
    """How many melodies each point has been sent, and which point lacks most.

    >>> needs = PrecomposePlanner([Affect(0.0, 0.0)], 1)
    >>> needs.next_lack()
    (Affect(valence=0.0, arousal=0.0), 1)
    >>> needs.note_sent(Affect(0.0, 0.0), 1)
    >>> needs.next_lack() is None
    True
    """

    def __init__(self, moods: Iterable[Affect], pool: int, grid: Iterable[Affect] = (), recent: int = 0) -> None:
        """`pool` >= 1 melodies for each mood, fewer where there are many; `recent` >= 0 points are remembered."""
        self._moods = list(dict.fromkeys(moods))
        self._grid = [point for point in grid if point not in self._moods]
        self._pool = min(pool, max(1, ROOM // max(1, len(self._moods))))
        self._recent: deque[Affect] = deque(maxlen=recent)
        self._ahead: Affect | None = None
        self._last: _Wish | None = None
        self._sent: dict[Affect, int] = {}

    @property
    def is_empty(self) -> bool:
        """Whether there is no point to compose for at all."""
        return not any(points for points, _ in self._ranks())

    def note_wish(self, affect: Affect, now_s: float) -> None:
        """The stage has asked for an affect: it is likely there now, and on its way from the one before."""
        last, self._last = self._last, _Wish(affect, now_s)
        if not self._recent.maxlen:
            return
        is_hasty = last is not None and now_s - last.at_s < HASTE_S and last.affect.distance(affect) > SAME
        self._ahead = _beyond(last.affect, affect) if last and is_hasty else None
        others = [point for point in self._recent if point.distance(affect) >= SAME]
        self._recent = deque([*others, affect], self._recent.maxlen)
        self._forget()

    def note_sent(self, affect: Affect, count: int) -> None:
        """So many melodies for an affect have gone to the stage, or were tried."""
        self._sent[affect] = self._sent.get(affect, 0) + count

    def next_lack(self) -> tuple[Affect, int] | None:
        """The point to compose for now, and how many melodies it lacks; None while every point has what it should."""
        for points, wanted in self._ranks():
            emptiest = min(points, key=self._count, default=None)
            if emptiest is not None and self._count(emptiest) < wanted:
                return emptiest, wanted - self._count(emptiest)
        return None

    def renewed(self) -> Affect | None:
        """The point to make one more melody for once all are full: each in its turn."""
        each = [(self._count(point) - wanted, point) for points, wanted in self._ranks() for point in points]
        return min(each, key=lambda pair: pair[0])[1] if each else None

    def begin_again(self) -> None:
        """All that was sent counts no more."""
        self._sent.clear()

    def _count(self, affect: Affect) -> int:
        return self._sent.get(affect, 0)

    def _ranks(self) -> list[tuple[list[Affect], int]]:
        """Points with how many melodies each should have, the likeliest first."""
        recent, ahead = list(self._recent), [self._ahead] if self._ahead else []
        return [
            (recent[-1:], self._pool),
            (ahead, FEW),
            (recent[:-1], FEW),
            (self._moods, self._pool),
            (self._grid, min(FEW, self._pool)),
        ]

    def _forget(self) -> None:
        """Let the counts of points go that nobody will ask about, so that an evening of wishes takes no memory."""
        alive = {point for points, _ in self._ranks() for point in points}
        self._sent = {point: count for point, count in self._sent.items() if point in alive}


def _beyond(start: Affect, end: Affect) -> Affect:
    """As far beyond the end as the start lies before it."""
    return Affect.clamped(2 * end.valence - start.valence, 2 * end.arousal - start.arousal)
