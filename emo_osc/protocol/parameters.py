"""What can be set, read and listened to: a table of values with their arguments and ranges."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import inf, isfinite, nan

from emo_osc.core.errors import CommandError
from emo_osc.core.scales import KEYS, SCALES
from emo_osc.core.score import TICKS_PER_BAR, TICKS_PER_BEAT, TICKS_PER_STEP
from emo_osc.core.tempo import MAX_TEMPO, MIN_TEMPO
from emo_osc.protocol.osc import OscValue

Scalar = float | str
MAX_TEXT = 64

QUANTIZE: dict[str, int] = {
    "now": TICKS_PER_STEP,
    "1/16": TICKS_PER_STEP,
    "beat": TICKS_PER_BEAT,
    "bar": TICKS_PER_BAR,
    "2bars": 2 * TICKS_PER_BAR,
    "4bars": 4 * TICKS_PER_BAR,
    "8bars": 8 * TICKS_PER_BAR,
    "16bars": 16 * TICKS_PER_BAR,
}
"""When changes land -> the grid in ticks. `now` is the next 16th: a note cut sooner would only sound wrong."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an address: `kind` is `f`, `i` or `s`; numbers lie in [low, high], texts in `choices` if any.

    A number outside is an error, or clamped where `is_clamped`. Where a name is wanted, its place in the list, counted
    from 0, does as well: always where there are `choices`, and where `is_listed` for a list that the preset holds.
    """

    name: str
    kind: str
    low: float = -inf
    high: float = inf
    choices: tuple[str, ...] = ()
    is_clamped: bool = False
    is_optional: bool = False
    is_listed: bool = False

    @property
    def range_text(self) -> str:
        """The range as people read it: `-1..1`, `now|beat|bar`, or nothing.

        >>> AROUSAL.range_text
        '-1..1'
        """
        if self.choices:
            return "|".join(self.choices)
        return f"{self.low:g}..{self.high:g}" if isfinite(self.low) and isfinite(self.high) else ""

    def read(self, raw: OscValue) -> Scalar:
        """The argument as a value in range; numbers may come as `i f d h T F` or numeric text.

        Raises:
            CommandError: 2 for a wrong type or range, 3 for a text that is no choice.
        """
        if self.choices:
            return self._read_choice(raw)
        if self.kind == "s":
            return self._read_text(raw) if isinstance(raw, str) or not self.is_listed else self._read_number(raw)
        number = _number(self.name, raw)
        if self.is_clamped:
            number = max(self.low, min(self.high, number))
        if not self.low <= number <= self.high:
            raise CommandError(
                CommandError.WRONG_ARGUMENTS, f"{self.name} must be in {self.range_text}, got {number:g}"
            )
        return round(number) if self.kind == "i" else number

    def place(self, raw: OscValue, count: int) -> int:
        """The place in a list of `count` names that a number means, counted from 0.

        >>> Argument("quantize", "s", choices=("now", "bar")).place(1.0, 2)
        1

        Raises:
            CommandError: 2, it is no whole number, or there is no such place.
        """
        number = self._read_number(raw)
        if number != int(number) or not 0 <= number < count:
            text = f"{self.name} must be a name or a whole number in 0..{count - 1}, got {number:g}"
            raise CommandError(CommandError.WRONG_ARGUMENTS, text)
        return int(number)

    def at_share(self, share: float) -> Scalar:
        """The value a controller at `share` of its way (0..1) stands for."""
        if self.choices:
            return self.choices[min(len(self.choices) - 1, int(share * len(self.choices)))]
        number = self.low + share * (self.high - self.low)
        return round(number) if self.kind == "i" else number

    def share_of(self, value: Scalar) -> float:
        """How far on its way a controller stands at a value, 0..1.

        >>> AROUSAL.share_of(0.5), Argument("quantize", "s", choices=("now", "bar")).share_of("bar")
        (0.75, 0.75)
        """
        if self.choices:
            return (self.choices.index(str(value)) + 0.5) / len(self.choices)
        return (float(value) - self.low) / (self.high - self.low)

    def _read_text(self, raw: OscValue) -> str:
        if not isinstance(raw, str) or not 0 < len(raw) <= MAX_TEXT:
            shown = f"{len(raw)} characters" if isinstance(raw, str) else repr(raw)[:40]
            raise CommandError(
                CommandError.WRONG_ARGUMENTS, f"{self.name} must be a text of 1..{MAX_TEXT} characters, got {shown}"
            )
        return raw

    def _read_number(self, raw: OscValue) -> float:
        """The number of a place, unchecked, because only who has the list knows how long it is."""
        return _number(self.name, raw, "a name or a number")

    def _read_choice(self, raw: OscValue) -> str:
        if not isinstance(raw, str):
            return self.choices[self.place(raw, len(self.choices))]
        folded = {choice.casefold(): choice for choice in self.choices}
        if raw.casefold() in folded:
            return folded[raw.casefold()]
        if not is_number(raw):
            raise unknown_name(self.name, self._read_text(raw), self.choices)
        return self.choices[self.place(raw, len(self.choices))]


@dataclass(frozen=True, slots=True)
class Value:
    """Something with a name that a client may read, listen to, and set where `is_settable`.

    A preset may set it as `section.name`; an empty `section` means that it cannot. What a preset leaves out is
    `default`; where that is None, a preset that does not name the value leaves it as it is. `unit` is OSCQuery's.
    """

    name: str
    arguments: tuple[Argument, ...]
    description: str
    is_settable: bool = True
    section: str = ""
    default: Scalar | None = None
    unit: str = ""

    @property
    def start(self) -> Scalar:
        """What it is before anybody sets it; only for values that a preset never leaves as they are."""
        assert self.default is not None
        return self.default

    @property
    def is_mappable(self) -> bool:
        """Whether a MIDI controller can stand for it: one argument whose range is known."""
        return self.is_settable and len(self.arguments) == 1 and bool(self.arguments[0].range_text)


VALENCE = Argument("valence", "f", -1.0, 1.0, is_clamped=True)
AROUSAL = Argument("arousal", "f", -1.0, 1.0, is_clamped=True)
INTENSITY = Argument("intensity", "f", 0.0, 1.0, is_clamped=True, is_optional=True)
MOOD = Argument("mood", "s", is_listed=True)


def _number_value(
    name: str,
    low: float,
    high: float,
    description: str,
    default: float | None,
    *,
    kind: str = "f",
    section: str = "performance",
    unit: str = "",
) -> Value:
    arguments = (Argument(name, kind, low, high),)
    return Value(name, arguments, description, section=section, default=default, unit=unit)


def _choice_value(name: str, choices: tuple[str, ...], description: str, default: str) -> Value:
    arguments = (Argument(name, "s", choices=choices),)
    return Value(name, arguments, description, section="performance", default=default)


def _channel_value(name: str, description: str, default: int) -> Value:
    return _number_value(name, 1, 16, description, default, kind="i", section="midi")


def _read_only(name: str, kind: str, description: str) -> Value:
    return Value(name, (Argument(name, kind),), description, is_settable=False)


_ALL = (
    Value("va", (VALENCE, AROUSAL), "the affect: unpleasant to pleasant, calm to excited"),
    Value("valence", (VALENCE,), "unpleasant to pleasant"),
    Value("arousal", (AROUSAL,), "calm to excited"),
    Value(
        "mood",
        (MOOD, INTENSITY),
        "a mood by id or alias, drawn towards neutral by intensity",
        section="performance",
        default="neutral",
    ),
    _number_value("intensity", 0, 1, "how strongly every affect is felt; 0 is neutral", 1.0),
    _choice_value("quantize", tuple(QUANTIZE), "when changes land", "bar"),
    _number_value(
        "tempo",
        MIN_TEMPO,
        MAX_TEMPO,
        "beats per minute; in a Link session everybody's",
        110.0,
        section="clock",
        unit="tempo.bpm",
    ),
    _choice_value("key", tuple(KEYS), "the key melodies are moved to; auto is C", "auto"),
    _choice_value("scale", tuple(SCALES), "the scale notes are held in; auto leaves them", "auto"),
    _number_value("transpose", -48, 48, "semitones added to every note", 0, kind="i"),
    _number_value("register", -3, 3, "octaves added to every note", 0, kind="i"),
    _number_value("density", -1, 1, "prefer melodies with half (-1) to twice (1) the notes", 0.0),
    _number_value("velocity", 0, 2, "weight on the velocity the affect asks for", 1.0),
    _number_value("gate", 0.1, 2, "weight on how long notes sound", 1.0),
    _number_value("swing", 0, 1, "how late the second 16th of a pair comes; 1 is triplets", 0.0),
    _number_value("humanize", 0, 1, "how much velocities and times vary", 1.0),
    _number_value("evolve", 0, 1, "how often a phrase gives way to another of its affect after 16 bars", 1.0),
    _number_value(
        "tempo_follow", 0, 1, "how far our own tempo follows the affect; a tempo that is set or tapped ends it", 0.0
    ),
    _number_value(
        "latency_ms",
        -200,
        200,
        "how much earlier everything is sent, to make up for a slow instrument",
        None,
        unit="time.ms",
    ),
    _channel_value("channel", "MIDI channel", 1),
    _number_value("chords", 0, 1, "how loud chords play along, beside the melody; 0 leaves them out", 0.0),
    _number_value("bass", 0, 1, "how loud a bass plays along, beside the melody; 0 leaves it out", 0.0),
    _number_value(
        "auto_accompany",
        0,
        1,
        "1 accompanies learned, recalled and chosen phrases automatically; 0 waits for /emo/accompany",
        0,
        kind="i",
    ),
    _channel_value("chords_channel", "MIDI channel of the chords", 2),
    _channel_value("bass_channel", "MIDI channel of the bass", 3),
    Value("preset", (Argument("preset", "s"),), "a preset from the preset folders, by name"),
    _read_only("temperature", "f", "how freely the generator draws; set generator.temperature in a preset"),
    _read_only("playing", "i", "1 while the clock runs"),
    _read_only("bar", "i", "the bar that sounds, from 1; 0 while stopped"),
    _read_only("phrase_bar", "i", "the bar inside the 16-bar phrase, 1..16; 0 while stopped"),
    _read_only("coming", "i", "the bar in which another phrase enters; 0 while none waits"),
    _read_only("clock", "s", "who owns the tempo"),
    _read_only("kept", "s", "the names of the first 24 kept phrases"),
    _read_only("phrase", "s", "the name of the kept phrase that plays, else nothing"),
    _read_only("pinned", "i", "1 while the phrase loops until another is asked for"),
    _read_only("learning", "i", "how many bars are being learned; 0 while none are"),
    _read_only("mapping", "s", "the first 24 MIDI controls that have a role, each with what it moves or calls"),
    _read_only("midi_learning", "s", "what waits for a MIDI control to be moved, else nothing"),
    _read_only("midi_in", "s", "where clock, controllers and notes come from"),
    _read_only("midi_out", "s", "where the notes go"),
    _read_only("studio", "s", "whether melodies are being composed, by what, and what failed"),
    _read_only("workers", "s", "which of the other processes do not run, why, and when each is tried again"),
    _read_only("shelf", "i", "how many melodies are ready"),
    _read_only("realtime", "i", "1 where the system gave real-time priority"),
    _read_only("malformed", "i", "datagrams that were not OSC, and messages in them that could not be read"),
    _read_only("received", "i", "messages that were read, or replaced by a newer one of the same value in a flood"),
    _read_only("dropped", "i", "datagrams lost because too many came at once"),
    _read_only(
        "unsent",
        "i",
        "replies that the system would not send, or that were held back: see Access list",
    ),
    _read_only("crowd_spread", "f", "mean distance of the audience from its point; 0 all agree, about 1 two camps"),
    _read_only("crowd_count", "i", "how many people of an audience count now; 0 where emo-osc crowd does not run"),
    _read_only("strangers", "i", "datagrams, unread, of hosts that osc.allow in the preset does not let in"),
)
VALUES: dict[str, Value] = {value.name: value for value in _ALL}
VALUE_SECTIONS = tuple(dict.fromkeys(value.section for value in _ALL if value.section))
MAPPABLE = tuple(value.name for value in _ALL if value.is_mappable)

PUSHES: dict[str, str] = {
    "note": "`/emo/note pitch velocity duration_ms channel` as each note sounds",
    "state": "`/emo/state/NAME` whenever a value changes",
    "roll": "`/emo/roll which part notes` for the phrase that plays (`now`) and the one that waits (`next`)",
    "latency": "`/emo/latency name p50_ms p95_ms p99_ms max_ms count` once a second",
    "*": "everything",
}
"""What can be listened to beside the values; `bar` is a value that is pushed as `/emo/bar n`."""


def unknown_name(what: str, name: str, known: tuple[str, ...]) -> CommandError:
    """Error 3, with the nearest name or all of them.

    >>> str(unknown_name("quantize", "bra", ("beat", "bar")))
    "no quantize 'bra', did you mean 'bar'?"
    """
    near = nearest_name(name, known)
    hint = f", did you mean {near!r}?" if near else f"; there are {', '.join(known)}"[:400]
    return CommandError(CommandError.UNKNOWN_NAME, f"no {what} {name[:MAX_TEXT]!r}{hint}")


def nearest_name(name: str, known: tuple[str, ...]) -> str | None:
    """The known name that shares most letter pairs, if it shares a third; cheap enough for the real-time thread."""
    wanted = _pairs(name[:MAX_TEXT])
    best, score = None, 0.3
    for candidate in known:
        pairs = _pairs(candidate)
        shared = len(wanted & pairs) / len(wanted | pairs)
        if shared > score:
            best, score = candidate, shared
    return best


@lru_cache(maxsize=1024)
def _pairs(text: str) -> frozenset[str]:
    folded = text.casefold()
    return frozenset((folded[:1], folded[-1:], *folded, *map("".join, pairwise(folded))))


def is_number(raw: OscValue) -> bool:
    """Whether an argument may stand for a number: `i f d h T F`, or text that says one.

    >>> [is_number(raw) for raw in (1, "0.0", True, "bar", "nan", None)]
    [True, True, True, False, False, False]
    """
    return isfinite(_float(raw))


def is_zero(raw: OscValue) -> bool:
    """Whether an argument is a number that is 0, which is a button's release.

    >>> [is_zero(raw) for raw in (0, "0.0", False, "", None)]
    [True, True, True, False, False]
    """
    return _float(raw) == 0


def _number(name: str, raw: OscValue, wanted: str = "a number") -> float:
    number = _float(raw)
    if not isfinite(number):
        raise CommandError(CommandError.WRONG_ARGUMENTS, f"{name} must be {wanted}, got {repr(raw)[:40]}")
    return number


def _float(raw: OscValue) -> float:
    """An argument as a number; NaN for anything else."""
    try:
        return float(raw) if isinstance(raw, int | float | str) and len(str(raw)) <= MAX_TEXT else nan
    except ValueError:
        return nan
