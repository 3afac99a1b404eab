"""Melodies to accompany: bar by bar with chords; those of the first generator change where the affect does."""

import numpy as np
import pytest
import torch

from emo_osc.core.affect import Affect
from emo_osc.studio.duet.first_melody import FirstMelody
from emo_osc.studio.duet.given_melody import GivenMelody, GivenSong, MelodyBar
from emo_osc.studio.duet.look_back import NO_CHORD
from emo_osc.studio.events import LENGTHS, LOWEST, MELODY, Sound
from emo_osc.studio.line.proposer import LineProposer
from emo_osc.studio.music_vae import MusicVAE
from emo_osc.studio.proposers import SamplingParameters
from tests.studio.line.small_nets import plans, prior, small_nets

pytestmark = pytest.mark.torch
HERE, THERE = Affect(0.6, 0.4), Affect(-0.6, -0.4)
C_MAJOR, G_MAJOR = 0, 7


def tune() -> GivenMelody:
    """Broken triads, of C in odd bars and of G in even ones."""
    bars = [
        [pitch - 19 if step % 4 == 0 else 0 for step in range(16) for pitch in [chord[step // 4]]]
        for chord in ((72, 76, 79, 76), (71, 74, 79, 74))
    ]
    return GivenMelody.of(np.array((bars[0] + bars[1]) * 8))


def test_a_bar_has_its_notes_those_of_the_next_and_chords_that_fit() -> None:
    bar = tune().bar(17, HERE)

    assert bar.notes == tuple(Sound(4 * beat, MELODY, pitch, 4) for beat, pitch in enumerate((71, 74, 79, 74)))
    assert [note.pitch for note in bar.coming] == [72, 76, 79, 76]
    assert bar.chords == (G_MAJOR, G_MAJOR, C_MAJOR)
    assert (bar.since, bar.until) == (1, 2)
    assert bar.events[0] == (0, 71 - LOWEST, LENGTHS.index(4))


@pytest.fixture
def model() -> MusicVAE:
    return MusicVAE(LineProposer(small_nets(), plans(), prior(), torch.device("cpu")), SamplingParameters())


def bars(source: FirstMelody, first: int, last: int, affect: Affect = HERE) -> list[MelodyBar]:
    return [source.bar(bar, affect) for bar in range(first, last)]


def test_the_first_generators_melody_goes_on_and_is_the_same_again(model: MusicVAE) -> None:
    once, again, other = (bars(FirstMelody(model, seed), 0, 34) for seed in (1, 1, 2))

    assert once == again != other
    assert once[:16] != once[16:32]


def test_every_bar_is_told_what_follows_it_also_the_last_of_sixteen(model: MusicVAE) -> None:
    heard = bars(FirstMelody(model, 1), 0, 34)

    assert [bar.coming for bar in heard[:-1]] == [bar.notes for bar in heard[1:]]
    assert [bar.chords[2] for bar in heard[:-1]] == [bar.chords[0] for bar in heard[1:]]


def test_a_last_bar_for_a_new_affect_is_told_what_follows_it_then(model: MusicVAE) -> None:
    source = FirstMelody(model, 1)
    bars(source, 0, 16)

    again, after = bars(source, 15, 17, THERE)

    assert again.coming == after.notes
    assert again.chords[2] == after.chords[0]


def test_a_melody_begins_for_the_affect_that_is_felt_then(model: MusicVAE) -> None:
    changed, straight = FirstMelody(model, 1), FirstMelody(model, 1)
    bars(changed, 0, 16)

    assert bars(changed, 16, 18, THERE) == bars(straight, 16, 18, THERE)


def test_a_melody_that_loops_tells_its_last_bar_of_its_first() -> None:
    last, first = (tune().bar(bar, HERE) for bar in (15, 16))

    assert (last.coming, last.chords[2]) == (first.notes, first.chords[0])


def test_every_bar_of_a_song_is_told_what_follows_and_its_last_that_nothing_does() -> None:
    other = GivenMelody.of(np.roll(tune().tokens, 16))
    song = GivenSong((tune(), other))
    told = [song.bar(bar, HERE) for bar in range(32)]

    assert [bar.coming for bar in told] == [*(bar.notes for bar in told[1:]), ()]
    assert [bar.chords[2] for bar in told] == [*(bar.chords[0] for bar in told[1:]), NO_CHORD]
    assert told[16].notes == other.bar(0, HERE).notes != told[0].notes


def test_an_affect_that_changes_changes_the_bars_from_there_on(model: MusicVAE) -> None:
    source = FirstMelody(model, 1)
    before = bars(source, 0, 6)

    assert bars(source, 6, 16, THERE) != bars(FirstMelody(model, 1), 6, 16)
    assert [source.bar(bar, THERE).notes for bar in range(6)] == [bar.notes for bar in before]
