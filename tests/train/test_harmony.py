"""The harmony model's counts: chords read from labels, keys taken off, splits and faults respected."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.studio.harmony import HALVES, NAME, TONES, half_bars, triad
from emo_osc.train.corpora.bar_map import LABELS
from emo_osc.train.corpora.phrase_chords import half_bar_triads, load_song_chords
from emo_osc.train.harmony import (
    MELODIES,
    SHARPNESS,
    SOURCE,
    cadence_rates,
    change_rates,
    closing,
    counted,
    load_arranged,
    restless,
    train_harmony,
)
from emo_osc.weights import checkpoints
from tests.train.corpora.shard_files import write_shard

pytestmark = pytest.mark.torch

PROGRESSION = (0, 0, 7, 7, 21, 21, 5, 5) * 4
OTHER = (14, 14, 7, 7, 0, 0, 0, 0) * 4
NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "Cb")
BARS_BEFORE = 4  # where in its piece every window begins
Piece = tuple[int, int, Sequence[int]]  # split, tonic, chords


def melody(chords: Sequence[int], tonic: int) -> np.ndarray:
    """The tones of each chord in turn, four to a half bar, in the key of a tonic."""
    tokens = np.zeros(256, np.uint8)
    for half, chord in enumerate(chords):
        tones = triad(chord)
        tokens[8 * half : 8 * half + 8 : 2] = [60 + (tones[at % 3] + tonic) % 12 - 19 for at in range(4)]
    return tokens


def label(chord: int, tonic: int) -> str:
    """The name of a chord in the key of a tonic."""
    return f"{NAMES[(chord + tonic) % 12]}:{'maj' if chord < 12 else 'min'}"


def write_corpus(folder: Path, pieces: Sequence[Piece]) -> None:
    """Both files, one window a piece, in phrases of eight bars; the songs stand in another order in the labels."""
    names = [f"{index:03}" for index in range(len(pieces))]
    before = [["C:dim", 4 * BARS_BEFORE]]
    songs = {
        name: {"chords": before + [[label(chord, tonic), 2] for chord in chords]}
        for name, (_, tonic, chords) in zip(reversed(names), reversed(pieces), strict=True)
    }
    (folder / LABELS).write_text(json.dumps(songs))
    windows = {
        "events": np.stack([melody(chords, tonic) for _, tonic, chords in pieces]),
        "piece_id": np.array(names),
        "split": np.array([split for split, _, _ in pieces], np.uint8),
        "tonic": np.array([tonic for _, tonic, _ in pieces], np.uint8),
        "bar": np.full(len(pieces), BARS_BEFORE, np.int16),
    }
    write_shard(folder, SOURCE, windows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_corpus(tmp_path, [(split, tonic, PROGRESSION) for split in range(3) for tonic in (0, 2, 7, 11)])
    return tmp_path


@pytest.mark.parametrize("tonic", range(12))
def test_the_chords_played_are_read_and_brought_to_c_with_their_melody(tmp_path: Path, tonic: int) -> None:
    write_corpus(tmp_path, [(0, tonic, PROGRESSION), (0, 0, OTHER)])
    arranged = load_arranged(tmp_path, "train")
    assert arranged.chords.tolist() == [list(PROGRESSION), list(OTHER)]
    pitches = arranged.tokens[0] + 19
    for half, chord in enumerate(PROGRESSION):
        heard = {pitch % 12 for pitch in pitches[8 * half : 8 * half + 8 : 2].tolist()}
        assert heard == set(triad(chord))


def test_a_split_has_its_own_songs_alone(tmp_path: Path) -> None:
    write_corpus(tmp_path, [(0, 0, PROGRESSION), (2, 5, OTHER), (1, 0, PROGRESSION)])
    assert load_arranged(tmp_path, "train").chords.tolist() == [list(PROGRESSION)]
    assert load_arranged(tmp_path, "test").chords.tolist() == [list(OTHER)]


def test_a_window_whose_song_has_no_chords_there_is_left_out(tmp_path: Path) -> None:
    write_corpus(tmp_path, [(0, 0, PROGRESSION), (0, 0, OTHER), (0, 0, OTHER), (0, 0, OTHER)])
    songs = json.loads((tmp_path / LABELS).read_text())
    songs["000"]["chords"].pop()
    songs["002"]["chords"][3] = None
    songs["003"]["chords"] = None
    (tmp_path / LABELS).write_text(json.dumps(songs))
    assert load_arranged(tmp_path, "train").chords.tolist() == [list(OTHER)]


def test_a_window_in_the_middle_of_a_phrase_is_left_out(tmp_path: Path) -> None:
    write_corpus(tmp_path, [(0, 0, PROGRESSION), (0, 0, OTHER)])
    with np.load(tmp_path / MELODIES) as file:
        arrays = dict(file)
    arrays["bar_in_phrase"][0] = (arrays["bar_in_phrase"][0] + 1) % 8
    np.savez(tmp_path / MELODIES, **arrays)
    arranged = load_arranged(tmp_path, "train")
    assert arranged.chords.tolist() == [list(OTHER)]
    assert arranged.until.tolist() == [[7, 6, 5, 4, 3, 2, 1, 0] * 2]


def test_where_a_song_begins_without_a_chord_the_first_is_taken() -> None:
    assert half_bar_triads([("N", 2), ("F#:min7", 2), ("N", 2)]).tolist() == [18, 18, 18]
    assert half_bar_triads([]).tolist() == []


@pytest.mark.parametrize("name", ["", "H:maj", "C$:min"])
def test_what_is_no_chord_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / LABELS).write_text(json.dumps({"000": {"chords": [[name, 4]]}}))
    with pytest.raises(EmoOscError, match="is no chord"):
        load_song_chords(tmp_path)


def test_the_tables_are_the_shares_of_what_was_counted(folder: Path) -> None:
    harmony = counted(load_arranged(folder, "train"), 0.15)
    for table in (harmony.first, harmony.change, harmony.note):
        assert np.exp(table).sum(axis=-1) == pytest.approx(1.0)
    assert harmony.first.argmax() == 0
    for place in harmony.change:
        assert place[1].argmax(axis=1)[[0, 7, 21, 5]].tolist() == [0, 7, 21, 5]
        assert place[0].argmax(axis=1)[[0, 7, 21, 5]].tolist() == [7, 21, 5, 0]
    assert all(np.exp(harmony.note[chord]) @ TONES[chord] > 0.9 for chord in PROGRESSION)


def test_a_change_that_only_phrase_ends_have_is_likelier_there(tmp_path: Path) -> None:
    closing = ((0,) * 14 + (7, 0)) * 2
    write_corpus(tmp_path, [(0, tonic, closing) for tonic in range(12)])
    change = counted(load_arranged(tmp_path, "train"), 0.15).change
    assert change[0, 1, 7, 0] > change[2, 1, 7, 0]
    assert change[0, 0, 0, 7] > change[1, 0, 0, 7]


def test_a_chord_that_one_mode_has_is_likelier_there(tmp_path: Path) -> None:
    minor = (12, 12, 17, 17, 8, 8, 10, 10) * 4
    write_corpus(tmp_path, [(0, tonic, chords) for tonic in range(6) for chords in (PROGRESSION, minor)])
    mode = counted(load_arranged(tmp_path, "train"), 0.15).mode
    assert (mode[0, [12, 17, 8]] > 0).all()
    assert (mode[0, [0, 21, 5]] < 0).all()
    assert (mode[1, [12, 17, 8]] < 0).all()


def test_the_fitted_chords_change_as_often_as_those_played(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    chords = [rng.choice([0, 5, 7, 21], HALVES) for _ in range(24)]
    write_corpus(tmp_path, [(0, 0, [int(each) for each in row]) for row in chords])
    arranged = load_arranged(tmp_path, "train")
    plain = counted(arranged, 0.01)  # hears too little of the melody to follow it
    fitted = restless(plain, arranged).fit(half_bars(arranged.tokens), arranged.until)
    still = plain.fit(half_bars(arranged.tokens), arranged.until)
    wanted = change_rates(arranged.chords)
    assert np.abs(change_rates(fitted) - wanted).max() < np.abs(change_rates(still) - wanted).max()


def test_phrases_in_minor_close_about_as_often_as_those_played(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    chords = [rng.choice([12, 17, 8, 10], HALVES) for _ in range(24)]
    for row in chords[::3]:
        row[15::16] = 7
    write_corpus(tmp_path, [(0, 0, [int(each) for each in row]) for row in chords])
    arranged = load_arranged(tmp_path, "train")
    plain = restless(counted(arranged, 0.01), arranged)  # hears too little of the melody to follow it
    still, fitted = (
        tables.fit(half_bars(arranged.tokens), arranged.until) for tables in (plain, closing(plain, arranged))
    )
    wanted, was, told = (cadence_rates(each, arranged.until)[1] for each in (arranged.chords, still, fitted))
    assert wanted == pytest.approx(1 / 3)
    assert was < told
    assert abs(told - wanted) < abs(was - wanted)


def test_melodies_in_major_are_left_as_they_close(folder: Path) -> None:
    arranged = load_arranged(folder, "train")
    harmony = counted(arranged, 0.15)
    assert closing(harmony, arranged) is harmony


def test_what_is_kept_loads_by_its_name_and_says_what_it_was_counted_on(folder: Path) -> None:
    path, told = train_harmony(folder, folder)
    again, _ = train_harmony(folder, folder)

    kept = checkpoints.load(path)

    assert path == again
    assert path.name.startswith(f"{NAME}-")
    assert kept.config["sharpness"] in SHARPNESS
    assert kept.config["training"]["harmony"]["melodies"] == 4
    assert {name: table.shape for name, table in kept.tensors.items()} == {
        "first": (24,),
        "change": (4, 2, 24, 24),
        "note": (24, 12),
        "mode": (2, 24),
    }
    assert told["played_count"] == told["fitted_count"] == told["agreement"] == 1.0


@pytest.mark.parametrize(("missing", "named"), [(MELODIES, MELODIES), (LABELS, LABELS)])
def test_a_corpus_without_its_files_is_refused_by_name(folder: Path, missing: str, named: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(EmoOscError, match=named):
        load_arranged(folder, "train")
