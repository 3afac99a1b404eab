"""Melodies ready to play, found by their affect. Knows nothing of how they were made."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import hypot, inf, log2
from typing import NamedTuple

from emo_osc.core.affect import Affect
from emo_osc.core.score import Melody
from emo_osc.core.targets import FORMULAS, Targets
from emo_osc.protocol.messages import Ready

MAX_MELODIES = 384  # a look along the whole shelf then stays under 0.1 ms
NEAR = 0.12  # melodies that lie this close to the nearest are as good; a third of the way between two moods
REACH = 0.35  # farther from the nearest than this is another affect: the moods' smallest distance from each other
OFF_THEME = 0.3  # how much farther a melody lies that is not of the theme that was learned: near no more, within reach
MISS_WEIGHT = 0.25  # how much a melody's own miss of its targets counts beside its distance on the plane
NOTES_WEIGHT = 0.5  # how much twice or half the notes asked for count beside it
FEWEST_NOTES = 0.25  # a bar, so that silence has a logarithm
SAME = 0.05  # octaves of notes per bar: a melody that so few were bent for is judged by its own miss alone


@dataclass(slots=True)
class _Place:
    """A melody on the shelf, and how often it has been played."""

    ready: Ready
    is_seed: bool
    theme: int
    plays: int = 0


class _Point(NamedTuple):
    """What the cost of a melody is computed from, side by side for speed.

    `notes` are its own per bar, and `bent` how many more are asked for now, with no density held, than were asked of
    it: both in octaves, log2.
    """

    valence: float
    arousal: float
    miss: float
    notes: float
    bent: float


class Shelf:
    """A bounded shelf: the seeds it starts with stay, what the studio adds later leaves oldest first.

    A melody's own miss says how far it lies from the targets it was made for. Where others hold now, or a density is
    held, its notes per bar are compared with those asked for, too.
    """

    def __init__(self, seeds: tuple[Ready, ...] = ()) -> None:
        self._places: list[_Place] = []
        self._points: list[_Point] = []
        self._asked_notes = _remembered(FORMULAS)
        self._is_bent = False
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

    def set_targets(self, targets: Targets) -> None:
        """Ask for what these targets say from now on."""
        self._asked_notes = _remembered(targets)
        self._points = [self._point(place.ready) for place in self._places]
        self._is_bent = any(abs(point.bent) > SAME for point in self._points)

    def begin_theme(self) -> None:
        """What is added from now on belongs together, and is chosen before everything that lay there."""
        self._theme = 1 + max((place.theme for place in self._places), default=0)

    def end_theme(self) -> None:
        """Choose among all alike again."""
        self._theme = 0

    def choose(
        self,
        affect: Affect,
        density: float = 0.0,
        without: tuple[Ready | None, ...] = (),
        keep: Ready | None = None,
        is_rough: Callable[[Ready], bool] = lambda _: False,
    ) -> Ready | None:
        """The melody to play for an affect: of the near ones the least played, then not a rough one, then the nearest.

        A held `density` in [-1, 1] asks for half to twice the notes; `without` are left out; `keep` is chosen if it is
        near. None where no melody of this affect is left.
        """
        costs = self._costs(affect, density)
        best = min(costs, default=inf)
        if keep and self.cost(keep, affect, density) <= best + NEAR:
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

    def cost(self, ready: Ready, affect: Affect, density: float = 0.0) -> float:
        """How far a melody lies from an affect: on the plane, by its own miss, and by the notes per bar asked for."""
        return self._costs_of([self._point(ready)], affect, density)[0]

    def _costs(self, affect: Affect, density: float) -> list[float]:
        theme = self._theme
        if density or self._is_bent:
            costs = self._costs_of(self._points, affect, density)
        else:  # the plain case is on the way of every message
            valence, arousal = affect.valence, affect.arousal
            costs = [hypot(v - valence, a - arousal) + miss for v, a, miss, _, _ in self._points]
        if not theme:
            return costs
        return [c if p.theme == theme else c + OFF_THEME for c, p in zip(costs, self._places, strict=True)]

    def _costs_of(self, points: list[_Point], affect: Affect, density: float) -> list[float]:
        valence, arousal = affect.valence, affect.arousal
        asked = log2(self._asked_notes(affect, density))
        return [
            hypot(v - valence, a - arousal)
            + miss
            + (NOTES_WEIGHT * abs(notes - asked) if density or abs(bent) > SAME else 0.0)
            for v, a, miss, notes, bent in points
        ]

    def _point(self, ready: Ready) -> _Point:
        here, miss = ready.affect, MISS_WEIGHT * min(ready.distance, 2.0)
        asked_then = ready.asked_notes or FORMULAS.notes_per_bar(here)
        bent = log2(self._asked_notes(here, 0.0) / asked_then)
        return _Point(here.valence, here.arousal, miss, log2(max(FEWEST_NOTES, ready.measured.notes_per_bar)), bent)

    def _put(self, ready: Ready, *, is_seed: bool) -> bool:
        if ready.melody in self._known:
            return False
        self._known.add(ready.melody)
        point = self._point(ready)
        self._places.append(_Place(ready, is_seed, self._theme))
        self._points.append(point)
        self._is_bent = self._is_bent or abs(point.bent) > SAME
        return True

    def _drop_oldest(self) -> bool:
        for index, place in enumerate(self._places):
            if not place.is_seed:
                self._known.discard(place.ready.melody)
                del self._places[index], self._points[index]
                return True
        return False


def _remembered(targets: Targets) -> Callable[[Affect, float], float]:
    """Notes per bar of an affect at a density; most melodies of a shelf share their points with others."""
    return lru_cache(maxsize=MAX_MELODIES)(targets.notes_per_bar)
