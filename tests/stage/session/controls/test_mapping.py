"""MIDI controls: what they are called, what they move, how they take hold, and how they are learned by being moved."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emo_osc.core.affect import MOODS, Affect, Mood
from emo_osc.protocol.messages import Mapped, MappingRead, MappingSaved, Ready
from emo_osc.protocol.midi_control import FINE_KINDS, KINDS, LIMITS, MODES, Control, Role
from emo_osc.protocol.parameters import MAPPABLE, VALUES, Scalar
from emo_osc.protocol.stage_setup import StagePreset
from emo_osc.stage.session.controls.mapping import MAX_OWN, Mapping
from emo_osc.stage.session.controls.mapping_commands import PATIENCE_S
from emo_osc.stage.session.controls.soft_takeover import SoftTakeover
from tests.twin import make_ready, make_stage

MakeStage = Callable[..., Any]
MakeReady = Callable[..., Ready]
PAD, PHONE = ("127.0.0.1", 50_000), ("127.0.0.1", 50_001)
KNOB, BUTTON, DRUM, PROGRAM = 0xB1, 0xB0, 0x99, 0xC0
controls = st.sampled_from((*KINDS, *FINE_KINDS)).flatmap(
    lambda kind: st.builds(Control, st.just(kind), st.integers(0, LIMITS[kind]), st.integers(0, 16))
)


@pytest.fixture
def playing(stage: MakeStage, ready: MakeReady) -> Any:
    """Plays since 0 s, hears a keyboard, and its preset maps two controllers."""
    made = stage((ready(60), ready(61), ready(72, 0.8, 0.35)))
    made.instrument._presets["map"] = StagePreset(
        {}, MOODS, {"cc1": "intensity", "cc21": "quantize", "note40": "bright"}
    )
    made.ask("/emo/preset", "map")
    made.instrument.counters.midi_in = "keyboard"
    made.ask("/emo/play")
    return made


def move(stage: Any, *messages: tuple[int, ...] | bytes) -> list[tuple[object, ...]]:
    """What clients are told when controls are moved."""
    for message in messages:
        stage.receive_midi(bytes(message), stage.now_s)
    stage.serve_door()
    return [(answer.address, *answer.arguments) for answer in stage.take_answers()]


def value(stage: Any, name: str) -> Any:
    return stage.ask(f"/emo/get/{name}")[0][1]


@given(controls)
def test_a_control_is_found_by_its_name(control: Control) -> None:
    assert Control.parse(str(control)) == control


@pytest.mark.parametrize(
    "text",
    [
        *("", "cc", "128", "cc128", "note1@17", "wheel1", "cc-1", "cc1@", "cc１", "1.5"),
        *("cc16+47", "cc32+64", "note1+33", "nrpn16384", "bend1", "rpn"),
    ],
)
def test_a_wrong_name_of_a_control_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be a controller 0\.\.127"):
        Control.parse(text)


@pytest.mark.parametrize("text", ["density", "density pickup", "calm face", "calm face relative", "pickup"])
def test_a_role_is_read_as_it_is_written(text: str) -> None:
    assert str(Role.parse(text)) == text


@given(st.lists(st.sampled_from(["big", "jump", "pickup", "밝음"]), min_size=1, max_size=3), st.sampled_from(MODES))
def test_a_role_is_written_so_that_it_is_read_again(words: list[str], mode: str) -> None:
    role = Role(" ".join(words), mode)

    assert Role.parse(str(role)) == role


def test_a_control_that_is_switched_off_on_one_channel_does_nothing_there() -> None:
    mapping = Mapping()
    mapping.load({"cc74": "density", "cc74@2": "swing", "cc74@3": "nothing"})
    mapping.forget("swing")

    assert [str(mapping.role(Control("cc", 74, channel))) for channel in (1, 2, 3)] == ["density", "None", "None"]
    assert mapping.shown == ("cc74 density",)


def test_a_channel_of_its_own_comes_first_and_the_players_own_before_the_presets() -> None:
    mapping = Mapping()
    mapping.load({"cc1": "intensity", "cc2@3": "gate"})
    mapping.read("cc1@2\tdensity\ncc2@3\tswing")

    assert [str(mapping.role(Control("cc", *at))) for at in ((1, 1), (1, 2), (2, 3), (2, 4))] == [
        "intensity",
        "density",
        "swing",
        "None",
    ]


def test_what_is_learned_again_moves_to_the_new_control_and_back() -> None:
    mapping = Mapping()
    mapping.load({"cc1": "intensity"})
    mapping.give(Control("cc", 5, 1), Role("intensity"))
    mapping.give(Control("cc", 6, 1), Role("intensity"))
    moved = mapping.shown
    mapping.give(Control("cc", 1), Role("intensity"))

    assert moved == ("cc6@1 intensity",)
    assert mapping.shown == ("cc1 intensity",)


def test_a_mapping_survives_the_disk() -> None:
    mapping, again = Mapping(), Mapping()
    mapping.load({"cc1": "intensity"})
    mapping.give(Control("note", 36, 10), Role("calm face"))
    mapping.forget("intensity")
    again.load({"cc1": "intensity"})
    again.read(mapping.text)

    assert again.shown == mapping.shown == ("note36@10 calm face",)


@pytest.mark.parametrize("name", MAPPABLE)
def test_a_control_reaches_both_ends_of_every_value(name: str) -> None:
    (argument,) = VALUES[name].arguments
    low, high = (argument.choices[0], argument.choices[-1]) if argument.choices else (argument.low, argument.high)
    step = SoftTakeover("relative")
    assert (SoftTakeover("jump").turn(0, argument, high), SoftTakeover("jump").turn(127, argument, low)) == (low, high)

    value: Scalar | None = low
    for position, end in ((1, high), (127, low)):  # one step up, one step down
        for _ in range(127):
            assert value is not None
            value = step.turn(position, argument, value)
        assert value == end, "an endless encoder does not get stuck between two whole numbers"


@given(st.lists(st.integers(0, 127), min_size=1, max_size=20), st.floats(0.0, 1.0))
def test_a_control_that_picks_up_never_jumps(positions: list[int], value: float) -> None:
    (argument,) = VALUES["intensity"].arguments
    grip = SoftTakeover("pickup")
    turned = [grip.turn(position, argument, value) for position in positions]
    first = next((index for index, taken in enumerate(turned) if taken is not None), len(positions))

    waited = positions[:first]
    assert all(p > 127 * value for p in waited) or all(p < 127 * value for p in waited)
    if first < len(positions):
        passed = waited and (waited[-1] - 127 * value) * (positions[first] - 127 * value) <= 0
        assert passed or abs(positions[first] - 127 * value) <= 2.6


def test_a_control_that_picks_up_lets_go_when_somebody_else_moves_the_value() -> None:
    (argument,) = VALUES["intensity"].arguments
    grip = SoftTakeover("pickup")

    assert grip.turn(64, argument, 0.5) == pytest.approx(0.504, abs=1e-3)
    assert grip.turn(100, argument, 64 / 127) == pytest.approx(0.787, abs=1e-3), "in hand, however fast it is turned"
    assert grip.turn(101, argument, 0.1) is None
    assert grip.turn(50, argument, 0.1) is None
    assert grip.turn(5, argument, 0.1) == pytest.approx(0.039, abs=1e-3)


def test_the_next_control_that_moves_is_mapped_and_then_moves_the_value(playing: Any) -> None:
    playing.ask("/emo/start_listen/mapping")
    waiting = playing.ask("/emo/midi/learn", "density")
    learning = value(playing, "midi_learning")
    learned = move(playing, (KNOB, 74, 3))
    move(playing, (KNOB, 74, 127), (BUTTON, 74, 0))

    assert waiting == [("/emo/ack", "/emo/midi/learn", 1, 0.0, "density", "waiting")]
    assert learning == "density"
    assert ("/emo/ack", "/emo/midi/learn", 1, 0.0, "density", "cc74@2") in learned
    assert ("/emo/state/mapping", "cc1 intensity", "cc21 quantize", "note40 bright", "cc74@2 density") in learned
    assert value(playing, "midi_learning") == ""
    assert value(playing, "density") == 1.0, "the same controller on another channel is another control"


def test_what_is_learned_is_handed_to_the_door(playing: Any) -> None:
    playing.ask("/emo/midi/learn", "density", "pickup")
    playing.receive_midi(bytes((KNOB, 74, 3)), 0.0)

    assert [message for message in playing.told if isinstance(message, Mapped)] == [Mapped("cc74@2\tdensity pickup")]


def test_a_mapping_that_cannot_be_saved_is_told_and_works(playing: Any) -> None:
    playing.ask("/emo/midi/learn", "density")
    playing.receive_midi(bytes((KNOB, 74, 3)), 0.0)
    playing.told.clear()
    playing.receive_supervisor(MappingSaved("no room; it holds until the end"), 0.0)

    assert move(playing, (KNOB, 74, 0)) == [("/emo/error", 4, "no room; it holds until the end", "/emo/midi/learn")]
    assert value(playing, "density") == -1.0


@pytest.mark.parametrize(
    ("name", "message", "control"),
    [
        ("next", (DRUM, 36, 90), "note36@10"),
        ("밝음", (DRUM, 36, 90), "note36@10"),
        ("panic", (BUTTON, 20, 127), "cc20@1"),
        ("other", (PROGRAM, 5), "program5@1"),
        ("arousal", (KNOB, 70, 0), "cc70@2"),
    ],
)
def test_each_thing_is_learned_from_a_control_that_suits_it(
    playing: Any, name: str, message: tuple[int, ...], control: str
) -> None:
    playing.ask("/emo/midi/learn", name)
    unsuited = move(
        playing, (0x89, 36, 0), (BUTTON, 123, 127), (0xE0, 0, 64), (0xB0, 9, 3) if name != "arousal" else (DRUM, 1, 1)
    )

    assert unsuited == []
    assert move(playing, message)[-1][4:] in ((name, control), ("bright", control))


def test_buttons_call_deeds_moods_and_presets_once_a_press(playing: Any) -> None:
    playing.receive_supervisor(MappingRead("note36\tstop\ncc20\tplay\nprogram3\tother\ncc22\tmutate"), 0.0)

    move(playing, (DRUM, 36, 90), (DRUM, 36, 0), (0x89, 36, 0))
    assert value(playing, "playing") == 0
    move(playing, (BUTTON, 20, 127), (BUTTON, 20, 127))
    assert value(playing, "playing") == 1
    move(playing, (DRUM, 36, 1), (BUTTON, 20, 100))
    assert value(playing, "playing") == 0, "a button that is still held calls nothing"
    move(playing, (BUTTON, 20, 0), (BUTTON, 20, 64))
    assert value(playing, "playing") == 1
    move(playing, (DRUM, 40, 90))
    assert value(playing, "mood") == "bright"
    move(playing, (PROGRAM, 3))
    assert value(playing, "preset") == "other"
    assert move(playing, (BUTTON, 22, 127)) == [], "there is nobody to answer"


def test_a_mood_that_a_mapping_calls_by_another_name_is_the_same_mood(playing: Any) -> None:
    playing.instrument._presets["map"] = StagePreset({}, MOODS, {"note40": "밝음"})
    playing.ask("/emo/preset", "map")
    playing.ask("/emo/midi/learn", "sunny")
    move(playing, (DRUM, 41, 90))

    assert value(playing, "mapping") == "note41@10 bright"
    assert playing.ask("/emo/midi/forget", "cheerful")[-1][4:] == ("bright", "forgotten")
    playing.receive_supervisor(MappingRead("note42\t환한"), 0.0)
    assert playing.ask("/emo/midi/forget", "밝음")[-1][4:] == ("bright", "forgotten")
    assert playing.instrument.mapping.shown == ()


@pytest.mark.parametrize("name", ["high jump", "two\nlines", "a\ttab", "  wide   name ", "playing"])
def test_a_mood_of_any_name_is_called_by_what_was_learned_and_saved(playing: Any, name: str) -> None:
    moods = (*MOODS, Mood(name, Affect(-0.5, 0.5)))
    playing.instrument._presets["map"] = StagePreset({}, moods)
    playing.ask("/emo/preset", "map")
    playing.ask("/emo/midi/learn", name)
    move(playing, (DRUM, 36, 90), (DRUM, 36, 0))
    text = playing.instrument.mapping.text
    playing.receive_supervisor(MappingRead(text), 0.0)
    move(playing, (DRUM, 36, 90))

    assert text.count("\n") == 0
    assert value(playing, "mood") == name


def test_a_preset_whose_name_no_line_can_hold_is_not_learned(playing: Any) -> None:
    playing.instrument._presets["two\nlines"] = playing.instrument._presets["other"]

    assert playing.ask("/emo/midi/learn", "two\nlines")[0][:2] == ("/emo/error", 3)


def test_a_knob_that_becomes_a_button_calls_with_its_first_press(playing: Any) -> None:
    playing.ask("/emo/midi/learn", "density")
    move(playing, (BUTTON, 20, 3))
    playing.receive_supervisor(MappingRead("cc20@1\tstop"), 0.0)
    move(playing, (BUTTON, 20, 127))

    assert value(playing, "playing") == 0


def test_a_program_without_a_role_calls_the_mood_of_its_number(playing: Any) -> None:
    move(playing, (PROGRAM, 1), (PROGRAM, 127))

    assert value(playing, "mood") == "bright"


def test_the_press_that_is_learned_is_no_call(playing: Any) -> None:
    playing.ask("/emo/midi/learn", "stop")
    move(playing, (BUTTON, 20, 127), (BUTTON, 20, 127))
    assert value(playing, "playing") == 1

    move(playing, (BUTTON, 20, 0), (BUTTON, 20, 127))
    assert value(playing, "playing") == 0


def test_a_mapped_key_is_no_note_to_learn_a_phrase_from(playing: Any) -> None:
    playing.ask("/emo/learn", 1)
    playing.run_until(2.5)
    move(playing, (DRUM, 40, 90), (0x89, 40, 0))
    playing.run_until(5.0)

    refusals = [answer for answer in playing.take_answers() if answer.address == "/emo/error"]
    assert "no note came in" in str(refusals[0].arguments[1])


def test_patience_ends_with_an_error_and_the_next_control_is_free_again(playing: Any) -> None:
    playing.ask("/emo/midi/learn", "density")
    playing.run_until(PATIENCE_S + 0.1)
    late = move(playing, (KNOB, 74, 3))

    assert [answer[1:] for answer in late if answer[0] == "/emo/error"] == [
        (4, "no control was moved for density within 30 s; does it reach --midi-in?", "/emo/midi/learn")
    ]
    assert value(playing, "mapping") == "cc1 intensity"
    assert value(playing, "density") == 0.0


def test_the_last_who_asks_waits_and_the_one_before_is_told(playing: Any) -> None:
    playing.ask("/emo/midi/learn", "density", sender=PHONE)
    told = playing.ask("/emo/midi/learn", "gate")
    again = playing.ask("/emo/midi/learn", "gate")

    assert told[0] == ("/emo/error", 4, "gate waits for a control now, density no longer", "/emo/midi/learn")
    assert again == [("/emo/ack", "/emo/midi/learn", 1, 0.0, "gate", "waiting")]
    assert move(playing, (KNOB, 74, 3))[-1][4:] == ("gate", "cc74@2")


def test_forgetting_ends_waiting_what_was_learned_and_what_the_preset_says(playing: Any) -> None:
    playing.ask("/emo/midi/learn", "density")
    assert playing.ask("/emo/midi/forget", "density")[-1][4:] == ("density", "forgotten")
    assert value(playing, "midi_learning") == ""
    assert playing.ask("/emo/midi/forget", "density") == [
        ("/emo/error", 4, "no control moves density", "/emo/midi/forget")
    ]

    assert playing.ask("/emo/midi/forget", "intensity")[-1][4:] == ("intensity", "forgotten")
    move(playing, (BUTTON, 1, 0))
    assert value(playing, "intensity") == 1.0
    playing.ask("/emo/preset", "map")
    assert value(playing, "mapping") == "cc21 quantize", "it stays forgotten"


def test_what_cannot_be_learned_is_refused(playing: Any) -> None:
    assert playing.ask("/emo/midi/learn", "densty")[0][:3] == (
        "/emo/error",
        3,
        "no name 'densty', did you mean 'density'?",
    )
    assert playing.ask("/emo/midi/learn", "playing")[0][1] == 3
    assert playing.ask("/emo/midi/learn", "density", "softly")[0][1] == 3
    playing.instrument.mapping.read("\n".join(f"cc{n % 120}@{n // 120 + 1}\tgate" for n in range(MAX_OWN)))
    assert "too many" in str(playing.ask("/emo/midi/learn", "density")[0][2])
    playing.instrument.counters.midi_in = ""
    assert "--midi-in" in str(playing.ask("/emo/midi/learn", "density")[0][2])


def test_the_answer_fits_a_packet_however_much_is_mapped(playing: Any) -> None:
    playing.instrument.mapping.read("\n".join(f"cc{n}@16\t{'매우' * 30} relative" for n in range(100)))

    (answer,) = playing.ask("/emo/get/mapping")
    assert len(answer) == 25
    assert all(len(str(text)) <= 44 for text in answer[1:])


few = st.builds(Control, st.sampled_from(KINDS), st.integers(0, 3))  # so that most of the messages meet a role
touches = st.one_of(
    st.tuples(st.sampled_from([0x80, 0x90, 0xB0, 0xE0]), st.integers(0, 3), st.integers(0, 127)).map(bytes),
    st.tuples(st.just(0xC0), st.integers(0, 3)).map(bytes),
)


@settings(max_examples=60)
@given(st.lists(touches | st.binary(max_size=4), max_size=30), st.data())
def test_no_bytes_upset_a_stage_whose_controls_have_roles(messages: list[bytes], data: st.DataObject) -> None:
    twin = make_stage((make_ready(60), make_ready(72, 0.8, 0.35)))
    twin.instrument.counters.midi_in = "keyboard"
    names = [*MAPPABLE, "next", "keep", "mutate", "learn", "bright", "other", "broken", "a mood of another preset"]
    roles = st.builds(Role, st.sampled_from(names), st.sampled_from(MODES))
    mapped = data.draw(st.dictionaries(few, roles))
    twin.instrument.mapping.read("\n".join(f"{control}\t{role}" for control, role in mapped.items()))
    twin.ask("/emo/play")
    for message in messages:
        move(twin, message)
        twin.run_until(twin.now_s + 0.1)

    assert all(VALUES[name].arguments[0].read(value(twin, name)) is not None for name in MAPPABLE)
