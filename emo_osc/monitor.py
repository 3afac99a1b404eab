"""The live state of a running daemon in a terminal: what it feels and plays, how late it is, a roll of its notes."""

from collections import deque
from dataclasses import dataclass, field
from itertools import groupby
from time import perf_counter

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from emo_osc.errors import EmoOscError
from emo_osc.keys import keys
from emo_osc.listener import Listener
from emo_osc.stage.osc import Message, OscValue
from emo_osc.stage.values import VALUES

TOPICS = ("state", "note", "bar", "latency")
FRAME_S = 0.1
ONCE_S = 3.0  # a busy machine may take long to answer
ROLL_S = 8.0  # of notes in the roll
LEAST_ROWS = 3
PITCH_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
TOUCHES = ("#9ecae1", "#4a7fc1", "#8a6bd0", "#d0559a", "#f0604d")  # soft to hard
LINES: tuple[tuple[tuple[str, str], ...], ...] = (
    (("mood", "mood"), ("valence", "valence"), ("arousal", "arousal"), ("key", "key"), ("scale", "scale")),
    (("tempo", "tempo"), ("clock", "clock"), ("quantize", "quantize"), ("latency_ms", "sent early, ms")),
    (("bar", "bar"), ("phrase_bar", "of the phrase"), ("phrase", "kept"), ("pinned", "pinned"), ("shelf", "shelf")),
    (("studio", "studio"),),
    (("midi_out", "MIDI out"), ("realtime", "real time")),
)
"""Lines of the screen: values and what they are called there."""


@dataclass(frozen=True, slots=True)
class Struck:
    """A note that sounded: its time and length in seconds."""

    at_s: float
    pitch: int
    velocity: int
    seconds: float


@dataclass
class View:
    """What is known of a daemon."""

    place: str
    hint: str = ""
    is_answered: bool = False
    values: dict[str, tuple[OscValue, ...]] = field(default_factory=dict)
    delays: dict[str, tuple[float, ...]] = field(default_factory=dict)
    notes: deque[Struck] = field(default_factory=lambda: deque(maxlen=512))

    @property
    def is_whole(self) -> bool:
        """Whether every value and some delays are known."""
        return VALUES.keys() <= self.values.keys() and bool(self.delays)

    def hear(self, at_s: float, message: Message) -> None:
        """Take one message of the daemon's."""
        arguments = message.arguments
        if message.address.startswith("/emo/state/"):
            self.values[message.address.removeprefix("/emo/state/")] = arguments
        elif message.address == "/emo/bar":
            bar = int(_number(arguments[0]))
            self.values |= {"bar": (bar,), "phrase_bar": ((bar - 1) % 16 + 1,)}
        elif message.address == "/emo/latency":
            self.delays[str(arguments[0])] = tuple(_number(figure) for figure in arguments[1:])
        elif message.address == "/emo/note":
            pitch, velocity, ms = (_number(argument) for argument in arguments[:3])
            self.notes.append(Struck(at_s, int(pitch), int(velocity), ms / 1000))


def monitor(host: str, port: int, *, once: bool = False, console: Console | None = None) -> None:
    """Shows a daemon until `q` or ctrl-C; with `once` a single picture, as soon as it is complete.

    Raises:
        EmoOscError: no such host; with `once` also: nobody answered.
    """
    console = console or Console()
    view, listener = View(f"{host}:{port}", "" if once else "q ends"), Listener(host, port, TOPICS)
    try:
        _picture(view, listener, console) if once else _film(view, listener, console)
    finally:
        listener.close()


def _picture(view: View, listener: Listener, console: Console) -> None:
    until_s = perf_counter() + ONCE_S
    with keys() as wait:
        while not view.is_whole and perf_counter() < until_s:
            _hear(view, listener)
            wait(listener.socket, FRAME_S)
    if not view.values:
        raise EmoOscError(f"{view.place} did not answer within {ONCE_S:g} s; start it with: emo-osc serve")
    console.print(draw(view, perf_counter(), console.width, console.height, is_ascii=console.options.ascii_only))


def _film(view: View, listener: Listener, console: Console) -> None:
    drawn_s = 0.0
    with keys() as wait, Live(console=console, screen=True, auto_refresh=False, transient=True) as live:
        while True:
            _hear(view, listener)
            if (now_s := perf_counter()) - drawn_s >= FRAME_S:
                drawn_s = now_s
                is_ascii = console.options.ascii_only
                live.update(draw(view, now_s, console.width, console.height, is_ascii=is_ascii), refresh=True)
            if any(key in "qQ" for _, key in wait(listener.socket, max(0.0, drawn_s + FRAME_S - now_s))):
                return


def _hear(view: View, listener: Listener) -> None:
    for at_s, message in listener.receive():
        view.hear(at_s, message)
    view.is_answered = listener.is_answered
    if view.is_answered and not view.delays:
        listener.send("/emo/latency")


def draw(view: View, now_s: float, width: int, height: int, *, is_ascii: bool = False) -> RenderableType:
    """The screen, `width` by `height` characters: state, delays, and the notes of the last seconds."""
    lines = [_title(view), *(_line(view, names) for names in LINES)]
    for line in lines:
        line.no_wrap, line.overflow = True, "ellipsis"
        line.truncate(width, overflow="ellipsis")
    table = _delays(view)
    rows = height - len(lines) - table.row_count - 3
    roll = _roll(view, now_s, width, rows, "#" if is_ascii else "█") if rows >= LEAST_ROWS else Text()
    return Group(*lines, Text(), table, roll)


def _title(view: View) -> Text:
    if view.is_answered:
        playing = "playing" if view.values.get("playing") == (1,) else "standing"
        return Text.assemble(("emo_osc ", "bold"), view.place, "  ", (playing, "green"), f"  {view.hint}")
    return Text.assemble(("emo_osc ", "bold"), view.place, ("  does not answer; trying again", "bold red"))


def _line(view: View, names: tuple[tuple[str, str], ...]) -> Text:
    line = Text()
    for name, title in names:
        shown = " ".join(_shown(value) for value in view.values.get(name, ()))
        if shown or len(names) == 1:
            line.append(f"{title} ", "dim").append(shown + "   ")
    return line


def _shown(value: OscValue) -> str:
    return f"{value:.2f}".removesuffix(".00") if isinstance(value, float) else str(value)


def _delays(view: View) -> Table:
    table = Table("delay, ms", box=None, pad_edge=False, header_style="dim")
    for title in ("p50", "p95", "p99", "max", "count"):
        table.add_column(title, justify="right", min_width=8)
    for name, (*ms, count) in view.delays.items():
        figures = [f"{figure:.3f}" for figure in ms] if count else [""] * len(ms)
        table.add_row(name, *figures, f"{count:.0f}")
    return table


def _roll(view: View, now_s: float, width: int, rows: int, block: str) -> Text:
    """Notes by pitch over time, now at the right; a row is a semitone, or more where they reach further."""
    seen = [note for note in view.notes if now_s - note.at_s < ROLL_S]
    low, high = min((n.pitch for n in seen), default=60), max((n.pitch for n in seen), default=72)
    semitones = max(1, -(-(high - low + 1) // rows))
    top = low + semitones * rows - 1 if high - low + 1 > rows else (low + high + rows) // 2
    columns = width - 5
    grid: list[list[str]] = [[""] * columns for _ in range(rows)]
    for note in seen:
        row = (top - note.pitch) // semitones
        start = int((ROLL_S - now_s + note.at_s) / ROLL_S * columns)
        end = int((ROLL_S - now_s + min(now_s, note.at_s + note.seconds)) / ROLL_S * columns)
        for column in range(max(0, start), min(columns, max(start + 1, end))):
            grid[min(rows - 1, max(0, row))][column] = TOUCHES[min(4, note.velocity * 5 // 128)]
    return Text("\n").join(_row(top - semitones * row, cells, block) for row, cells in enumerate(grid))


def _row(pitch: int, cells: list[str], block: str) -> Text:
    name = f"{PITCH_NAMES[pitch % 12]}{pitch // 12 - 1}"
    line = Text(f"{name:<4} ", "dim" if pitch % 12 else "bold")
    for colour, run in groupby(cells):
        line.append((block if colour else " ") * len(list(run)), colour)
    return line


def _number(value: OscValue) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
