"""The patches for Max and Live run on a machine that passes messages as Max does: what is touched, what leaves."""

from typing import Any

import pytest

from emo_osc.config.preset import Preset
from emo_osc.core.affect import MOODS
from emo_osc.core.scales import LIVE_SCALES
from emo_osc.protocol.commands import SetValue
from emo_osc.protocol.parsing import parse
from tests.tools.patches.max_machine import Machine
from tests.tools.patches.max_objects import Atom
from tools.patches import live_device, max_desk, max_parts
from tools.patches.live_device import LISTEN, PORTS, RENEW_MS, SEEK_MS
from tools.patches.max_desk import REPLY_PORT
from tools.patches.max_parts import NOTES_PORT, PAD_PORT

LIVE: dict[str, Atom] = {"root_note": 9, "scale_name": "Minor Pentatonic"}


def understood(machine: Machine) -> list[Any]:
    """What the daemon takes the messages for; one that it refuses raises."""
    return [parse(str(address), tuple(arguments)) for address, *arguments in machine.sent]


@pytest.fixture
def desk() -> Machine:
    machine = Machine(max_desk.build().patcher()["patcher"])
    machine.open()
    return machine


@pytest.fixture
def device() -> Machine:
    machine = Machine(live_device.build().patcher()["patcher"], LIVE)
    machine.open()
    machine.hear("/emo/ack", "/emo/reply_to", 1, 0.0)
    machine.sent.clear()
    return machine


def test_the_desk_greets_when_it_opens_and_every_twenty_seconds(desk: Machine) -> None:
    hello = [("/emo/reply_to", REPLY_PORT), ("/emo/start_listen/state",), ("/emo/start_listen/bar",)]
    assert desk.sent == hello

    desk.tick(20_000)
    assert desk.sent == hello * 2


def test_a_drag_on_the_desk_sends_both_axes(desk: Machine) -> None:
    desk.sent.clear()
    desk.drag(500, -250)

    assert desk.sent[-1] == ("/emo/va", 0.5, -0.25)
    assert understood(desk)[-1] == SetValue("va", (0.5, -0.25))


@pytest.mark.parametrize("name", [*(mood.id for mood in MOODS), *max_desk.TRANSPORT])
def test_every_button_of_the_desk_is_understood(desk: Machine, name: str) -> None:
    desk.sent.clear()
    desk.press(name)

    assert len(desk.sent) == 1
    assert understood(desk) != [None]


def test_what_is_typed_is_sent(desk: Machine) -> None:
    desk.sent.clear()
    desk.type("/emo/recall", "first light")
    desk.type("", "/emo/goto bright 8")

    assert desk.sent == [("/emo/recall", "first light"), ("/emo/goto", "bright", 8)]
    assert None not in understood(desk)


def test_the_desk_shows_what_the_daemon_has_and_sends_nothing_back(desk: Machine) -> None:
    desk.sent.clear()
    desk.hear("/emo/state/va", 0.25, -0.5)
    desk.hear("/emo/state/density", 0.75)
    desk.hear("/emo/state/quantize", "2bars")
    desk.hear("/emo/state/mood", "gloomy", 1)

    assert desk.sent == []
    assert [desk.state[name] for name in desk.of("pictslider")] == [[250.0, -500.0]]
    assert [0.75] in [desk.state[name] for name in desk.of("flonum")]
    assert ["2bars"] in [desk.state[name] for name in desk.of("umenu")]
    assert "gloomy 1" in [desk.boxes[name]["text"] for name in desk.of("message")]


def test_the_pad_goes_where_its_arguments_say_before_it_greets() -> None:
    pad = Machine(max_parts.build_pad().patcher()["patcher"])
    pad.open("10.0.0.5", 7777, 7790)

    assert [*pad.place, pad.port] == ["10.0.0.5", 7777, 7790]
    assert pad.sent[0] == ("/emo/reply_to", pad.port)
    assert None not in understood(pad)


def test_the_pad_without_arguments_finds_the_daemon_here() -> None:
    osc = Preset().osc
    pad = Machine(max_parts.build_pad().patcher()["patcher"])
    pad.open()
    pad.drag(1000, 1000)
    pad.press("next")

    assert [*pad.place, pad.port] == [osc.host, osc.port, PAD_PORT]
    assert pad.sent[-2:] == [("/emo/va", 1.0, 1.0), ("/emo/next",)]


def test_a_note_is_played_on_its_channel_and_ended() -> None:
    notes = Machine(max_parts.build_notes().patcher()["patcher"])
    notes.open()
    notes.hear("/emo/note", 60, 100, 250.0, 2)
    notes.hear("/emo/note", 64, 90, 120.0, 3)
    notes.pass_time()

    assert notes.sent == [("/emo/reply_to", NOTES_PORT), ("/emo/start_listen/note",)]
    assert notes.played == [(60, 100, 2), (64, 90, 3), (60, 0, 2), (64, 0, 3)]


def test_all_notes_off_ends_what_sounds() -> None:
    notes = Machine(max_parts.build_notes().patcher()["patcher"])
    notes.open()
    notes.hear("/emo/note", 60, 100, 9000.0, 1)
    notes.press("all notes off")

    assert notes.played[-1] == (60, 0, 1)


def test_a_device_says_nothing_while_live_restores_its_parameters() -> None:
    device = Machine(live_device.build().patcher()["patcher"], LIVE)
    device.turn("Valence", 0.5)
    device.turn("Mood", 3)
    device.turn("Density", -0.5)

    assert device.sent == []


def test_a_device_greets_from_a_port_of_its_own_as_soon_as_it_stands() -> None:
    device = Machine(live_device.build().patcher()["patcher"], LIVE)
    device.open()
    low, count = PORTS

    assert device.sent[0] == ("/emo/reply_to", device.port)
    assert device.sent[1 : 1 + len(LISTEN)] == [(f"/emo/start_listen/{name}",) for name in LISTEN]
    assert low <= int(device.port) < low + count
    assert None not in understood(device)


def test_a_device_that_is_not_answered_listens_elsewhere_and_one_that_is_stays() -> None:
    device = Machine(live_device.build().patcher()["patcher"], LIVE)
    device.open()
    first = device.port
    device.tick(SEEK_MS)
    second = device.port
    device.hear("/emo/ack", "/emo/reply_to", 1, 0.0)
    device.sent.clear()
    device.tick(SEEK_MS)

    assert first != second == device.port
    assert device.sent == []


def test_a_device_keeps_its_port_when_it_greets_again_and_notices_when_nobody_answers(device: Machine) -> None:
    port = device.port
    device.tick(RENEW_MS)
    assert device.sent[0] == ("/emo/reply_to", port)

    device.tick(SEEK_MS)
    assert device.port != port


def test_several_devices_choose_several_ports() -> None:
    devices = [Machine(live_device.build().patcher()["patcher"], LIVE, seed) for seed in range(5)]
    for one in devices:
        one.open()

    assert len({one.port for one in devices}) == 5


def test_pad_and_dials_of_the_device_move_each_other(device: Machine) -> None:
    device.drag(500, -250)
    assert device.sent[-1] == ("/emo/va", 0.5, -0.25)

    device.turn("Arousal", 1.0)
    assert device.sent[-1] == ("/emo/va", 0.5, 1.0)
    assert [device.state[name] for name in device.of("pictslider")] == [[500.0, 1000.0]]


def test_the_devices_parameters_say_what_they_show(device: Machine) -> None:
    device.turn("Mood", 2)
    device.turn("Mood", 0)  # free: the point is the pad's
    device.turn("Quantize", "2bars")
    device.turn("Intensity", 0.5)
    device.press("next")

    assert device.sent == [
        ("/emo/mood", "bright"),
        ("/emo/quantize", "2bars"),
        ("/emo/set/intensity", 0.5),
        ("/emo/next",),
    ]
    assert None not in understood(device)


def test_the_device_follows_lives_key_only_where_it_is_told_to(device: Machine) -> None:
    assert not any(address in ("/emo/key", "/emo/scale") for address, *_ in device.sent)

    device.turn("Follow Key", 1)
    assert set(device.sent) == {("/emo/key", "A"), ("/emo/scale", "minor_pentatonic")}
    assert None not in understood(device)


@pytest.mark.parametrize(("name", "ours"), [*LIVE_SCALES.items(), ("Tomorrow 7", "auto")])
def test_a_set_that_follows_tells_its_key_when_it_opens(name: str, ours: str) -> None:
    device = Machine(live_device.build().patcher()["patcher"], {"root_note": 1, "scale_name": name})
    device.turn("Follow Key", 1)
    device.open()

    assert {("/emo/key", "C#"), ("/emo/scale", ours)} <= set(device.sent)


def test_the_device_plays_all_channels_or_one(device: Machine) -> None:
    device.hear("/emo/note", 60, 100, 250.0, 2)
    device.turn("Channel", 3)
    device.hear("/emo/note", 62, 90, 250.0, 2)
    device.hear("/emo/note", 64, 80, 250.0, 3)
    device.pass_time()

    assert device.played == [(60, 100), (64, 80), (60, 0), (64, 0)]


def test_what_the_daemon_tells_the_device_goes_nowhere_but_to_the_eye(device: Machine) -> None:
    device.hear("/emo/state/mood", "gloomy", 1.0)
    device.hear("/emo/state/va", -0.8, -0.15)
    device.hear("/emo/error", 2, "no", "/emo/va")

    assert device.sent == []
    assert device.played == []
