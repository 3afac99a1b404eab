"""Where in its phrase each bar of a melody stands, the form of a melody, and its profile.

A bar's place is two numbers: bars since its phrase began, and bars until it ends. A form is an index for each bar or
beat: the first bar (beat) that it repeats, so `0 1 2 3 0 1 6 7 ..` returns to its beginning in bar five. A melody has
two: that of its rhythm, and that of its notes, which repeats less. Beats repeat where their bar is equal to an earlier
one, or varies it: shares half of its notes with it or more. The profile says of each bar how full and how high it is
beside the whole melody.
"""

import numpy as np
from numpy.typing import NDArray

from emo_osc.studio.attributes import Tokens

BARS = 16
BEATS = 64
LAGS = (1, 2, 4, 8)  # bars back at which people repeat
FAR = 8  # this many bars or more
UNKNOWN = 9
PLACES = 10
OTHER = len(LAGS) + 1  # repeats a bar that is none of `LAGS` back
REPEATS = len(LAGS) + 2  # none, so many of `LAGS` back, or another
ALIKE = 0.5  # of the notes of two bars, step and pitch: from here on one varies the other
FILLS = 7  # classes of how full a bar is: no note, four shares of the mean, more; the last is unknown
_FILLED = np.array([1e-6, 0.5, 0.8, 1.2, 1.6])  # lower edges of the second class and those after it
HEIGHTS = 10  # classes of how high a bar is, in steps of two semitones about the mean; the last is unknown
_HIGHEST = (HEIGHTS - 2) // 2
OPEN_PROFILE = (FILLS - 1, HEIGHTS - 1)


def places(since: NDArray[np.integer], until: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Places (N, 16, 2) of bars (N, 16) that stand so far from their phrase's first and last bar; -1 is unknown.

    >>> places(np.array([[0, 12]]), np.array([[3, -1]])).tolist()
    [[[0, 3], [8, 9]]]
    """
    both = np.stack([since, until], axis=-1).astype(np.int64)
    return np.where(both < 0, UNKNOWN, np.minimum(both, FAR)).astype(np.uint8)


def form_of(tokens: Tokens) -> NDArray[np.uint8]:
    """The form of each melody (N, 256) -> (N, 16): for each bar the first one equal to it.

    >>> a, b = [43] + [0] * 15, [45] + [0] * 15
    >>> form_of(np.array([(a + b) * 8]))[0, :4].tolist()
    [0, 1, 0, 1]
    """
    bars = np.asarray(tokens).reshape(len(tokens), BARS, -1)
    equal = (bars[:, :, None] == bars[:, None]).all(axis=-1)  # (N, 16, 16)
    return np.asarray(equal.argmax(axis=-1), dtype=np.uint8)


def beat_forms(tokens: Tokens) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The forms of the rhythms and of the notes of melodies (N, 256), (N, 64) each: for each beat the first it repeats.

    >>> a, b, c = [43] + [0] * 15, [45, 0, 47, 0] * 4, [45, 0, 47, 0] * 3 + [48, 0, 47, 0]
    >>> rhythm, notes = beat_forms(np.array([a + b + a + c + (a + b) * 6]))
    >>> notes[0, 8:16].tolist(), rhythm[0, 12:16].tolist()
    ([0, 1, 2, 3, 4, 5, 6, 15], [4, 5, 6, 7])
    """
    tokens = np.asarray(tokens)
    events = np.minimum(tokens, 2)
    source = _varied(tokens)
    return _by_beat(events, form_of(events), source), _by_beat(tokens, form_of(tokens), source)


def _by_beat(tokens: Tokens, form: NDArray[np.uint8], source: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Beats repeat those of the bar that their bar equals, or of the one that it varies, where they are equal."""
    count, bar = len(tokens), np.arange(BARS)
    beats = tokens.reshape(count, BARS, 4, -1)
    named = np.where(form < bar, form, source)
    equal = (beats == np.take_along_axis(beats, named[..., None, None], axis=1)).all(axis=-1)  # (N, 16, 4)
    first = np.broadcast_to(np.arange(BEATS).reshape(BARS, 4), (count, BARS, 4)).copy()
    rows = np.arange(count)
    for place in bar:
        first[:, place] = np.where(equal[:, place], first[rows, named[:, place]], first[:, place])
    return first.reshape(count, BEATS).astype(np.uint8)


def _varied(tokens: Tokens) -> NDArray[np.int64]:
    """For each bar of melodies (N, 256) the earlier one most like it, itself where none is `ALIKE`, (N, 16)."""
    bars = tokens.reshape(len(tokens), BARS, -1)
    count = (bars > 1).sum(axis=-1)
    alike = np.zeros((len(tokens), BARS, BARS))
    for place in range(1, BARS):
        both = ((bars[:, place, None] == bars[:, :place]) & (bars[:, place, None] > 1)).sum(axis=-1)
        either = count[:, place, None] + count[:, :place] - both
        alike[:, place, :place] = both / np.maximum(either, 1)
        alike[:, place, [place - lag for lag in LAGS if lag <= place]] *= 1.01  # of two as like, the one at a lag
    return np.where(alike.max(axis=-1) >= ALIKE, alike.argmax(axis=-1), np.arange(BARS))


def profiles(tokens: Tokens) -> NDArray[np.uint8]:
    """How full and how high each bar of melodies (N, 256) is beside the whole, as classes (N, 16, 2)."""
    bars = np.asarray(tokens).reshape(len(tokens), BARS, -1).astype(np.int64)
    is_note = bars > 1
    count, total = is_note.sum(axis=-1), np.where(is_note, bars, 0).sum(axis=-1)
    full = count / np.maximum(count.mean(axis=1, keepdims=True), 1e-9)
    mean = total.sum(axis=1, keepdims=True) / np.maximum(count.sum(axis=1, keepdims=True), 1)
    steps = np.rint((total / np.maximum(count, 1) - mean) / 2)
    height = np.where(count > 0, np.clip(steps, -_HIGHEST, _HIGHEST) + _HIGHEST, HEIGHTS - 1)
    return np.stack([np.searchsorted(_FILLED, full, side="right"), height], axis=-1).astype(np.uint8)


def repeats(form: NDArray[np.integer]) -> NDArray[np.uint8]:
    """What each bar or beat of a form (N, 16 or 64) repeats: 0 none, 1 + the place in `LAGS`, or `OTHER`; so many.

    The lag of the one before is kept where it fits, else the longest is taken.

    >>> repeats(np.array([[0, 1, 0, 1] + [4] * 12]))[0, :6].tolist()
    [0, 0, 2, 2, 0, 1]
    """
    size = form.shape[1]
    fits = np.zeros((len(form), size, REPEATS), dtype=bool)
    for place, lag in enumerate(LAGS):
        back = lag * size // BARS
        fits[:, back:, place + 1] = form[:, back:] == form[:, :-back]
    is_repeat = form < np.arange(size)
    rows, found = np.arange(len(form)), np.zeros((len(form), size), dtype=np.int64)
    for at in range(1, size):
        longest = np.where(fits[:, at].any(axis=1), OTHER - fits[:, at, ::-1].argmax(axis=1), OTHER)
        goes_on = (found[:, at - 1] > 0) & fits[rows, at, found[:, at - 1]]
        found[:, at] = np.where(is_repeat[:, at], np.where(goes_on, found[:, at - 1], longest), 0)
    return found.astype(np.uint8)


def context(places: NDArray[np.integer], source: NDArray[np.integer], repertoires: int) -> NDArray[np.float32]:
    """Where each bar stands, one number for each class: (N, 16, 2), (N,) -> (N, 16, 21 + repertoires)."""
    classes = np.broadcast_to(source[:, None], places.shape[:2])
    parts = [np.eye(PLACES)[places[..., 0]], np.eye(PLACES)[places[..., 1]], np.eye(repertoires + 1)[classes]]
    return np.concatenate(parts, axis=-1).astype(np.float32)
