"""The phrases of POP909's songs by the labels of two people: where in its phrase each corrected bar lies.

Reads `pop909_phrases.json` of a data folder; the first person's labels count, and where there are none the second's.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import read_small_text
from emo_osc.studio.events import Rows
from emo_osc.studio.line.places import UNKNOWN, places
from emo_osc.train.corpora.bar_map import LABELS, MOST_BYTES

PEOPLE = ("phrases1", "phrases2")


def load_song_phrases(folder: Path) -> Mapping[str, Rows]:
    """Song -> the place (B, 2) of each of its bars, as `line.places`; songs without labels are left out.

    Raises:
        EmoOscError: the file is missing or holds no such labels.
    """
    path = folder / LABELS
    try:
        songs = json.loads(read_small_text(path, MOST_BYTES))
        labels = {str(name): [song[who] for who in PEOPLE if song.get(who)] for name, song in songs.items()}
        return {name: bar_places(phrases[0]) for name, phrases in labels.items() if phrases}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EmoOscError(f"{path}: no phrases of songs ({error}); give the corpus folder with --data") from None


def bar_places(phrases: Sequence[tuple[str, int, int]]) -> Rows:
    """The places of bars from bar 0 on, of phrases given as letter, bars, first bar.

    >>> bar_places([("A", 2, 1), ("B", 1, 3)]).tolist()
    [[9, 9], [0, 1], [1, 0], [0, 0]]
    """
    found = np.full((max(int(first) + int(bars) for _, bars, first in phrases), 2), UNKNOWN, np.int64)
    for _, bars, first in phrases:
        since = np.arange(int(bars))
        found[int(first) : int(first) + int(bars)] = places(since[None], since[None, ::-1])[0]
    return found
