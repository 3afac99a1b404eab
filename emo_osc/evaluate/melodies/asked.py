"""Does what sounds do as the affect asked: density, register, mode over a list of melodies."""

from collections.abc import Sequence

import numpy as np

from emo_osc.core.affect import Affect
from emo_osc.core.targets import FORMULAS
from emo_osc.evaluate.control import spearman
from emo_osc.studio.attributes import NoteGrid, Tokens, measure_table, outside_key

CLEAR = 0.1  # of valence: from here on a melody's mode is asked for


def asked_table(played: Tokens, affects: Sequence[Affect]) -> dict[str, dict[str, float]]:
    """How what sounds (N, 256) follows the affects it was made for.

    `rank` is Spearman's correlation of wanted and measured means over the affects, which mode has none of: it is one or
    the other. `missed` is the mean miss: of density a share, of register semitones, of mode the share of melodies on
    the wrong side where valence is beyond .1.
    """
    measured = measure_table(played)
    wanted = np.array([[FORMULAS.notes_per_bar(a), FORMULAS.mean_pitch(a), FORMULAS.major_share(a)] for a in affects])
    points, at = np.unique([(a.valence, a.arousal) for a in affects], axis=0, return_inverse=True)
    means = np.stack([measured[at.ravel() == point].mean(axis=0) for point in range(len(points))])
    aims = np.stack([wanted[at.ravel() == point].mean(axis=0) for point in range(len(points))])
    is_clear = np.abs([a.valence for a in affects]) > CLEAR
    wrong = ((measured[:, 2] > 0.5) != (wanted[:, 2] > 0.5))[is_clear]
    misses = {
        "density": float(np.abs(measured[:, 0] / wanted[:, 0] - 1.0).mean()),
        "register": float(np.abs(measured[:, 1] - wanted[:, 1]).mean()),
        "mode": float(wrong.mean()) if is_clear.any() else float("nan"),
    }
    table = {name: {"missed": miss} for name, miss in misses.items()}
    for column, name in enumerate(("density", "register")):
        table[name]["rank"] = spearman(aims[:, column], means[:, column])
    return table | {"notes outside the key": {"share": float(outside_key(NoteGrid.of(played)).mean())}}
