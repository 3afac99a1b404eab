"""Melodies as the stage will play them: in the mode and the octave that the affect asks for, by its own mapping.

What is composed is not yet what sounds: a melody in the other mode is re-spelled when it is played. Figures about
melodies for affects are to be taken of what sounds.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.affect import PLAIN, Affect, Colour
from emo_osc.core.targets import FORMULAS, Targets
from emo_osc.protocol.messages import Measured, Ready
from emo_osc.stage.player.pitch_mapping import PitchMapping
from emo_osc.stage.player.settings import Settings
from emo_osc.studio.attributes import LOWEST, Tokens, measure_table
from emo_osc.studio.tokens import FIRST_NOTE, HIGHEST_PITCH, LOWEST_PITCH, melody_of


def sounding(
    tokens: Tokens, affects: Sequence[Affect], colour: Colour = PLAIN, targets: Targets = FORMULAS
) -> NDArray[np.int64]:
    """Melodies (N, 256) as they sound when each was made for its affect and is played while that is felt.

    `colour` is the mood's, for an affect that is recalled by name.

    >>> major = np.array([[41, 0, 45, 0, 48, 0, 41, 0] * 32])
    >>> sounding(major, [Affect(-0.6, 0.0)])[0, :5].tolist()
    [41, 0, 44, 0, 48]
    """
    whole = np.asarray(tokens, dtype=np.int64)
    measured = [Measured(*row) for row in measure_table(whole).tolist()]
    rows = [
        _mapped(row, each, affect, colour, targets) for row, each, affect in zip(whole, measured, affects, strict=True)
    ]
    return np.stack(rows) if rows else whole


def respelled_share(tokens: Tokens, played: Tokens) -> float:
    """The share of melodies in which another pitch class sounds than was composed; it should be small."""
    is_note = tokens >= FIRST_NOTE
    return float(((tokens - played) % 12 * is_note).any(axis=1).mean())


def _mapped(
    row: NDArray[np.int64], measured: Measured, affect: Affect, colour: Colour, targets: Targets
) -> NDArray[np.int64]:
    mapping = PitchMapping(targets)
    mapping.begin(Ready(melody_of(row.tolist()), affect, measured, 0.0, seed=0, ticket=0), affect)
    played = np.array(mapping.pitches(Settings(), colour)).clip(LOWEST_PITCH, HIGHEST_PITCH)
    return np.where(row >= FIRST_NOTE, played[np.where(row >= FIRST_NOTE, row + LOWEST, 0)] - LOWEST, row)
