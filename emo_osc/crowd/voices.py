"""The newest word of every client, fading with its age, and the one point made of them.

Theory of operation. A client is known by the last level of its topic. It has one place in a few arrays, which are fast
to write one by one, and which numpy copies at once; a new word overwrites the last one, so that sending more gives no
more influence. Each client has a rate limit (GCRA, a leaky bucket): what comes above it is dropped before its payload
is looked at. A word counts fully for a third of `fade_s`, then less and less, and no more after `fade_s`. The point is
the geometric median, so a minority far away moves it little. A named mood is a word at the mood's point; where more
than half of the weight names one mood, the median is that point and the mood is named too.

Knows no broker and no socket; times are arguments, in seconds.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.affect import Affect
from emo_osc.crowd.median import Points, geometric_median, mean_distance
from emo_osc.crowd.words import Word

FEW_PLACES = 256  # so few need not be given back
FULL_SHARE = 1 / 3  # of the time of fading, during which a word counts fully: a bad network may lose the next two
NO_MOOD = -1
FORGET_S = 1.0


@dataclass(frozen=True, slots=True)
class Manners:
    """How clients are counted.

    A word counts for `fade_s` seconds. A client may send `rate_hz` messages a second and `burst` at once; there is room
    for `most` clients. `weights` are those of clients that count as more, or less, than one.

    Raises:
        ValueError: a value is out of range.
    """

    fade_s: float = 6.0
    rate_hz: float = 10.0
    burst: float = 20.0
    most: int = 100_000
    weights: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (0 < self.fade_s < inf and 0 < self.rate_hz < inf and self.burst >= 1 and self.most >= 1):
            raise ValueError(f"fade_s, rate_hz, burst and most must be above 0, got {self}")
        if not all(0 < weight < inf for weight in self.weights.values()):
            raise ValueError(f"weights must be above 0, got {dict(self.weights)}")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the crowd wants: a point; `spread` 0..2 sqrt 2, the mean distance from it; how many clients count.

    `mood` is the id of a mood that more than half of them name, or empty.
    """

    affect: Affect
    spread: float
    count: int
    mood: str = ""


class Voices:
    """All clients of a show.

    >>> voices = Voices(Manners(fade_s=6.0))
    >>> for name in ("a", "b"):
    ...     if voices.admits(name, 0.0):
    ...         voices.hear(name, Word(0.5, 0.5), 0.0)
    >>> voices.opinion(1.0)
    Opinion(affect=Affect(valence=0.5, arousal=0.5), spread=0.0, count=2, mood='')
    >>> voices.opinion(6.0) is None
    True
    """

    def __init__(self, manners: Manners | None = None) -> None:
        self._manners = manners or Manners()
        self._places: dict[str, int] = {}
        self._moods: dict[str, int] = {"": NO_MOOD}
        self._paid_s, self._heard_s, self._weights = array("d"), array("d"), array("d")
        self._valences, self._arousals, self._named = array("d"), array("d"), array("l")
        self._last: Points | None = None
        self._forgot_s = -inf

    def __len__(self) -> int:
        """Clients that are remembered, those that have faded too."""
        return len(self._places)

    def __contains__(self, voice: str) -> bool:
        """Whether a client is remembered."""
        return voice in self._places

    def admits(self, voice: str, now_s: float) -> bool:
        """Whether a message of a client is to be read: it keeps to its rate, and there is room for it."""
        place = self._places.get(voice)
        if place is None:
            if len(self._places) >= self._manners.most:
                self._forget(now_s)
            if len(self._places) >= self._manners.most:
                return False
            place = self._new_place(voice)  # before its word is known: one that sends no words has a rate too
        paid_s = max(self._paid_s[place], now_s)
        if paid_s - now_s > (self._manners.burst - 1) / self._manners.rate_hz:
            return False
        self._paid_s[place] = paid_s + 1 / self._manners.rate_hz
        return True

    def hear(self, voice: str, word: Word, now_s: float) -> None:
        """Take the word of a client that was admitted, in place of its last one."""
        place = self._places.get(voice)
        if place is None:
            place = self._new_place(voice)
        self._heard_s[place] = now_s
        self._valences[place], self._arousals[place], mood = word
        self._named[place] = self._moods.setdefault(mood, len(self._moods) - 1) if mood else NO_MOOD

    def opinion(self, now_s: float) -> Opinion | None:
        """What they want now; None where nobody has said anything for as long as a word counts."""
        shares = self._shares(now_s)
        is_heard = shares > 0
        if not is_heard.any():
            self._last = None
            return None
        points = np.stack([np.array(self._valences), np.array(self._arousals)], axis=1)[is_heard]
        weights = (shares * np.array(self._weights))[is_heard]
        self._last = geometric_median(points, weights, self._last)
        spread = mean_distance(points, weights, self._last)
        mood = self._majority(np.array(self._named)[is_heard], weights)
        if len(self._places) > max(FEW_PLACES, 2 * len(points)):
            self._forget(now_s)
        return Opinion(Affect.clamped(*self._last.tolist()), spread, len(points), mood)

    def _shares(self, now_s: float) -> Points:
        """How far each word still counts, 0..1, (N,)."""
        ages = now_s - np.array(self._heard_s)
        left = (self._manners.fade_s - ages) / (self._manners.fade_s * (1 - FULL_SHARE))
        return np.clip(left, 0.0, 1.0)

    def _majority(self, moods: NDArray[np.int_], weights: Points) -> str:
        named = moods != NO_MOOD
        if not named.any():
            return ""
        sums = np.bincount(moods[named], weights[named])
        most = int(sums.argmax())
        return list(self._moods)[most + 1] if sums[most] > weights.sum() / 2 else ""

    def _new_place(self, voice: str) -> int:
        """A place of a client that has said nothing yet."""
        place = self._places[voice] = len(self._places)
        for values in (self._valences, self._arousals):
            values.append(0.0)
        for times_s in (self._heard_s, self._paid_s):
            times_s.append(-inf)
        self._named.append(NO_MOOD)
        self._weights.append(self._manners.weights.get(voice, 1.0))
        return place

    def _forget(self, now_s: float) -> None:
        """Give back the places of those that have faded and may send again; at most once a second: it looks at all."""
        if now_s - self._forgot_s < FORGET_S:
            return
        self._forgot_s = now_s
        kept: list[int] = np.flatnonzero((self._shares(now_s) > 0) | (np.array(self._paid_s) > now_s)).tolist()
        names = list(self._places)
        self._places = {names[place]: new for new, place in enumerate(kept)}
        for values in (self._paid_s, self._heard_s, self._weights, self._valences, self._arousals):
            values[:] = array("d", [values[place] for place in kept])
        self._named[:] = array("l", [self._named[place] for place in kept])
