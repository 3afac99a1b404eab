"""The shelf: melodies ready to play, found by their affect. Knows nothing of how they were made."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import hypot, inf, log2
from typing import NamedTuple

from emo_osc.core.affect import Affect
from emo_osc.core.score import Melody
from emo_osc.core.targets import FORMULAS, Targets
from emo_osc.protocol.messages import Ready

MAX_MELODIES = 384  # a search of the whole shelf then takes less than 0.1 ms
NEAR = 0.12  # melodies at most this much farther than the nearest count as equal; a third of the way between moods
REACH = 0.35  # a melody farther than the nearest by more is of another affect: the smallest distance between moods
OFF_THEME = 0.3  # added to the distance of melodies outside the learned theme: more than NEAR, less than REACH
MISS_WEIGHT = 0.25  # the weight of a melody's distance from its targets beside its distance on the plane
NOTES_WEIGHT = 0.5  # the cost of twice or half the notes asked for
FEWEST_NOTES = 0.25  # a bar, so that silence has a logarithm
SAME = 0.05  # octaves of notes per bar: below this change of targets a melody is judged by its own miss alone


@dataclass(slots=True)
class _Place:
    """A melody on the shelf, and how often it has been played."""

    ready: Ready
    is_seed: bool
    theme: int
    plays: int = 0


class _Point(NamedTuple):
    """What the cost of a melody is computed from, as plain numbers for speed.

    In octaves (log2): `notes` are its notes per bar; `bent` is how much the notes now asked for at its affect, with no
    density held, exceed those it was made for.
    """

    valence: float
    arousal: float
    miss: float
    notes: float
    bent: float


class Shelf:
    """A bounded store: the seeds it starts with stay; of the melodies added later the oldest is dropped first.

    A melody's miss is its distance from the targets it was made for. Where the targets have changed since, or a
    density is held, its notes per bar are compared with those asked for, too.
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
        """Add a melody; false where it is there already, or where seeds take all the room."""
        if len(self._places) >= MAX_MELODIES and not self._drop_oldest():
            return False
        return self._put(ready, is_seed=False)

    def set_targets(self, targets: Targets) -> None:
        """Compare notes per bar with these targets from now on."""
        self._asked_notes = _remembered(targets)
        self._points = [self._point(place.ready) for place in self._places]
        self._is_bent = any(abs(point.bent) > SAME for point in self._points)

    def begin_theme(self) -> None:
        """Prefer the melodies that are added from now on to all that are there."""
        self._theme = 1 + max((place.theme for place in self._places), default=0)

    def end_theme(self) -> None:
        """End this preference."""
        self._theme = 0

    def choose(
        self,
        affect: Affect,
        density: float = 0.0,
        without: tuple[Ready | None, ...] = (),
        keep: Ready | None = None,
        is_rough: Callable[[Ready], bool] = lambda _: False,
    ) -> Ready | None:
        """The melody for an affect: of the near ones played least, the nearest for which `is_rough` is false.

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
        """Count one more play of a melody, so that others are chosen next."""
        for place in self._places:
            if place.ready is ready:
                place.plays += 1

    def cost(self, ready: Ready, affect: Affect, density: float = 0.0) -> float:
        """The cost of a melody for an affect: distance on the plane, plus its misses of targets and density."""
        return self._costs_of([self._point(ready)], affect, density)[0]

    def _costs(self, affect: Affect, density: float) -> list[float]:
        theme = self._theme
        if density or self._is_bent:
            costs = self._costs_of(self._points, affect, density)
        else:  # without a held density: this path runs for every message
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
    """Notes per bar of an affect at a density, cached: most melodies share their affect with others."""
    return lru_cache(maxsize=MAX_MELODIES)(targets.notes_per_bar)
