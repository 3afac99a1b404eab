"""A written accompaniment: its own notes on the band's channels, several at once, and never a note left on."""

from collections import Counter
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.affect import Affect
from emo_osc.core.scales import pitch_map
from emo_osc.core.score import PHRASE_TICKS, TICKS_PER_BAR, TICKS_PER_STEP, Melody, Note
from emo_osc.protocol.messages import Ready
from emo_osc.stage.player.accompaniment import Accompaniment
from emo_osc.stage.player.bar_swap import exchanged
from emo_osc.stage.player.expression import Expression
from emo_osc.stage.player.settings import Settings
from emo_osc.stage.player.written_part import bass_of, chords_of
from tests.twin import make_ready, make_stage

FULL = Settings(humanize=0.0, evolve=0.0, chords=1.0, bass=1.0)
TOUCH = Expression(Affect(0.0, 0.0), humanize=0.0)
EVERY_PITCH = tuple(range(128))
BACKING = tuple(Note(bar * TICKS_PER_BAR, TICKS_PER_BAR, pitch) for bar in range(16) for pitch in (36, 55, 60, 64))

notes = st.builds(
    Note,
    st.integers(0, 15 * 16).map(lambda step: step * TICKS_PER_STEP),
    st.integers(1, 16).map(lambda steps: steps * TICKS_PER_STEP),
    st.integers(30, 80),
)
backings = (
    st.lists(notes, min_size=1, max_size=40, unique_by=lambda note: (note.start_tick, note.pitch))
    .map(sorted)
    .map(tuple)
)


def ready(backing: tuple[Note, ...] = BACKING) -> Ready:
    return replace(make_ready(72), chords=(0,) * 32, backing=backing)


def played(
    backing: tuple[Note, ...], settings: Settings = FULL, pitches: tuple[int, ...] = EVERY_PITCH
) -> tuple[list[tuple[int, int, int]], list[bytes]]:
    """Tick, channel and pitch of what the band switches on in a whole phrase, and all it sent."""
    band, heard_notes, sent = Accompaniment(), list[tuple[int, int, int]](), list[bytes]()
    band.follow(settings, 0)
    band.go_to(ready(backing), 0, 0, TOUCH)
    while (tick := band.next_tick) < 2 * PHRASE_TICKS:
        sent += band.release(int(tick))
        heard, messages = band.strike(int(tick), TOUCH, pitches)
        heard_notes += [(int(tick), note.channel, note.pitch) for note in heard]
        sent += messages
    return heard_notes, sent + band.release()


def left_on(sent: list[bytes]) -> dict[tuple[int, int], int]:
    open_notes: Counter[tuple[int, int]] = Counter()
    for message in sent:
        open_notes[message[0] & 0x0F, message[1]] += 1 if message[0] & 0x10 else -1
        assert open_notes[message[0] & 0x0F, message[1]] in (0, 1)
    return {key: count for key, count in open_notes.items() if count}


def test_what_is_written_is_played_on_two_channels() -> None:
    heard, sent = played(BACKING)

    assert heard[:4] == [(0, 2, 55), (0, 2, 60), (0, 2, 64), (0, 3, 36)]
    assert len(heard) == len(BACKING)
    assert not left_on(sent)


@given(backings)
def test_every_note_is_played_once_and_switched_off(backing: tuple[Note, ...]) -> None:
    heard, sent = played(backing)

    assert sorted((tick, pitch) for tick, _, pitch in heard) == sorted((n.start_tick, n.pitch) for n in backing)
    assert not left_on(sent)


@given(backings)
def test_pitches_that_meet_in_a_scale_do_not_cut_their_own_off(backing: tuple[Note, ...]) -> None:
    _, sent = played(backing, pitches=pitch_map("C", "minor", 0))

    assert not left_on(sent)


@given(backings)
def test_bass_and_chords_share_every_note_between_them(backing: tuple[Note, ...]) -> None:
    low, high = bass_of(backing), chords_of(backing)

    assert sorted((*low, *high)) == list(backing)
    assert len({note.start_tick for note in low}) == len(low)


def test_a_part_at_level_zero_is_silent_and_ends_what_sounds() -> None:
    band = Accompaniment()
    band.follow(FULL, 0)
    band.go_to(ready(), 0, 0, TOUCH)
    _, on = band.strike(0, TOUCH, EVERY_PITCH)

    off = band.follow(replace(FULL, chords=0.0), TICKS_PER_BAR)

    assert len(on) == 4
    assert sorted(message[1] for message in off) == [55, 60, 64]
    assert {channel for _, channel, _ in played(BACKING, replace(FULL, chords=0.0))[0]} == {3}


def test_a_part_that_was_silent_joins_at_the_bar_line() -> None:
    band, eighths = Accompaniment(), tuple(Note(tick, 240, 60) for tick in range(0, 2 * TICKS_PER_BAR, 240))
    band.follow(replace(FULL, chords=0.0), 0)
    band.go_to(ready(eighths), 0, 0, TOUCH)
    band.follow(FULL, TICKS_PER_BAR)
    heard = []
    while (tick := band.next_tick) < PHRASE_TICKS:
        band.release(int(tick))
        heard += [int(tick)] * len(band.strike(int(tick), TOUCH, EVERY_PITCH)[0])

    assert heard == list(range(TICKS_PER_BAR, 2 * TICKS_PER_BAR, 240))


def test_the_stage_plays_melody_chords_and_bass_and_is_silent_after_stop() -> None:
    stage = make_stage((ready(),), FULL)
    stage.ask("/emo/play")
    sent = [message for _, message in stage.run_until(5.0)]
    stage.ask("/emo/stop")
    sent += [message for _, message in stage.run_until(5.1)]

    notes_sent = [message for message in sent if message[0] & 0xE0 == 0x80]
    assert {message[0] & 0x0F for message in notes_sent if message[0] & 0x10} == {0, 1, 2}
    assert not left_on(notes_sent)


def rising(first: int) -> Ready:
    """A phrase whose bars all differ, each accompanied by its own low note."""
    melody = Melody(tuple(Note(bar * TICKS_PER_BAR, 480, first + bar) for bar in range(16)))
    backing = tuple(Note(bar * TICKS_PER_BAR, 480, first - 30 + bar) for bar in range(16))
    return replace(ready(backing), melody=melody)


@given(st.floats(0.0, 1.0), st.integers(0, 9))
def test_a_bar_of_another_phrase_brings_its_own_accompaniment(amount: float, seed: int) -> None:
    mixed = exchanged(rising(60), rising(80), amount, Random(seed))

    assert [note.pitch for note in mixed.backing] == [note.pitch - 30 for note in mixed.melody.notes]
    assert not exchanged(rising(60), replace(rising(80), backing=()), amount, Random(seed)).backing
