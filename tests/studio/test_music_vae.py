"""The shipped generator, with the shipped weights: repeatable, near its targets, in the seam's terms."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import NEUTRAL, Affect, Reference
from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import BARS, Melody, Note, leap
from emo_osc.core.targets import Targets
from emo_osc.evaluate.melody_report import evaluate
from emo_osc.studio.aims import Aims
from emo_osc.studio.attributes import distances, in_c, measure, measure_table, targets
from emo_osc.studio.generators import build
from emo_osc.studio.harmony import HALVES, chords_of
from emo_osc.studio.joins import seams
from emo_osc.studio.line.proposer import LineProposer
from emo_osc.studio.music_vae import MusicVAE
from emo_osc.studio.pool.latents import Latent
from emo_osc.studio.pool.refining import Refinement
from emo_osc.studio.ranking.note_cues import fit
from emo_osc.studio.tokens import tokens_of
from emo_osc.studio.variations import home_lift, sameness
from emo_osc.train.magenta.convert import import_magenta
from emo_osc.weights import checkpoints, precision
from emo_osc.weights import measured_cache as measured

pytestmark = pytest.mark.torch
CALM, EXCITED = Affect(0.4, -0.7), Affect(0.4, 0.7)


def test_the_same_seed_makes_the_same_melodies_and_another_makes_others(shipped: MusicVAE) -> None:
    first, again, other = (shipped.compose(CALM, 2, seed) for seed in (3, 3, 4))
    assert first == again
    assert first[0].melody != other[0].melody


@pytest.mark.parametrize("seed", [0, 7])
def test_what_a_seed_makes_does_not_depend_on_what_was_measured(
    seed: int, shipped: MusicVAE, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(precision, "_CHOSEN", {})
    monkeypatch.delenv(precision.VARIABLE, raising=False)
    assert isinstance(shipped.proposer, LineProposer)
    for net in (shipped.proposer.nets.rhythm, shipped.proposer.nets.notes):
        work = f"writing melodies, {net.config.layers} x {net.config.width}"
        measured.write(f"{measured.machine()}; {work}", {"float32": 9.0, "bfloat16": 5.0, "int8": 1.0})

    repeatable, other = (build(GeneratorSection(device="cpu", seed=each)) for each in (seed, None))

    assert repeatable.compose(Affect(0.3, 0.2), 3, seed=seed) == shipped.compose(Affect(0.3, 0.2), 3, seed=seed)
    assert isinstance(other, MusicVAE)
    assert isinstance(other.proposer, LineProposer)
    plain = [
        name for name, part in other.proposer.nets.notes.stack.named_modules() if isinstance(part, torch.nn.Linear)
    ]
    assert plain == [], "the other one took int8"


@pytest.mark.parametrize("said", ["float32", "bf16", "int8"])
def test_every_precision_makes_melodies_that_measure_alike(
    said: str, shipped: MusicVAE, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(precision.VARIABLE, said)
    generator = build(GeneratorSection(device="cpu", seed=0))
    assert isinstance(generator, MusicVAE)
    seeds = range(8)

    made, plain = generator.draw(CALM, seeds), shipped.draw(CALM, seeds)

    if said == "float32":
        assert np.array_equal(made, plain)
    density, pitch, major = np.abs(measure_table(made).mean(0) - measure_table(plain).mean(0))
    assert density < 0.5
    assert pitch < 1.0
    assert major < 0.3


def test_melodies_come_best_first_and_measured(shipped: MusicVAE) -> None:
    composed = shipped.compose(EXCITED, 3, seed=1)
    assert max(made.distance for made in composed) < 1.0, "within the tolerances"
    assert composed[0].measured == measure(np.array([tokens_of(composed[0].melody)]))
    assert len({c.seed for c in composed}) == 3


@pytest.mark.parametrize("affect", [Affect(1.0, 0.0), Affect(0.7, 0.6), Affect(-0.7, 0.6)])
def test_of_melodies_as_near_those_with_the_cues_of_the_affect_are_kept(affect: Affect, shipped: MusicVAE) -> None:
    sources = shipped.sources(range(64))
    every, kept = shipped.moved(sources, affect), shipped.refine(sources, affect, 8)
    fits = [fit(np.array([tokens_of(made.melody) for made in side]), affect).mean() for side in (every, kept)]
    assert fits[1] > fits[0] + 0.05
    assert max(made.distance for made in kept) < 1.2


def test_an_excited_melody_has_more_notes_than_a_calm_one(shipped: MusicVAE) -> None:
    calm, excited = (shipped.compose(affect, 4, seed=2) for affect in (CALM, EXCITED))
    density = [np.mean([c.measured.notes_per_bar for c in side]) for side in (calm, excited)]
    asked = [targets(affect)[0] for affect in (CALM, EXCITED)]
    assert np.abs(np.log(np.array(density) / asked)).max() < 0.25


def test_a_reference_says_what_melodies_of_its_point_are_like(shipped: MusicVAE) -> None:
    aims = Aims((Reference(CALM, notes_per_bar=7.0, mean_pitch=66.0),))
    told = MusicVAE(shipped.proposer, replace(shipped.sampling, aim=aims))
    plain, own = (generator.compose(CALM, 3, seed=5) for generator in (shipped, told))

    assert np.mean([made.measured.notes_per_bar for made in own]) == pytest.approx(7.0, rel=0.2)
    assert np.mean([made.measured.notes_per_bar for made in plain]) < 4.5
    assert max(made.distance for made in own) < min(
        float(distances(np.array([[m.measured.notes_per_bar, m.measured.mean_pitch, 0.5]]), aims(CALM))[0])
        for m in plain
    )


BUSY = (Reference(NEUTRAL, notes_per_bar=8.0),)


@pytest.mark.parametrize(("known", "densities"), [((), (-0.5, 0.0, 0.5)), (BUSY, (-1.0, -0.5, 0.0))])
def test_a_held_density_is_counted_in_the_notes_of_what_is_refined_and_composed(
    known: tuple[Reference, ...], densities: tuple[float, ...], shipped: MusicVAE
) -> None:
    sources = shipped.sources(range(24))
    for density in densities:
        told = MusicVAE(shipped.proposer, replace(shipped.sampling, aim=Aims(known, density=density)))
        asked = Targets(known).notes_per_bar(NEUTRAL, density)
        for made in (told.refine(sources, NEUTRAL, 4), told.compose(NEUTRAL, 4, seed=5)):
            counted = np.mean([len(each.melody.notes) / 16 for each in made])
            assert counted == pytest.approx(asked, rel=0.15), density


def test_more_notes_than_the_weights_ever_write_make_as_many_as_they_can(shipped: MusicVAE) -> None:
    sources, counted = shipped.sources(range(24)), []
    for density in (0.0, 0.5):
        told = MusicVAE(shipped.proposer, replace(shipped.sampling, aim=Aims(BUSY, density=density)))
        counted.append(np.mean([len(each.melody.notes) / 16 for each in told.refine(sources, NEUTRAL, 4)]))

    assert 7.0 < counted[0] < counted[1] < Targets(BUSY).notes_per_bar(NEUTRAL, 0.5)


def test_a_melody_does_not_depend_on_its_neighbours(shipped: MusicVAE) -> None:
    together = shipped.draw(CALM, [11, 12, 13])
    alone = shipped.draw(CALM, [12])
    assert (together[1] == alone[0]).mean() > 0.98  # sums in another order may turn a close call


def test_a_checkpoint_of_something_else_is_refused(tmp_path: Path) -> None:
    path = checkpoints.save(tmp_path, "music_vae", {"weights": torch.zeros(2)}, {"kind": "other"})
    with pytest.raises(EmoOscError, match="not a music_vae checkpoint"):
        build(GeneratorSection(checkpoint=str(path)))


def test_an_imported_music_vae_plays_too_and_comes_home_to_c(tmp_path: Path) -> None:
    tar = Path(__file__).parent.parent / "golden" / "small" / "hierdec-mel_16bar.tar"
    path = import_magenta(tar, tmp_path / "small.safetensors")
    generator = build(GeneratorSection(checkpoint=str(path), device="cpu"))
    assert isinstance(generator, MusicVAE)
    tokens = generator.draw(None, range(4))
    assert np.array_equal(in_c(tokens), tokens)
    with pytest.raises(EmoOscError, match="imported network"):
        evaluate(generator, tmp_path)
    made = generator.compose(CALM, 1, seed=0)[0]
    assert generator.again(Latent.from_text(made.latent, generator.proposer.shape)).tolist() == tokens_of(made.melody)
    for amount in (0.0, 0.4, 1.0):
        varied = generator.vary(made.melody, made.latent, CALM, amount, 1, seed=1)[0]
        assert (varied.melody == made.melody) is (amount == 0.0)


def test_a_latent_decodes_to_its_melody_again(shipped: MusicVAE) -> None:
    for made in shipped.compose(CALM, 4, seed=5):
        latent = Latent.from_text(made.latent, shipped.proposer.shape)
        assert shipped.again(latent).tolist() == tokens_of(made.melody)


def test_latents_decode_together_as_they_do_alone(shipped: MusicVAE) -> None:
    latents = shipped.sources(range(3))
    assert [row.tolist() for row in shipped.decoded(latents)] == [shipped.again(each).tolist() for each in latents]


def test_orders_refined_together_give_what_each_gives_alone(shipped: MusicVAE) -> None:
    sources = shipped.sources(range(6))
    orders = [Refinement(sources[:4], CALM, 2), Refinement(sources[2:], EXCITED, 1)]
    assert shipped.refine_each(orders) == [shipped.refine(each.sources, each.affect, each.count) for each in orders]


def test_a_variation_by_nothing_is_the_same_melody_to_the_note(shipped: MusicVAE) -> None:
    source = shipped.compose(CALM, 1, seed=5)[0]
    for latent in (source.latent, ""):
        varied = shipped.vary(source.melody, latent, EXCITED, 0.0, 2, seed=1)
        assert [(made.melody, made.latent) for made in varied] == [(source.melody, latent)] * 2


@pytest.mark.parametrize("kept", ["latent", "", "another's"])
def test_the_more_it_is_varied_the_less_it_is_like_its_source(kept: str, shipped: MusicVAE) -> None:
    source, other = shipped.compose(CALM, 2, seed=5)
    latent = {"latent": source.latent, "another's": other.latent}.get(kept, "")
    own = np.array(tokens_of(source.melody))
    shared, same = [], []
    for amount in (0.0, 0.25, 0.5, 0.75, 1.0):
        varied = shipped.vary(source.melody, latent, CALM, amount, 2, seed=1)
        tokens = np.array([tokens_of(made.melody) for made in varied])
        shared.append(sameness(tokens, own).mean())
        same.append((tokens.reshape(-1, BARS, 16) == own.reshape(BARS, 16)).all(axis=-1).mean())
    for each in (shared, same):
        assert each == sorted(each, reverse=True)
        assert np.abs(np.array(each) - [1.0, 0.75, 0.5, 0.25, 0.0]).max() < 0.25


def test_the_same_seed_makes_the_same_variation(shipped: MusicVAE) -> None:
    source = shipped.compose(CALM, 1, seed=5)[0]
    first, again, other = (shipped.vary(source.melody, source.latent, EXCITED, 0.4, 1, seed) for seed in (3, 3, 4))
    assert first == again != other
    assert first[0].measured == measure(np.array([tokens_of(first[0].melody)]))


@pytest.mark.parametrize("lift", [-3, 0, 5])
def test_a_played_riff_is_varied_in_its_own_key(lift: int, shipped: MusicVAE) -> None:
    pitches = (60, 62, 64, 67, 69, 67, 64, 62)
    notes = tuple(Note(480 * at, 300, pitch + lift, 50) for at, pitch in enumerate(pitches))
    varied = shipped.vary(Melody(notes, 2), "", EXCITED, 0.4, 4, seed=1)
    scale = {(pitch + lift) % 12 for pitch in (0, 2, 4, 5, 7, 9, 11)}
    inside = [note.pitch % 12 in scale for made in varied for note in made.melody.notes]
    assert all(made.melody.bars == 16 for made in varied)
    assert np.mean(inside) > 0.85


def test_silence_is_varied_into_a_melody(shipped: MusicVAE) -> None:
    assert shipped.vary(Melody(()), "", CALM, 0.3, 1, seed=1)[0].melody.notes
    below = Melody((Note(0, 480, 3),))
    assert shipped.vary(below, "", CALM, 0.3, 1, seed=1)[0].melody.notes


def test_every_melody_comes_with_the_chords_that_fit_it(shipped: MusicVAE) -> None:
    source = shipped.compose(CALM, 1, seed=5)[0]
    until = shipped.proposer.until(Latent.from_text(source.latent, shipped.proposer.shape).numbers[None])
    fitting = tuple(chords_of(np.array([tokens_of(source.melody)]), until)[0].tolist())
    same, varied = (shipped.vary(source.melody, source.latent, CALM, amount, 1, seed=1)[0] for amount in (0.0, 0.4))
    assert source.chords == fitting == same.chords
    assert len(varied.chords) == HALVES
    assert varied.chords != fitting


def test_cadences_are_where_the_plan_of_a_melody_ends_its_phrases(shipped: MusicVAE) -> None:
    made = shipped.compose(EXCITED, 8, seed=5)
    tokens, chords = np.array([tokens_of(each.melody) for each in made]), np.array([each.chords for each in made])
    latents = [Latent.from_text(each.latent, shipped.proposer.shape).numbers for each in made]
    until = shipped.proposer.until(torch.stack(latents))
    assert {bar for row in until for bar in np.flatnonzero(row == 0).tolist()} > {3, 7, 11, 15}
    assert np.array_equal(chords, chords_of(tokens, until))
    assert not np.array_equal(chords, chords_of(tokens))


def test_the_chords_of_a_riff_are_in_its_own_key(shipped: MusicVAE) -> None:
    made = shipped.compose(CALM, 8, seed=5)
    source = next(each for each in made if home_lift(np.array(tokens_of(each.melody))) == 0)  # its key is clear
    raised = source.melody.transposed(5)
    varied = shipped.vary(raised, "", CALM, 0.0, 1, seed=1)[0]
    fitting = chords_of(np.array([tokens_of(source.melody)]))[0].tolist()  # nobody says where its phrases end
    assert varied.chords == tuple((chord + 5) % 12 + 12 * (chord // 12) for chord in fitting)


def test_a_loop_leaps_back_no_farther_than_people_cross_a_bar_line(shipped: MusicVAE) -> None:
    made = [each for seed in range(3) for each in shipped.compose(EXCITED, 4, seed)]
    back = seams(np.array([tokens_of(each.melody) for each in made]))
    assert back.mean() < 4.5, "people's windows leap back 4.6 semitones, and across their bar lines 2.9"


@pytest.mark.parametrize("lift", [0, 2])
def test_what_sounds_is_continued_without_a_leap_in_its_key_by_the_seed_alone(lift: int, shipped: MusicVAE) -> None:
    pitches = (60, 62, 64, 67, 71, 67, 64, 62, 65, 69, 65, 64, 62, 60, 60, 60)
    source = Melody(tuple(Note(480 * at, 480, pitches[at % 16] + 12 + lift) for at in range(64)))
    made, again = (shipped.recompose(source, 100, EXCITED, (), seed=3) for _ in range(2))

    assert made == again
    assert (made.distance < 2.0, made.latent, len(made.chords)) == (True, "", 32)
    assert tokens_of(made.melody)[96:100] == tokens_of(source)[96:100]
    is_inside = [(note.pitch - lift) % 12 in (0, 2, 4, 5, 7, 9, 11) for note in made.melody.notes]
    assert np.mean(is_inside) > 0.85
    assert leap(source, made.melody, 100 * 120) <= 9
    assert made.measured == measure(np.array([tokens_of(made.melody)]))


def test_silence_is_continued_with_a_melody(shipped: MusicVAE) -> None:
    assert shipped.recompose(Melody(()), 0, CALM, (), seed=1).melody.notes
