"""A cache of the stage's state, from its pushes. Knows no socket."""

from dataclasses import dataclass, field

from emo_osc.protocol.osc import Message, OscValue
from emo_osc.protocol.parameters import VALUES

Json = dict[str, object]
STATE, LATENCY, ROLL = "/emo/state/", "/emo/latency", "/emo/roll"
TOPICS = ("state", "note", "bar", "latency", "roll")


@dataclass(slots=True)
class StateCache:
    """Values, delays and the two rolls as last told; `is_heard` while the stage answers.

    >>> mirror = StateCache()
    >>> mirror.hear(Message("/emo/state/tempo", (96.0,)))
    {'kind': 'state', 'name': 'tempo', 'values': [96.0]}
    >>> mirror.values["tempo"]
    (96.0,)
    """

    is_heard: bool = False
    values: dict[str, tuple[OscValue, ...]] = field(default_factory=dict)
    delays: dict[str, list[OscValue]] = field(default_factory=dict)
    rolls: dict[str, Json] = field(default_factory=dict)

    def hear(self, message: Message) -> Json | None:
        """Take one message of the stage's; what pads are to be told of it, if anything."""
        address, arguments = message.address, list(message.arguments)
        if address.startswith(STATE):
            return self._hear_value(address.removeprefix(STATE), message.arguments)
        if address == "/emo/bar" and arguments:
            bar = int(_number(arguments[0]))
            self.values |= {"bar": (bar,), "phrase_bar": ((bar - 1) % 16 + 1,)}
            return {"kind": "bar", "bar": bar}
        if address == "/emo/note" and len(arguments) >= 4:
            names = ("pitch", "velocity", "ms", "channel")
            return {"kind": "note"} | dict(zip(names, arguments, strict=False))
        if address == LATENCY and arguments:
            self.delays[str(arguments[0])] = arguments[1:]
            return {"kind": "latency", "name": arguments[0], "figures": arguments[1:]}
        if address == ROLL and len(arguments) == 3:
            told: Json = {"kind": "roll", "which": arguments[0], "part": arguments[1], "notes": arguments[2]}
            self.rolls[f"{arguments[0]!r} {arguments[1]!r}"] = told
            return told
        return None

    def picture(self) -> list[Json]:
        """Everything that is known, as the messages that would have told it."""
        states: list[Json] = [
            {"kind": "state", "name": name, "values": list(values)} for name, values in self.values.items()
        ]
        delays: list[Json] = [
            {"kind": "latency", "name": name, "figures": figures} for name, figures in self.delays.items()
        ]
        return [*states, *delays, *self.rolls.values(), {"kind": "stage", "is_heard": self.is_heard}]

    def _hear_value(self, name: str, values: tuple[OscValue, ...]) -> Json | None:
        if name not in VALUES:
            return None
        self.values[name] = values
        return {"kind": "state", "name": name, "values": list(values)}


def _number(value: OscValue) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
