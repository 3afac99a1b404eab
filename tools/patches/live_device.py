"""max_patches/emo_osc.amxd: a MIDI effect for Live that calls feelings and plays the daemon's notes into the track.

Each instance listens on a port of its own: it picks one by lot, and another while it is not answered, so that several
share one daemon and none takes another's. Nothing is said until the device stands, so that loading a set with five of
them changes nothing (but the key, where one follows Live's). Only what a player moves is a parameter: what the daemon
tells is shown in words, and never fills Live's undo history.
"""

import json
import struct

from py2max.m4l import ensure_amxd_project_block, pack_amxd

from emo_osc.config.preset import OscSection
from emo_osc.core.affect import MOODS
from emo_osc.protocol.parameters import VALUES, Argument
from tools.patches.live_key import follow_live
from tools.patches.live_parameters import AS_FLOAT, ENUM, FLOAT, choice, parameter
from tools.patches.max_controls import PACE_MS, PAD_SPAN, prove
from tools.patches.maxpat import ROW, Patch, Point, Rect, wide

BUS = "---emo"  # three dashes: Live makes the name the instance's own
PORTS = (17_800, 2_000)  # the lowest port an instance listens on, and how many there are to choose from
SEEK_MS = 2_000  # unanswered for that long, it listens elsewhere
RENEW_MS = 20_000
LISTEN = ("note", "mood", "studio")
DIALS = ("valence", "arousal")
NUMBERS = ("intensity", "density")
BUTTONS = ("play", "stop", "next", "again", "mutate", "panic")
FREE = "free"  # what the mood menu shows while the point is free
CHANNELS = ("all", *(str(channel) for channel in range(1, 17)))
HEADER = 12  # bytes of the container before its first chunk
META = struct.pack("<4sII", b"meta", 4, 4)
HEIGHT, WIDTH = 169, 560  # Live's device strip; ours
MADE = 3_786_912_000  # the first of January 2024, in Max's seconds since 1904: files do not carry when they were made


def build() -> Patch:
    """The device's patch."""
    more = {"devicewidth": float(WIDTH), "openrect": [0.0, 0.0, float(WIDTH), float(HEIGHT)]}
    patch = Patch(BUS, (60, 90, WIDTH, HEIGHT), more)
    patch.comment("excited", (4, 2, 70, 18))
    patch.comment("calm", (4, 150, 60, 18))
    _start(patch)
    _pad(patch)
    _mood(patch)
    _buttons(patch, (266, 56, 182, 22))
    for column, name in enumerate(NUMBERS):
        _number(patch, name, VALUES[name].arguments[0], (266 + column * 94, 124, 88, 18))
    _quantize(patch, (456, 8, 98, 16))
    follow_live(patch, (456, 56, 98, 18))
    _play(patch, _hear(patch), (456, 104, 98, 16))
    return patch


def _start(patch: Patch) -> None:
    """As soon as the device stands: opens the gate, seeks a port, keeps greeting, and only then looks at Live."""
    x, y = patch.block(1050, 440)
    begin = patch.object("t b b b b", (x, y + ROW), (1, 4))
    patch.chain(patch.object("live.thisdevice", (x, y), (1, 3)), begin)
    osc = OscSection()
    gate = patch.object("gate", (x + 420, y + 3 * ROW), (2, 1))
    send = patch.object(f"udpsend {osc.host} {osc.port}", (x + 420, y + 5 * ROW), (1, 0))
    patch.chain(opened := patch.message("1", (x + 420, y + 2 * ROW)), gate, send)
    patch.cord(patch.object(f"r {BUS}_out", (x + 520, y + 2 * ROW), (0, 1)), 0, gate, 1)
    seek = patch.object(f"metro {SEEK_MS}", (x, y + 3 * ROW), (2, 1))
    renew = patch.object(f"metro {RENEW_MS}", (x + 130, y + 3 * ROW), (2, 1))
    patch.chain(seeking := patch.message("1", (x, y + 2 * ROW)), seek)
    patch.chain(renewing := patch.message("1", (x + 130, y + 2 * ROW)), renew)
    ready = patch.object(f"s {BUS}_ready", (x + 200, y + 2 * ROW), (1, 0))
    for outlet, target in enumerate((ready, renewing, seeking, opened)):
        patch.cord(begin, outlet, target, 0)
    _choose(patch, seek, renew, (x, y + 4 * ROW), send)


def _choose(patch: Patch, seek: str, renew: str, at: Point, send: str) -> None:
    """While nothing was heard since the last greeting, another port; every 20 s a greeting from the same one."""
    x, y = at
    low, count = PORTS
    heard = patch.object("i 0", (x, y), (2, 1))
    silent = patch.object("sel 0", (x, y + ROW), (2, 2))
    lot = patch.column((x, y + 2 * ROW), f"random {count}", f"+ {low}", "t i i i")
    patch.chain(seek, heard, silent, lot[0])
    listen = patch.object("prepend port", (x + 280, y + 5 * ROW))
    patch.cord(lot[2], 2, listen, 0)
    patch.chain(listen, receive := patch.object(f"udpreceive {low}", (x + 280, y + 6 * ROW)))
    port = patch.object("i", (x + 130, y + 5 * ROW), (2, 1))
    patch.cord(lot[2], 1, port, 1)
    hello = patch.message(
        ", ".join(("/emo/reply_to $1", *(f"/emo/start_listen/{name}" for name in LISTEN))), (x, y + 7 * ROW)
    )
    patch.cord(lot[2], 0, hello, 0)
    forget = patch.object("t b 0", (x + 130, y), (1, 2))  # the flag falls first, then the greeting
    patch.chain(renew, forget, port, hello, send)
    patch.cord(forget, 1, heard, 1)
    patch.chain(receive, patch.object(f"s {BUS}_in", (x + 280, y + 8 * ROW), (1, 0)))
    patch.chain(receive, one := patch.object("t 1", (x + 420, y + 8 * ROW)))
    patch.cord(one, 0, heard, 1)


def _pad(patch: Patch) -> None:
    """The plane beside its two dials, which are the parameters: either moves the other, and both are sent as one."""
    x, y = patch.block(420, 330)
    span = {"leftvalue": -PAD_SPAN, "rightvalue": PAD_SPAN, "bottomvalue": -PAD_SPAN, "topvalue": PAD_SPAN}
    field = patch.add("pictslider", (x, y + 60, 100, 100), (2, 2), (4, 20, 150, 130), **span)
    both, back = patch.object("pak 0. 0.", (x, y + 230), (2, 1)), patch.object("pak 0. 0.", (x + 200, y + 230), (2, 1))
    for index, name in enumerate(DIALS):
        argument = VALUES[name].arguments[0]
        share = patch.object(f"/ {PAD_SPAN}.", (x + 130 * index, y + 170), (2, 1))
        about = parameter(FLOAT, name.capitalize(), argument.low, argument.high, 0.0, parameter_unitstyle=AS_FLOAT)
        dial = patch.add(
            "live.dial", (x + 130 * (index + 1), y + 60, 44, 48), (1, 2), (160 + 50 * index, 8, 48, 48), **about
        )
        patch.cord(field, index, share, 0)
        patch.chain(share, dial)
        patch.cord(dial, 0, both, index)
        patch.cord(dial, 0, back, index)
    pace = patch.object(f"speedlim {PACE_MS}", (x, y + 260), (2, 1))
    patch.chain(both, pace, patch.object("prepend /emo/va", (x, y + 290)), patch.out((x, y + 320)))
    scaled = patch.object(f"vexpr $f1 * {PAD_SPAN}", (x + 200, y + 260))
    patch.chain(back, scaled, patch.object("prepend set", (x + 200, y + 290)), field)


def _mood(patch: Patch) -> None:
    """The menu of moods, a parameter; its first item leaves the point free and says nothing."""
    x, y = patch.block(260, 190)
    about = choice("Mood", (FREE, *(mood.id for mood in MOODS)), FREE)
    menu = patch.add("live.menu", (x, y, 100, 15), (1, 3), (266, 8, 88, 16), **about)
    named = patch.object(f"route {FREE}", (x, y + ROW), (2, 2))
    patch.cord(menu, 1, named, 0)
    label = patch.object("prepend /emo/mood", (x, y + 2 * ROW))
    patch.cord(named, 1, label, 0)
    patch.chain(label, patch.out((x, y + 3 * ROW)))


def _buttons(patch: Patch, shown: Rect) -> None:
    """Buttons that Live can map; one that says 0 as it is let go is not heard."""
    left, top, width, height = shown
    size = (width + 4) // 3 - 4
    for index, name in enumerate(BUTTONS):
        x, y = patch.block(150, 130)
        row, column = divmod(index, 3)
        place = (left + column * (size + 4), top + row * (height + 4), size, height)
        about = parameter(ENUM, name.capitalize(), 0, 1, 0, parameter_enum=["off", "on"])
        button = patch.add("live.text", (x, y, 60, 20), (1, 2), place, text=name, texton=name, mode=0, **about)
        pressed = patch.object("route 0", (x, y + ROW), (2, 2))
        patch.chain(button, pressed)
        say = patch.message(f"/emo/{name}", (x, y + 2 * ROW))
        patch.cord(pressed, 1, say, 0)
        patch.chain(say, patch.out((x, y + 3 * ROW)))


def _number(patch: Patch, name: str, argument: Argument, shown: Rect) -> None:
    x, y = patch.block(wide(f"prepend /emo/set/{name}"), 130)
    patch.comment(name, (shown[0], shown[1] - 16, shown[2], 16))
    about = parameter(
        FLOAT, name.capitalize(), argument.low, argument.high, float(VALUES[name].start), parameter_unitstyle=AS_FLOAT
    )
    box = patch.add("live.numbox", (x, y, 50, 15), (1, 2), shown, **about)
    patch.chain(box, patch.object(f"prepend /emo/set/{name}", (x, y + ROW)), patch.out((x, y + 2 * ROW)))


def _quantize(patch: Patch, shown: Rect) -> None:
    x, y = patch.block(wide("prepend /emo/quantize"), 130)
    patch.comment("changes land on", (shown[0], shown[1] + 18, shown[2], 18))
    about = choice("Quantize", VALUES["quantize"].arguments[0].choices, str(VALUES["quantize"].start))
    menu = patch.add("live.menu", (x, y, 100, 15), (1, 3), shown, **about)
    label = patch.object("prepend /emo/quantize", (x, y + ROW))
    patch.cord(menu, 1, label, 0)
    patch.chain(label, patch.out((x, y + 2 * ROW)))


def _hear(patch: Patch) -> str:
    """Takes apart what the daemon says; gives the notes."""
    heard = ("/emo/note", "/emo/state/mood", "/emo/state/studio", "/emo/error")
    text = f"route {' '.join(heard)}"
    x, y = patch.block(wide(text), 60)
    route = patch.object(text, (x, y + ROW), (1 + len(heard), 1 + len(heard)))
    patch.chain(received := patch.object(f"r {BUS}_in", (x, y), (0, 1)), route)
    prove(patch, received, patch.out(patch.block(110, 22)))
    for index, place in ((1, (160, 60, 100, 18)), (2, (160, 84, 100, 18)), (3, (160, 150, 394, 18))):
        column, row = patch.block(160, 60)
        shown = patch.add("live.comment", (column, row + ROW, 150, 18), (1, 0), place, text="")
        keep = patch.object("prepend set", (column, row))
        patch.cord(route, index, keep, 0)
        patch.chain(keep, shown)
    return route


def _play(patch: Patch, notes: str, shown: Rect) -> None:
    """Plays the notes of one MIDI channel, or of all, into the track; what plays already goes through."""
    x, y = patch.block(420, 330)
    patch.comment("plays channel", (shown[0], shown[1] + 18, shown[2], 18))
    menu = patch.add("live.menu", (x + 220, y, 100, 15), (1, 3), shown, **choice("Channel", CHANNELS, CHANNELS[0]))
    order = patch.object("t l l", (x, y), (1, 2))  # whether it is ours first, then the note
    patch.cord(notes, 0, order, 0)
    channel = patch.object("zl nth 4", (x + 100, y + ROW), (2, 2))
    ours = patch.object("expr ($i2 == 0) || ($i1 == $i2)", (x + 100, y + 2 * ROW), (2, 1))
    gate = patch.object("gate", (x, y + 3 * ROW), (2, 1))
    patch.cord(order, 1, channel, 0)
    patch.chain(channel, ours, gate)
    patch.cord(menu, 0, ours, 1)
    patch.cord(order, 0, gate, 1)
    apart = patch.object("unpack 0 0 0. 1", (x, y + 4 * ROW), (1, 4))
    make = patch.object("makenote 64 250 @repeatmode 1", (x, y + 5 * ROW), (3, 2))  # struck again, a note ends first
    pair = patch.object("pack 0 0", (x, y + 6 * ROW), (2, 1))
    form = patch.object("midiformat", (x, y + 7 * ROW), (7, 2))
    out = patch.object("midiout", (x, y + 9 * ROW), (1, 0))
    patch.chain(gate, apart, make, pair, form, out)
    patch.cord(apart, 1, make, 1)
    patch.cord(apart, 2, make, 2)
    patch.cord(make, 1, pair, 1)
    patch.chain(patch.object("midiin", (x + 220, y + 7 * ROW)), out)


def device(patch: Patch) -> bytes:
    """The patch in Live's container: a header, the patch as JSON, and a list of what is in the file.

    Devices that Live saved (Ableton's Connection Kit, 35 of them) have a chunk `meta` before the patch and name their
    first file like the device; 4 is what `meta` holds where the patch is the only file.
    """
    described = ensure_amxd_project_block(patch.patcher(), device_type="midi_effect", mtime=MADE)
    text = json.dumps(described, indent=4)
    packed = bytes(pack_amxd(text, device_type="midi_effect", patcher_filename="emo_osc.amxd", mtime=MADE))
    return packed[:HEADER] + META + packed[HEADER:]
