"""Two smaller patches for Max: the pad for a bpatcher, and the notes as MIDI where virtual ports do not exist."""

from emo_osc.config.preset import OscSection
from emo_osc.core.affect import MOODS
from tools.patches.max_controls import RENEW_MS, answer, buttons, greeting, pad, prove
from tools.patches.maxpat import ROW, Patch

PAD_PORT = 7772  # where the embedded pad listens, unless its third argument says otherwise
NOTES_PORT = 7773
PAD_BUTTONS = ("next", "again", "mutate", "panic")
PAD_LISTEN = ("state", "bar")


def build_pad() -> Patch:
    """emo_pad.maxpat: pad and nine moods for a bpatcher; its arguments are host, port and reply port.

    `#0` makes its names its own, so that one patch may hold several. What comes into its inlet goes to the daemon,
    what the daemon says leaves its outlet.
    """
    patch = Patch("#0_emo", (60, 90, 300, 420))
    patch.comment("excited", (10, 4, 80, 20))
    patch.comment("calm", (10, 288, 60, 20))
    pad(patch, (10, 26, 280, 260))
    moods = [(mood.id, f"/emo/mood {mood.id}") for mood in MOODS if mood.vocabulary == "moods"]
    buttons(patch, moods, (10, 312, 280, 22), 3)
    buttons(patch, [(name, f"/emo/{name}") for name in PAD_BUTTONS], (10, 396, 280, 20), 4)
    route = _embedded(patch)
    answer(patch, "mood", route, 0, (100, 4, 190, 22))
    at = patch.block(120, 22)
    patch.cord(route, 1, patch.object(f"s {patch.bus}_va", at, (1, 0)), 0)
    return patch


def _embedded(patch: Patch) -> str:
    """Reads the arguments, connects, and greets when all three are set; gives the route of what comes back."""
    osc = OscSection()
    x, y = patch.block(760, 330)
    arguments = patch.object(f"patcherargs {osc.host} {osc.port} {PAD_PORT}", (x, y), (1, 2))
    first = patch.object("t b l", (x, y + ROW), (1, 2))  # the places first, then the greeting
    apart = patch.object("unpack s 0 0", (x + 120, y + 2 * ROW), (1, 3))
    metro = patch.object(f"metro {RENEW_MS}", (x, y + 4 * ROW), (2, 1))
    reply = patch.object("i", (x, y + 5 * ROW), (2, 1))
    hello = patch.message(greeting(PAD_LISTEN, "$1"), (x, y + 6 * ROW))
    patch.chain(
        arguments, first, patch.message("1", (x, y + 3 * ROW)), metro, reply, hello, patch.out((x, y + 7 * ROW))
    )
    patch.cord(first, 1, apart, 0)
    host, port = (
        patch.object("prepend host", (x + 120, y + 3 * ROW)),
        patch.object("prepend port", (x + 250, y + 3 * ROW)),
    )
    listen = patch.object("prepend port", (x + 380, y + 3 * ROW))
    send = patch.object(f"udpsend {osc.host} {osc.port}", (x + 120, y + 5 * ROW), (1, 0))
    patch.cord(apart, 0, host, 0)
    patch.cord(apart, 1, port, 0)
    patch.cord(apart, 2, listen, 0)
    patch.cord(apart, 2, reply, 1)
    patch.chain(host, send)
    patch.chain(port, send)
    patch.chain(patch.object(f"r {patch.bus}_out", (x + 360, y + 4 * ROW), (0, 1)), send)
    patch.chain(patch.add("inlet", (x + 520, y, 30, 30), (0, 1)), patch.out((x + 520, y + 2 * ROW)))
    receive = patch.object(f"udpreceive {PAD_PORT}", (x + 380, y + 9 * ROW))
    patch.chain(listen, receive)
    outlet = patch.add("outlet", (x + 620, y + 10 * ROW, 30, 30), (1, 0))
    route = patch.object("route /emo/state/mood /emo/state/va", (x + 280, y + 10 * ROW), (3, 3))
    patch.chain(receive, outlet)
    patch.chain(receive, route)
    prove(patch, receive, patch.out(patch.block(110, 22)))
    return route


def build_notes() -> Patch:
    """emo_notes.maxpat: hears every note by OSC and plays it on a MIDI port that Max knows.

    A note is sent with its duration, so nothing is left on when a datagram is lost.
    """
    patch = Patch("emo_notes", (60, 90, 360, 150))
    patch.comment("emo_osc's notes, by OSC, to this MIDI port:", (15, 12, 330, 20))
    osc = OscSection()
    text = greeting(("note",), str(NOTES_PORT))
    x, y = patch.block(24 + 7 * len(text), 120)
    patch.chain(
        patch.object("loadmess 1", (x, y)),
        patch.object(f"metro {RENEW_MS}", (x, y + ROW), (2, 1)),
        patch.message(text, (x, y + 2 * ROW)),
        send := patch.object(f"udpsend {osc.host} {osc.port}", (x, y + 3 * ROW), (1, 0)),
    )
    x, y = patch.block(420, 200)
    route = patch.object("route /emo/note", (x, y + ROW), (2, 2))
    apart = patch.object("unpack 0 0 0. 1", (x, y + 2 * ROW), (1, 4))
    make = patch.object("makenote 64 250 1 @repeatmode 1", (x, y + 3 * ROW), (4, 3))
    play = patch.object("noteout", (x, y + 5 * ROW), (3, 0))
    receive = patch.object(f"udpreceive {NOTES_PORT}", (x, y))
    patch.chain(receive, route, apart, make, play)
    prove(patch, receive, send)
    for index in (1, 2, 3):
        patch.cord(apart, index, make, index)
    for index in (1, 2):
        patch.cord(make, index, play, index)
    _end_all(patch, make)
    _choose_port(patch, play)
    return patch


def _end_all(patch: Patch, make: str) -> None:
    x, y = patch.block(160, 60)
    button = patch.add(
        "textbutton", (x, y, 150, 20), (1, 3), (15, 100, 330, 30), text="all notes off", mode=0, outputmode=0
    )
    patch.chain(button, patch.message("stop", (x, y + ROW)), make)


def _choose_port(patch: Patch, play: str) -> None:
    x, y = patch.block(160, 150)
    names = patch.object("midiinfo", (x, y + ROW), (2, 1))
    menu = patch.add("umenu", (x, y + 2 * ROW, 150, 22), (1, 3), (15, 44, 330, 22))
    choose = patch.object("prepend port", (x, y + 3 * ROW))
    patch.chain(patch.object("loadbang", (x, y)), names, menu)
    patch.cord(menu, 1, choose, 0)
    patch.chain(choose, play)
