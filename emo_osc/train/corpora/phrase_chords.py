"""The chords that the phrase labels give POP909's songs, as triads half bar by half bar, on the corrected bar lines.

Reads `pop909_phrases.json` of a data folder: per song a list of chord names, each with its beats, from bar 0 on.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import read_small_text
from emo_osc.studio.harmony import CLASSES, Chords
from emo_osc.train.corpora.bar_map import LABELS, MOST_BYTES

HALF_BEATS = 2
UNKNOWN = -1
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SIGNS = {"#": 1, "b": -1}
_QUALITIES = (("hdim", 3, True), ("dim", 8, False), ("min", 0, True))
"""How a quality begins, the semitones from its root to that of the triad it stands for, whether that is minor. A
half-diminished chord holds a minor triad, a diminished one is most of a dominant's; all others count as major."""


def load_song_chords(folder: Path) -> Mapping[str, Chords]:
    """Song -> the triad of each half bar, (half bars,), in the song's key.

    Songs with an unreadable line are left out.

    Raises:
        EmoOscError: the file is missing or holds no such labels.
    """
    path = folder / LABELS
    try:
        songs = json.loads(read_small_text(path, MOST_BYTES))
        lines = {str(name): song["chords"] for name, song in songs.items()}
        return {name: half_bar_triads(song) for name, song in lines.items() if song and None not in song}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EmoOscError(f"{path}: no chords of songs ({error}); give the corpus folder with --data") from None


def half_bar_triads(lines: Sequence[tuple[str, int]]) -> Chords:
    """The triad at the first beat of every half bar; where there is no chord the one before goes on.

    >>> half_bar_triads([("N", 2), ("C:maj", 4), ("G:7", 1), ("A:min", 2), ("B:dim", 1)]).tolist()
    [0, 0, 0, 7, 21]
    """
    beats = np.repeat([triad_of(name) for name, _ in lines], [int(length) for _, length in lines])[::HALF_BEATS]
    known = beats != UNKNOWN
    latest = np.maximum.accumulate(np.where(known, np.arange(len(beats)), 0))
    first = beats[known][:1]
    return np.asarray(np.where(beats[latest] == UNKNOWN, first, beats[latest]))


def triad_of(name: str) -> int:
    """The number of the triad that a chord's name stands for, `UNKNOWN` for no chord.

    >>> [triad_of(name) for name in ("Bb:maj7/7", "C#:min7", "B:dim", "D:hdim7", "N")]
    [10, 13, 7, 17, -1]

    Raises:
        ValueError: it is no name of a chord.
    """
    root, _, quality = name.partition(":")
    if root == "N":
        return UNKNOWN
    try:
        pitch = _LETTERS[root[0]] + sum(_SIGNS[sign] for sign in root[1:])
    except (IndexError, KeyError):
        raise ValueError(f"{name!r:.40} is no chord") from None
    for start, away, is_minor in _QUALITIES:
        if quality.startswith(start):
            return (pitch + away) % CLASSES + CLASSES * is_minor
    return pitch % CLASSES
