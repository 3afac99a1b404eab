"""Signs of life of the listening processes: synth, web pad, Live follower. Knows no clock."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

SIGNING = ("sound", "web", "live")
SILENT_S = 8.0  # they speak every second, and may wait long for a busy machine
LOADING_S = 60.0  # until the first sign: a sound card may take its time
ASLEEP_S = 2.0  # nobody asked us for so long: the stage itself was stopped, and the silence is not theirs


@dataclass(slots=True)
class _Seen:
    at_s: float
    patience_s: float


class Signs:
    """When each of them was last heard."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._asked_s = -inf

    def heard(self, role: str, now_s: float) -> None:
        """A process has said that it lives."""
        self._seen[role] = _Seen(now_s, SILENT_S)

    def complaints(self, now_s: float, is_there: Callable[[str], bool]) -> dict[str, str]:
        """Who should be ended and started again, and why; to be asked every second."""
        if now_s - self._asked_s > ASLEEP_S:
            for seen in self._seen.values():
                seen.at_s = now_s
        self._asked_s = now_s
        found = {role: text for role in SIGNING if is_there(role) and (text := self._complaint(role, now_s))}
        self._seen = {role: seen for role, seen in self._seen.items() if is_there(role) and role not in found}
        return found

    def _complaint(self, role: str, now_s: float) -> str:
        seen = self._seen.setdefault(role, _Seen(now_s, LOADING_S))
        return f"no sign of life for {seen.patience_s:g} s" if now_s - seen.at_s > seen.patience_s else ""
