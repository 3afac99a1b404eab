"""The Pure Data patch: whole, speaking the daemon's language, and played by a real Pd beside a real daemon."""

import re
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emo_osc.config.preset import Preset
from emo_osc.core.affect import MOODS
from emo_osc.protocol.osc import Message, decode, encode
from emo_osc.protocol.parameters import QUANTIZE, VALUES
from emo_osc.protocol.parsing import parse
from tests.serving import TIMEOUT_S, Daemon
from tools.patches.puredata import COMMANDS, HELLO, SLIDES, build

ROOT = Path(__file__).parents[3]
PATCH = ROOT / "layouts" / "puredata" / "emo_osc.pd"
RECORDS = [line.rstrip(";") for line in PATCH.read_text(encoding="utf-8").splitlines()]
BOXES = [record.split()[1:] for record in RECORDS if record.startswith("#X") and not record.startswith("#X connect")]
CORDS = [tuple(map(int, record.split()[2:])) for record in RECORDS if record.startswith("#X connect")]
TEXTS = [" ".join(box[3:]) for box in BOXES]
MESSAGES = [
    part
    for kind, text in zip((box[0] for box in BOXES), TEXTS, strict=True)
    if kind == "msg"
    for part in text.split(" \\, ")
]
EAR = """#N canvas 0 0 400 300 12;
#X obj 10 10 r emo_osc_note;
#X obj 10 40 oscformat note;
#X obj 200 10 r emo_osc_played;
#X obj 200 40 oscformat played;
#X obj 10 70 list prepend send;
#X obj 10 100 list trim;
#X obj 10 130 netsend -u -b;
#X obj 300 70 loadbang;
#X msg 300 100 connect 127.0.0.1 {port};
#X connect 0 0 1 0;
#X connect 1 0 4 0;
#X connect 2 0 3 0;
#X connect 3 0 4 0;
#X connect 4 0 5 0;
#X connect 5 0 6 0;
#X connect 7 0 8 0;
#X connect 8 0 6 0;
"""
HAND = """#N canvas 0 0 400 300 12;
#X obj 10 10 r emo_osc_in;
#X obj 10 40 route emo;
#X obj 10 70 route state;
#X obj 10 100 route va;
#X obj 10 130 t b;
#X obj 10 160 delay 100;
#X msg 10 190 0.25;
#X obj 10 220 s emo_osc_{slider};
#X connect 0 0 1 0;
#X connect 1 0 2 0;
#X connect 2 0 3 0;
#X connect 3 0 4 0;
#X connect 4 0 5 0;
#X connect 5 0 6 0;
#X connect 6 0 7 0;
"""
"""Moves one slider as soon as the daemon has told its point."""
NOTES = 12

Notes = list[tuple[float, ...]]


def test_every_message_box_is_understood() -> None:
    sent = [message.split() for message in MESSAGES if message.startswith("/emo")]

    assert {f"/emo/{name}" for name in COMMANDS} <= {address for address, *_ in sent}
    assert [args for address, *args in sent if address == "/emo/mood"] == [[mood.id] for mood in MOODS]
    assert [args for address, *args in sent if address == "/emo/quantize"] == [[name] for name in QUANTIZE]
    assert all(parse(address, tuple(arguments)) is not None for address, *arguments in sent)


def test_sliders_have_the_ranges_of_their_values() -> None:
    spans = {text.split()[8]: tuple(map(float, text.split()[3:5])) for text in TEXTS if text.startswith("hsl")}
    wanted = {name: VALUES[name].arguments[0] for name in ("valence", "arousal", *SLIDES)}

    assert spans == {f"emo_osc_{name}": (argument.low, argument.high) for name, argument in wanted.items()}
    for name in SLIDES:
        assert f"list prepend /emo/set/{name}" in TEXTS
        assert parse(f"/emo/set/{name}", (0.5,)) is not None
    assert "list prepend /emo/va" in TEXTS


def test_it_asks_for_what_it_takes_apart() -> None:
    routes = [text.split()[1:] for text in TEXTS if text.startswith("route")]

    assert sorted(routes) == [["emo"], ["note", "bar", "state", "ping"], ["va", "mood", "studio", *SLIDES]]
    assert set(HELLO) <= set(MESSAGES)
    assert all(name in VALUES for name in next(route for route in routes if "va" in route))
    assert f"connect {Preset().osc.host} {Preset().osc.port}" in MESSAGES


def test_every_cord_ends_at_a_box() -> None:
    assert all(source < len(BOXES) and target < len(BOXES) for source, _, target, _ in CORDS)
    assert len(set(CORDS)) == len(CORDS)


def area(box: list[str]) -> tuple[int, int, int, int]:
    kind, x, y, text = box[0], int(box[1]), int(box[2]), " ".join(box[3:])
    if text.startswith("hsl"):
        return x, y, 200, 22
    if text.startswith("bng"):
        return x, y, 15, 15
    wide = 7 * int(text.split()[0]) if kind.endswith("atom") else 6 * len(text)
    return x, y, wide, 16


def test_no_box_lies_on_another() -> None:
    areas = [area(box) for box in BOXES]
    over = [
        (TEXTS[i], TEXTS[j])
        for i, (x, y, w, h) in enumerate(areas)
        for j, (a, b, c, d) in enumerate(areas[:i])
        if x < a + c and a < x + w and y < b + d and b < y + h
    ]

    assert over == []


def test_a_text_of_pd_is_written_once_the_same() -> None:
    assert build() == build()
    assert not re.search(r"[^\\];.", build().replace(";\n", "\n")), "a semicolon inside a box would end it"


@pytest.fixture
def ear() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        opened.settimeout(TIMEOUT_S)
        yield opened


@pytest.fixture
def pd(tmp_path: Path, ear: socket.socket) -> Iterator[Callable[..., None]]:
    """Opens the patch in a headless Pd, and beside it one that sends what the patch published to the ear."""
    if not shutil.which("pd"):
        pytest.skip("no Pure Data here: apt-get install puredata-core")
    beside = tmp_path / "beside.pd"
    opened: list[subprocess.Popen[bytes]] = []

    def start(*said: str, patch: str = EAR.format(port=ear.getsockname()[1])) -> None:
        beside.write_text(patch, encoding="utf-8")
        command = ["pd", "-nogui", "-nosound", "-noadc", "-nomidi", "-open", str(beside), "-open", str(PATCH)]
        sends = [part for line in said for part in ("-send", line)]
        opened.append(subprocess.Popen([*command, *sends], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    yield start
    for process in opened:
        process.terminate()
        process.wait(TIMEOUT_S)


@pytest.mark.parametrize(("slider", "point"), [("valence", (0.25, -0.5)), ("arousal", (0.75, 0.25))])
def test_one_slider_leaves_the_other_where_the_daemon_has_it(
    pd: Callable[..., None], ear: socket.socket, slider: str, point: tuple[float, float]
) -> None:
    pd(f"emo_osc_connect 127.0.0.1 {ear.getsockname()[1]}", patch=HAND.format(slider=slider))
    _, patch = ear.recvfrom(2048)
    ear.sendto(encode("/emo/state/va", 0.75, -0.5), patch)
    while (message := decode(ear.recv(2048))[0]).address != "/emo/va":
        continue

    assert message.arguments == point


def heard_by_pd(ear: socket.socket) -> tuple[Notes, Notes]:
    """The first notes that reached the patch, and what it played until the last of them had ended."""
    notes: Notes = []
    played: Notes = []
    while len(notes) < NOTES or not ended(notes[:NOTES], played):
        (message,) = decode(ear.recv(2048))
        (notes if message.address == "/note" else played).append(numbers(message))
    return notes[:NOTES], played


def ended(notes: Notes, played: Notes) -> bool:
    """Whether each note has its end among what was played."""
    begun = Counter((pitch, channel) for pitch, _, _, channel in notes)
    return begun <= Counter((pitch, channel) for pitch, velocity, channel in played if not velocity)


def numbers(message: Message) -> tuple[float, ...]:
    return tuple(value for value in message.arguments if isinstance(value, int | float))


def test_pd_calls_a_mood_and_plays_the_very_notes_that_the_daemon_plays(
    daemon: Callable[..., Daemon], pd: Callable[..., None], ear: socket.socket
) -> None:
    one = daemon()
    one.wait_for_line("MIDI out")
    for topic in ("note", "mood", "va"):
        one.send(f"/emo/start_listen/{topic}")
        one.receive_until(lambda message: message.address == "/emo/ack")
    pd(f"emo_osc_connect 127.0.0.1 {one.port}", "emo_osc_valence 0.5", "emo_osc_gloomy bang")

    from_daemon: Notes = []

    def note_or(address: str, wanted: tuple[float | str, ...]) -> Callable[[Message], bool]:
        def look(message: Message) -> bool:
            if message.address == "/emo/note":
                from_daemon.append(numbers(message))
            return message.address == address and message.arguments[: len(wanted)] == wanted

        return look

    one.receive_until(note_or("/emo/state/va", (0.5, 0.0)))
    one.receive_until(note_or("/emo/state/mood", ("gloomy",)))
    notes, played = heard_by_pd(ear)
    last = notes[-1]
    while last not in from_daemon or not has_run(from_daemon, notes):
        one.receive_until(note_or("/emo/note", ()))

    ons = [(pitch, velocity, channel) for pitch, velocity, channel in played if velocity]
    assert ons[:NOTES] == [(pitch, velocity, channel) for pitch, velocity, _, channel in notes]
    assert ended(notes, played)


def has_run(whole: Notes, part: Notes) -> bool:
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))
