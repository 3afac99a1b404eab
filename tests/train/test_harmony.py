"""The harmony model's counts: chords read from accompaniments, keys taken off, splits and faults respected."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.studio.harmony import NAME, TONES, triad
from emo_osc.train.corpora.bar_map import LABELS
from emo_osc.train.harmony import (
    ARRANGED,
    BAR_TICKS,
    HALF_TICKS,
    MELODIES,
    SHARPNESS,
    STEP_TICKS,
    chords_played,
    counted,
    load_arranged,
    train_harmony,
)
from emo_osc.weights import checkpoints

pytestmark = pytest.mark.torch

PROGRESSION = (0, 0, 7, 7, 21, 21, 5, 5) * 4
OTHER = (14, 14, 7, 7, 0, 0, 0, 0) * 4
OFFSET = 4  # steps from the arrangement's bar line to the song's
BARS_BEFORE = 4  # where in its piece every window begins
Note = tuple[int, int, int]  # onset, length in ticks, pitch
Piece = tuple[int, int, Sequence[int]]  # split, tonic, chords


def melody(chords: Sequence[int], tonic: int) -> np.ndarray:
    """The tones of each chord in turn, four to a half bar, in the key of a tonic."""
    tokens = np.zeros(256, np.uint8)
    for half, chord in enumerate(chords):
        tones = triad(chord)
        tokens[8 * half : 8 * half + 8 : 2] = [60 + (tones[at % 3] + tonic) % 12 - 19 for at in range(4)]
    return tokens


def accompaniment(chords: Sequence[int], tonic: int) -> list[Note]:
    """Each chord held for its half bar, its root below; its bar lines lie a beat before the song's."""
    begin, notes = BARS_BEFORE * BAR_TICKS + OFFSET * STEP_TICKS, list[Note]()
    for half, chord in enumerate(chords):
        onset = begin + half * HALF_TICKS
        notes += [(onset, HALF_TICKS, 36 + (triad(chord)[0] + tonic) % 12)]
        notes += [(onset, HALF_TICKS, 48 + (tone + tonic) % 12) for tone in triad(chord)]
    return notes


def write_corpus(folder: Path, pieces: Sequence[Piece]) -> None:
    """All files, one window a piece; the arrangements stand in another order than the melodies."""
    names = [f"{index:03}" for index in range(len(pieces))]
    (folder / LABELS).write_text(json.dumps({name: {"map": [[OFFSET, None, None]]} for name in names}))
    played = [accompaniment(chords, tonic) for _, tonic, chords in pieces]
    backwards = [note for notes in reversed(played) for note in notes]
    np.savez(
        folder / ARRANGED,
        piece_id=np.array(names[::-1]),
        ptr=np.cumsum([0, *(len(notes) for notes in reversed(played))]),
        onset_tick=np.array([note[0] for note in backwards]),
        dur_tick=np.array([note[1] for note in backwards]),
        pitch=np.array([note[2] for note in backwards], np.uint8),
    )
    np.savez(
        folder / MELODIES,
        piece_id=np.array(names),
        piece=np.arange(len(pieces)),
        split=np.array([split for split, _, _ in pieces], np.uint8),
        tonic=np.array([tonic for _, tonic, _ in pieces], np.uint8),
        run=np.zeros(len(pieces), np.int16),
        bar=np.full(len(pieces), BARS_BEFORE, np.int16),
        events=np.stack([melody(chords, tonic) for _, tonic, chords in pieces]),
    )


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


def test_a_window_over_a_change_of_bar_lines_is_left_out(tmp_path: Path) -> None:
    write_corpus(tmp_path, [(0, 0, PROGRESSION), (0, 0, OTHER)])
    middle = (BARS_BEFORE + 8) * 16
    changed = {"000": {"map": [[OFFSET, None, middle], [8, middle + 8, None]]}, "001": {"map": [[OFFSET, None, None]]}}
    (tmp_path / LABELS).write_text(json.dumps(changed))
    assert load_arranged(tmp_path, "train").chords.tolist() == [list(OTHER)]


def test_the_bass_settles_what_the_tones_leave_open_and_silence_changes_nothing() -> None:
    weights, bass = np.zeros((3, 12)), np.zeros((3, 12))
    weights[:2, [0, 4, 7, 9]] = 1.0  # C sixth or A minor seventh
    bass[0, 9] = bass[1, 0] = 1.0
    assert chords_played(weights, bass).tolist() == [21, 0, 0]


def test_the_tables_are_the_shares_of_what_was_counted(folder: Path) -> None:
    harmony = counted(load_arranged(folder, "train"), 0.15)
    for table in (harmony.first, harmony.change, harmony.note):
        assert np.exp(table).sum(axis=-1) == pytest.approx(1.0)
    assert harmony.first.argmax() == 0
    assert harmony.change[1].argmax(axis=1)[[0, 7, 21, 5]].tolist() == [0, 7, 21, 5]
    assert harmony.change[0].argmax(axis=1)[[0, 7, 21, 5]].tolist() == [7, 21, 5, 0]
    assert all(np.exp(harmony.note[chord]) @ TONES[chord] > 0.9 for chord in PROGRESSION)


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
        "change": (2, 24, 24),
        "note": (24, 12),
    }
    assert told["played_count"] == told["fitted_count"] == told["agreement"] == 1.0


@pytest.mark.parametrize(("missing", "named"), [(ARRANGED, MELODIES), (MELODIES, MELODIES), (LABELS, LABELS)])
def test_a_corpus_without_its_files_is_refused_by_name(folder: Path, missing: str, named: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(EmoOscError, match=named):
        load_arranged(folder, "train")
