"""The pure performer: evenings on a virtual clock. Each melody has one pitch, so what sounds tells which one plays."""

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.affect import MOODS, Affect
from emo_osc.core.errors import CommandError
from emo_osc.core.score import PHRASE_TICKS, TICKS_PER_BAR
from emo_osc.protocol.messages import Measured, Ready
from emo_osc.protocol.parameters import QUANTIZE
from emo_osc.stage.player.cue import Cue
from emo_osc.stage.player.events import BarLine, NotePlayed
from emo_osc.stage.player.expression import END_DELAY_TICKS, MAX_EARLY_TICKS, MAX_LATE_TICKS, Expression
from emo_osc.stage.player.performer import Performer
from emo_osc.stage.player.settings import Settings
from emo_osc.stage.player.shelf import Shelf
from tests.twin import set_affect

MakeReady = Callable[..., Ready]
MakeStage = Callable[..., Any]
Sent = list[tuple[int, bytes]]


def play_until(performer: Performer, end_tick: int) -> Sent:
    """Every message with its tick, up to but not including `end_tick`."""
    sent: Sent = []
    while performer.next_tick < end_tick:
        tick = int(performer.next_tick)
        sent += [(tick, message) for message in performer.on_tick(tick)]
    return sent


def notes_on(sent: Sent) -> list[tuple[int, int]]:
    return [(tick, message[1]) for tick, message in sent if message[0] & 0xF0 == 0x90]


def left_on(sent: Sent) -> dict[tuple[int, int], int]:
    """Channel and pitch of every note-on without its note-off; a note-off without its note-on counts as -1."""
    open_notes: Counter[tuple[int, int]] = Counter()
    for _, message in sent:
        if message[0] & 0xE0 == 0x80:
            open_notes[message[0] & 0x0F, message[1]] += 1 if message[0] & 0x10 else -1
    return {key: count for key, count in open_notes.items() if count}


def performer_of(*melodies: Ready, **settings: float | str) -> Performer:
    chosen = Settings(humanize=0.0)
    for name, value in settings.items():
        chosen = chosen.holding(name, value)
    return Performer(Shelf(melodies), chosen, Random(1))


def test_a_phrase_plays_from_its_first_bar(ready: MakeReady) -> None:
    performer = performer_of(ready(60))
    performer.play()

    sent = play_until(performer, 4 * TICKS_PER_BAR)

    assert notes_on(sent) == [(tick, 60) for tick in range(0, 4 * TICKS_PER_BAR, 480)]
    assert [event for event in performer.events if isinstance(event, BarLine)] == [BarLine(n) for n in (1, 2, 3, 4)]
    assert performer.events[1] == NotePlayed(60, 66 + 4 - 6, round(480 * 0.88), 1), (
        "a bar's first note, at the foot of the arch"
    )


def test_nothing_sounds_before_play(ready: MakeReady) -> None:
    assert play_until(performer_of(ready(60)), PHRASE_TICKS) == []


def test_an_empty_shelf_keeps_the_bars_and_plays_what_comes(ready: MakeReady) -> None:
    performer = performer_of()
    performer.play()
    play_until(performer, 100)

    landing = performer.offer(ready(60), 100.0)

    assert landing == TICKS_PER_BAR
    assert notes_on(play_until(performer, TICKS_PER_BAR + 10)) == [(TICKS_PER_BAR, 60)]


@pytest.mark.parametrize(("quantize", "grid"), QUANTIZE.items())
def test_a_change_lands_on_its_boundary_and_keeps_the_bar(quantize: str, grid: int, ready: MakeReady) -> None:
    calm, wild = ready(60), ready(72, 0.0, 0.9, notes_a_bar=16)
    performer = performer_of(calm, wild, quantize=quantize)
    performer.play()
    play_until(performer, 1000)

    landing = set_affect(performer, Affect(0.0, 0.9), 1000.0)
    sent = play_until(performer, 2 * PHRASE_TICKS)

    assert landing == (1000 // grid + 1) * grid
    first_wild = next(tick for tick, pitch in notes_on(sent) if pitch == 72)
    assert first_wild == landing
    assert all(tick < landing for tick, pitch in notes_on(sent) if pitch == 60)


def test_the_touch_changes_with_the_very_next_note(ready: MakeReady) -> None:
    performer = performer_of(ready(60), ready(72, 0.0, 0.9), quantize="16bars")
    performer.play()
    calm = play_until(performer, 481)[-1][1]

    set_affect(performer, Affect(0.0, 0.9), 481.0)
    controllers = performer.take_bytes()
    wild = next(message for _, message in play_until(performer, 961) if message[0] == 0x90)

    assert controllers[-1] == bytes((0xB0, 74, 91))
    assert (wild[1], calm[1]) == (60, 60)
    assert wild[2] - calm[2] == pytest.approx(18, abs=3), "and the arch rises"


def test_a_touch_sends_the_controllers_and_leaves_the_pitches_to_adapt(ready: MakeReady) -> None:
    performer = performer_of(replace(ready(64), measured=Measured(4, 64, 1.0)))
    performer.play()
    performer.take_bytes()
    written = performer.pitches
    performer.touch(Affect(-0.9, 0.8))
    sent, touched = performer.take_bytes(), performer.pitches
    performer.adapt()

    assert [message[:2] for message in sent] == [b"\xb0\x4a"]
    assert (touched[64], written[64], performer.pitches[64]) == (64, 64, 63), "major, and minor once it is adapted"
    assert performer.take_bytes() == []


@pytest.mark.parametrize("first", [59, 61, 84, 36])
def test_of_two_that_fit_the_one_without_a_leap_takes_over(first: int, ready: MakeReady) -> None:
    far, near = ready(first + 24, 0.0, 0.9), ready(first + 5, 0.0, 0.95)
    performer = performer_of(ready(first), far, near)
    performer.play()
    play_until(performer, 10)

    set_affect(performer, Affect(0.0, 0.9), 10.0)

    assert performer.cued == Cue(near, TICKS_PER_BAR, is_nearest=True), (
        "an octave and more up, though it lies on the point"
    )


def played_apart(performer: Performer, melodies: int) -> list[int]:
    """Ticks from note-on to note-on, while another melody is asked for at changing places of the bar."""
    performer.play()
    sent: Sent = []
    for turn in range(24 * melodies):
        now = 137 * (turn + 1)
        sent += play_until(performer, now)
        performer.next(float(now))
    return [after - before for (before, _), (after, _) in itertools.pairwise(notes_on(sent))]


@pytest.mark.parametrize("quantize", ["now", "beat"])
def test_an_early_note_and_a_melody_that_takes_over_never_both_sound(quantize: str, ready: MakeReady) -> None:
    melodies = [replace(ready(60 + index, notes_a_bar=16), seed=index) for index in range(12)]

    apart = played_apart(performer_of(*melodies, humanize=1.0, quantize=quantize), len(melodies))

    assert min(apart) >= 120 - MAX_LATE_TICKS - MAX_EARLY_TICKS - END_DELAY_TICKS
    assert min(apart) < 120, "some were early or late"


def test_a_note_that_was_played_early_is_not_played_again_by_the_next_melody(ready: MakeReady) -> None:
    early = next(seed for seed in range(99) if Expression().delay_of(ready(60).melody.notes, 1, seed) < -4)
    performer = performer_of(replace(ready(60), seed=early), ready(72), humanize=1.0, quantize="now")
    performer.play()
    sent = play_until(performer, 477)

    landing = performer.next(477.0)

    assert 470 < sent[-1][0] < 477
    assert landing == 600, "480 has sounded"


def test_a_note_that_comes_early_is_left_to_the_melody_that_is_cued_for_its_place(ready: MakeReady) -> None:
    early = next(seed for seed in range(99) if Expression().delay_of(ready(60).melody.notes, 1, seed) < -4)
    performer = performer_of(replace(ready(60), seed=early), ready(72), humanize=1.0, quantize="beat")
    performer.play()
    play_until(performer, 400)

    landing = performer.next(400.0)

    assert landing == 480
    assert notes_on(play_until(performer, 500)) == [(480, 72)]


def test_a_melody_that_is_near_plays_on(ready: MakeReady) -> None:
    performer = performer_of(ready(60), ready(62, 0.05, 0.0))
    performer.play()
    play_until(performer, 10)

    assert set_affect(performer, Affect(0.04, 0.0), 10.0) is None
    assert performer.cued is None


def test_a_phrase_gives_way_to_another_of_its_affect(ready: MakeReady) -> None:
    performer = performer_of(ready(60), ready(61), ready(62))
    performer.play()

    pitches = [pitch for tick, pitch in notes_on(play_until(performer, 6 * PHRASE_TICKS)) if tick % PHRASE_TICKS == 0]

    assert all(before != after for before, after in itertools.pairwise(pitches))
    assert set(pitches) == {60, 61, 62}


def test_a_phrase_that_must_not_evolve_loops_without_a_gap(ready: MakeReady) -> None:
    performer = performer_of(ready(60), ready(61), evolve=0.0)
    performer.play()

    onsets = notes_on(play_until(performer, 3 * PHRASE_TICKS))

    assert onsets == [(tick, onsets[0][1]) for tick in range(0, 3 * PHRASE_TICKS, 480)]


def test_next_again_and_again_walk_like_a_browser(ready: MakeReady) -> None:
    performer = performer_of(ready(60), ready(61), ready(62))
    performer.play()
    tick, heard = 0, []
    for step in (performer.next, performer.next, performer.again, performer.again, performer.next):
        heard.append(notes_on(play_until(performer, tick + 10))[-1][1])
        step(tick + 10.0)
        tick += TICKS_PER_BAR
    heard.append(notes_on(play_until(performer, tick + 10))[-1][1])

    assert heard[:5] == [heard[0], heard[1], heard[2], heard[1], heard[0]]
    assert len(set(heard[:3])) == 3
    assert heard[5] != heard[0]


def test_next_without_another_melody_is_refused(ready: MakeReady) -> None:
    performer = performer_of(ready(60))
    performer.play()

    with pytest.raises(CommandError, match="no other melody"):
        performer.next(0.0)


def test_again_without_a_past_is_refused(ready: MakeReady) -> None:
    with pytest.raises(CommandError, match="before"):
        performer_of(ready(60)).again(0.0)


def test_a_nearer_melody_of_the_studio_is_cued_and_a_farther_one_kept(ready: MakeReady) -> None:
    performer = performer_of(ready(60, 0.5, 0.5))
    performer.play()
    play_until(performer, 10)

    assert performer.offer(ready(61, 0.9, 0.9), 10.0) is None
    assert performer.offer(ready(62, 0.0, 0.0), 10.0) == TICKS_PER_BAR
    assert len(performer.shelf) == 3


def test_settings_reach_the_notes(ready: MakeReady) -> None:
    performer = performer_of(ready(60), channel=3, key="A", transpose=12, register=-1)
    performer.play()

    assert play_until(performer, 1)[-1][1][:2] == bytes((0x92, 57))


def test_another_channel_leaves_no_note_behind(ready: MakeReady) -> None:
    performer = performer_of(ready(60))
    performer.play()
    sent = play_until(performer, 1)
    performer.set_settings(performer.settings.holding("channel", 2))
    sent += [(1, message) for message in performer.take_bytes()]

    assert left_on(sent) == {}


def test_panic_reaches_every_channel_and_the_music_goes_on(ready: MakeReady) -> None:
    performer = performer_of(ready(60))
    performer.play()
    sent = play_until(performer, 1)
    performer.panic()
    panic = performer.take_bytes()

    assert left_on([*sent, *((1, message) for message in panic)]) == {}
    assert {message[0] for message in panic if message[1] == 123} == set(range(0xB0, 0xC0))
    assert notes_on(play_until(performer, 481)) == [(480, 60)]


def test_seek_plays_nothing_that_lies_between(ready: MakeReady) -> None:
    performer = performer_of(ready(60), ready(72, 0.0, 0.9))
    performer.play()
    play_until(performer, 10)
    set_affect(performer, Affect(0.0, 0.9), 10.0)
    far = PHRASE_TICKS + 3 * TICKS_PER_BAR + 7

    performer.seek(far)
    sent = play_until(performer, far + 1000)

    assert notes_on(sent) == [(far + 473, 72), (far + 953, 72)]


def test_a_melody_asked_for_enters_at_the_next_boundary_after_a_leap_back(ready: MakeReady) -> None:
    performer = performer_of(ready(60))
    performer.play()
    play_until(performer, 12 * TICKS_PER_BAR + 700)
    performer.launch(ready(72), 12 * TICKS_PER_BAR + 700)

    performer.seek(TICKS_PER_BAR)
    sent = play_until(performer, 3 * TICKS_PER_BAR)

    assert {pitch for tick, pitch in notes_on(sent) if tick < 2 * TICKS_PER_BAR - 20} == {60}
    assert {pitch for tick, pitch in notes_on(sent) if tick >= 2 * TICKS_PER_BAR} == {72}


STEPS = st.lists(
    st.tuples(
        st.integers(1, 4000),
        st.sampled_from(
            ["affect", "next", "again", "stop", "play", "panic", "seek", "channel", "swing", "gate", "now"]
        ),
        st.sampled_from(MOODS),
    ),
    max_size=60,
)


@given(steps=STEPS)
def test_every_note_on_has_its_note_off_whatever_is_played(ready: MakeReady, steps: list[tuple[int, str, Any]]) -> None:
    melodies = [ready(40 + n, mood.affect.valence, mood.affect.arousal, 8) for n, mood in enumerate(MOODS)]
    performer = performer_of(*melodies)
    performer.play()
    tick, sent = 0, []
    for wait, action, mood in steps:
        tick += wait
        sent += play_until(performer, tick)
        _act(performer, action, tick, mood)
        sent += [(tick, message) for message in performer.take_bytes()]
        assert sum(left_on(sent).values()) <= 1, "one voice"
        tick = 0 if action == "play" else tick
    performer.stop()
    sent += [(tick, message) for message in performer.take_bytes()]

    assert left_on(sent) == {}


def _act(performer: Performer, action: str, tick: int, mood: Any) -> None:
    acts: dict[str, Callable[[], object]] = {
        "affect": lambda: set_affect(performer, mood.affect, float(tick)),
        "next": lambda: performer.next(float(tick)),
        "again": lambda: performer.again(float(tick)),
        "stop": performer.stop,
        "play": performer.play,
        "panic": performer.panic,
        "seek": lambda: performer.seek(tick),
        "channel": lambda: performer.set_settings(performer.settings.holding("channel", 1 + tick % 16)),
        "swing": lambda: performer.set_settings(performer.settings.holding("swing", tick % 2)),
        "gate": lambda: performer.set_settings(performer.settings.holding("gate", 2.0)),
        "now": lambda: performer.set_settings(performer.settings.holding("quantize", "now")),
    }
    try:
        acts[action]()
    except CommandError:  # refused, and nothing must have changed
        return


@pytest.mark.no_cover
def test_an_evening_of_four_hours_passes_without_a_gap(stage: MakeStage, ready: MakeReady) -> None:
    playing = stage(tuple(ready(40 + index, m.affect.valence, m.affect.arousal) for index, m in enumerate(MOODS)))
    playing.ask("/emo/tempo", 120)
    playing.ask("/emo/play")
    sent = []
    for minute in range(240):
        playing.ask("/emo/mood", MOODS[minute % 16].id)
        sent += playing.run_until(60.0 * (minute + 1))
    playing.ask("/emo/stop")
    sent += playing.run_until(240 * 60.0)

    onsets = [at_s for at_s, message in sent if message[0] == 0x90]
    gaps = {round(after - before, 6) for before, after in itertools.pairwise(onsets)}
    assert gaps == {0.5}
    assert left_on(sent) == {}


def test_a_melody_of_the_studio_leaves_one_that_was_asked_for(ready: MakeReady) -> None:
    """What it makes for an affect that streams is nearer than what `/emo/next` has promised, which is no reason."""
    performer, wish = performer_of(ready(60, 0.5, 0.5)), ready(61, 0.08)
    performer.play()
    play_until(performer, 10)
    performer.launch(wish, 10.0)

    assert performer.offer(ready(62), 20.0) is None
    assert performer.cued is not None
    assert performer.cued.ready is wish


def test_a_melody_of_the_studio_is_none_that_was_asked_for(ready: MakeReady) -> None:
    performer, nearest = performer_of(ready(60, 0.5, 0.5)), ready(62)
    performer.play()
    play_until(performer, 10)
    performer.offer(ready(61, 0.08), 10.0)
    performer.offer(nearest, 20.0)

    assert performer.cued is not None
    assert (performer.cued.ready, performer.cued.is_wish) == (nearest, False)
