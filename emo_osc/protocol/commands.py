"""The table of OSC commands: addresses, arguments and what they do. No I/O, no clock."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from emo_osc.core.affect import Affect
from emo_osc.core.score import BARS
from emo_osc.protocol.midi_control import MODES
from emo_osc.protocol.osc import OscValue
from emo_osc.protocol.parameters import (
    AROUSAL,
    INTENSITY,
    MOOD,
    PUSHES,
    VALENCE,
    VALUES,
    Argument,
    Scalar,
    Value,
)


@dataclass(frozen=True, slots=True)
class SetValue:
    """Set a value of `VALUES`."""

    name: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class TellCrowd:
    """Pass on what a crowd is like: the value `name` of `VALUES`, which clients may read and not set."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Play:
    """Start the clock from the first downbeat."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Continue where the clock stopped."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop the clock."""


@dataclass(frozen=True, slots=True)
class Panic:
    """All notes off at once."""


@dataclass(frozen=True, slots=True)
class Tap:
    """One tap of the tempo."""


@dataclass(frozen=True, slots=True)
class Next:
    """Another melody of this affect."""


@dataclass(frozen=True, slots=True)
class Again:
    """The melody before this one."""


@dataclass(frozen=True, slots=True)
class Goto:
    """Reach a mood, by its name or its place in the preset's list, or a point, over bars."""

    to: str | float | Affect
    bars: int


@dataclass(frozen=True, slots=True)
class Mutate:
    """A variation of the melody that plays; `amount` 0..1, 1 is unrelated."""

    amount: float = 0.25


@dataclass(frozen=True, slots=True)
class Keep:
    """Save the sounding phrase under a name, or the next free one, and pin it."""

    name: str | None = None


@dataclass(frozen=True, slots=True)
class Recall:
    """Play a kept phrase."""

    name: str


@dataclass(frozen=True, slots=True)
class Learn:
    """Take the next bars of MIDI input as the phrase to work from."""

    bars: int = BARS


@dataclass(frozen=True, slots=True)
class Accompany:
    """Give the phrase that sounds an accompaniment; its notes stay."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Stop composing from the learned phrase."""


@dataclass(frozen=True, slots=True)
class MapLearn:
    """Bind the next MIDI control that moves to this name; `mode` is one of `control.MODES`."""

    name: str
    mode: str = MODES[0]


@dataclass(frozen=True, slots=True)
class MapForget:
    """Remove the MIDI binding of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Get:
    """Read a value; answer to that port of the asking host, where one is named."""

    name: str
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Listen:
    """Push a value, or a stream of `PUSHES`, from now on; to that port of the asking host, where one is named."""

    name: str
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Unlisten:
    """Stop pushing it."""

    name: str
    port: int | None = None


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """Send this client's replies to a port, and a host where it is named."""

    host: str | None
    port: int


@dataclass(frozen=True, slots=True)
class Ping:
    """Answer with the same token."""

    token: OscValue = None


@dataclass(frozen=True, slots=True)
class Status:
    """Answer every value."""


@dataclass(frozen=True, slots=True)
class AskLatency:
    """Answer what delays were seen."""


@dataclass(frozen=True, slots=True)
class AskSpread:
    """Answer how the delays are spread."""


@dataclass(frozen=True, slots=True)
class Version:
    """Answer the version."""


Command = (
    SetValue
    | TellCrowd
    | Play
    | Resume
    | Stop
    | Panic
    | Tap
    | Next
    | Again
    | Goto
    | Mutate
    | Keep
    | Recall
    | Learn
    | Accompany
    | Forget
    | MapLearn
    | MapForget
    | Get
    | Listen
    | Unlisten
    | ReplyTo
    | Ping
    | Status
    | AskLatency
    | AskSpread
    | Version
)


@dataclass(frozen=True, slots=True)
class Route:
    """An address: the forms its arguments may take, what it does, and the command it makes.

    A trigger ignores a single argument 0, which is a button's release.
    """

    address: str
    forms: tuple[tuple[Argument, ...], ...]
    description: str
    make: Callable[..., Command]
    is_trigger: bool = False

    @property
    def signature(self) -> str:
        """The OSC type tags of the first form, optional ones in brackets.

        >>> ROUTES["/emo/mood"].signature
        's[f]'
        """
        return "".join(f"[{a.kind}]" if a.is_optional else a.kind for a in self.forms[0])


def describe(form: tuple[Argument, ...]) -> str:
    """A form in words.

    >>> describe(ROUTES["/emo/va"].forms[0])
    'valence (-1..1) arousal (-1..1)'
    """
    words = (f"{a.name} ({a.range_text})" if a.range_text else a.name for a in form)
    return " ".join(f"[{word}]" if a.is_optional else word for a, word in zip(form, words, strict=True)) or "nothing"


TRIGGER_VALUE = Argument("pressed", "f", is_optional=True)
PORT = Argument("port", "i", 1024, 65535, is_optional=True)
"""Where answers go, for senders without a port of their own; below 1024 are services that would answer back."""
OVER_BARS = Argument("bars", "i", 1, 256)
NAME = Argument("name", "s")
BINDING = Argument("binding", "s")
MAYBE_NAME = Argument("name", "s", is_optional=True)


def _value_route(name: str) -> Route:
    value = VALUES[name]
    return Route(f"/emo/{name}", (value.arguments,), value.description, lambda *v: SetValue(name, v))


def _trigger(address: str, make: Callable[[], Command], description: str) -> Route:
    return Route(address, ((TRIGGER_VALUE,),), description, lambda *_: make(), is_trigger=True)


def _of_values(verb: str, make: Callable[..., Command], names: tuple[str, ...], description: str) -> list[Route]:
    """One route for each name."""

    def route(name: str) -> Route:
        address, text = f"/emo/{verb}/{name}", description.format(name)
        return Route(address, ((PORT,),), text, lambda *port: make(name, *port), is_trigger=True)

    return [route(name) for name in names]


def _set_route(value: Value) -> Route:
    return Route(f"/emo/set/{value.name}", (value.arguments,), value.description, lambda *v: SetValue(value.name, v))


def _crowd_route(figure: str, kind: str, high: float) -> Route:
    name, argument = f"crowd_{figure}", Argument(figure, kind, 0.0, high, is_clamped=True)
    text = f"sent by emo-osc crowd; sets {name}"
    return Route(f"/emo/crowd/{figure}", ((argument,),), text, lambda value: TellCrowd(name, value))


_UNIT = tuple(Argument(name, "f", 0.0, 1.0, is_clamped=True) for name in ("valence", "arousal"))
_SHARE = Argument("amount", "f", 0.0, 1.0, is_optional=True)
LISTENABLE = (*VALUES, *PUSHES)
DEEDS = {
    name: f"/emo/{name}"
    for name in ("next", "again", "mutate", "keep", "learn", "forget", "play", "continue", "stop", "panic", "tap")
}
"""Actions a MIDI control can trigger, beside moods and presets: name -> OSC address."""

_ALL: tuple[Route, ...] = (
    _value_route("va"),
    Route("/emo/va/unit", (_UNIT,), "the affect on 0..1 axes", lambda v, a: SetValue("va", (2 * v - 1, 2 * a - 1))),
    _value_route("valence"),
    _value_route("arousal"),
    _value_route("mood"),
    Route(
        "/emo/goto",
        ((MOOD, OVER_BARS), (VALENCE, AROUSAL, OVER_BARS)),
        "glide to a mood or a point over that many bars",
        lambda *v: Goto(v[0], v[1]) if len(v) == 2 else Goto(Affect(v[0], v[1]), v[2]),
    ),
    _trigger("/emo/next", Next, "another melody of this affect"),
    _trigger("/emo/again", Again, "the melody before this one"),
    Route("/emo/mutate", ((_SHARE,),), "a variation of this melody; 1 is unrelated", Mutate, is_trigger=True),
    Route("/emo/keep", ((MAYBE_NAME,),), "save the current phrase under a name and loop it", Keep, is_trigger=True),
    Route("/emo/recall", ((NAME,),), "play a kept phrase and loop it", Recall),
    Route(
        "/emo/learn",
        ((Argument("bars", "i", 1, BARS, is_optional=True),),),
        "record the next bars of MIDI input (default 16) and compose from them",
        Learn,
        is_trigger=True,
    ),
    _trigger("/emo/accompany", Accompany, "give the current phrase, also a kept or learned one, an accompaniment"),
    _trigger("/emo/forget", Forget, "stop composing from the recorded bars"),
    Route(
        "/emo/midi/learn",
        ((BINDING, Argument("mode", "s", choices=MODES, is_optional=True)),),
        "MIDI learn: bind the next control that moves to a value, a mood, a preset, or an action such as next",
        MapLearn,
    ),
    Route("/emo/midi/forget", ((BINDING,),), "remove that MIDI binding", MapForget),
    _value_route("quantize"),
    _trigger("/emo/play", Play, "start the clock at bar 1; in a Link session at its next bar line"),
    _trigger("/emo/continue", Resume, "continue from the 16th where the clock stopped"),
    _trigger("/emo/stop", Stop, "stop the clock"),
    _trigger("/emo/panic", Panic, "all notes off at once"),
    _value_route("tempo"),
    _trigger("/emo/tap", Tap, "tap the tempo"),
    _value_route("key"),
    _value_route("scale"),
    _value_route("transpose"),
    *(_set_route(value) for value in VALUES.values()),
    *_of_values("get", Get, tuple(VALUES), "answer /emo/state/{0}"),
    *_of_values("start_listen", Listen, LISTENABLE, "push {0} for 60 s; any message you send renews it"),
    *_of_values("stop_listen", Unlisten, LISTENABLE, "stop pushing {0}"),
    Route(
        "/emo/reply_to",
        ((Argument("port", "i", 1, 65535),), (Argument("host", "s"), Argument("port", "i", 1, 65535))),
        "send this client's replies to that port (and host)",
        lambda *v: ReplyTo(None, v[0]) if len(v) == 1 else ReplyTo(v[0], v[1]),
    ),
    _value_route("preset"),
    Route("/emo/ping", ((Argument("token", "s", is_optional=True),),), "answer /emo/pong with the same token", Ping),
    _trigger("/emo/status", Status, "answer every value as /emo/state/NAME"),
    _trigger("/emo/latency", AskLatency, "answer the measured delays"),
    _trigger("/emo/latency/spread", AskSpread, "answer the distribution of those delays"),
    _trigger("/emo/version", Version, "answer /emo/version with the version"),
    *(_crowd_route(*figure) for figure in (("spread", "f", 3.0), ("count", "i", 100_000.0))),
)
FLAT = {"/emo/va_unit": "/emo/va/unit", "/emo/latency_spread": "/emo/latency/spread"}
"""Second names of addresses that stand below another, which some OSCQuery clients then take for a mere folder."""

_BY_ADDRESS = {route.address: route for route in _ALL}
ROUTES: dict[str, Route] = _BY_ADDRESS | {
    flat: replace(_BY_ADDRESS[address], address=flat, description=f"the same as {address}")
    for flat, address in FLAT.items()
}
"""The OSC table. Docs, patches, OSCQuery and the stage read it."""


@dataclass(frozen=True, slots=True)
class Path:
    """A family of addresses whose last part is a name, for buttons and faders that send no more than a number.

    `make` is given the name and the number where there is one; it is ignored where it is a release.
    """

    form: tuple[Argument, ...]
    description: str
    make: Callable[..., Command]


def _choice_path(name: str) -> Path:
    read, description = VALUES[name].arguments[0].read, VALUES[name].description
    return Path((TRIGGER_VALUE,), description, lambda chosen, *_: SetValue(name, (read(chosen),)))


PATHS: dict[str, Path] = {
    "mood": Path((INTENSITY,), "that mood; a lower intensity moves it towards neutral", lambda *v: SetValue("mood", v)),
    "goto": Path((OVER_BARS,), "glide to that mood over that many bars", Goto),
    "recall": Path((TRIGGER_VALUE,), "play that kept phrase", lambda name, *_: Recall(name)),
    **{name: _choice_path(name) for name in ("quantize", "key", "scale", "preset")},
}
"""Family -> its path: `/emo/mood/bright`. A name may be percent-encoded, as in `/emo/mood/%EB%B0%9D%EC%9D%8C`."""
