"""Chords and bass as voices: in range, their triad whole, few parallels, nothing above the melody that can be below."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.score import TICKS_PER_STEP, Melody, Note
from emo_osc.stage.player.voice_leading import (
    FALLING_FIFTH,
    HALF_TICKS,
    HIGHEST_BASS,
    HIGHEST_CHORD,
    LOWEST_BASS,
    LOWEST_CHORD,
    NO_NOTE,
    VoiceLeading,
    heard,
    is_parallel,
    positions,
    triad,
)

C, F, G, A_MINOR = 0, 5, 7, 21
chord_lists = st.lists(st.integers(0, 23), min_size=32, max_size=32)
tunes = st.lists(st.integers(55, 84), min_size=32, max_size=32)


def held(*pitches: int) -> Melody:
    """One note a half bar."""
    return Melody(tuple(Note(half * HALF_TICKS, HALF_TICKS, pitch) for half, pitch in enumerate(pitches)))


@given(chord_lists, tunes)
def test_voices_hold_their_triad_in_their_ranges(chords: list[int], tune: list[int]) -> None:
    leading = VoiceLeading(chords, held(*tune))
    for half, chord in enumerate(chords):
        voicing, (bass, fifth) = leading.chord(half), leading.bass(half)
        assert {pitch % 12 for pitch in voicing} == set(triad(chord))
        assert LOWEST_CHORD <= voicing[0] < voicing[1] < voicing[2] <= HIGHEST_CHORD
        assert voicing[2] - voicing[0] < 12
        assert bass % 12 in triad(chord)[:2]
        assert fifth % 12 == triad(chord)[2]
        assert LOWEST_BASS <= min(bass, fifth) <= max(bass, fifth) <= HIGHEST_BASS
        assert bass < voicing[0]


@given(chord_lists, tunes)
def test_the_bass_stays_while_its_chord_does(chords: list[int], tune: list[int]) -> None:
    leading = VoiceLeading(chords, held(*tune))
    for half in range(1, 32):
        if chords[half] == chords[half - 1]:
            assert leading.bass(half) == leading.bass(half - 1)


@given(chord_lists, tunes, st.integers(1, 31))
def test_what_comes_later_changes_nothing_before_it(chords: list[int], tune: list[int], kept: int) -> None:
    whole, other = VoiceLeading(chords, held(*tune)), VoiceLeading([*chords[:kept], *[C] * (32 - kept)], held(*tune))
    assert [whole.chord(half) for half in range(kept)] == [other.chord(half) for half in range(kept)]
    assert [whole.bass(half) for half in range(kept)] == [other.bass(half) for half in range(kept)]


@given(chord_lists, tunes, st.integers(0, 31))
def test_a_phrase_sounds_alike_wherever_it_is_entered(chords: list[int], tune: list[int], half: int) -> None:
    entered, played = VoiceLeading(chords, held(*tune)), VoiceLeading(chords, held(*tune))
    assert entered.chord(half) == [played.chord(each) for each in range(half + 1)][-1]


def test_a_bass_that_would_follow_the_melody_in_octaves_takes_the_third() -> None:
    roots, thirds = VoiceLeading((C, G), held(72, 74)), VoiceLeading((C, G), held(72, 79))
    assert [roots.bass(half)[0] % 12 for half in range(2)] == [0, 7]
    assert [thirds.bass(half)[0] % 12 for half in range(2)] == [0, 11]


def test_the_goal_of_a_falling_fifth_keeps_its_root() -> None:
    leading = VoiceLeading((G, C), held(79, 72))
    assert [leading.bass(half)[0] % 12 for half in range(2)] == [7, 0]
    assert (C - G) % 12 == FALLING_FIFTH


def test_the_bass_goes_to_the_nearer_octave() -> None:
    leading = VoiceLeading((A_MINOR, G, C, 11), held(*[84] * 4))
    assert [leading.bass(half)[0] for half in range(4)] == [45, 43, 36, 35]


def test_chords_lie_below_a_low_melody_and_away_from_a_semitone() -> None:
    assert all(max(VoiceLeading((chord,), held(62)).chord(0)) < 62 for chord in (C, F, G))
    voicing = VoiceLeading((C,), held(65)).chord(0)
    assert 64 not in voicing


def followed(leading: VoiceLeading, tune: list[int]) -> int:
    """How often a voice of the chord, or the bass, goes in fifths or octaves with a tune."""
    voices = [(leading.bass(half)[0], *leading.chord(half)) for half in range(len(tune))]
    moves = zip(pairwise(voices), pairwise(tune), strict=True)
    return sum(
        is_parallel(old, before, new, after)
        for (olds, news), (before, after) in moves
        for old, new in zip(olds, news, strict=True)
    )


def test_fewer_voices_follow_a_melody_that_is_in_view() -> None:
    random, blind, seen = Random(3), 0, 0
    for _ in range(40):
        chords = [random.choice((C, F, G, A_MINOR)) for _ in range(32)]
        tune = [72 + random.choice(triad(chord)) for chord in chords]
        blind += followed(VoiceLeading(chords), tune)
        seen += followed(VoiceLeading(chords, held(*tune)), tune)
    assert 0 < seen < blind / 2


def test_chords_seldom_follow_the_bass() -> None:
    random, found, changes = Random(3), 0, 0
    for _ in range(40):
        chords = [random.choice((C, F, G, A_MINOR)) for _ in range(32)]
        leading = VoiceLeading(chords)
        voices = [(leading.bass(half)[0], leading.chord(half)) for half in range(32)]
        for (low, old), (low_then, new) in pairwise(voices):
            found += any(is_parallel(low, one, low_then, other) for one, other in zip(old, new, strict=True))
        changes += sum(before != after for before, after in pairwise(chords))
    assert found < 0.06 * changes


def test_what_is_heard_in_a_half_bar_is_what_sounds_at_its_beginning_and_the_lowest() -> None:
    notes = Note(4 * TICKS_PER_STEP, 8 * TICKS_PER_STEP, 70), Note(12 * TICKS_PER_STEP, 2 * TICKS_PER_STEP, 65)
    assert heard(Melody(notes), 3) == [(NO_NOTE, 70), (70, 65), (NO_NOTE, NO_NOTE)]


@pytest.mark.parametrize("chord", range(24))
def test_every_chord_has_three_positions_or_more_within_the_range(chord: int) -> None:
    assert len({voicing[0] % 12 for voicing in positions(chord)}) == 3
