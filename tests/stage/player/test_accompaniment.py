"""Chords and bass: in the chords of the phrase, more with more arousal, and never a note left on."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.affect import Affect
from emo_osc.core.scales import pitch_map
from emo_osc.core.score import PHRASE_TICKS, TICKS_PER_BAR
from emo_osc.protocol.messages import Ready
from emo_osc.stage.player.accompaniment import (
    BASS_PATTERNS,
    CHORD_PATTERNS,
    Accompaniment,
)
from emo_osc.stage.player.expression import Expression
from emo_osc.stage.player.settings import Settings
from emo_osc.stage.player.voice_leading import HALF_TICKS, triad
from tests.twin import VirtualStage, make_ready, make_stage

BAR_S = 2.0
PROGRESSION = (0, 0, 7, 7, 21, 21, 5, 5) * 4
FULL = Settings(humanize=0.0, evolve=0.0, chords=1.0, bass=1.0)
Note = tuple[int, int, int]  # tick, channel, pitch


def ready(pitch: int = 72, valence: float = 0.0, arousal: float = 0.0) -> Ready:
    return replace(make_ready(pitch, valence, arousal), chords=PROGRESSION)


def played(affect: Affect, pitches: tuple[int, ...] = tuple(range(128)), settings: Settings = FULL) -> list[Note]:
    """What the band switches on in a whole phrase."""
    band, touch, notes = Accompaniment(), Expression(affect), list[Note]()
    band.follow(settings, 0)
    band.go_to(ready(), 0, 0, touch)
    while (tick := band.next_tick) < PHRASE_TICKS:
        band.release(int(tick))
        heard, _ = band.strike(int(tick), touch, pitches)
        notes += [(int(tick), note.channel, note.pitch) for note in heard]
    return notes


def left_on(sent: list[bytes]) -> dict[tuple[int, int], int]:
    """Channel and pitch of what was switched on and not off; a note-off without its note-on counts as -1."""
    open_notes: Counter[tuple[int, int]] = Counter()
    for message in sent:
        if message[0] & 0xE0 == 0x80:
            open_notes[message[0] & 0x0F, message[1]] += 1 if message[0] & 0x10 else -1
    return {key: count for key, count in open_notes.items() if count}


def channels(sent: list[tuple[float, bytes]]) -> set[int]:
    return {(message[0] & 0x0F) + 1 for _, message in sent if message[0] & 0xF0 == 0x90}


@pytest.mark.parametrize("patterns", [CHORD_PATTERNS, BASS_PATTERNS])
def test_every_pattern_fills_its_half_bar_and_busier_feelings_play_more(patterns: tuple) -> None:  # type: ignore[type-arg]  # both tables
    for _, pattern in patterns:
        assert pattern[0].offset_tick == 0
        ends = [stroke.offset_tick + stroke.length_tick for stroke in pattern]
        assert ends == [*(stroke.offset_tick for stroke in pattern[1:]), HALF_TICKS]
    sizes = [len(pattern) for _, pattern in patterns]
    assert sizes == sorted(set(sizes))
    assert [below for below, _ in patterns] == sorted(below for below, _ in patterns)


@pytest.mark.parametrize("arousal", [-0.9, 0.0, 0.5, 0.9])
def test_both_parts_play_the_phrases_chords_each_on_its_channel(arousal: float) -> None:
    notes = played(Affect(0.0, arousal))
    for tick, channel, pitch in notes:
        root, third, fifth = triad(PROGRESSION[tick // HALF_TICKS])
        assert pitch % 12 in {2: (root, third, fifth), 3: (root, fifth)}[channel]
    for half in range(32):
        assert {c for tick, c, _ in notes if tick == half * HALF_TICKS} == {2, 3}


def test_more_arousal_more_strokes() -> None:
    counts = [len(played(Affect(0.0, arousal))) for arousal in (-0.9, 0.0, 0.5, 0.9)]
    assert counts == sorted(set(counts))


def test_the_band_is_moved_with_the_melody() -> None:
    plain, moved = played(Affect(0.0, 0.0)), played(Affect(0.0, 0.0), pitch_map("D", "minor", 12))
    assert {(pitch - 2) % 12 for _, _, pitch in moved} <= {0, 2, 3, 5, 7, 8, 10}
    assert {(tick, channel) for tick, channel, _ in moved} == {(tick, channel) for tick, channel, _ in plain}


def test_chords_are_chosen_under_the_melody_that_plays() -> None:
    low, high = (replace(ready(), melody=make_ready(pitch).melody) for pitch in (60, 80))
    tops = {}
    for phrase in (low, high):
        band = Accompaniment()
        band.follow(replace(FULL, bass=0.0), 0)
        band.go_to(phrase, 0, 0, Expression())
        tops[phrase.melody.notes[0].pitch] = max(
            note.pitch for note in band.strike(0, Expression(), tuple(range(128)))[0]
        )
    assert tops[60] < 60 < tops[80]


def test_tones_that_fall_together_sound_once() -> None:
    notes = played(Affect(0.0, 0.9), (60,) * 128)
    assert max(Counter(notes).values()) == 1


def test_velocity_is_the_melodys_by_the_level() -> None:
    loud, soft = Accompaniment(), Accompaniment()
    heard = {}
    for band, level in ((loud, 1.0), (soft, 0.5)):
        band.follow(replace(FULL, chords=level, bass=0.0), 0)
        band.go_to(ready(), 0, 0, Expression(humanize=0.0))
        heard[level] = band.strike(0, Expression(humanize=0.0), tuple(range(128)))[0]
    assert [note.velocity for note in heard[1.0]] == [Expression(humanize=0.0).velocity_at(0, 0.0)] * 3
    assert [note.velocity for note in heard[0.5]] == [round(0.5 * note.velocity) for note in heard[1.0]]


def started(settings: Settings = FULL, *seeds: Ready) -> VirtualStage:
    stage = make_stage(seeds or (ready(),), settings)
    stage.ask("/emo/play")
    return stage


def test_the_band_is_off_until_it_is_asked_for_and_joins_at_the_bar_line() -> None:
    stage = started(Settings(humanize=0.0, evolve=0.0))
    assert channels(stage.run_until(0.6 * BAR_S)) == {1}

    stage.ask("/emo/set/chords", 0.8)
    stage.ask("/emo/set/bass", 0.8)

    assert channels(stage.run_until(0.99 * BAR_S)) == {1}
    assert channels(stage.run_until(1.01 * BAR_S)) == {1, 2, 3}


def test_a_part_that_is_switched_off_falls_silent_at_once() -> None:
    stage = started()
    sent = stage.run_until(1.1 * BAR_S)
    stage.ask("/emo/set/chords", 0.0)
    after = stage.run_until(1.1 * BAR_S)
    assert [message[0] for _, message in after if message[0] & 0xF0 == 0x80] == [0x81] * 3
    later = stage.run_until(4 * BAR_S)
    assert channels(later) == {1, 3}
    assert not {key for key in left_on([m for _, m in sent + after]) if key[0] == 1}


def test_a_phrase_without_chords_lets_the_band_rest() -> None:
    assert channels(started(FULL, make_ready(72)).run_until(17 * BAR_S)) == {1}


def test_the_band_plays_on_when_the_phrase_comes_round() -> None:
    stage = started()
    stage.run_until(16.2 * BAR_S)
    assert channels(stage.run_until(18 * BAR_S)) == {1, 2, 3}


ASKED = st.one_of(
    st.tuples(st.just("/emo/va"), st.floats(-1, 1), st.floats(-1, 1)),
    st.tuples(st.sampled_from(["/emo/set/chords", "/emo/set/bass"]), st.sampled_from([0.0, 0.4, 1.0])),
    st.tuples(
        st.sampled_from(["/emo/set/chords_channel", "/emo/set/bass_channel", "/emo/set/channel"]), st.integers(1, 4)
    ),
    st.tuples(st.just("/emo/set/swing"), st.floats(0, 1)),
    st.tuples(st.just("/emo/set/transpose"), st.integers(-48, 48)),
    st.tuples(st.just("/emo/set/scale"), st.sampled_from(["auto", "blues", "minor"])),
    st.tuples(st.just("/emo/quantize"), st.sampled_from(["now", "beat", "bar"])),
    st.tuples(st.sampled_from(["/emo/stop", "/emo/play", "/emo/continue", "/emo/panic", "/emo/next", "/emo/again"])),
    st.tuples(st.just("/emo/tempo"), st.floats(20, 300)),
)


@given(st.lists(st.tuples(ASKED, st.floats(0.0, 3.0)), max_size=25))
def test_every_note_on_has_its_note_off_on_every_way_out(evening: list[tuple[tuple[str | float, ...], float]]) -> None:
    stage = started(FULL, ready(72), ready(74, 0.5, 0.8), make_ready(76, -0.5, -0.8))
    sent = stage.run_until(0.1)
    for (address, *arguments), wait_s in evening:
        stage.ask(str(address), *arguments)
        sent += stage.run_until(stage.now_s + wait_s)
    stage.ask("/emo/stop")
    sent += stage.run_until(stage.now_s)
    assert left_on([message for _, message in sent]) == {}


@given(st.lists(st.integers(0, 3 * PHRASE_TICKS), min_size=1, max_size=12))
def test_a_clock_that_jumps_leaves_nothing_on_and_plays_the_chord_of_the_place(jumps: list[int]) -> None:
    performer = started().performer
    sent = performer.take_bytes()
    for tick in jumps:
        performer.seek(tick)
        sent += performer.take_bytes()
        assert left_on(sent) == {}
        while performer.next_tick < tick + TICKS_PER_BAR:
            now = int(performer.next_tick)
            due = performer.on_tick(now)
            chord = PROGRESSION[now % PHRASE_TICKS // HALF_TICKS]
            assert all(m[1] % 12 in triad(chord) for m in due if m[0] in (0x91, 0x92))
            sent += due
    performer.stop()
    assert left_on(sent + performer.take_bytes()) == {}
