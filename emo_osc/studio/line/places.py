"""Where in its phrase each bar of a melody stands, and the form of a melody: which bars repeat which.

A bar's place is two numbers: bars since its phrase began, and bars until it ends. A form is sixteen indices: for each
bar the first bar equal to it, so `0 1 2 3 0 1 6 7 ..` returns to its beginning in bar five. A melody has two: that of
its rhythm, and that of its notes, which repeats less.
"""

import numpy as np
from numpy.typing import NDArray

from emo_osc.studio.attributes import Tokens

BARS = 16
LAGS = (1, 2, 4, 8)  # bars back at which people repeat
FAR = 8  # this many bars or more
UNKNOWN = 9
PLACES = 10
OTHER = len(LAGS) + 1  # repeats a bar that is none of `LAGS` back
REPEATS = len(LAGS) + 2  # none, so many of `LAGS` back, or another


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


def repeats(form: NDArray[np.integer]) -> NDArray[np.uint8]:
    """What each bar of a form (N, 16) repeats: 0 none, 1 + the place in `LAGS`, or `OTHER`, (N, 16).

    The lag of the bar before is kept where it fits, else the longest is taken.

    >>> repeats(np.array([[0, 1, 0, 1] + [4] * 12]))[0, :6].tolist()
    [0, 0, 2, 2, 0, 1]
    """
    fits = np.zeros((len(form), BARS, REPEATS), dtype=bool)
    for place, lag in enumerate(LAGS):
        fits[:, lag:, place + 1] = form[:, lag:] == form[:, :-lag]
    is_repeat = form < np.arange(BARS)
    rows, found = np.arange(len(form)), np.zeros((len(form), BARS), dtype=np.int64)
    for bar in range(1, BARS):
        longest = np.where(fits[:, bar].any(axis=1), OTHER - fits[:, bar, ::-1].argmax(axis=1), OTHER)
        goes_on = (found[:, bar - 1] > 0) & fits[rows, bar, found[:, bar - 1]]
        found[:, bar] = np.where(is_repeat[:, bar], np.where(goes_on, found[:, bar - 1], longest), 0)
    return found.astype(np.uint8)


def context(places: NDArray[np.integer], source: NDArray[np.integer], repertoires: int) -> NDArray[np.float32]:
    """Where each bar stands, one number for each class: (N, 16, 2), (N,) -> (N, 16, 21 + repertoires)."""
    classes = np.broadcast_to(source[:, None], places.shape[:2])
    parts = [np.eye(PLACES)[places[..., 0]], np.eye(PLACES)[places[..., 1]], np.eye(repertoires + 1)[classes]]
    return np.concatenate(parts, axis=-1).astype(np.float32)
