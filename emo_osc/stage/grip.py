"""How a turning control takes hold of a value: by jumping, by picking it up, or by steps. Knows no port."""

from emo_osc.stage.values import Argument, Scalar

FULL = 127
NEAR = 2.5 / FULL  # a control that is this near has the value in hand: people cannot turn finer


class Grip:
    """One control at one value, told where the value is each time: others may move it too.

    >>> from emo_osc.stage.values import AROUSAL
    >>> grip = Grip("pickup")
    >>> grip.turn(127, AROUSAL, 0.0), grip.turn(100, AROUSAL, 0.0)  # still above the value
    (None, None)
    >>> round(grip.turn(50, AROUSAL, 0.0), 2)  # past it: now it is in hand
    -0.21
    """

    def __init__(self, mode: str) -> None:
        self._turn = {"jump": self._jump, "pickup": self._pick_up, "relative": self._step}[mode]
        self._last: float | None = None
        self._ours: Scalar | None = None
        self._place = 0.0  # as a position, so that whole steps add up

    def turn(self, position: int, argument: Argument, value: Scalar) -> Scalar | None:
        """What the value becomes; None where the control has not reached it yet.

        `position` is 0..127; from an endless encoder a step in two's complement, 1 up and 127 down.
        """
        self._ours = self._turn(position, argument, value)
        return self._ours

    def _jump(self, position: int, argument: Argument, _: Scalar) -> Scalar:
        return argument.at_share(position / FULL)

    def _pick_up(self, position: int, argument: Argument, value: Scalar) -> Scalar | None:
        before, self._last = self._last, position / FULL
        here = argument.share_of(value)
        is_past = before is not None and (before - here) * (self._last - here) <= 0.0
        if not is_past and self._ours != value and abs(self._last - here) > NEAR:
            return None
        return argument.at_share(self._last)

    def _step(self, position: int, argument: Argument, value: Scalar) -> Scalar:
        if self._ours != value:  # somebody else has moved it, or nobody yet
            self._place = FULL * argument.share_of(value)
        step = position if position < 64 else position - 128
        self._place = min(FULL, max(0.0, self._place + step))
        return argument.at_share(self._place / FULL)
