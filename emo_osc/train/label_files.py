"""Emotion labels of MIDI files in a folder: from given energy and valence, else estimated from the notes."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from emo_osc.core.affect import Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.core.midi_file import shown
from emo_osc.train.corpora.midi_folder import Report, midi_files, read_music
from emo_osc.train.corpora.note_table import Floats, NoteTable
from emo_osc.train.cues import cues
from emo_osc.train.labels import PUBLISHED, Estimator, placed
from emo_osc.train.naming import affect_of_unit, label_of, table_affect, unit_of

COLUMNS = ("file", "energy", "valence")
GIVEN = "given features"
Watch = Callable[[Sequence[Path]], Iterable[Path]]
Features = dict[str, tuple[float, float]]
Known = dict[Path, tuple[float, float]]
Point = tuple[float, float] | Floats
"""Energy and valence as they are given, or valence and arousal from notes, (1, 2)."""


@dataclass(frozen=True, slots=True)
class Label:
    """The label of a file: its affect, the emotion name of its energy and valence, and the source of the
    affect, `by`.
    """

    file: str
    affect: Affect
    by: str

    @property
    def name(self) -> str:
        """Happiness, Surprise, Anger, Sadness or Others."""
        return label_of(*unit_of(self.affect))

    def row(self) -> dict[str, Any]:
        """The label as columns: `valence`, `arousal` are the affect, `table_*` the paper's point for the name."""
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
    report: Report,
    features: Features | None = None,
    estimator: Estimator = PUBLISHED,
    *,
    is_relative: bool = False,
    watch: Watch = lambda files: files,
) -> Iterator[Label]:
    """A label for every MIDI file in a folder and the folders in it, in the order of their names, each as it is found.

    A file that `features` knows by its path in the folder, its name or its name without suffix is labelled by those;
    the others by their notes. `report` is called with a line on each file that is left out or read in part and each
    feature that has no file; `is_relative` is that of `label_notes`, and all files are read before the first label
    comes.

    Raises:
        EmoOscError: there is no such folder, or no file in it can be labelled.
    """
    if not folder.is_dir():
        raise EmoOscError(f"{shown(folder)}: no such folder; give one with .mid files")
    files = midi_files(folder, report)
    known = _matched(folder, files, features or {}, report)
    found = _points(watch(files), known, report, estimator)
    labels = (_label(folder, path, point, estimator.name) for path, point in found)
    return _some(folder, _within(folder, list(found), estimator.name) if is_relative else labels)


def read_features(path: Path) -> Features:
    """Energy and valence of each file in a CSV with the columns file, energy, valence; others are not read.

    Raises:
        EmoOscError: it cannot be read, lacks a column, or holds a value outside [0, 1].
    """
    try:
        rows = list(csv.DictReader(StringIO(path.read_text(encoding="utf-8-sig", errors="surrogateescape"))))
    except (OSError, UnicodeError, csv.Error) as error:
        raise EmoOscError(f"{path}: cannot be read ({error})") from None
    missing = [name for name in COLUMNS if not rows or name not in rows[0]]
    if missing:
        raise EmoOscError(f"{path}: no column {', '.join(missing)}; its first line must name {', '.join(COLUMNS)}")
    return {row["file"]: _unit_pair(path, line, row) for line, row in enumerate(rows, start=2)}


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _matched(folder: Path, files: Sequence[Path], features: Features, report: Report) -> Known:
    found: Known = {}
    used: set[str] = set()
    for path in files:
        keys = (_name(folder, path), path.name, path.stem)
        key = next((key for key in keys if key in features), None)
        if key is not None:
            found[path] = features[key]
            used.add(key)
    for key in features:
        if key not in used:
            report(f"no file: {shown(key)} has features and is not in {shown(folder)}")
    return found


def _points(files: Iterable[Path], known: Known, report: Report, estimator: Estimator) -> Iterator[tuple[Path, Point]]:
    """Each file with what is known of it, or else with the point of its notes, not yet held to [-1, 1]."""
    for path in files:
        if path in known:
            yield path, known[path]
            continue
        try:
            notes = NoteTable.of_performances([read_music(path, report)])
        except ValueError as error:
            report(f"left out: {error}")
            continue
        yield path, estimator.points(cues(notes))


def _label(folder: Path, path: Path, point: Point, by: str) -> Label:
    if isinstance(point, tuple):
        return Label(_name(folder, path), affect_of_unit(*point), GIVEN)
    valence, arousal = placed(point, is_relative=False)[0].tolist()
    return Label(_name(folder, path), Affect(valence, arousal), by)


def _within(folder: Path, found: Sequence[tuple[Path, Point]], by: str) -> Iterator[Label]:
    """Labels whose points are counted from the mean of all that are from notes."""
    measured = [point for _, point in found if not isinstance(point, tuple)]
    points = iter(placed(np.concatenate([np.empty((0, 2)), *measured]), is_relative=True))
    for path, point in found:
        is_given = isinstance(point, tuple)
        yield _label(folder, path, point if is_given else next(points)[np.newaxis], f"{by}, within the folder")


def _some(folder: Path, labels: Iterable[Label]) -> Iterator[Label]:
    is_empty = True
    for label in labels:
        is_empty = False
        yield label
    if is_empty:
        raise EmoOscError(f"{shown(folder)}: no .mid file that can be labelled")


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
