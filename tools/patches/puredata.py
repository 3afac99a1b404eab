"""The Pure Data patch, for vanilla 0.51 or newer, without externals.

Every control speaks into `emo_osc_out`, and one `netsend` carries it: answers come back through the same socket, so no
port of ours has to be free. Another patch may do the same, and hear `emo_osc_note` and `emo_osc_played`.
"""

from collections.abc import Iterable
from itertools import pairwise

from emo_osc.config.preset import OscSection
from emo_osc.core.affect import MOODS
from emo_osc.protocol.parameters import QUANTIZE, VALUES
from tools.patches.words import label

COMMANDS = ("play", "stop", "continue", "again", "next", "mutate", "keep", "tap", "panic")
SLIDES = ("density", "register", "intensity", "swing")
SHOWN = ("mood", "studio")
SHOWS = ("/emo/note", "/emo/bar", *(f"/emo/state/{name}" for name in ("va", *SHOWN, *SLIDES)))
HELLO = ("/emo/start_listen/note", "/emo/start_listen/state", "/emo/start_listen/bar")
RENEW_MS = 20_000
WAIT_MS = 200  # time for `pd -send "emo_osc_connect HOST PORT"` to name another place
EARLY_MS = 5  # a note ends that much before the next may begin, which comes by the network and may be early
COLOURS = "#fcfcfc #000000 #000000"


class Sheet:
    """Boxes and cords of a `.pd` file; boxes are named by their number."""

    def __init__(self) -> None:
        self._boxes: list[str] = []
        self._cords: list[str] = []

    def add(self, kind: str, x: int, y: int, text: str) -> int:
        """Puts a box; `kind` is `obj`, `msg`, `text`, `floatatom` or `symbolatom`."""
        self._boxes.append(f"#X {kind} {x} {y} {_escaped(text)};")
        return len(self._boxes) - 1

    def cord(self, source: int, outlet: int, target: int, inlet: int) -> None:
        """One cord."""
        self._cords.append(f"#X connect {source} {outlet} {target} {inlet};")

    def chain(self, *boxes: int) -> None:
        """Cords from the first outlet of each box to the first inlet of the next."""
        for source, target in pairwise(boxes):
            self.cord(source, 0, target, 0)

    def text(self) -> str:
        """The file's text."""
        return "\n".join(("#N canvas 60 60 1280 850 12;", *self._boxes, *self._cords, ""))


def _escaped(text: str) -> str:
    r"""A text as a `.pd` file holds it.

    >>> _escaped("set $1, 2")
    'set \\$1 \\, 2'
    """
    return text.replace("$", "\\$").replace(", ", " \\, ")


def build() -> str:
    """The whole patch."""
    sheet = Sheet()
    sheet.add("text", 20, 14, "emo_osc: a feeling becomes a melody. Start the daemon first: emo-osc serve")
    _connection(sheet)
    heard = _answers(sheet)
    _pad(sheet, heard["va"])
    moods = [(f"emo_osc_{mood.id}", f"/emo/mood {mood.id}", mood.aliases[0]) for mood in MOODS]
    _buttons(sheet, moods, (20, 280), 4)
    _buttons(sheet, [(f"emo_osc_{name}", f"/emo/{name}", "") for name in COMMANDS], (20, 430), 4)
    _buttons(sheet, [("empty", f"/emo/quantize {name}", "") for name in QUANTIZE], (20, 550), 4)
    for row, name in enumerate(SLIDES):
        argument = VALUES[name].arguments[0]
        _slider(
            sheet, f"/emo/set/{name}", (argument.low, argument.high), label(name), (360, 70 + 40 * row), heard[name]
        )
    for row, name in enumerate(SHOWN):
        sheet.add("text", 360, 222 + 22 * row, name)
        shown = sheet.add("symbolatom", 410, 222 + 22 * row, "22 0 0 0 - - - 0")
        sheet.chain(heard[name], sheet.add("obj", 720, 222 + 22 * row, "symbol"), shown)
    return sheet.text()


def _connection(sheet: Sheet) -> None:
    osc = OscSection()
    sheet.add("text", 20, 680, "host and port of the daemon: edit them here")
    wait = sheet.add("obj", 20, 730, f"delay {WAIT_MS}")
    place = sheet.add("msg", 20, 760, f"connect {osc.host} {osc.port}")
    other = sheet.add("obj", 230, 700, "r emo_osc_connect")
    either = sheet.add("obj", 230, 730, "t a b")
    connect = sheet.add("obj", 230, 760, "list prepend connect")
    trim = sheet.add("obj", 230, 790, "list trim")
    stop = sheet.add("msg", 120, 730, "stop")
    send = sheet.add("obj", 420, 790, "netsend -u -b")
    sheet.chain(sheet.add("obj", 20, 705, "loadbang"), wait, place, send)
    sheet.chain(other, either, connect, trim, send)
    sheet.cord(either, 1, stop, 0)
    sheet.cord(stop, 0, wait, 0)
    _sender(sheet, send)
    _greeting(sheet, send)
    sheet.chain(sheet.add("obj", 560, 680, "r emo_osc_socket"), _parser(sheet))
    sheet.cord(send, 1, sheet.add("obj", 520, 815, "s emo_osc_socket"), 0)


def _sender(sheet: Sheet, send: int) -> None:
    """An address and its values become one OSC message: the address is set first, then the values are sent."""
    both = sheet.add("obj", 420, 705, "t a a")
    address, values = sheet.add("obj", 500, 730, "list split 1"), sheet.add("obj", 400, 730, "list split 1")
    put = sheet.add("obj", 500, 755, "list prepend set")
    trim = sheet.add("obj", 500, 775, "list trim")
    form = sheet.add("obj", 420, 765, "oscformat")
    sheet.chain(sheet.add("obj", 420, 655, "r emo_osc_out"), sheet.add("obj", 420, 680, "list append"), both, values)
    sheet.cord(both, 1, address, 0)
    sheet.chain(address, put, trim, form)
    sheet.cord(values, 1, form, 0)
    sheet.chain(
        form, sheet.add("obj", 300, 815, "list prepend send"), trimmed := sheet.add("obj", 420, 815, "list trim")
    )
    sheet.cord(trimmed, 0, send, 0)


def _greeting(sheet: Sheet, send: int) -> None:
    """As soon as there is a connection, and every 20 s after that."""
    metro = sheet.add("obj", 640, 760, f"metro {RENEW_MS}")
    hello = sheet.add("msg", 640, 785, ", ".join(HELLO))
    sheet.cord(send, 0, metro, 0)
    sheet.chain(metro, hello, sheet.add("obj", 640, 815, "s emo_osc_out"))


def _parser(sheet: Sheet) -> int:
    parse = sheet.add("obj", 560, 705, "oscparse")
    sheet.chain(parse, sheet.add("obj", 640, 705, "list trim"), sheet.add("obj", 640, 730, "s emo_osc_in"))
    return parse


def _answers(sheet: Sheet) -> dict[str, int]:
    """Takes apart what the daemon says; where each value comes out."""
    names = ("va", *SHOWN, *SLIDES)
    kinds = sheet.add("obj", 760, 95, "route note bar state ping")
    state = sheet.add("obj", 940, 125, f"route {' '.join(names)}")
    sheet.chain(sheet.add("obj", 760, 45, "r emo_osc_in"), sheet.add("obj", 760, 70, "route emo"), kinds)
    sheet.cord(kinds, 2, state, 0)
    pong = sheet.add("obj", 820, 70, "list prepend /emo/pong")  # it asks another computer whether it is heard
    sheet.cord(kinds, 3, pong, 0)
    sheet.chain(pong, _out(sheet, 980, 70))
    sheet.add("text", 574, 222, "bar")
    sheet.cord(kinds, 1, sheet.add("floatatom", 596, 222, "6 0 0 0 - - - 0"), 0)
    sheet.chain(kinds, sheet.add("obj", 760, 125, "s emo_osc_note"))
    _notes(sheet)
    _sound(sheet)
    heard = {}
    for index, name in enumerate(names):
        heard[name] = sheet.add("obj", 860 + 40 * index, 160 + 24 * (index % 2), "t a")
        sheet.cord(state, index, heard[name], 0)
    return heard


def _notes(sheet: Sheet) -> None:
    """Plays each note on its channel, and ends it when its time is over."""
    apart = sheet.add("obj", 760, 290, "unpack f f f f")
    twice = sheet.add("obj", 760, 320, "t f f")
    on, off = sheet.add("obj", 760, 350, "pack f f f"), sheet.add("obj", 860, 350, "pack f 0 f")
    shorter, least = sheet.add("obj", 980, 320, f"- {EARLY_MS}"), sheet.add("obj", 980, 350, "max 1")
    later = sheet.add("obj", 860, 380, "pipe f f f 100")
    again = sheet.add("obj", 860, 410, "pack f f f")
    played = sheet.add("obj", 760, 440, "s emo_osc_played")
    sheet.chain(sheet.add("obj", 760, 260, "r emo_osc_note"), apart, twice, on, played)
    sheet.cord(apart, 1, on, 1)
    sheet.cord(apart, 3, on, 2)
    sheet.cord(apart, 3, off, 2)
    sheet.cord(apart, 2, shorter, 0)
    sheet.chain(shorter, least)
    sheet.cord(least, 0, later, 3)
    sheet.cord(twice, 1, off, 0)
    sheet.chain(off, later, again, played)
    sheet.cord(later, 1, again, 1)
    sheet.cord(later, 2, again, 2)
    out, bytes_of = sheet.add("obj", 760, 530, "noteout"), sheet.add("obj", 760, 500, "unpack f f f")
    sheet.chain(sheet.add("obj", 760, 470, "r emo_osc_played"), bytes_of, out)
    sheet.cord(bytes_of, 1, out, 1)
    sheet.cord(bytes_of, 2, out, 2)


def _sound(sheet: Sheet) -> None:
    """A sine for the ear: loud as the note is, gone when it ends. Switch DSP on to hear it."""
    pitch, loud = sheet.add("obj", 940, 500, "unpack f f f"), sheet.add("obj", 1000, 530, "/ 127")
    tone, ramp = sheet.add("obj", 940, 590, "osc~"), sheet.add("obj", 1000, 590, "line~")
    slope = sheet.add("msg", 1000, 560, "$1 15")
    swell, gain = sheet.add("obj", 940, 620, "*~"), sheet.add("obj", 940, 650, "*~ 0.1")
    speakers = sheet.add("obj", 940, 680, "dac~")
    sheet.chain(sheet.add("obj", 940, 470, "r emo_osc_played"), pitch, sheet.add("obj", 940, 560, "mtof"), tone, swell)
    sheet.cord(pitch, 1, loud, 0)
    sheet.chain(loud, slope, ramp)
    sheet.cord(ramp, 0, swell, 1)
    sheet.chain(swell, gain, speakers)
    sheet.cord(gain, 0, speakers, 1)


def _pad(sheet: Sheet, heard: int) -> None:
    """Two sliders that go together, from where the daemon has them; what it says moves them and is not sent back."""
    valence, arousal = VALUES["va"].arguments
    across = sheet.add("obj", 20, 60, _hslider(valence.low, valence.high, "valence", "emo_osc_valence"))
    up = sheet.add("obj", 20, 110, _hslider(arousal.low, arousal.high, "arousal", "emo_osc_arousal"))
    first, both = sheet.add("obj", 20, 160, "f"), sheet.add("obj", 20, 180, "pack f f")
    sheet.chain(first, both, sheet.add("obj", 20, 205, "list prepend /emo/va"), _out(sheet, 20, 235))
    apart = sheet.add("obj", 180, 40, "unpack f f")
    sheet.chain(heard, apart)
    for outlet, (slider, held, x, y) in enumerate(((across, first, 20, 60), (up, both, 120, 110))):
        hot, show = sheet.add("obj", x, 138, "t b f"), sheet.add("msg", 260, y - 20, "set $1")
        sheet.chain(slider, hot, first)
        sheet.cord(hot, 1, held, 1)
        sheet.cord(apart, outlet, show, 0)
        sheet.cord(apart, outlet, held, 1)
        sheet.chain(show, slider)


def _hslider(low: float, high: float, name: str, receive: str) -> str:
    return f"hsl 200 22 {low:g} {high:g} 0 0 empty {receive} {name} 4 -8 0 12 {COLOURS} 0 1"


def _slider(sheet: Sheet, address: str, span: tuple[float, float], name: str, at: tuple[int, int], heard: int) -> None:
    x, y = at
    slider = sheet.add("obj", x, y, _hslider(*span, name.replace(" ", "_"), f"emo_osc_{address.rsplit('/', 1)[1]}"))
    sheet.chain(slider, sheet.add("obj", x + 220, y, f"list prepend {address}"), _out(sheet, x + 280, y + 22))
    sheet.chain(heard, sheet.add("msg", x + 160, y - 18, "set $1"), slider)


def _buttons(sheet: Sheet, rows: Iterable[tuple[str, str, str]], at: tuple[int, int], columns: int) -> None:
    out = _out(sheet, at[0] + 620, at[1])
    for index, (receive, message, also) in enumerate(rows):
        x, y = at[0] + index % columns * 150, at[1] + index // columns * 36
        look = f"bng 15 250 50 0 empty {receive} {also or 'empty'} 0 -8 0 11 {COLOURS}"
        sheet.chain(sheet.add("obj", x, y, look), sheet.add("msg", x + 20, y, message), out)


def _out(sheet: Sheet, x: int, y: int) -> int:
    return sheet.add("obj", x, y, "s emo_osc_out")


def files() -> dict[str, bytes]:
    """The patch, by its place in the checkout."""
    return {"layouts/puredata/emo_osc.pd": build().encode()}
