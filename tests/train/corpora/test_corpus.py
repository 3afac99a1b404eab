"""The corpus: keys taken off and given back, splits and shards respected, faults told."""

from pathlib import Path

import numpy as np
import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.train.corpora.corpus import load_corpus, transposed, unique_bars


def write_shard(folder: Path, name: str, seed: int, melodies: int = 40) -> None:
    """A shard in the corpus format: scales in random keys, three splits."""
    rng = np.random.default_rng(seed)
    scale = np.array([0, 2, 4, 5, 7, 9, 11, 12])
    tonic = rng.integers(0, 12, melodies)
    events = np.zeros((melodies, 256), dtype=np.uint8)
    every = rng.choice([2, 4], melodies)
    for row in range(melodies):
        steps = np.arange(0, 256, every[row])
        events[row, steps] = 60 + tonic[row] + scale[rng.integers(0, 8, len(steps))] - 19
    np.savez(
        folder / f"melodies_16bar_{name}.npz",
        events=events,
        split=(np.arange(melodies) % 4).clip(0, 2).astype(np.uint8),
        bar=rng.integers(0, 20, melodies).astype(np.int16),
        tonic=tonic.astype(np.uint8),
        piece=np.arange(melodies, dtype=np.int32),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed, name in enumerate(("pop909", "openewld", "trad")):
        write_shard(tmp_path, name, seed)
    return tmp_path


def test_melodies_stand_in_c_and_come_back_in_their_own_key(folder: Path) -> None:
    original = np.load(folder / "melodies_16bar_pop909.npz")
    corpus = load_corpus(folder, "train", ("pop909",))
    assert set(((corpus.tokens[corpus.tokens >= 2] + 19) % 12).tolist()) <= {0, 2, 4, 5, 7, 9, 11}
    assert np.array_equal(corpus.own_key(), original["events"][original["split"] == 0])


def test_splits_share_no_melody_and_pieces_of_shards_stay_apart(folder: Path) -> None:
    train, valid, test = (load_corpus(folder, split) for split in ("train", "valid", "test"))
    assert len(train.tokens) + len(valid.tokens) + len(test.tokens) == 120
    assert len(set(train.piece.tolist())) == len(train.piece)
    assert set(train.source.tolist()) == {0, 1, 2}


def test_moving_keeps_every_note_on_the_piano() -> None:
    tokens = np.array([[2, 0, 30], [89, 1, 60]], dtype=np.uint8)
    moved = transposed(tokens, np.array([-5, 6]))
    assert moved.tolist() == [[9, 0, 37], [83, 1, 54]]


def test_equal_bars_are_counted_once() -> None:
    tokens = np.zeros((2, 256), dtype=np.uint8)
    tokens[0, 0] = 43
    bars, counts = unique_bars(tokens)
    assert (len(bars), sorted(counts.tolist())) == (2, [1, 31])


def test_a_missing_shard_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(EmoOscError, match=r"melodies_16bar_pop909\.npz.*--data"):
        load_corpus(tmp_path, "train")
