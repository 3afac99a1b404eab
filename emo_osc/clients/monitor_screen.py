"""Draws the monitor for a terminal of any size: state, plane, delays, piano roll.

Knows no daemon and no clock; what is known comes as a `View`, and now is an argument.
"""

from collections import deque
from dataclasses import dataclass, field
from itertools import groupby
from math import isfinite

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from emo_osc.core.affect import MOODS
from emo_osc.protocol.osc import Message, OscValue
from emo_osc.protocol.parameters import VALUES

ROLL_S = 8.0  # of notes in the roll
LEAST_ROWS = 3
LEAST_WIDTH, STATE_WIDTH = 76, 45  # a terminal that has room for the plane, and for what stands to its left
PLANE_ROWS, WIDEST_PLANE = 13, 61
PITCH_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
TOUCHES = ("#9ecae1", "#4a7fc1", "#8a6bd0", "#d0559a", "#f0604d")  # soft to hard
LINES: tuple[tuple[tuple[str, str], ...], ...] = (
    (("mood", "mood"), ("va", "at")),
    (("tempo", "tempo"), ("key", "key"), ("scale", "scale"), ("quantize", "on")),
    (
        ("bar", "bar"),
        ("phrase_bar", "of the phrase"),
        ("coming", "another in"),
        ("pinned", "pinned"),
        ("phrase", "kept"),
    ),
    (("clock", "clock"), ("latency_ms", "sent early, ms")),
    (("studio", "studio"), ("shelf", "shelf")),
    (("midi_out", "MIDI out"),),
    (("midi_learning", "learns"), ("midi_in", "MIDI in")),
    (("realtime", "real time"), *((name, name) for name in ("malformed", "dropped", "unsent", "strangers"))),
)
"""Lines of the screen: values and what they are called there."""

COUNTED = ("shelf", "malformed", "dropped", "unsent", "strangers")
"""Values that the daemon counts and does not push."""

_HIDDEN_AT_0 = {"coming", "pinned", "latency_ms", *COUNTED[1:]}
_FAULTS = {*COUNTED[1:]}
_GOOD = {"studio": ("ready", "loading", "starting"), "midi_out": ("port", "virtual")}
_LEAST = {"/emo/bar": 1, "/emo/latency": 6, "/emo/note": 3}
"""Address -> how many arguments it has at least."""
_DRAWN = {True: "-|+o@#", False: "─│┼∘●█"}
"""Whether the terminal knows but ASCII -> the two axes, where they meet, a mood, the point, a note."""


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
        """Take one message of the daemon's; one that says less than it should is left alone."""
        arguments = message.arguments
        if len(arguments) < _LEAST.get(message.address, 0):
            return
        if message.address.startswith("/emo/state/"):
            self.values[message.address.removeprefix("/emo/state/")] = arguments
        elif message.address == "/emo/bar":
            bar = int(_number(arguments[0]))
            self.values |= {"bar": (bar,), "phrase_bar": ((bar - 1) % 16 + 1,)}
        elif message.address == "/emo/latency":
            self.delays[_shown(arguments[0])] = tuple(_number(figure) for figure in arguments[1:6])
        elif message.address == "/emo/note":
            pitch, velocity, ms = (_number(argument) for argument in arguments[:3])
            self.notes.append(Struck(at_s, int(pitch), int(velocity), ms / 1000))


def draw(view: View, now_s: float, width: int, height: int, *, is_ascii: bool = False) -> RenderableType:
    """The screen, `width` by `height` characters; what has no room is left out, the roll first, then the plane."""
    title, table = _title(view), _delays(view)
    has_plane = width >= LEAST_WIDTH and height > PLANE_ROWS + 1
    plane_width = min(WIDEST_PLANE, width - STATE_WIDTH - 1) if has_plane else 0
    left = width - plane_width - 1 if has_plane else width
    lines = [_line(view, names) for names in LINES]
    for line in lines:
        _fit(line, left)
    _fit(title, width)
    state: RenderableType = Group(*lines, Text(), table)
    if has_plane:
        grid = Table.grid(padding=0)
        grid.add_column(width=left + 1, no_wrap=True)
        grid.add_column(width=plane_width, no_wrap=True)
        grid.add_row(state, plane(view, plane_width, PLANE_ROWS, is_ascii=is_ascii))
        state = grid
    rows = height - len(lines) - table.row_count - 4
    roll = [_roll(view, now_s, width, rows, _DRAWN[is_ascii][5])] if rows >= LEAST_ROWS else []
    return Group(title, state, *roll)


def summary(view: View) -> str:
    """What is felt and played, in one line."""
    names = ("bar", "mood", "va", "tempo", "clock", "studio")
    return "  ".join(f"{name} {_shown_all(view, name)}" for name in names if view.values.get(name))


def plane(view: View, width: int, height: int, *, is_ascii: bool = False) -> Text:
    """The valence-arousal plane: right is pleasant, up is excited; the point, and the shipped moods by name."""
    across, up, middle, mark, point, _ = tuple(_DRAWN[is_ascii])
    cells = [[(" ", "")] * width for _ in range(height)]
    for row in cells:
        row[width // 2] = (up, "dim")
    cells[height // 2] = [(across, "dim")] * width
    cells[height // 2][width // 2] = (middle, "dim")
    called = next(map(_shown, view.values.get("mood", ())), "")
    places = {mood.id: _place(mood.affect.valence, mood.affect.arousal, width, height) for mood in MOODS}
    styles = {name: "bold green" if name == called else "dim" for name in places}
    for name, (row_of, column) in places.items():
        cells[row_of][column] = (mark, styles[name])
    for name, (row_of, column) in sorted(places.items(), key=lambda place: place[0] != called):
        _name(cells[row_of], column, name, styles[name], free={" ", across, up, middle})
    if len(view.values.get("va", ())) == 2:
        valence, arousal = map(_number, view.values["va"])
        row_of, column = _place(valence, arousal, width, height)
        cells[row_of][column] = (point, "bold red")
    return Text("\n").join(map(_styled, cells))


def _place(valence: float, arousal: float, width: int, height: int) -> tuple[int, int]:
    """Row and column of a point."""
    column, row = round((valence + 1) / 2 * (width - 1)), round((1 - arousal) / 2 * (height - 1))
    return min(height - 1, max(0, row)), min(width - 1, max(0, column))


def _name(row: list[tuple[str, str]], column: int, name: str, style: str, free: set[str]) -> None:
    """A mood's name, to the right or the left of its mark, where nothing stands yet."""
    for start in (column + 1, column - len(name)):
        end = start + len(name)
        if start >= 0 and end <= len(row) and all(letter in free for letter, _ in row[start:end]):
            row[start:end] = [(letter, style) for letter in name]
            return


def _styled(line: list[tuple[str, str]]) -> Text:
    text = Text()
    for style, run in groupby(line, key=lambda cell: cell[1]):
        text.append("".join(letter for letter, _ in run), style)
    return text


def _title(view: View) -> Text:
    if view.is_answered:
        playing = "playing" if view.values.get("playing") == (1,) else "standing"
        return Text.assemble(("emo_osc ", "bold"), view.place, "  ", (playing, "green"), f"  {view.hint}")
    return Text.assemble(("emo_osc ", "bold"), view.place, ("  does not answer; trying again", "bold red"))


def _line(view: View, names: tuple[tuple[str, str], ...]) -> Text:
    line = Text()
    for name, title in names:
        shown = _shown_all(view, name)
        if shown and not (name in _HIDDEN_AT_0 and shown == "0"):
            is_bad = _is_bad(name, shown)
            line.append(f"{'! ' * is_bad}{title} ", "bold red" if is_bad else "dim")
            line.append(f"{shown}   ", "bold red" if is_bad else "")
    return line


def _is_bad(name: str, shown: str) -> bool:
    """Whether a value tells of something that somebody should look at."""
    if name in _FAULTS:
        return True
    return (name in _GOOD and not shown.startswith(_GOOD[name])) or (name == "clock" and "lost" in shown)


def _shown_all(view: View, name: str) -> str:
    return " ".join(_shown(value) for value in view.values.get(name, ()))


def _shown(value: OscValue) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".removesuffix(".00")
    return "".join(letter if letter.isprintable() else " " for letter in str(value))  # a terminal obeys some


def _fit(line: Text, width: int) -> None:
    line.no_wrap, line.overflow = True, "ellipsis"
    line.truncate(width, overflow="ellipsis")


def _delays(view: View) -> Table:
    table = Table("delay, ms", box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    for title in ("p50", "p95", "p99", "max", "count"):
        table.add_column(title, justify="right", min_width=6, no_wrap=True)
    for name, (*ms, count) in view.delays.items():
        table.add_row(name, *(_figure(figure) if count else "" for figure in ms), f"{count:.0f}")
    return table


def _figure(ms: float) -> str:
    """Milliseconds in six letters at most, from 0.001 to 9999.9."""
    return f"{ms:.3f}" if ms < 10 else f"{ms:.2f}" if ms < 100 else f"{ms:.1f}"


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
    return float(value) if isinstance(value, int | float) and isfinite(value) else 0.0
