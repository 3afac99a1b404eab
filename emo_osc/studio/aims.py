"""What an affect asks of a melody, as the arrays that the studio computes with: `core/targets`, and nothing of its own.

Imports no torch.
"""

from collections.abc import Sequence

import numpy as np

from emo_osc.config.preset import Preset
from emo_osc.core.affect import Affect, Reference
from emo_osc.core.targets import Targets, major_belief, major_share
from emo_osc.studio.attributes import Floats, Tokens, measure_table

UNDECIDED = major_share(Affect(0.1, 0.0)) - 0.5  # of share about a half, within which the stage plays either mode
CLEAR = 0.3  # of belief away from a half, at least: one melody is in one mode


class Aims:
    """The targets of a preset's references, of the formulas where it has none; `locked` where a host owns the tempo.

    A held `density` in [-1, 1] asks for half to twice the notes.

    >>> Aims()(Affect(0.0, 0.0)).tolist()
    [4.6, 71.0, 0.5]
    >>> round(float(Aims((Reference(Affect(0.0, 0.5), notes_per_bar=8.0),))(Affect(0.0, 0.5))[0]), 3)
    8.0
    >>> Aims(density=1.0)(Affect(0.0, 0.0)).tolist()
    [9.2, 71.0, 0.5]
    """

    def __init__(self, references: tuple[Reference, ...] = (), *, locked: bool = False, density: float = 0.0) -> None:
        self.is_locked = locked
        self.bend(references, density)

    @classmethod
    def of(cls, preset: Preset) -> "Aims":
        """What a preset asks of every affect."""
        density = float(preset.values()["density"])
        return cls(preset.references(), locked=preset.clock.is_locked, density=density)

    def bend(self, references: tuple[Reference, ...], density: float) -> None:
        """Aim at other music from now on."""
        self.references, self.density = references, density
        self._targets = Targets(references, is_tempo_fixed=self.is_locked)

    def times(self, affect: Affect) -> float:
        """How many times as many notes are asked for as the formulas ask for, > 0."""
        return self._targets.times(affect, self.density)

    def __call__(self, affect: Affect) -> Floats:
        """Notes per bar, mean pitch and share of major, `(3,)`."""
        asked = self._targets
        notes = asked.notes_per_bar(affect, self.density)
        return np.array([notes, asked.mean_pitch(affect), asked.major_share(affect)])


def certain_share(share: float) -> float:
    """The share of melodies composed in major: all or none where the stage will respell the others (|v| > .1).

    >>> certain_share(0.7), certain_share(0.5), certain_share(0.4)
    (1.0, 0.5, 0.0)
    """
    return share if abs(share - 0.5) <= UNDECIDED else float(share > 0.5)


def in_one_mode(wanted: Floats, seeds: Sequence[int]) -> Floats:
    """Targets (3,) for each seed, (B, 3), whose last is a belief in major: one melody is in one mode."""
    each = np.tile(wanted, (len(seeds), 1))
    share = certain_share(float(wanted[2]))
    luck = np.array([np.random.default_rng(seed).random() for seed in seeds])
    clear = max(CLEAR, abs(major_belief(float(wanted[2])) - 0.5))
    each[:, 2] = np.where(luck < share, 0.5 + clear, 0.5 - clear)
    return each


def in_mode_of(tokens: Tokens, wanted: Floats, seeds: Sequence[int]) -> Floats:
    """As `in_one_mode`; where either mode would do, all take that of a melody (256,).

    >>> minor = np.array([41, 44, 48, 0] * 64)
    >>> in_mode_of(minor, np.array([4.6, 71.0, 0.5]), [1, 2, 3])[:, 2].round(2).tolist()
    [0.2, 0.2, 0.2]
    """
    each = in_one_mode(wanted, seeds)
    if certain_share(float(wanted[2])) not in (0.0, 1.0):
        each[:, 2] = 0.5 + (CLEAR if measure_table(tokens[None])[0, 2] > 0.5 else -CLEAR)
    return each
