"""Whether the port monitor runs, and what to do where it does not. Knows no port and no clock."""

from math import inf

BLIND_S = 2.5  # so long without a sign of the watch, and nobody knows whether what was sent has arrived
SILENT_S = 5.0  # a watch that is there and says nothing for so long is started again
ABSENT_S = 10.0  # to come back; doubled each time, for a machine may be slow
LONGEST_ABSENT_S = 160.0
ASLEEP_S = 2.0  # nobody asked us for so long: the stage itself was stopped, and the silence is not the watch's
UNWATCHED = "port monitor: not running; notes are sent, a lost MIDI port is not noticed"


class Watching:
    """The watch over the MIDI ports as the stage sees it: it gives a sign of life twice a second."""

    def __init__(self) -> None:
        self._seen_s = -inf
        self._blamed_s = self._asked_s = -inf
        self._patience_s = ABSENT_S

    def seen(self, now_s: float) -> None:
        """The watch has just said something."""
        self._seen_s = self._blamed_s = now_s
        self._patience_s = ABSENT_S

    def is_blind(self, now_s: float) -> bool:
        """Whether nobody has looked at the ports lately."""
        return now_s - self._seen_s > BLIND_S

    def text(self, now_s: float) -> str:
        """What people should know, empty while the ports are watched."""
        return UNWATCHED if now_s - self._seen_s > SILENT_S else ""

    def complaint(self, now_s: float, *, is_there: bool) -> str:
        """Why the watch should be ended and started again, empty while it need not be; to be asked every second."""
        if now_s - self._asked_s > ASLEEP_S:
            self._seen_s, self._blamed_s = max(self._seen_s, now_s), now_s
        self._asked_s = now_s
        patience_s = SILENT_S if is_there else self._patience_s
        if now_s - self._blamed_s <= patience_s:
            return ""
        self._blamed_s = now_s
        if is_there:
            return "no sign of life"
        self._patience_s = min(LONGEST_ABSENT_S, 2 * patience_s)
        return f"not at work after {patience_s:g} s"
