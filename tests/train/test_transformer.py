"""Training the transformer: songs become events with feelings, pieces are varied, and a run learns and resumes."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from emo_osc.core.errors import EmoOscError
from emo_osc.studio.events import BACKING, BAR, MELODY, Sound, decode
from emo_osc.studio.nets.music_transformer import MusicTransformer, MusicTransformerConfig
from emo_osc.train.corpora.arrangements import load_arrangements
from emo_osc.train.run import Run, train_transformer
from emo_osc.train.transformer import Piece, Reader, TransformerChoices, TransformerTask, spread, starts
from emo_osc.weights import checkpoints
from tests.train.arranged_files import BARS, BPM, write_arranged

pytestmark = pytest.mark.torch

TINY = MusicTransformerConfig(width=32, layers=1, heads=2, context=48, feeling=8, dropout=0.0)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    write_arranged(folder)
    return folder


def task_of(corpus: Path, config: MusicTransformerConfig = TINY) -> TransformerTask:
    torch.manual_seed(0)
    return TransformerTask(corpus, config, TransformerChoices(), torch.device("cpu"))


def test_songs_come_home_with_their_melody_told_from_the_rest(corpus: Path) -> None:
    first = load_arrangements(corpus).songs[0]

    assert decode(first.events)[:3] == [
        Sound(0, MELODY, 72, 4),
        Sound(0, BACKING, 36, 16),
        Sound(0, BACKING, 43, 16),
    ]
    assert (first.bars, first.split, first.bpm) == (BARS, "train", BPM)
    assert (first.events[first.begins[:-1], 0] == BAR).all()


def test_busier_and_louder_songs_are_felt_as_more_aroused(corpus: Path) -> None:
    calm, busy, *_ = load_arrangements(corpus).songs

    assert busy.felt[:-4, 1].min() > calm.felt[:-4, 1].max() + 0.5


def test_a_piece_is_told_with_the_feeling_of_its_tempo_and_key(corpus: Path) -> None:
    arrangements = load_arrangements(corpus)
    calm, pace = arrangements.songs[0], arrangements.pace
    device = torch.device("cpu")

    reader = Reader(TINY, pace, device)
    plain, follows = reader.read([Piece(calm, 8)])
    varied, moved = reader.read([Piece(calm, 8, semitones=-3, faster=2.0, is_conditioned=False)])

    assert plain.condition[0, 0].tolist() == pytest.approx([*np.clip(calm.felt[8], -1, 1), np.log2(BPM / 110)])
    assert varied.condition[0, 0].tolist() == pytest.approx(
        [*np.clip(calm.felt[8] + pace, -1, 1), np.log2(BPM / 110) + 1], abs=1e-6
    )
    assert pace[1] > 0
    assert [int(each[0, 0]) for each in (plain.phase, plain.key, varied.key)] == [0, 0, 9]
    assert plain.is_conditioned.all()
    assert not varied.is_conditioned.any()
    assert follows.shape == moved.shape == (1, TINY.context, 3)
    assert plain.place[0, 1:].tolist() == follows[0, :-1, 0].tolist()


def test_pieces_begin_at_bar_lines_with_enough_to_hear(corpus: Path) -> None:
    songs = load_arrangements(corpus).of("train")

    pieces = spread(songs, TINY.context, 12)

    assert len(pieces) == 12
    for piece in pieces:
        assert piece.song.begins[piece.bar] + TINY.context < len(piece.song.events)
        assert piece.bar in starts(piece.song, TINY.context)


def test_the_same_step_draws_the_same_pieces(corpus: Path) -> None:
    task = task_of(corpus)
    task.net.eval()

    once, again, other = (
        float(task.loss(4, torch.Generator().manual_seed(seed), 0.0)["loss"].detach()) for seed in (1, 1, 2)
    )

    assert once == again != other


@pytest.mark.parametrize("reads_plan", [False, True])
def test_training_learns_resumes_and_keeps_half_precision(reads_plan: bool, corpus: Path, tmp_path: Path) -> None:
    run, config = Run(corpus, tmp_path, "cpu", steps=30, batch=4), replace(TINY, reads_plan=reads_plan)
    before = task_of(corpus, config).validate(task_of(corpus, config).net)

    path = train_transformer(run, config)
    kept = checkpoints.load(path)
    after = kept.config["training"]["transformer"]["last"]

    assert after["valid_nats"] < before["valid_nats"] - 0.5
    assert {value.dtype for value in kept.tensors.values()} == {torch.float16}
    MusicTransformer(MusicTransformerConfig(**kept.config["transformer"])).load_state_dict(kept.tensors)
    assert train_transformer(run, config) == path  # it was at its end


def test_a_folder_without_songs_is_told(tmp_path: Path) -> None:
    with pytest.raises(EmoOscError, match="--data"):
        load_arrangements(tmp_path)


def test_popular_songs_have_the_grid_and_feelings_the_docs_tell() -> None:
    folder = os.environ.get("EMO_OSC_DATA", "")
    if not folder:
        pytest.skip("EMO_OSC_DATA names no corpus folder")
    songs = load_arrangements(Path(folder)).songs

    events = sum(len(song.events) for song in songs)
    assert len(songs) == 644
    assert 19 < events / sum(song.bars for song in songs) < 22
    felt = np.concatenate([song.felt for song in songs if song.split == "train"])
    assert np.allclose(felt.mean(axis=0), 0, atol=1e-6)
