"""`emo-osc label`: figures where they are given, notes where not; a line for every file, a reason for every gap."""

import csv
import json
import os
import sys
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest

from emo_osc.cli.main import main
from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import Melody, Note, midi_of
from emo_osc.train.corpora.note_table import NoteTable
from emo_osc.train.label_files import label_folder, read_features
from emo_osc.train.label_rows import LabelFile, json_line
from emo_osc.train.labels import label_notes
from tests.odd_midi import NO_FILES, PLAYED, READ_IN_PART, REFUSED, TEMPO_140, notes, smf, write_all

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
    assert "silent.midi: no notes" in told
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


def test_one_odd_file_costs_no_other_its_label_and_each_has_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_all(tmp_path)

    found = {line["file"].removesuffix(".mid"): line for line in lines(capsys, tmp_path)}
    assert main(["label", str(tmp_path)]) == 0
    told = capsys.readouterr().err.splitlines()

    read = {name.replace("/", " ") for name in [*PLAYED, *READ_IN_PART]}
    assert found.keys() == read
    points = {name: (line["valence"], line["arousal"]) for name, line in found.items()}
    assert {points[name] for name in read - {"cut in the last event"}} == {points["plain"]}
    for name, reason in [(name, why) for name, (_, why) in {**REFUSED, **NO_FILES}.items()]:
        assert any(line.startswith("left out: ") and f"{name}.mid: " in line and reason in line for line in told), name
    for name in READ_IN_PART:
        assert any(line.startswith("read in part: ") and f"{name}.mid: track" in line for line in told), name


def test_a_label_is_written_as_soon_as_it_is_known(songs: Path, tmp_path: Path) -> None:
    out = tmp_path / "labels.csv"
    with LabelFile(out) as file:
        labels = label_folder(songs, print)
        file.write(next(labels))
        first = out.read_text(encoding="utf-8").splitlines()
        file.write(next(labels))

    assert [line.split(",")[:2] for line in first] == [["file", "label"], ["deeper/slow minor.mid", "Sadness"]]
    assert out.read_text(encoding="utf-8").splitlines()[:2] == first


def test_nothing_to_label_leaves_an_older_file_alone(tmp_path: Path) -> None:
    out = tmp_path / "labels.csv"
    out.write_text("kept")

    assert main(["label", str(tmp_path), "-o", str(out)]) == 2

    assert out.read_text() == "kept"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere file names are text")
@pytest.mark.parametrize("name", [b"Mod\xe0.mid", "밝음.mid".encode("cp949"), "밝음.mid".encode()])
def test_a_file_name_comes_back_byte_for_byte(
    name: bytes, songs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(songs / os.fsdecode(name))
    out = tmp_path / "labels.csv"

    assert main(["label", str(songs), "-o", str(out)]) == 0
    capsys.readouterr()
    told = [os.fsencode(line["file"]) for line in lines(capsys, songs)]

    with out.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        rows = [os.fsencode(row["file"]) for row in csv.DictReader(file)]
    assert rows == told
    assert sorted(rows) == sorted([b"quick major.mid", b"deeper/slow minor.mid", name])


def test_features_know_a_file_whose_name_is_no_text(
    songs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(songs / "Mod\udce0.mid")
    features = tmp_path / "features.csv"
    features.write_bytes(b"file,energy,valence\nMod\xe0,0.9,0.2\n")

    given = [line for line in lines(capsys, songs, "--features", features) if line["by"] == "given features"]

    assert [(line["file"], line["label"]) for line in given] == [("Mod\udce0.mid", "Anger")]


def test_a_row_is_escaped_only_for_a_terminal_that_lacks_its_letters() -> None:
    row = {"file": "밝음.mid"}

    assert json_line(row, "utf-8") == '{"file": "밝음.mid"}\n'
    assert json.loads(json_line(row, "cp1252")) == row


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_stray_note_hours_away_does_not_move_the_label(
    hours: int, songs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, quick = lines(capsys, songs)
    file = mido.MidiFile(songs / "quick major.mid")
    stray = [mido.Message("note_on", note=100, velocity=64), mido.Message("note_off", note=100, time=10)]
    away = abs(hours) * 3600 * 140 // 60 * 480
    if hours < 0:
        for track in file.tracks:
            track[0].time += away
        stray[0].time = 0
    else:
        stray[0].time = away
    file.tracks.append(mido.MidiTrack(stray))
    file.save(songs / "quick major.mid")

    assert lines(capsys, songs)[1] == quick
    main(["label", str(songs)])
    assert "quick major.mid: 1 of 257 notes left out" in capsys.readouterr().err


def test_the_pedal_is_heard_in_a_label(tmp_path: Path) -> None:
    staccato, tail = notes(gap=12), b"\x00\xb0\x40\x00"
    (tmp_path / "a.mid").write_bytes(smf(TEMPO_140 + _spaced(staccato)))
    (tmp_path / "b.mid").write_bytes(smf(TEMPO_140 + b"\x00\xb0\x40\x7f" + _spaced(staccato) + tail))

    dry, pedalled = label_folder(tmp_path, print)

    assert pedalled.affect.arousal < dry.affect.arousal - 0.2  # legato is calmer


def _spaced(track: bytes) -> bytes:
    """The tune's short notes a beat apart."""
    return b"".join(bytes([84 if at else 0]) + track[at + 1 : at + 8] for at in range(0, len(track), 8))


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
