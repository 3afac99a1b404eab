"""Phrases on a virtual clock at 120 bpm: a bar lasts two seconds. Each melody has one pitch, so sound tells which."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.affect import MOODS, Affect, Reference
from emo_osc.core.errors import CommandError
from emo_osc.core.score import PHRASE_TICKS, TICKS_PER_BAR, Melody, Note, tiled
from emo_osc.protocol.messages import (
    ComposeRequest,
    Failed,
    Learn,
    Loaded,
    PhraseNotSaved,
    PhraseSaved,
    Ready,
    SetTargets,
    Vary,
)
from emo_osc.protocol.parameters import QUANTIZE
from emo_osc.stage.player.bar_swap import exchanged
from emo_osc.stage.session.midi_capture import MidiCapture
from emo_osc.stage.session.phrase_commands import MAX_SAVING, MAX_VARYING, VARY_PATIENCE_S
from emo_osc.stage.session.phrase_library import MAX_NAME, MAX_PHRASES, PhraseLibrary

MakeReady = Callable[..., Ready]
MakeStage = Callable[..., Any]
BAR_S = 2.0


def notes_on(sent: list[tuple[float, bytes]]) -> list[tuple[float, int]]:
    return [(round(at_s, 6), message[1]) for at_s, message in sent if message[0] & 0xF0 == 0x90]


def tell(playing: Any, message: Any) -> list[tuple[object, ...]]:
    """The studio says something; what is answered to clients."""
    playing.receive_studio(message, playing.now_s)
    return [(answer.address, *answer.arguments) for answer in playing.take_answers()]


def with_studio(playing: Any) -> Any:
    """The stage with a studio that is ready."""
    playing.instrument.studio_client.connected()
    tell(playing, Loaded("canned", "cpu"))
    return playing


@pytest.mark.parametrize("quantize", QUANTIZE)
@pytest.mark.parametrize("tempo", [20.0, 97.3, 300.0])
def test_what_an_ack_promises_is_played(quantize: str, tempo: float, stage: MakeStage, ready: MakeReady) -> None:
    playing = stage((ready(60, notes_a_bar=16), ready(72, 0.0, 0.9, notes_a_bar=16)))
    playing.ask("/emo/tempo", tempo)
    playing.ask("/emo/quantize", quantize)
    playing.ask("/emo/play")
    bar_s = 240.0 / tempo
    playing.run_until(5.3 * bar_s)

    bar, ms = playing.ask("/emo/va", 0.0, 0.9)[0][2:4]
    first = next(at_s for at_s, pitch in notes_on(playing.run_until(40 * bar_s)) if pitch == 72)

    assert first == pytest.approx(5.3 * bar_s + ms / 1000, abs=1e-5)
    assert int(first / bar_s + 1e-6) + 1 == bar


@pytest.mark.parametrize("latency_ms", [-200.0, -20.0, 35.0, 200.0])
def test_what_is_sent_early_for_a_slow_instrument_is_heard_when_promised(
    latency_ms: float, stage: MakeStage, ready: MakeReady
) -> None:
    playing = stage((ready(60), ready(72, 0.0, 0.9)))
    playing.ask("/emo/set/latency_ms", latency_ms)
    playing.ask("/emo/play")
    playing.run_until(1.5 * BAR_S)

    ms = playing.ask("/emo/va", 0.0, 0.9)[0][3]
    sent_s = next(at_s for at_s, pitch in notes_on(playing.run_until(5 * BAR_S)) if pitch == 72)

    assert sent_s + latency_ms / 1000 == pytest.approx(1.5 * BAR_S + ms / 1000)
    assert sent_s + latency_ms / 1000 == pytest.approx(2 * BAR_S)


@pytest.mark.parametrize("tempo", [20.0, 61.7, 120.0, 300.0])
@pytest.mark.parametrize("swing", [0.0, 1.0])
def test_the_seam_of_a_loop_cannot_be_heard(tempo: float, swing: float, stage: MakeStage, ready: MakeReady) -> None:
    playing = stage((ready(60, notes_a_bar=16),))
    playing.ask("/emo/tempo", tempo)
    playing.ask("/emo/set/swing", swing)
    playing.ask("/emo/play")

    sent = playing.run_until(49 * 240.0 / tempo - 0.001)

    steps = [at_s * tempo / 15.0 for at_s, _ in notes_on(sent)]
    assert steps == pytest.approx([n + (swing / 3 if n % 2 else 0.0) for n in range(49 * 16)], abs=1e-3)
    kinds = [message[0] & 0xF0 for _, message in sent if message[0] & 0xE0 == 0x80]
    assert all(before != after for before, after in itertools.pairwise(kinds)), "one voice, on and off in turn"


def test_a_walk_reaches_its_mood_at_the_bar_that_was_promised(stage: MakeStage, ready: MakeReady) -> None:
    half_way = ready(66, 0.4, 0.175)
    playing = stage((ready(60), half_way, ready(72, 0.8, 0.35)))
    playing.ask("/emo/play")
    playing.run_until(0.5 * BAR_S)

    ((_, _, bar, ms),) = playing.ask("/emo/goto", "밝음", 4)
    playing.ask("/emo/start_listen/va")
    sent = playing.run_until(10 * BAR_S)

    assert (bar, ms) == (5, 3.5 * BAR_S * 1000)
    pitches = [pitch for _, pitch in notes_on(sent)]
    assert [pitch for pitch, _ in itertools.groupby(pitches)] == [60, 66, 72]
    assert next(at_s for at_s, pitch in notes_on(sent) if pitch == 72) == pytest.approx(4 * BAR_S)
    playing.end_turn(playing.now_s)
    pushed = [answer.arguments[0] for answer in playing.take_answers() if answer.address == "/emo/state/va"]
    assert pushed[-1] == 0.8, "pads follow the walk"
    assert playing.ask("/emo/get/mood") == [("/emo/state/mood", "bright", 1.0)]


def test_the_touch_of_a_walk_changes_with_every_beat(stage: MakeStage, ready: MakeReady) -> None:
    playing = stage((ready(60),))
    playing.ask("/emo/play")

    playing.ask("/emo/goto", 0.0, 1.0, 2)
    bright = [message[2] for _, message in playing.run_until(2.1 * BAR_S) if message[:2] == b"\xb0\x4a"]

    assert bright == [64, 68, 72, 75, 79, 83, 86, 90, 94]


def test_a_new_feeling_ends_a_walk(stage: MakeStage, ready: MakeReady) -> None:
    playing = stage((ready(60), ready(72, 0.8, 0.35)))
    playing.ask("/emo/play")
    playing.ask("/emo/goto", "bright", 8)
    playing.run_until(BAR_S)

    playing.ask("/emo/va", -0.5, -0.5)
    playing.run_until(20 * BAR_S)

    assert playing.performer.affect == Affect(-0.5, -0.5)


def test_a_walk_before_play_begins_with_it(stage: MakeStage, ready: MakeReady) -> None:
    playing = stage((ready(60),))

    assert playing.ask("/emo/goto", 0.0, 1.0, 2)[0][:2] == ("/emo/ack", "/emo/goto")
    playing.ask("/emo/play")
    playing.run_until(BAR_S)

    assert playing.performer.affect == Affect(0.0, 0.5)


@pytest.mark.no_cover
@given(bars=st.integers(1, 40), start_s=st.floats(0.0, 70.0), quantize=st.sampled_from(list(QUANTIZE)))
def test_a_walk_always_arrives(stage: MakeStage, ready: MakeReady, bars: int, start_s: float, quantize: str) -> None:
    playing = stage(tuple(ready(40 + n, m.affect.valence, m.affect.arousal) for n, m in enumerate(MOODS)))
    playing.ask("/emo/quantize", quantize)
    playing.ask("/emo/play")
    playing.run_until(start_s)

    ((_, _, _, ms),) = playing.ask("/emo/goto", "gloomy", bars)
    playing.run_until(start_s + ms / 1000 + 0.01)

    assert playing.performer.affect == next(mood.affect for mood in MOODS if mood.id == "gloomy")
    phrase = playing.performer.phrase
    assert phrase is not None
    assert phrase.affect.distance(playing.performer.affect) < 0.36


def test_a_kept_phrase_loops_until_another_is_asked_for(stage: MakeStage, ready: MakeReady) -> None:
    playing = stage((ready(60), ready(61), ready(62)))
    playing.ask("/emo/play")
    playing.run_until(BAR_S)

    assert playing.ask("/emo/keep", "chorus") == [("/emo/ack", "/emo/keep", 2, 0.0, "chorus")]
    pinned = {pitch for _, pitch in notes_on(playing.run_until(50 * BAR_S))}
    playing.ask("/emo/next")
    freed = {pitch for _, pitch in notes_on(playing.run_until(150 * BAR_S))}

    assert len(pinned) == 1
    assert len(freed) == 3


def test_what_was_asked_for_before_the_keeping_still_comes_and_goes_on(stage: MakeStage, ready: MakeReady) -> None:
    playing = stage((ready(60), ready(70, 0.8, 0.35), ready(72, 0.8, 0.3)))
    playing.ask("/emo/play")
    playing.run_until(0.5 * BAR_S)
    playing.ask("/emo/mood", "bright")

    playing.ask("/emo/keep", "x")
    pitches = [pitch for _, pitch in notes_on(playing.run_until(80 * BAR_S))]

    assert 60 not in pitches[8:]
    assert {70, 72} <= set(pitches), "what came is not pinned"


def test_a_recalled_phrase_sounds_as_it_was_kept_to_the_byte(stage: MakeStage, ready: MakeReady) -> None:
    seeds = tuple(ready(60 + n, 0.8, 0.35, notes_a_bar=8) for n in range(3))
    playing = stage((*seeds, ready(40, -0.8, -0.15)))
    playing.ask("/emo/set/humanize", 1)
    playing.ask("/emo/mood", "bright")
    playing.ask("/emo/play")
    kept = playing.run_until(0.0)
    playing.ask("/emo/keep", "코러스")
    kept = [(round(at_s % (16 * BAR_S), 6), m) for at_s, m in kept + playing.run_until(16 * BAR_S - 0.01)]
    playing.ask("/emo/mood", "gloomy")
    playing.run_until(31.5 * BAR_S)

    playing.ask("/emo/recall", "코러스")
    playing.run_until(32 * BAR_S - 0.01)
    again = [(round(at_s % (16 * BAR_S), 6), m) for at_s, m in playing.run_until(48 * BAR_S - 0.01)]

    on = [(at_s, m) for at_s, m in kept if m[0] & 0xF0 == 0x90]
    assert on == [(at_s, m) for at_s, m in again if m[0] & 0xF0 == 0x90]
    assert len({message[2] for _, message in on}) > 3, "velocities vary, and vary the same"
    assert playing.ask("/emo/get/mood") == [("/emo/state/mood", "bright", 1.0)]
    assert playing.ask("/emo/get/phrase") == [("/emo/state/phrase", "코러스")]


def test_phrases_of_other_evenings_are_there(stage: MakeStage, ready: MakeReady) -> None:
    playing = stage((ready(60),))
    playing.receive_supervisor(PhraseSaved("old one", ready(72), Affect(0.1, 0.2), 96.0), 0.0)
    playing.ask("/emo/play")

    playing.ask("/emo/recall", "OLD one")

    assert playing.ask("/emo/get/kept") == [("/emo/state/kept", "old one")]
    assert {pitch for at_s, pitch in notes_on(playing.run_until(40 * BAR_S)) if at_s >= BAR_S} == {72}
    assert playing.performer.affect == Affect(0.1, 0.2)


def test_a_disk_that_is_full_is_told_to_whoever_kept(stage: MakeStage, ready: MakeReady) -> None:
    playing = stage((ready(60),))
    playing.ask("/emo/play")
    playing.run_until(1.0)
    playing.receive(playing_message("/emo/keep", "x"), ("127.0.0.1", 9), 1.0, 1.0)
    playing.receive_supervisor(PhraseNotSaved("x", "no space left"), 1.0)

    ((target, answer),) = [(a.target, (a.address, *a.arguments)) for a in playing.take_answers()]

    assert target == ("127.0.0.1", 9)
    assert answer == ("/emo/error", 4, "no space left", "/emo/keep")
    assert playing.ask("/emo/get/kept") == [("/emo/state/kept",)]
    assert playing.ask("/emo/get/pinned") == [("/emo/state/pinned", 1)], "it loops on all the same"


def test_a_flood_of_phrases_to_keep_is_refused_until_the_door_has_saved_some(
    stage: MakeStage, ready: MakeReady
) -> None:
    playing = stage((ready(60),))
    playing.ask("/emo/play")
    playing.run_until(1.0)
    for name in ("x", "x", *(f"name {number}" for number in range(100))):
        playing.receive(playing_message("/emo/keep", name), ("127.0.0.1", 9), 1.0, 1.0)
    answers = playing.take_answers()
    waiting = [message for message in playing.told if isinstance(message, PhraseSaved)]
    playing.serve_door()

    assert [kept.name for kept in waiting] == ["x", *(f"name {number}" for number in range(MAX_SAVING - 1))]
    assert len(answers) == 102 - MAX_SAVING
    assert {answer.arguments[0] for answer in answers} == {CommandError.NOT_NOW}
    assert str(answers[0].arguments[1]) == "'x' must be saved first; wait for the answer"
    assert len(playing.take_answers()) == MAX_SAVING, "every message is answered"
    assert playing.ask("/emo/keep", "x")[0][0] == "/emo/ack"


def test_a_flood_of_variations_is_refused_until_some_are_made(stage: MakeStage, ready: MakeReady) -> None:
    playing = stage((ready(60), ready(72)))
    playing.instrument.studio_client.connected()
    playing.receive_studio(Loaded("virtual", "cpu"), 0.0)
    playing.ask("/emo/play")
    playing.run_until(1.0)
    answers = [playing.ask("/emo/mutate") for _ in range(100)]
    playing.run_until(1.0 + VARY_PATIENCE_S)

    assert [len(answer) for answer in answers] == [0] * MAX_VARYING + [1] * (100 - MAX_VARYING)
    assert answers[-1][0][:2] == ("/emo/error", CommandError.NOT_NOW)
    assert len(playing.take_answers()) == MAX_VARYING
    assert playing.ask("/emo/mutate") == []


def playing_message(address: str, *arguments: Any) -> Any:
    from emo_osc.protocol.osc import Message

    return Message(address, arguments)


NAMES = {
    "chorus": "chorus",
    "  코러스 2 ": "코러스 2",
    "a-b_c": "a-b_c",
    "x" * MAX_NAME: "x" * MAX_NAME,
    "../../etc/passwd": None,
    "..": None,
    "a/b": None,
    "a\\b": None,
    "CON": None,
    "lpt1": None,
    "a.json": None,
    "~": None,
    "   ": None,
    "x" * (MAX_NAME + 1): None,
    "a\x00b": None,
    "🎵": None,
}


@pytest.mark.parametrize(("name", "clean"), NAMES.items())
def test_a_name_is_never_a_path(name: str, clean: str | None) -> None:
    book = PhraseLibrary()
    if clean:
        assert book.check(name) == clean
        return
    with pytest.raises(CommandError, match="a name has"):
        book.check(name)


def test_a_full_book_takes_only_names_it_knows(ready: MakeReady) -> None:
    book = PhraseLibrary()
    for number in range(MAX_PHRASES):
        book.add(PhraseSaved(f"phrase {number + 1}", ready(60), Affect(0, 0), 120.0))

    assert book.check("phrase 7") == "phrase 7"
    assert book.free_name() == f"phrase {MAX_PHRASES + 1}"
    with pytest.raises(CommandError, match="kept already"):
        book.check("one more")


def test_a_full_book_takes_no_phrase_without_a_name(stage: MakeStage, ready: MakeReady) -> None:
    playing = stage((ready(60),))
    playing.ask("/emo/play")
    playing.run_until(1.0)
    for number in range(MAX_PHRASES):
        playing.instrument.phrases.book.add(PhraseSaved(f"phrase {number + 1}", ready(60), Affect(0, 0), 120.0))

    assert playing.ask("/emo/keep")[0][:2] == ("/emo/error", CommandError.NOT_NOW)


def test_nothing_sounds_so_nothing_is_kept(stage: MakeStage) -> None:
    playing = stage(())

    assert playing.ask("/emo/keep")[0][:2] == ("/emo/error", 4)
    assert playing.ask("/emo/mutate")[0][:2] == ("/emo/error", 4)
    assert playing.ask("/emo/recall", "x")[0][:2] == ("/emo/error", 3)


@pytest.mark.parametrize("amount", [0.05, 0.25, 0.5, 1.0])
def test_without_a_studio_the_stage_varies_bars(amount: float, stage: MakeStage, ready: MakeReady) -> None:
    playing = stage((ready(60), ready(72)))
    playing.ask("/emo/play")
    playing.run_until(0.5 * BAR_S)

    ((address, _, bar, ms),) = playing.ask("/emo/mutate", amount)
    first = notes_on(playing.run_until(BAR_S + 16 * BAR_S - 0.01))

    assert (address, bar, ms) == ("/emo/ack", 2, 1000.0)
    assert {pitch for _, pitch in first} <= {60, 72}
    assert playing.performer.phrase.melody != ready(60).melody


def test_a_variation_keeps_the_form(ready: MakeReady) -> None:
    bars = [60, 62, 60, 64, 60, 62, 60, 65] * 2
    melody = Melody(tuple(Note(bar * TICKS_PER_BAR, 960, pitch) for bar, pitch in enumerate(bars)))
    other = Melody(tuple(Note(bar * TICKS_PER_BAR, 480, 80 + bar) for bar in range(16)))
    from random import Random

    varied = exchanged(replace(ready(60), melody=melody), replace(ready(61), melody=other), 0.5, Random(3)).melody

    pitches = [note.pitch for note in varied.notes]
    assert len(set(pitches) - set(bars)) >= 1
    assert [pitches.index(pitch) for pitch in pitches] == [bars.index(pitch) for pitch in bars], "equal bars stay equal"


def test_the_studio_varies_and_the_ack_waits_for_it(stage: MakeStage, ready: MakeReady) -> None:
    playing = with_studio(stage((ready(60), ready(61))))
    playing.ask("/emo/play")
    playing.run_until(0.5 * BAR_S)

    assert playing.ask("/emo/mutate", 0.5) == []
    vary = playing.instrument.studio_client.due(playing.now_s)
    assert isinstance(vary, Vary)
    assert (vary.amount, vary.melody) == (0.5, playing.performer.phrase.melody)
    playing.run_until(0.75 * BAR_S)
    answers = tell(playing, ready(80, ticket=vary.ticket))

    assert answers == [("/emo/ack", "/emo/mutate", 2, 500.0)]
    assert notes_on(playing.run_until(BAR_S + 0.1)) == [(BAR_S, 80)]


def test_a_studio_that_fails_or_is_slow_leaves_the_variation_to_the_stage(stage: MakeStage, ready: MakeReady) -> None:
    playing = with_studio(stage((ready(60), ready(61))))
    playing.ask("/emo/play")
    playing.run_until(0.1)
    playing.ask("/emo/mutate")
    vary = playing.instrument.studio_client.due(playing.now_s)
    assert isinstance(vary, Vary)

    assert ("/emo/ack", "/emo/mutate", 2, 1900.0) in tell(playing, Failed("no", vary.ticket))

    playing.ask("/emo/mutate")
    asked_s = playing.now_s
    playing.now_s = playing.next_s
    playing.on_time(playing.now_s)

    assert 1.0 <= playing.now_s - asked_s <= 2.0
    assert [answer.address for answer in playing.take_answers()] == ["/emo/ack"]


def test_a_variation_that_comes_after_another_wish_is_not_played(stage: MakeStage, ready: MakeReady) -> None:
    playing = with_studio(stage((ready(60), ready(61))))
    playing.ask("/emo/play")
    playing.ask("/emo/keep", "x")
    playing.ask("/emo/mutate")
    vary = playing.instrument.studio_client.due(0.0)
    assert isinstance(vary, Vary)
    playing.ask("/emo/recall", "x")

    ((address, code, _, _),) = tell(playing, ready(80, ticket=vary.ticket))

    assert (address, code) == ("/emo/error", 4)
    assert 80 not in {pitch for _, pitch in notes_on(playing.run_until(20 * BAR_S))}


def test_a_variation_is_played_while_the_affect_moves_within_its_reach(stage: MakeStage, ready: MakeReady) -> None:
    playing = with_studio(stage((ready(60), ready(72, 0.9, 0.9))))
    playing.ask("/emo/play")
    playing.run_until(0.5 * BAR_S)
    playing.ask("/emo/mutate")
    vary = playing.instrument.studio_client.due(0.0)
    assert isinstance(vary, Vary)
    playing.ask("/emo/va", 0.02, 0.01)

    ((address, command, *_),) = tell(playing, ready(80, ticket=vary.ticket))

    assert (address, command) == ("/emo/ack", "/emo/mutate")
    assert 80 in {pitch for _, pitch in notes_on(playing.run_until(3 * BAR_S))}


def test_a_variation_of_an_affect_that_has_been_left_is_not_played(stage: MakeStage, ready: MakeReady) -> None:
    playing = with_studio(stage((ready(60), ready(72, 0.9, 0.9))))
    playing.ask("/emo/play")
    playing.run_until(0.5 * BAR_S)
    playing.ask("/emo/mutate")
    vary = playing.instrument.studio_client.due(0.0)
    assert isinstance(vary, Vary)
    playing.ask("/emo/va", 0.9, 0.9)

    ((address, code, _, _),) = tell(playing, ready(80, ticket=vary.ticket))

    assert (address, code) == ("/emo/error", CommandError.NOT_NOW)
    assert 80 not in {pitch for _, pitch in notes_on(playing.run_until(3 * BAR_S))}


@pytest.mark.parametrize("wish", [("/emo/next",), ("/emo/recall", "x"), ("/emo/mutate",)])
def test_what_was_promised_is_played_though_the_affect_moves_a_little(
    wish: tuple[Any, ...], stage: MakeStage, ready: MakeReady
) -> None:
    playing = stage((ready(60), ready(61), ready(72, 0.9, 0.9)))
    playing.receive_supervisor(PhraseSaved("x", ready(65), Affect(0.0, 0.0), 120.0), 0.0)
    playing.ask("/emo/play")
    playing.run_until(0.5 * BAR_S)
    before = playing.performer.phrase

    ((address, _, bar, *_),) = playing.ask(*wish)
    for step in range(1, 10):
        playing.ask("/emo/va", 0.002 * step, 0.0)
    playing.run_until(2.5 * BAR_S)

    assert (address, bar) == ("/emo/ack", 2)
    assert playing.performer.phrase is not before


def test_what_was_asked_for_gives_way_to_an_affect_far_from_it(stage: MakeStage, ready: MakeReady) -> None:
    playing = stage((ready(60), ready(61), ready(72, 0.9, 0.9)))
    playing.ask("/emo/play")
    playing.run_until(0.5 * BAR_S)

    playing.ask("/emo/next")
    playing.ask("/emo/va", 0.9, 0.9)

    assert {pitch for _, pitch in notes_on(playing.run_until(3 * BAR_S))} == {60, 72}


def played(pitch: int, beat: float, length: float = 0.9, velocity: int = 90) -> list[tuple[float, bytes]]:
    """A note of a keyboard at 120 bpm, at a beat from the start."""
    return [
        (0.5 * beat, bytes((0x90, pitch, velocity))),
        (0.5 * (beat + length), bytes((0x80, pitch, 0))),
    ]


def play_by_hand(playing: Any, events: list[tuple[float, bytes]]) -> None:
    for at_s, message in sorted(events):
        playing.run_until(at_s)
        playing.receive_midi(message, at_s)


def test_what_was_played_by_hand_becomes_the_phrase(stage: MakeStage, ready: MakeReady) -> None:
    playing = with_studio(stage((ready(60),)))
    playing.instrument.counters.midi_in = "keyboard"
    playing.ask("/emo/play")
    playing.run_until(0.5 * BAR_S)

    ((_, _, bar, ms),) = playing.ask("/emo/learn", 2)
    assert (bar, ms) == (2, 1000.0)
    assert playing.ask("/emo/get/learning") == [("/emo/state/learning", 2)]
    scale = [64, 65, 67, 69, 71, 72, 74, 76]
    play_by_hand(playing, [e for n, pitch in enumerate(scale) for e in played(pitch, 4 + n + (-0.05, 0.06)[n % 2])])
    answers = [(a.address, *a.arguments) for a in playing.take_answers()]
    sent = playing.run_until(7 * BAR_S - 0.01)

    assert answers[0][:3] == ("/emo/ack", "/emo/learn", 4)
    assert [pitch for at_s, pitch in notes_on(sent)] == scale + scale
    assert [at_s for at_s, _ in notes_on(sent)] == pytest.approx([3 * BAR_S + 0.5 * n for n in range(16)])
    learn = playing.instrument.studio_client.due(playing.now_s)
    assert isinstance(learn, Learn)
    assert learn.melody is not None
    assert learn.melody.bars == 2
    playing.ask("/emo/forget")
    assert playing.instrument.studio_client.due(playing.now_s) == Learn(None)


def test_what_was_learned_is_told_to_a_studio_that_is_new(stage: MakeStage, ready: MakeReady) -> None:
    playing = with_studio(stage((ready(60),)))
    playing.instrument.studio_client.learn(ready(64).melody)
    assert playing.instrument.studio_client.due(0.0) == Learn(ready(64).melody)

    playing.instrument.studio_client.lost()
    with_studio(playing)

    assert playing.instrument.studio_client.due(1.0) == Learn(ready(64).melody)


def test_another_presets_music_is_told_to_the_studio_and_again_to_one_that_is_new(
    stage: MakeStage, ready: MakeReady
) -> None:
    playing = with_studio(stage((ready(60),)))
    studio_client, instrument = playing.instrument.studio_client, playing.instrument
    mine = (Reference(Affect(0.5, 0.5), notes_per_bar=9.0),)
    instrument.learn_preset("mine", replace(instrument.preset, references=mine))
    instrument.learn_preset("other", instrument.preset)
    assert not isinstance(studio_client.due(0.0), SetTargets)

    playing.ask("/emo/preset", "mine")
    assert studio_client.due(0.0) == SetTargets(mine)
    studio_client.lost()
    with_studio(playing)
    assert studio_client.due(1.0) == SetTargets(mine)
    playing.ask("/emo/preset", "other")
    assert studio_client.due(1.0) == SetTargets(())


def test_a_held_density_is_told_to_the_studio_before_the_order_for_it_and_to_one_that_is_new(
    stage: MakeStage, ready: MakeReady
) -> None:
    playing = with_studio(stage((ready(60),)))
    studio_client, performer = playing.instrument.studio_client, playing.performer
    playing.ask("/emo/set/density", 0.5)
    assert performer.wanted == Affect(0.0, 0.0)
    studio_client.want(performer.wanted)

    assert studio_client.due(0.0) == SetTargets((), 0.5)
    assert isinstance(studio_client.due(0.0), ComposeRequest)
    studio_client.lost()
    with_studio(playing)
    assert studio_client.due(1.0) == SetTargets((), 0.5)


def test_a_held_register_moves_what_sounds_and_asks_nothing_else_of_the_studio(
    stage: MakeStage, ready: MakeReady
) -> None:
    playing = with_studio(stage((ready(60),)))
    playing.ask("/emo/play")
    playing.ask("/emo/set/register", 1)

    assert {pitch for _, pitch in notes_on(playing.run_until(BAR_S))} == {72}
    assert playing.instrument.studio_client.due(0.0) is None


def test_the_studio_is_asked_for_what_is_felt_at_the_intensity(stage: MakeStage, ready: MakeReady) -> None:
    playing = with_studio(stage((ready(60),)))
    playing.ask("/emo/va", 0.8, 0.4)
    playing.ask("/emo/set/intensity", 0.5)
    playing.ask("/emo/play")
    playing.performer.wanted = None

    playing.receive_studio(Loaded("again", "cpu"), 0.0)
    assert playing.performer.wanted == Affect(0.4, 0.2)
    playing.ask("/emo/mutate", 0.5)
    order = playing.instrument.studio_client.due(0.0)
    assert isinstance(order, Vary)
    assert order.affect == Affect(0.4, 0.2)


def test_a_phrase_that_was_ordered_has_its_name_once_it_is_kept(stage: MakeStage, ready: MakeReady) -> None:
    playing = stage((replace(ready(60), ticket=7, asked_notes=4.6), ready(61)))
    playing.ask("/emo/play")
    playing.run_until(BAR_S)
    playing.ask("/emo/keep", "chorus")

    assert playing.performer.phrase is not None
    assert playing.performer.phrase.ticket == 7
    assert playing.ask("/emo/get/phrase") == [("/emo/state/phrase", "chorus")]
    playing.ask("/emo/next")
    playing.run_until(3 * BAR_S)
    assert playing.ask("/emo/get/phrase") == [("/emo/state/phrase", "")]
    playing.ask("/emo/recall", "chorus")
    playing.run_until(5 * BAR_S)
    assert playing.ask("/emo/get/phrase") == [("/emo/state/phrase", "chorus")]


def test_learning_from_silence_is_refused_and_the_music_goes_on(stage: MakeStage, ready: MakeReady) -> None:
    playing = stage((ready(60),))
    assert "--midi-in" in playing.ask("/emo/learn")[0][2]
    playing.instrument.counters.midi_in = "keyboard"
    assert "/emo/play" in playing.ask("/emo/learn")[0][2]
    playing.ask("/emo/play")
    playing.ask("/emo/learn", 1)

    playing.run_until(2 * BAR_S)

    (answer,) = playing.take_answers()
    assert (answer.address, answer.arguments[0]) == ("/emo/error", 4)
    assert "no note came in" in str(answer.arguments[1])
    assert len(notes_on(playing.run_until(10 * BAR_S))) > 20


KEYS = st.lists(
    st.tuples(st.floats(-2000.0, 40_000.0), st.integers(0, 127), st.integers(0, 127), st.booleans()), max_size=80
)


@given(bars=st.integers(1, 16), keys=KEYS)
def test_whatever_is_played_becomes_one_voice_on_16ths(bars: int, keys: list[tuple[float, int, int, bool]]) -> None:
    ear = MidiCapture(TICKS_PER_BAR, bars)
    for tick, pitch, velocity, is_on in sorted(keys):
        ear.hear(bytes((0x90 if is_on else 0x80, pitch, velocity)), TICKS_PER_BAR + tick)

    melody = ear.written()
    whole = tiled(melody)

    assert melody.bars == bars
    assert all(note.start_tick % 120 == 0 for note in melody.notes)
    assert whole.length_tick == PHRASE_TICKS
    assert [n for n in whole.notes if n.start_tick < melody.length_tick][: len(melody.notes) - 1] == list(
        melody.notes[:-1]
    )


def test_a_variation_of_our_own_takes_the_chords_with_the_bars(ready: MakeReady) -> None:
    melody = Melody(tuple(Note(bar * TICKS_PER_BAR, 960, 40 + bar) for bar in range(16)))
    phrase, other = replace(ready(60), melody=melody, chords=(0,) * 32), replace(ready(99), chords=(21,) * 32)
    from random import Random

    varied = exchanged(phrase, other, 0.5, Random(3))

    firsts = [varied.melody.clipped(bar, 1).notes[0].pitch for bar in range(16)]
    assert firsts.count(99) == 8
    assert varied.chords == tuple(21 if pitch == 99 else 0 for pitch in firsts for _ in range(2))
    assert exchanged(phrase, ready(61), 0.5, Random(3)).chords == ()
