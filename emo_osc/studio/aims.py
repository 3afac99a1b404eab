"""What an affect asks of a melody, as the arrays that the studio computes with: `core/targets`, and nothing of its own.

Imports no torch.
"""

import numpy as np

from emo_osc.core.affect import Affect, Reference
from emo_osc.core.targets import Targets
from emo_osc.studio.attributes import Floats


class Aims:
    """The targets of a preset's references, of the formulas where it has none; `locked` where a host owns the tempo.

    >>> Aims()(Affect(0.0, 0.0)).tolist()
    [4.6, 71.0, 0.5]
    >>> round(float(Aims((Reference(Affect(0.0, 0.5), notes_per_bar=8.0),))(Affect(0.0, 0.5))[0]), 3)
    8.0
    """

    def __init__(self, references: tuple[Reference, ...] = (), *, locked: bool = False) -> None:
        self._is_locked = locked
        self.refer(references)

    def refer(self, references: tuple[Reference, ...]) -> None:
        """Aim at other music from now on."""
        self._targets = Targets(references, is_tempo_fixed=self._is_locked)

    def __call__(self, affect: Affect) -> Floats:
        """Notes per bar, mean pitch and share of major, `(3,)`."""
        asked = self._targets
        return np.array([asked.notes_per_bar(affect), asked.mean_pitch(affect), asked.major_share(affect)])
