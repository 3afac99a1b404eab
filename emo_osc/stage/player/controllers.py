"""The MIDI controllers that an affect changes. Knows no port and not what was sent before."""

from emo_osc.core.midi_standard import BRIGHTNESS, MODULATION
from emo_osc.stage.player.expression import Expression
from emo_osc.stage.player.settings import Settings


def controllers(expression: Expression, settings: Settings) -> list[tuple[int, int]]:
    """Number and value 0..127 of each controller that the settings let us send.

    >>> controllers(Expression(), Settings(cc1=True))
    [(74, 64), (1, 30)]
    """
    known = ((BRIGHTNESS, expression.brightness, settings.cc74), (MODULATION, expression.modulation, settings.cc1))
    return [(number, value) for number, value, is_sent in known if is_sent]
