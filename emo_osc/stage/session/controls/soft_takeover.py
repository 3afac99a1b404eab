"""Soft takeover: how a control takes hold of a value, by jump, pickup or steps. Knows no port."""

from emo_osc.protocol.parameters import Argument, Scalar
from emo_osc.stage.session.controls.relative_encoders import RELATIVE

FULL = 127
NEAR = 2.5 / FULL  # a control that is this near has the value in hand: people cannot turn finer


class SoftTakeover:
    """One control at one value, told where the value is each time: others may move it too.

    >>> from emo_osc.protocol.parameters import AROUSAL
    >>> grip = SoftTakeover("pickup")
    >>> grip.turn(127, AROUSAL, 0.0), grip.turn(100, AROUSAL, 0.0)  # still above the value
    (None, None)
    >>> round(grip.turn(50, AROUSAL, 0.0), 2)  # past it: now it is in hand
    -0.21
    """

    def __init__(self, mode: str) -> None:
        """`mode` is one of `control.MODES`."""
        self._mode = mode
        self._last: float | None = None
        self._ours: Scalar | None = None
        self._place = 0.0  # in 127ths of the range, so that whole steps add up

    def turn(self, position: int, argument: Argument, value: Scalar, full: int = FULL) -> Scalar | None:
        """What the value becomes; None where the control has not reached it yet.

        `position` is 0..`full`; from an endless encoder it is a step, written as the mode says.
        """
        if self._mode in RELATIVE and full == FULL:
            return self.step(RELATIVE[self._mode](position), argument, value)
        if self._mode == "pickup":
            self._ours = self._pick_up(position / full, argument, value)
        else:
            self._ours = argument.at_share(position / full)
        return self._ours

    def step(self, steps: int, argument: Argument, value: Scalar) -> Scalar:
        """What the value becomes by steps of a 127th of its range."""
        if self._ours != value:  # somebody else has moved it, or nobody yet
            self._place = FULL * argument.share_of(value)
        self._place = min(FULL, max(0.0, self._place + steps))
        self._ours = argument.at_share(self._place / FULL)
        return self._ours

    def _pick_up(self, share: float, argument: Argument, value: Scalar) -> Scalar | None:
        before, self._last = self._last, share
        here = argument.share_of(value)
        is_past = before is not None and (before - here) * (share - here) <= 0.0
        if not is_past and self._ours != value and abs(share - here) > NEAR:
            return None
        return argument.at_share(share)
