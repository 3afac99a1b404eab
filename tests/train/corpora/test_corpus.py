"""The corpus: keys taken off and given back, splits and licences respected, faults told."""

import os
from pathlib import Path

import numpy as np
import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.train.corpora.corpus import LICENSED, load_corpus, transposed
from tests.train.corpora.shard_files import SHARDS, write_shard

MELODIES = 40


def scales(seed: int) -> dict[str, np.ndarray]:
    """Scales in random keys, three splits."""
    rng = np.random.default_rng(seed)
    scale = np.array([0, 2, 4, 5, 7, 9, 11, 12])
    tonic = rng.integers(0, 12, MELODIES)
    events = np.zeros((MELODIES, 256), dtype=np.uint8)
    every = rng.choice([2, 4], MELODIES)
    for row in range(MELODIES):
        steps = np.arange(0, 256, every[row])
        events[row, steps] = 60 + tonic[row] + scale[rng.integers(0, 8, len(steps))] - 19
    return {
        "events": events,
        "split": (np.arange(MELODIES) % 4).clip(0, 2).astype(np.uint8),
        "bar": rng.integers(0, 20, MELODIES).astype(np.int16),
        "tonic": tonic.astype(np.uint8),
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed, name in enumerate(SHARDS):
        write_shard(tmp_path, name, scales(seed))
    return tmp_path


def test_melodies_stand_in_c_and_come_back_in_their_own_key(folder: Path) -> None:
    original = np.load(folder / "melodies_16bar_pop909bars.npz")
    corpus = load_corpus(folder, "train", ("pop909bars",))
    assert set(((corpus.tokens[corpus.tokens >= 2] + 19) % 12).tolist()) <= {0, 2, 4, 5, 7, 9, 11}
    assert np.array_equal(transposed(corpus.tokens, corpus.shift), original["events"][original["split"] == 0])


def test_splits_share_no_melody_and_repertoires_no_piece(folder: Path) -> None:
    parts = [load_corpus(folder, split) for split in ("train", "valid", "test")]
    assert sum(len(part.tokens) for part in parts) == MELODIES * len(SHARDS)
    whole = load_corpus(folder, None)
    assert len(set(zip(whole.source.tolist(), whole.piece.tolist(), strict=True))) == len(set(whole.piece.tolist()))
    assert set(whole.source.tolist()) == set(range(len(LICENSED)))


def test_the_last_bars_of_a_tune_belong_to_its_piece(folder: Path) -> None:
    tunes = load_corpus(folder, None, ("trad",))
    assert len(tunes.tokens) == 2 * MELODIES
    assert np.array_equal(tunes.piece[:MELODIES], tunes.piece[MELODIES:])


def test_the_old_shard_is_read_for_old_checkpoints(folder: Path) -> None:
    write_shard(folder, "pop909", scales(9))
    old = np.load(folder / "melodies_16bar_pop909.npz")
    label = np.full((MELODIES, 16), 3, dtype=np.int8)
    np.savez(
        folder / "pop909_phrase_place.npz",
        bar_in_phrase=label, phrase_bars=label + 1, piece=old["piece"], bar=old["bar"],
    )  # fmt: skip
    corpus = load_corpus(folder, None, ("pop909",))
    assert (corpus.phase == 3).all()
    assert (corpus.place.until == 0).all()


@pytest.mark.parametrize("stranger", ["wikifonia", "nottingham", "essen", "session", "vgm", "cocopops"])
def test_what_may_not_be_trained_on_is_refused(folder: Path, stranger: str) -> None:
    write_shard(folder, stranger, scales(9))
    with pytest.raises(EmoOscError, match=f"{stranger}: not licensed for training"):
        load_corpus(folder, "train", (stranger,))


def test_moving_keeps_every_note_on_the_piano() -> None:
    tokens = np.array([[2, 0, 30], [89, 1, 60]], dtype=np.uint8)
    moved = transposed(tokens, np.array([-5, 6]))
    assert moved.tolist() == [[9, 0, 37], [83, 1, 54]]


def test_a_missing_shard_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(EmoOscError, match=r"melodies_16bar_pop909bars\.npz.*--data"):
        load_corpus(tmp_path, "train")


@pytest.mark.skipif("EMO_OSC_DATA" not in os.environ, reason="needs the corpus: EMO_OSC_DATA")
def test_no_piece_and_no_version_of_it_is_in_two_splits() -> None:
    whole = load_corpus(Path(os.environ["EMO_OSC_DATA"]), None)
    for songs in (whole.piece, whole.group):
        assert len(np.unique(np.stack([songs, whole.split]), axis=1)[0]) == len(np.unique(songs))
