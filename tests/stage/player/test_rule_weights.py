"""Every rule of playing by itself: what it does, that its weight scales it, that none is the plain grid."""

from collections.abc import Callable
from random import Random
from statistics import mean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.config.preset import RulesSection
from emo_osc.core.affect import MOODS, Affect, Colour
from emo_osc.core.score import PHRASE_TICKS, TICKS_PER_BAR, Melody, Note
from emo_osc.protocol.messages import Measured, Ready
from emo_osc.stage.player.events import NotePlayed
from emo_osc.stage.player.expression import END_DELAY_TICKS, MAX_EARLY_TICKS, MAX_LATE_TICKS, Expression
from emo_osc.stage.player.kth_rules import phrase_arch
from emo_osc.stage.player.note_noise import note_noise
from emo_osc.stage.player.performer import Performer
from emo_osc.stage.player.phrase_ends import closeness
from emo_osc.stage.player.rule_weights import RULE_NAMES, RuleWeights
from emo_osc.stage.player.settings import Settings
from emo_osc.stage.player.shelf import Shelf
from tests.twin import NO_RULES

MakeReady = Callable[..., Ready]
USUAL = Measured(4.0, 60.0, 0.5)
BUSY = Affect(0.4, 0.8)


def only(rule: str, weight: float = 1.0) -> Expression:
    return Expression(BUSY, rules=RuleWeights(**{**dict.fromkeys(RULE_NAMES, 0.0), rule: weight}))


def velocity(touch: Expression, note: Note, noise: float = 0.0) -> int:
    return touch.velocity_of(note, USUAL, noise)


def sent_by(performer: Performer, end_tick: int) -> list[tuple[int, bytes]]:
    sent = []
    while performer.next_tick < end_tick:
        tick = int(performer.next_tick)
        sent += [(tick, message) for message in performer.on_tick(tick)]
    return sent


def wandering(seed: int = 5, share: float = 0.9) -> Ready:
    """A melody of many lengths and pitches in C major."""
    random, notes, tick = Random(seed), [], 0
    while tick < PHRASE_TICKS:
        length = min(random.choice((120, 120, 240, 240, 480, 960)), PHRASE_TICKS - tick)
        notes.append(Note(tick, length, 60 + random.choice((0, 2, 4, 5, 7, 9, 11, 12, 14, 16))))
        tick += length
    measured = Measured(len(notes) / 16, mean(note.pitch for note in notes), share)
    return Ready(Melody(tuple(notes)), Affect(0.4, 0.2), measured, 0.0, seed, -1)


def test_without_rules_the_plain_grid_is_played() -> None:
    melody = wandering()
    performer = Performer(Shelf((melody,)), Settings(evolve=0.0, rules=NO_RULES), Random(1), Affect(-0.9, 0.9))
    performer.play()
    sent = sent_by(performer, 2 * PHRASE_TICKS)

    written = [(tick + note.start_tick, note.pitch) for tick in (0, PHRASE_TICKS) for note in melody.melody.notes]
    assert [(tick, message[1]) for tick, message in sent if message[0] == 0x90] == written
    assert {message[2] for _, message in sent if message[0] == 0x90} == {66}
    lengths = [event.duration_tick for event in performer.events if isinstance(event, NotePlayed)]
    assert lengths == [note.duration_tick for note in melody.melody.notes] * 2


def test_a_preset_and_the_stage_weigh_alike_where_nothing_is_said() -> None:
    assert RuleWeights(**RulesSection().model_dump(by_alias=True)) == RuleWeights()


@pytest.mark.parametrize("name", RULE_NAMES)
def test_a_weight_out_of_range_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        RuleWeights(**{name: 2.1})


BEFORE_AND_AFTER = {
    "level": (Note(0, 480, 60), 66, 82),
    "accent": (Note(0, 480, 60), 66, 70),
    "phrase_arch": (Note(0, 480, 60), 66, 60),
    "duration_contrast": (Note(0, 960, 60), 66, 68),
    "high_loud": (Note(0, 480, 67), 66, 73),
    "melodic_charge": (Note(0, 480, 66), 66, 69),
}


@pytest.mark.parametrize("rule", BEFORE_AND_AFTER)
def test_a_rule_of_loudness_does_what_it_says_as_far_as_it_weighs(rule: str) -> None:
    note, without, with_it = BEFORE_AND_AFTER[rule]

    assert velocity(only(rule, 0.0), note) == without
    assert velocity(only(rule), note) == with_it
    assert velocity(only(rule, 2.0), note) - without == pytest.approx(2 * (with_it - without), abs=1)


def test_short_notes_are_softer_and_shorter_and_long_ones_louder_and_longer() -> None:
    contrast = Expression(rules=RuleWeights(articulation=1.0))
    short, long = Note(0, 120, 60), Note(0, 960, 60)

    assert velocity(contrast, short) < velocity(contrast, long)
    assert contrast.length_of(short, USUAL) / 120 < contrast.gate_share < contrast.length_of(long, USUAL) / 960


def test_the_arch_rises_to_the_middle_and_is_level_over_a_phrase() -> None:
    arch = [phrase_arch(tick) for tick in range(0, PHRASE_TICKS, 120)]

    assert mean(arch) == pytest.approx(0.0, abs=0.01)
    assert max(arch) == pytest.approx(phrase_arch(PHRASE_TICKS // 2 - 2 * TICKS_PER_BAR), abs=0.2)
    assert min(arch) == arch[0]


def test_articulation_shortens_and_variation_varies() -> None:
    note = Note(480, 480, 60)

    assert only("articulation", 0.0).length_of(note, USUAL) == 480
    assert only("articulation").length_of(note, USUAL) == round(480 * (0.88 - 0.18 * 0.8 - 0.08 * 0.4))
    assert {velocity(only("accent", 0.0), note, noise) for noise in (-2.0, 0.0, 2.0)} == {66}
    assert velocity(only("variation"), note, 2.0) == 84


def test_the_mean_of_a_melody_is_as_loud_as_its_affect_asks() -> None:
    melody = wandering()
    touch = Expression(BUSY)
    played = [
        touch.velocity_of(note, melody.measured, note_noise(7, index)) for index, note in enumerate(melody.melody.notes)
    ]

    assert mean(played) == pytest.approx(66 + 20 * BUSY.arousal, abs=3.0)


@given(
    st.lists(st.integers(0, PHRASE_TICKS - 1), min_size=1, max_size=40, unique=True).map(sorted),
    st.integers(-(2**31), 2**62),
    st.floats(0, 1),
)
def test_notes_come_a_little_early_or_late_in_their_order_and_in_their_bar(
    starts: list[int], seed: int, swing: float
) -> None:
    notes = tuple(Note(start, 1, 60) for start in starts)
    touch = Expression(swing=swing, rules=RuleWeights(timing=2.0))
    near = closeness(notes)
    delays = [touch.delay_of(notes, index, seed, near[index]) for index in range(len(notes))]

    due = [start + delay for start, delay in zip(starts, delays, strict=True)]
    assert min(delays) >= -MAX_EARLY_TICKS
    assert max(delays) <= MAX_LATE_TICKS + END_DELAY_TICKS + 41
    assert due == sorted(set(due)), "no two at once"
    assert due[-1] < PHRASE_TICKS
    assert all(at // TICKS_PER_BAR >= start // TICKS_PER_BAR for at, start in zip(due, starts, strict=True))


def test_timing_varies_but_for_downbeats_and_not_without_humanize() -> None:
    notes = tuple(Note(tick, 480, 60) for tick in range(0, PHRASE_TICKS, 480))
    delays = [Expression().delay_of(notes, index, 3) for index in range(64)]

    assert {delay for index, delay in enumerate(delays) if index % 4 == 0} == {0}
    assert len(set(delays)) > 8
    assert sum(delay < 0 for delay in delays) > 10, "people anticipate"
    assert abs(mean(delays)) < 3
    assert not any(Expression(humanize=0.0).delay_of(notes, index, 3) for index in range(64))


def test_a_colour_tints_the_brightness_alone() -> None:
    plain, offset = Expression(BUSY), Expression(BUSY, brightness_offset=-12)

    assert offset.brightness == plain.brightness - 12
    assert velocity(offset, Note(0, 480, 60)) == velocity(plain, Note(0, 480, 60))


def test_the_same_seed_plays_the_same_evening_to_the_byte(ready: MakeReady, stage: Any) -> None:
    assert _evening(stage, 7) == _evening(stage, 7)
    assert _evening(stage, 7) != _evening(stage, 8)


def _evening(stage: Any, seed: int) -> list[tuple[float, bytes]]:
    """Eight minutes of moods with every rule on."""
    playing = stage(tuple(wandering(seed + index, index % 2) for index in range(12)), Settings())
    playing.ask("/emo/set/swing", 0.4)
    playing.ask("/emo/set/tempo_follow", 1.0)
    playing.ask("/emo/play")
    sent: list[tuple[float, bytes]] = []
    for index in range(16):
        playing.ask("/emo/mood", MOODS[index % 16].id)
        sent += playing.run_until(30.0 * (index + 1))
    playing.ask("/emo/stop")
    return sent + list(playing.run_until(480.0))


def test_an_evening_with_every_rule_leaves_nothing_on_and_keeps_the_order(stage: Any) -> None:
    sent = _evening(stage, 3)

    sounding: set[int] = set()
    assert [at_s for at_s, _ in sent] == sorted(at_s for at_s, _ in sent)
    for _, message in sent:
        if message[0] == 0x90:
            assert not sounding, "an off comes before the next on"
            sounding.add(message[1])
        elif message[0] == 0x80:
            sounding.remove(message[1])
    assert not sounding
    assert sum(message[0] == 0x90 for _, message in sent) > 1000


@pytest.mark.parametrize("mood", ["gloomy", "bright", "clear"])
def test_a_kept_phrase_is_played_again_to_the_byte(mood: str, stage: Any) -> None:
    playing = stage((wandering(1), wandering(2, 0.1)), Settings(evolve=0.0))
    playing.ask("/emo/mood", mood)
    playing.ask("/emo/play")
    first = _bars(playing)
    playing.ask("/emo/keep", "tune")
    playing.ask("/emo/va", 0.9 if mood == "gloomy" else -0.9, 0.9)
    other = _bars(playing)
    playing.ask("/emo/recall", "tune")
    _bars(playing)

    assert _bars(playing) == first
    assert other != first


def _bars(playing: Any) -> list[bytes]:
    """What the next sixteen bars at 120 bpm bring in notes, from just before their downbeat."""
    sent = playing.run_until(round(playing.now_s / 32) * 32 + 31.999)
    return [message for _, message in sent if message[0] & 0xF0 == 0x90]


def test_a_mood_is_heard_in_its_colour_and_a_bare_point_is_not(ready: MakeReady, stage: Any) -> None:
    playing = stage((ready(65),), Settings(evolve=0.0, humanize=0.0))
    performer = playing.performer
    playing.ask("/emo/mood", "gloomy")
    coloured = performer.colour
    playing.ask("/emo/set/intensity", 0.8)
    kept = performer.colour
    playing.ask("/emo/va", *(performer.affect.valence, performer.affect.arousal))

    assert coloured.scale == "phrygian"
    assert kept == coloured
    assert performer.colour == Colour()


def test_a_glide_ends_the_colour_with_the_next_note(ready: MakeReady, stage: Any) -> None:
    playing = stage((ready(65),), Settings(evolve=0.0, humanize=0.0))
    performer = playing.performer
    playing.ask("/emo/play")
    playing.ask("/emo/mood", "gloomy")
    pitches, (*_, brightness) = performer.pitches, playing.midi
    playing.midi.clear()
    playing.ask("/emo/goto", performer.affect.valence, performer.affect.arousal, 4)

    assert performer.colour == Colour()
    assert performer.pitches != pitches
    assert playing.midi == [bytes((*brightness[:2], brightness[2] + 12))], "gloomy's offset to CC74 is -12"
