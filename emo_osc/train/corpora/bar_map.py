"""Where the corrected bars of POP909's songs lie in their arrangements, whose own bar lines are often not the song's.

Reads `pop909_phrases.json` of a data folder. A song is one stretch or several, with the offset changing in between.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import read_small_text

LABELS = "pop909_phrases.json"
MOST_BYTES = 16 << 20
BAR_STEPS = 16
ENDLESS = 1 << 30  # steps; a stretch without an end


@dataclass(frozen=True, slots=True)
class Stretch:
    """Steps `first` to `last` of an arrangement: step t of the corrected bars stands at t + `offset` there."""

    offset: int
    first: int = -ENDLESS
    last: int = ENDLESS


BarMap = Mapping[str, Sequence[Stretch]]
"""Song -> its stretches."""


def load_bar_map(folder: Path) -> BarMap:
    """The stretches of every song whose bars are known.

    Raises:
        EmoOscError: the file is missing or holds no such map.
    """
    path = folder / LABELS
    try:
        songs = json.loads(read_small_text(path, MOST_BYTES))
        return {
            str(name): tuple(
                Stretch(int(offset), -ENDLESS if first is None else int(first), ENDLESS if last is None else int(last))
                for offset, first, last in song["map"]
            )
            for name, song in songs.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EmoOscError(f"{path}: no map of bars ({error}); give the corpus folder with --data") from None
