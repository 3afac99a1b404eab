"""Melodies ready to play, found by their affect. Knows nothing of how they were made."""

from collections.abc import Callable
from dataclasses import dataclass
from math import hypot, inf, log2

from emo_osc.core.affect import Affect
from emo_osc.core.score import Melody
from emo_osc.protocol.messages import Ready

MAX_MELODIES = 384  # a look along the whole shelf then stays under 0.1 ms
NEAR = 0.12  # melodies that lie this close to the nearest are as good; a third of the way between two moods
REACH = 0.35  # farther from the nearest than this is another affect: the moods' smallest distance from each other
OFF_THEME = 0.3  # how much farther a melody lies that is not of the theme that was learned: near no more, within reach
MISS_WEIGHT = 0.25  # how much a melody's own miss of its targets counts beside its distance on the plane


@dataclass(slots=True)
class _Place:
    """A melody on the shelf, and how often it has been played."""

    ready: Ready
    is_seed: bool
    theme: int
    plays: int = 0


class Shelf:
    """A bounded shelf: the seeds it starts with stay, what the studio adds later leaves oldest first."""

    def __init__(self, seeds: tuple[Ready, ...] = ()) -> None:
        self._places: list[_Place] = []
        self._points: list[tuple[float, float, float]] = []  # valence, arousal and miss of each, side by side for speed
        self._known: set[Melody] = set()
        self._theme = 0
        for ready in seeds[:MAX_MELODIES]:
            self._put(ready, is_seed=True)

    def __len__(self) -> int:
        return len(self._places)

    def add(self, ready: Ready) -> bool:
        """Put a melody on the shelf; false where it lies there already, or there is no room beside the seeds."""
        if len(self._places) >= MAX_MELODIES and not self._drop_oldest():
            return False
        return self._put(ready, is_seed=False)

    def begin_theme(self) -> None:
        """What is added from now on belongs together, and is chosen before everything that lay there."""
        self._theme = 1 + max((place.theme for place in self._places), default=0)

    def end_theme(self) -> None:
        """Choose among all alike again."""
        self._theme = 0

    def choose(
        self,
        affect: Affect,
        notes_per_bar: float | None = None,
        without: tuple[Ready | None, ...] = (),
        keep: Ready | None = None,
        is_rough: Callable[[Ready], bool] = lambda _: False,
    ) -> Ready | None:
        """The melody to play for an affect: of the near ones the least played, then not a rough one, then the nearest.

        `notes_per_bar` > 0 asks for melodies so dense, None for those of any; `without` are left out; `keep` is chosen
        if it is near. None where no melody of this affect is left.
        """
        costs = self._costs(affect, notes_per_bar)
        best = min(costs, default=inf)
        if keep and cost(keep, affect, notes_per_bar) <= best + NEAR:
            return keep
        left_out, reach = {id(ready) for ready in without}, best + REACH
        others = [
            (far, place)
            for far, place in zip(costs, self._places, strict=True)
            if far <= reach and id(place.ready) not in left_out
        ]
        limit = min((far for far, _ in others), default=inf) + NEAR
        near = [(far, place) for far, place in others if far <= limit]
        least = min((place.plays for _, place in near), default=0)
        fresh = sorted(((far, place) for far, place in near if place.plays == least), key=lambda pair: pair[0])
        smooth = (place.ready for _, place in fresh if not is_rough(place.ready))
        return next(smooth, fresh[0][1].ready if fresh else None)

    def mark_played(self, ready: Ready) -> None:
        """Remember that a melody was played, so that others get their turn."""
        for place in self._places:
            if place.ready is ready:
                place.plays += 1

    def _costs(self, affect: Affect, notes_per_bar: float | None) -> list[float]:
        valence, arousal = affect.valence, affect.arousal
        theme = self._theme
        if notes_per_bar:
            costs = [cost(place.ready, affect, notes_per_bar) for place in self._places]
        else:  # the plain case is on the way of every message
            costs = [hypot(v - valence, a - arousal) + miss for v, a, miss in self._points]
        if not theme:
            return costs
        return [c if p.theme == theme else c + OFF_THEME for c, p in zip(costs, self._places, strict=True)]

    def _put(self, ready: Ready, *, is_seed: bool) -> bool:
        if ready.melody in self._known:
            return False
        self._known.add(ready.melody)
        point = ready.affect
        self._places.append(_Place(ready, is_seed, self._theme))
        self._points.append((point.valence, point.arousal, _miss(ready)))
        return True

    def _drop_oldest(self) -> bool:
        for index, place in enumerate(self._places):
            if not place.is_seed:
                self._known.discard(place.ready.melody)
                del self._places[index], self._points[index]
                return True
        return False


def cost(ready: Ready, affect: Affect, notes_per_bar: float | None = None) -> float:
    """How far a melody lies from an affect: on the plane, by its own miss, and by the notes per bar asked for."""
    far = hypot(ready.affect.valence - affect.valence, ready.affect.arousal - affect.arousal)
    far += _miss(ready)
    if notes_per_bar:
        far += 0.5 * abs(log2(max(0.25, ready.measured.notes_per_bar) / notes_per_bar))
    return far


def _miss(ready: Ready) -> float:
    return MISS_WEIGHT * min(ready.distance, 2.0)
