"""Folders of MIDI files with a feeling for each: from a streaming service's figures, else from the notes."""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from emo_osc.affect import Affect
from emo_osc.errors import EmoOscError
from emo_osc.studio.performance import read_midi
from emo_osc.train.labels import PUBLISHED, Estimator, label_notes
from emo_osc.train.naming import affect_of_unit, label_of, table_affect, unit_of
from emo_osc.train.note_table import NoteTable

SUFFIXES = (".mid", ".midi")
COLUMNS = ("file", "energy", "valence")
GIVEN = "given features"
Tell = Callable[[str], None]
Watch = Callable[[Sequence[Path]], Iterable[Path]]
Features = dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Label:
    """What a file is taken for: its point, the name that energy and valence give it, and where the point is `by`."""

    file: str
    affect: Affect
    by: str

    @property
    def name(self) -> str:
        """Happiness, Surprise, Anger, Sadness or Others."""
        return label_of(*unit_of(self.affect))

    def told(self) -> dict[str, Any]:
        """As a line says it: `valence`, `arousal` are the point, `table_*` the paper's point for the name."""
        at = table_affect(self.name)
        return {
            "file": self.file,
            "label": self.name,
            "valence": round(self.affect.valence, 4),
            "arousal": round(self.affect.arousal, 4),
            "table_valence": at.valence,
            "table_arousal": at.arousal,
            "by": self.by,
        }


def label_folder(
    folder: Path,
    tell: Tell,
    features: Features | None = None,
    estimator: Estimator = PUBLISHED,
    *,
    is_relative: bool = False,
    watch: Watch = lambda files: files,
) -> list[Label]:
    """A label for every MIDI file in a folder and the folders in it, in the order of their names.

    A file that `features` knows by its path in the folder, its name or its name without suffix is labelled by those;
    the others by their notes. `tell` takes a line on each file that is left out and each feature that has no file;
    `is_relative` is that of `label_notes`.

    Raises:
        EmoOscError: there is no such folder, or no file in it can be labelled.
    """
    if not folder.is_dir():
        raise EmoOscError(f"{folder}: no such folder; give one with .mid files")
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    known = _matched(folder, files, features or {}, tell)
    labels = {path: Label(_name(folder, path), affect_of_unit(*given), GIVEN) for path, given in known.items()}
    labels |= _by_notes(folder, [path for path in files if path not in known], tell, estimator, is_relative, watch)
    if not labels:
        raise EmoOscError(f"{folder}: no .mid file that can be labelled")
    return [labels[path] for path in files if path in labels]


def read_features(path: Path) -> Features:
    """Energy and valence of each file in a CSV with the columns file, energy, valence; others are not read.

    Raises:
        EmoOscError: it cannot be read, lacks a column, or holds a value outside [0, 1].
    """
    try:
        rows = list(csv.DictReader(StringIO(path.read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeError, csv.Error) as error:
        raise EmoOscError(f"{path}: cannot be read ({error})") from None
    missing = [name for name in COLUMNS if not rows or name not in rows[0]]
    if missing:
        raise EmoOscError(f"{path}: no column {', '.join(missing)}; its first line must name {', '.join(COLUMNS)}")
    return {row["file"]: _unit_pair(path, line, row) for line, row in enumerate(rows, start=2)}


def labels_text(labels: Iterable[Label], suffix: str) -> str:
    """The labels as JSON lines (`.jsonl`) or a table (`.csv`).

    Raises:
        EmoOscError: neither is asked for.
    """
    writers = {".jsonl": _json_lines, ".csv": _csv_table}
    if suffix not in writers:
        raise EmoOscError(f"--out: labels are written as .jsonl or .csv, not as {suffix or 'a file without suffix'}")
    return writers[suffix]([label.told() for label in labels])


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _matched(folder: Path, files: Sequence[Path], features: Features, tell: Tell) -> dict[Path, tuple[float, float]]:
    found: dict[Path, tuple[float, float]] = {}
    used: set[str] = set()
    for path in files:
        keys = (_name(folder, path), path.name, path.stem)
        key = next((key for key in keys if key in features), None)
        if key is not None:
            found[path] = features[key]
            used.add(key)
    for key in features:
        if key not in used:
            tell(f"no file: {key} has features and is not in {folder}")
    return found


def _by_notes(
    folder: Path, files: Sequence[Path], tell: Tell, estimator: Estimator, is_relative: bool, watch: Watch
) -> dict[Path, Label]:
    read, performances = [], []
    for path in watch(files):
        try:
            performance = read_midi(path)
        except ValueError as error:
            tell(f"left out: {error}")
            continue
        if not any(note.velocity and not note.is_drum for note in performance.notes):
            tell(f"left out: {path}: no notes but drums")
            continue
        read.append(path)
        performances.append(performance)
    points = label_notes(NoteTable.of_performances(performances), None, estimator, is_relative=is_relative)
    by = f"{estimator.name}, within the folder" if is_relative else estimator.name
    return {
        path: Label(_name(folder, path), Affect.clamped(*point), by)
        for path, point in zip(read, np.asarray(points).tolist(), strict=True)
    }


def _unit_pair(path: Path, line: int, row: dict[str, str]) -> tuple[float, float]:
    pair = []
    for name in COLUMNS[1:]:
        try:
            value = float(row[name])
        except (TypeError, ValueError):
            raise EmoOscError(f"{path}, line {line}: {name} must be a number, got {row[name]!r}") from None
        if not 0.0 <= value <= 1.0:
            raise EmoOscError(f"{path}, line {line}: {name} must be in [0, 1], got {value:g}")
        pair.append(value)
    return pair[0], pair[1]


def _json_lines(rows: Sequence[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _csv_table(rows: Sequence[dict[str, Any]]) -> str:
    text = StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
