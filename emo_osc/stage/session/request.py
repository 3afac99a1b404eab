"""A request: which address asked, who is to be answered, and what the answer should add."""

from dataclasses import dataclass, replace

from emo_osc.protocol.osc import Target

NO_TARGET: Target = ("", 0)


@dataclass(frozen=True, slots=True)
class Request:
    """The address of a message and its sender; `note` is added to the acknowledgement."""

    address: str
    sender: Target
    note: str = ""

    def at(self, port: int) -> "Request":
        """The same from another port of the sender's host."""
        return replace(self, sender=(self.sender[0], port))


FROM_CONTROL = Request("", NO_TARGET)
"""The request of a MIDI control, which is not answered."""
