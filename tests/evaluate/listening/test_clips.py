"""What is heard: every feeling of every latent, floors and ceilings in the same form, the same from the same seed."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from emo_osc.config.preset import Preset
from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.listening.clips import Recipe, make_material
from emo_osc.evaluate.listening.human_pieces import HumanPieces
from emo_osc.evaluate.listening.trials import CHOICES, FIVE, TWO, name_of
from emo_osc.studio.music_vae import MusicVAE
from tests.evaluate.listening.material import RECIPE, canned_material, write_corpus

BAR_S = 4 * 60 / Preset().clock.tempo


def test_every_latent_is_heard_in_all_five_feelings_and_every_axis_in_pairs() -> None:
    trials = canned_material(recipe=replace(RECIPE, latents=2, pairs=2)).trials

    assert Counter(trial.target for trial in trials if trial.form == FIVE) == dict.fromkeys(CHOICES[FIVE], 2)
    assert Counter(trial.question for trial in trials if trial.form == TWO) == {"valence": 2, "arousal": 2}


def test_clips_have_the_bars_that_were_asked_for_and_end_their_notes() -> None:
    for events in canned_material(recipe=replace(RECIPE, bars=2)).sounds.values():
        sounding = Counter[int]()
        for at_s, message in events:
            assert 0.0 <= at_s <= 2 * BAR_S + 1e-6
            if message[0] & 0xF0 in (0x80, 0x90):
                sounding[message[1]] += 1 if message[0] & 0xF0 == 0x90 else -1
        assert not any(sounding.values())


def test_one_seed_makes_one_test_and_another_another() -> None:
    names = [name_of(canned_material(recipe=replace(RECIPE, seed=seed)).trials) for seed in (0, 0, 1)]

    assert names[0] == names[1] != names[2]


def test_human_clips_join_with_a_corpus_as_single_lines(tmp_path: Path) -> None:
    material = canned_material(write_corpus(tmp_path / "corpus"))
    human = [trial for trial in material.trials if trial.kind == "human"]

    assert Counter(trial.form for trial in human) == {FIVE: 5, TWO: 2}
    for trial in human:
        for clip in trial.clips:
            ons = [(at_s, message) for at_s, message in material.sounds[clip] if message[0] == 0x90]
            assert len({at_s for at_s, _ in ons}) == len(ons)
            assert all(message[1] >= 60 for _, message in ons)
            assert material.sounds[clip][-1][0] <= BAR_S
            assert ons[0][0] == 0.0


def test_human_pairs_differ_on_their_axis_and_stay_on_one_side_of_the_other(tmp_path: Path) -> None:
    from random import Random

    pieces = HumanPieces.load(write_corpus(tmp_path / "corpus"))

    for column, axis in enumerate(("valence", "arousal")):
        pairs = pieces.pairs(axis, 5, Random(1))
        assert len(pairs) == 5
        for lower, higher in pairs:
            low, high = pieces.points[lower], pieces.points[higher]
            assert low[column] < 0 < high[column]
            assert low[1 - column] * high[1 - column] > 0
            assert pieces.corpus[lower] == pieces.corpus[higher]


def test_nothing_to_ask_and_nobody_to_hear_are_told(tmp_path: Path) -> None:
    with pytest.raises(EmoOscError, match="no questions"):
        canned_material(recipe=replace(RECIPE, latents=0, pairs=0))
    with pytest.raises(EmoOscError, match="no labelled pieces"):
        canned_material(tmp_path)


@pytest.mark.torch
def test_unmoved_latents_are_the_floor(shipped: MusicVAE) -> None:
    material = make_material(shipped, Preset(), Recipe(latents=1, pairs=1, humans=0, bars=4))
    kinds = Counter((trial.form, trial.kind) for trial in material.trials)
    notes = {name: [m[1] for _, m in events if m[0] == 0x90] for name, events in material.sounds.items()}

    assert kinds == {(FIVE, "made"): 5, (FIVE, "unmoved"): 1, (TWO, "made"): 2, (TWO, "unmoved"): 2}
    for trial in material.trials:
        if trial.kind == "unmoved" and trial.form == TWO:
            lower, higher = trial.clips
            assert lower != higher
            assert len(notes[lower]) == len(notes[higher])
    (calm, excited) = next(t.clips for t in material.trials if (t.question, t.kind) == ("arousal", "made"))
    assert len(notes[excited]) > len(notes[calm])
