"""`emo-osc label`: figures where they are given, notes where not; a line for every file, a reason for every gap."""

import csv
import json
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest

from emo_osc.cli import main
from emo_osc.errors import EmoOscError
from emo_osc.score import Melody, Note, midi_of
from emo_osc.train.label_files import label_folder, read_features
from emo_osc.train.labels import label_notes
from emo_osc.train.note_table import NoteTable

MAJOR, MINOR = (0, 4, 7, 12, 7, 4, 2, 5), (0, 3, 7, 12, 7, 3, 2, 5)


def write(
    path: Path, degrees: tuple[int, ...] = MAJOR, step: int = 120, velocity: int = 90, tempo: float = 120.0
) -> None:
    """Eight bars of two voices in octaves."""
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 8 * 1920 // step
    voices = [
        Melody(tuple(Note(at * step, step, tonic + degrees[at % 8], velocity) for at in range(count)))
        for tonic in (48, 72)
    ]
    high, low = (midi_of([voice], tempo, channel) for channel, voice in enumerate(voices, start=1))
    high.type = 1
    high.tracks.append(mido.MidiTrack(message for message in low.tracks[0] if not message.is_meta))
    high.save(path)


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    folder = tmp_path / "songs"
    write(folder / "quick major.mid", MAJOR, 120, 110, 140.0)
    write(folder / "deeper" / "slow minor.mid", MINOR, 960, 40, 60.0)
    return folder


def lines(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[dict[str, Any]]:
    assert main(["label", *map(str, arguments)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture(autouse=True)
def no_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMO_OSC_DATA", raising=False)


def test_notes_say_what_no_service_does(songs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slow, quick = lines(capsys, songs)

    assert (slow["file"], slow["label"], slow["by"]) == ("deeper/slow minor.mid", "Sadness", "published rules")
    assert (quick["file"], quick["label"], quick["by"]) == ("quick major.mid", "Happiness", "published rules")
    assert (quick["table_valence"], quick["table_arousal"]) == (0.6, 0.85)
    assert quick["valence"] > 0 > slow["valence"]
    assert quick["arousal"] > 0 > slow["arousal"]


def test_a_files_notes_are_read_in_seconds(songs: Path) -> None:
    (found, _) = label_folder(songs, print)
    step_s = 2.0
    notes = [(at * step_s, step_s, tonic + MINOR[at % 8], 40) for at in range(16) for tonic in (48, 72)]

    valence, arousal = label_notes(NoteTable.of_notes([notes]))[0].tolist()
    assert (found.affect.valence, found.affect.arousal) == pytest.approx((valence, arousal), abs=1e-3)


@pytest.mark.parametrize("name", ["quick major.mid", "quick major", "slow minor", "deeper/slow minor.mid"])
def test_given_features_come_first(songs: Path, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    features = tmp_path / "features.csv"
    features.write_text(f"tempo,file,valence,energy\n120,{name},0.2,0.9\n", encoding="utf-8-sig")

    given = [line for line in lines(capsys, songs, "--features", features) if line["by"] == "given features"]

    assert [(Path(line["file"]).stem, line["label"], line["valence"], line["arousal"]) for line in given] == [
        (Path(name).stem, "Anger", -0.6, 0.8)
    ]


def test_features_without_a_file_and_files_without_notes_are_told(
    songs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (songs / "broken.mid").write_bytes(b"MThd no")
    Melody(()).to_midi().save(songs / "silent.midi")
    features = tmp_path / "features.csv"
    features.write_text("file,energy,valence\ngone.mid,1,0\n")

    assert main(["label", str(songs), "--features", str(features)]) == 0

    out, told = capsys.readouterr()
    assert len(out.splitlines()) == 2
    assert "no file: gone.mid" in told
    assert "broken.mid: not a MIDI file" in told
    assert "silent.midi: no notes but drums" in told
    assert "2 by published rules" in told


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_labels_are_written_as_a_file(
    songs: Path, tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"labels{suffix}"

    assert main(["label", str(songs), "-o", str(out)]) == 0

    text = out.read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(text)) if suffix == ".csv" else [json.loads(line) for line in text]
    assert [row["label"] for row in rows] == ["Sadness", "Happiness"]
    assert capsys.readouterr().out == ""


def test_labels_within_the_folder_count_from_its_mean(songs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slow, quick = lines(capsys, songs, "--relative")

    assert slow["by"] == "published rules, within the folder"
    assert (slow["arousal"], quick["arousal"]) == pytest.approx((-0.4545, 0.4545), abs=1e-4)


def test_with_a_corpus_labels_are_learned_from_listeners(
    songs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus(tmp_path / "corpus")

    assert main(["label", str(songs), "--data", str(tmp_path / "corpus")]) == 0
    out, told = capsys.readouterr()
    assert {json.loads(line)["by"] for line in out.splitlines()} == {"listeners"}
    assert "one person, vgmidi" in told
    assert "fitted, emopia, 60" in told

    assert main(["label", str(songs), "--data", str(tmp_path / "corpus"), "--rules"]) == 0
    out, told = capsys.readouterr()
    assert {json.loads(line)["by"] for line in out.splitlines()} == {"published rules"}
    assert "fitted, emopia, 60" in told


def corpus(folder: Path) -> None:
    """Sixty clips a source, as the corpus folder has them: arousal goes with pace."""
    random = np.random.default_rng(0)
    gaps = random.integers(80, 600, 120)
    folder.mkdir()
    np.savez(
        folder / "notes_labelled.npz",
        onset_ms=np.concatenate([gap * np.arange(24) for gap in gaps]).astype(np.int32),
        dur_ms=np.repeat(gaps, 24).astype(np.uint16),
        pitch=random.integers(40, 90, 120 * 24).astype(np.uint8),
        velocity=random.integers(40, 110, 120 * 24).astype(np.uint8),
        ptr=np.arange(0, 120 * 24 + 1, 24),
        valence=random.uniform(-1, 1, 120).astype(np.float32),
        arousal=(0.5 - gaps / 600).astype(np.float32),
        split=np.zeros(120, dtype=np.uint8),
        piece_source=np.repeat([0, 1], 60).astype(np.uint8),
        piece_group=np.arange(120).astype(np.uint32),
        source_names=np.array(["emopia", "vgmidi"]),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("file,energy\na,1\n", "no column valence"),
        ("", "no column file, energy, valence"),
        ("file,energy,valence\na,much,0\n", "line 2: energy must be a number, got 'much'"),
        ("file,energy,valence\na,1,0\nb,0.5,1.5\n", "line 3: valence must be in .0, 1., got 1.5"),
        ("file,energy,valence\na,nan,0\n", "energy must be in"),
        ("file,energy,valence\na,1\n", "valence must be a number, got None"),
    ],
)
def test_features_that_say_nothing_are_refused(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "features.csv"
    path.write_text(text)

    with pytest.raises(EmoOscError, match=reason):
        read_features(path)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nowhere"], "no such folder"),
        (["."], "no .mid file that can be labelled"),
        ([".", "--features", "nowhere.csv"], "cannot be read"),
        ([".", "-o", "labels.txt"], "labels are written as .jsonl or .csv"),
        ([".", "--data", "nowhere"], "give the corpus folder with --data"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    reason: str,
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["label", *arguments]) == 2

    told = capsys.readouterr().err.splitlines()
    assert reason in told[-1]
    assert told[-1].startswith("emo-osc: ")
