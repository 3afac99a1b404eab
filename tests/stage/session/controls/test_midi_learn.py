"""Controls of several messages and endless encoders: learned as what they are, and read to their full resolution."""

from collections.abc import Callable
from typing import Any

import pytest

from emo_osc.core.affect import MOODS
from emo_osc.protocol.messages import MappingRead
from emo_osc.protocol.stage_setup import StagePreset
from emo_osc.stage.session.controls.relative_encoders import EncoderWatch

Bytes = tuple[int, ...]
CC, BEND, PROGRAM = 0xB0, 0xE0, 0xC0


@pytest.fixture
def playing(stage: Callable[..., Any]) -> Any:
    """A stage with a keyboard and no mapping."""
    made = stage(())
    made.instrument.counters.midi_in = "keyboard"
    return made


def turn(playing: Any, *messages: Bytes, gap_s: float = 0.001) -> None:
    """Controls send messages, one each millisecond, and rest a second afterwards."""
    for message in messages:
        playing.run_until(playing.now_s + gap_s)
        playing.receive_midi(bytes(message), playing.now_s)
    playing.run_until(playing.now_s + 1.0)
    playing.serve_door()


def learned(playing: Any, name: str, *messages: Bytes, mode: str = "jump") -> str:
    """The control that is learned for `name` from messages, with its role; empty where none is."""
    playing.ask("/emo/midi/learn", name, mode)
    turn(playing, *messages)
    return str(playing.ask("/emo/get/mapping")[0][1] if len(playing.ask("/emo/get/mapping")[0]) > 1 else "")


def value(playing: Any, name: str = "arousal") -> Any:
    return playing.ask(f"/emo/get/{name}")[0][1]


def nrpn(number: int, position: int) -> list[Bytes]:
    return [
        (CC, 99, number >> 7),
        (CC, 98, number & 127),
        (CC, 6, position >> 7),
        (CC, 38, position & 127),
    ]


def rpn_fine_first(number: int, position: int) -> list[Bytes]:
    return [(CC, 100, number & 127), (CC, 101, number >> 7), (CC, 38, position & 127), (CC, 6, position >> 7)]


def pair(position: int) -> list[Bytes]:
    return [(CC, 16, position >> 7), (CC, 48, position & 127)]


def pair_fine_first(position: int) -> list[Bytes]:
    return pair(position)[::-1]


def bend(position: int) -> list[Bytes]:
    return [(BEND, position & 127, position >> 7)]


@pytest.mark.parametrize(
    ("send", "name"),
    [
        (lambda position: nrpn(47, position), "nrpn47@1"),
        (lambda position: nrpn(16382, position), "nrpn16382@1"),
        (lambda position: rpn_fine_first(2, position), "rpn2@1"),
        (pair, "cc16+48@1"),
        (pair_fine_first, "cc16+48@1"),
        (bend, "bend@1"),
    ],
)
def test_a_control_of_14_bits_is_learned_as_one_and_moves_the_value_by_14_bits(
    playing: Any, send: Callable[[int], list[Bytes]], name: str
) -> None:
    assert learned(playing, "arousal", *send(200)) == f"{name} arousal"

    for position in (0, 1, 5000, 8191, 16383):
        turn(playing, *send(position))
        assert value(playing) == pytest.approx(position / 16383 * 2 - 1, abs=1e-6)


@pytest.mark.parametrize("send", [pair, pair_fine_first, lambda position: nrpn(47, position)[2:]])
def test_no_value_between_two_positions_of_14_bits_is_heard(playing: Any, send: Callable[[int], list[Bytes]]) -> None:
    control = "cc16+48" if len(send(0)) == 2 and send(0)[0][1] in (16, 48) else "nrpn47"
    playing.receive_supervisor(MappingRead(f"{control}\tarousal"), 0.0)
    turn(playing, *nrpn(47, 127)[:2], *send(0))
    positions = [*range(100, 500, 7)]
    wanted = [position / 16383 * 2 - 1 for position in positions]
    heard = []
    for position in positions:
        for message in send(position):
            playing.run_until(playing.now_s + 0.001)
            playing.receive_midi(bytes(message), playing.now_s)
            heard.append(value(playing))

    assert sorted(heard) == heard
    assert heard[-1] == pytest.approx(wanted[-1], abs=1e-6)


def test_a_half_that_is_left_out_because_it_stays_is_not_waited_for_long(playing: Any) -> None:
    playing.receive_supervisor(MappingRead("cc16+48\tarousal"), 0.0)
    turn(playing, *pair(5000))
    turn(playing, (CC, 48, 0))
    lower = value(playing)
    turn(playing, (CC, 16, 127))

    assert lower == pytest.approx((5000 >> 7 << 7) / 16383 * 2 - 1, abs=1e-6)
    assert value(playing) == pytest.approx((127 << 7) / 16383 * 2 - 1, abs=1e-6)


def test_a_parameter_without_its_lower_half_still_reaches_both_ends(playing: Any) -> None:
    learned(playing, "arousal", *nrpn(47, 0)[:3])
    turn(playing, (CC, 6, 127))

    assert value(playing) == 1.0


def test_data_increment_moves_a_parameter_by_steps(playing: Any) -> None:
    selected = nrpn(47, 0)[:2]
    assert learned(playing, "arousal", *selected, (CC, 96, 0)) == "nrpn47@1 arousal"

    turn(playing, *selected, *[(CC, 96, 0)] * 3)
    up = value(playing)
    turn(playing, *selected, *[(CC, 97, 0)] * 5)

    assert up == pytest.approx(6 / 127)
    assert value(playing) == pytest.approx(-4 / 127)


@pytest.mark.parametrize(
    ("messages", "name"),
    [
        ([(CC, 2, 3)], "cc2@1"),
        ([(CC, 48, 3)], "cc48@1"),
        ([(CC, 6, 3)], "cc6@1"),
        ([*nrpn(16383, 0)[:2], (CC, 6, 3)], "cc6@1"),
    ],
)
def test_a_controller_that_might_be_half_of_something_is_learned_by_itself(
    playing: Any, messages: list[Bytes], name: str
) -> None:
    assert learned(playing, "arousal", *messages) == f"{name} arousal"


@pytest.mark.parametrize("name", ["arousal", "next"])
@pytest.mark.parametrize(
    "messages",
    [
        [(CC, 0, 121), (CC, 32, 3), (PROGRAM, 5)] * 2,
        [(CC, 0, 121), (CC, 32, 3)],
        [(CC, number, 127) for number in range(120, 128)],
        nrpn(47, 0)[:2],
        [(CC, 101, 127), (CC, 100, 127)],
        [(BEND, 0, 64)],
    ],
)
def test_what_a_keyboard_sends_by_itself_is_not_learned(playing: Any, name: str, messages: list[Bytes]) -> None:
    assert "cc" not in learned(playing, name, *messages)


def test_a_program_change_after_bank_select_is_learned_for_a_deed(playing: Any) -> None:
    assert learned(playing, "next", (CC, 0, 121), (CC, 32, 3), (PROGRAM, 5)) == "program5@1 next"


def test_the_first_slider_of_a_controller_is_learned_though_it_sends_controller_0(playing: Any) -> None:
    assert learned(playing, "arousal", *[(CC, 0, position) for position in range(20)]) == "cc0@1 arousal"
    assert learned(playing, "next", (CC, 32, 127), (CC, 32, 0)) == "cc0@1 arousal"
    assert "cc32@1 next" in playing.ask("/emo/get/mapping")[0]


@pytest.mark.parametrize(
    ("up", "down", "mode"),
    [(1, 127, "relative"), (65, 63, "relative-offset"), (1, 65, "relative-signed"), (3, 125, "relative")],
)
def test_an_endless_encoder_is_told_by_its_first_moves_and_kept_so(playing: Any, up: int, down: int, mode: str) -> None:
    learned(playing, "arousal", (CC, 20, up), mode="relative")
    turn(playing, *[(CC, 20, up)] * 4)
    above = value(playing)
    turn(playing, *[(CC, 20, down)] * 4)

    assert above > 0.05
    assert value(playing) == pytest.approx(0.0, abs=1e-9)
    assert playing.instrument.mapping.text == f"cc20@1\tarousal {mode}"


def test_an_encoding_that_is_written_is_not_guessed_anew(playing: Any) -> None:
    playing.receive_supervisor(MappingRead("cc20\tarousal relative-signed"), 0.0)
    turn(playing, (CC, 20, 65), (CC, 20, 66))

    assert value(playing) == pytest.approx(-6 / 127)


@pytest.mark.parametrize("first", [(1, 2, 127), (127, 126, 1), (3, 40, 125)])
def test_steps_in_twos_complement_stay_that_however_fast_they_come(first: tuple[int, ...]) -> None:
    watch = EncoderWatch()

    assert [watch.see(byte) for byte in first] == ["relative"] * 3
    assert watch.is_sure


def test_a_button_that_sends_a_parameter_calls_once_a_press(playing: Any) -> None:
    playing.instrument._presets["map"] = StagePreset({}, MOODS, {"nrpn5": "play", "bend": "stop"})
    playing.ask("/emo/preset", "map")

    turn(playing, *nrpn(5, 0))
    assert value(playing, "playing") == 0
    turn(playing, *nrpn(5, 16383))
    assert value(playing, "playing") == 1
    turn(playing, *bend(16383))
    assert value(playing, "playing") == 0
