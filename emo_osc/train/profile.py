"""Measures a performer's own music by mood: folders of .mid files give the references of a preset.

The step of Jang, Son and Lee: the reference value of an emotion is the mean over music that people call by it.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf, isnan, nan, sqrt
from pathlib import Path
from unicodedata import normalize

import numpy as np

from emo_osc.core.affect import MOODS, OWN, Mood, MoodBook, Reference, name_key
from emo_osc.core.errors import EmoOscError
from emo_osc.core.midi_file import shown
from emo_osc.core.targets import affect_of
from emo_osc.studio.attributes import Floats, measure_table
from emo_osc.studio.extraction import melodies, windows
from emo_osc.studio.performance import DEFAULT_TEMPO, Performance, Played
from emo_osc.train.corpora.midi_folder import Report, midi_files, read_music

FEWEST_BARS = 4  # of a file that is shorter than a phrase and measured as a whole
FEWEST_NOTES = 0.25  # a bar; less is a rest
STEPS_PER_BAR = 16
PITCHES = 128
_SHIPPED = {(mood.id, mood.affect) for mood in MOODS}
Watch = Callable[[list[Path], str], Iterable[Path]]


@dataclass(frozen=True, slots=True)
class Profile:
    """What the files of one mood measure; `measured` (N, 3) and `tempos` (N,) in bpm have a row a file.

    The mood's point is a book's own, or `is_inferred` from the measures; `left_out` files could not be measured.
    """

    mood: Mood
    measured: Floats
    tempos: Floats
    left_out: int = 0
    is_inferred: bool = False

    @property
    def reference(self) -> Reference:
        """The means over files."""
        density, pitch, major = self.measured.mean(axis=0).tolist()
        return Reference(self.mood.affect, round(density, 2), round(pitch, 1), round(major, 2))

    @property
    def errors(self) -> tuple[float, float, float]:
        """Standard errors of the three means, NaN for one file: windows of a file are no independent witnesses."""
        if len(self.measured) < 2:
            return nan, nan, nan
        density, pitch, major = (self.measured.std(axis=0, ddof=1) / sqrt(len(self.measured))).tolist()
        return density, pitch, major


def profile(folder: Path, book: MoodBook, report: Report, watch: Watch) -> list[Profile]:
    """Measures the folders of a folder, each named as a mood in any language, in the order of their names.

    `tell` takes a line on each file or folder that is left out, `watch` shows how far it is. A folder that names no
    mood of the book is a mood of its own, its point inferred.

    Raises:
        EmoOscError: there is no such folder, or nothing in it can be measured.
    """
    if not folder.is_dir():
        raise EmoOscError(f"{shown(folder)}: no such folder; give one that holds a folder of .mid files for each mood")
    found = [_profile(id, files, book, report, watch) for id, files in _files(folder, book, report).items()]
    kept = [each for each in found if each is not None]
    if not kept:
        raise EmoOscError(
            f"{shown(folder)}: no mood with a .mid file that can be measured; name its folders bright, 우울함, .."
        )
    return kept


def measured_file(path: Path, report: Report) -> tuple[Floats, float]:
    """What a file's top line measures, (3,), the mean over its windows of 16 bars, and its mean tempo in bpm.

    A file of fewer bars, four at least, is measured as a whole; `tell` takes a line where it is read in part.

    Raises:
        ValueError: it is no MIDI file, or has no such melody.
    """
    performance = read_music(path, report)
    line = steady(top_line(performance))
    found = [measure_table(np.array([tokens])) for tokens in windows(line)] or _whole(line)
    measured = np.concatenate([np.empty((0, 3)), *found])
    measured = measured[measured[:, 0] >= FEWEST_NOTES]
    if not len(measured):
        raise ValueError(f"{shown(path)}: no melody of {FEWEST_BARS} bars of 4/4")
    return measured.mean(axis=0), _mean_tempo(performance)


def top_line(performance: Performance) -> Performance:
    """What is heard on top: of all instruments but drums the notes that no higher one covers past their middle."""
    heard = [note for note in performance.notes if not note.is_drum and note.velocity]
    latest_s = [-inf] * PITCHES  # when the last note of each pitch ends, of those that began
    top: list[Played] = []
    for note in sorted(heard, key=lambda note: (note.start_s, -note.pitch)):
        if max(latest_s[note.pitch + 1 :], default=-inf) < (note.start_s + note.end_s) / 2:
            top.append(replace(note, instrument=0, program=0))
        latest_s[note.pitch] = max(latest_s[note.pitch], note.end_s)
    return replace(performance, notes=tuple(top))


def steady(performance: Performance) -> Performance:
    """The same beats at one tempo: else a file that breathes would fall to pieces at every change."""
    beat = _beats(performance)
    pace_s = 60.0 / DEFAULT_TEMPO
    notes = (
        replace(note, start_s=pace_s * beat(note.start_s), end_s=pace_s * beat(note.end_s))
        for note in performance.notes
    )
    signatures = tuple((pace_s * beat(at_s), beats, unit) for at_s, beats, unit in performance.signatures)
    return Performance(tuple(notes), (), signatures)


def preset_text(profiles: Iterable[Profile], source: str) -> str:
    """The preset, as YAML, that makes the generator aim at what was measured."""
    lines = [f"# What the music of {_one_line(source)} measures, written by `emo-osc profile`.", "", "moods:"]
    for each in profiles:
        lines += _entry(each)
    return "\n".join(lines) + "\n"


def _entry(profile: Profile) -> Iterator[str]:
    mood, reference = profile.mood, profile.reference
    yield f"  {json.dumps(mood.id, ensure_ascii=False)}:   # {_files_in_words(profile)}"
    if (mood.id, mood.affect) not in _SHIPPED:
        note = "   # inferred from density and mode; move it where you hear it" if profile.is_inferred else ""
        yield f"    valence: {mood.affect.valence}{note}"
        yield f"    arousal: {mood.affect.arousal}"
    if mood.vocabulary == OWN and mood.aliases:
        yield f"    aliases: {json.dumps(mood.aliases, ensure_ascii=False)}"
    for name, error in zip(("notes_per_bar", "mean_pitch", "major"), profile.errors, strict=True):
        spread = "" if isnan(error) else f"   # standard error {error:.2f}"
        yield f"    {name}: {getattr(reference, name)}{spread}"


def _files_in_words(profile: Profile) -> str:
    count = len(profile.measured)
    return f"{count} file{'s' * (count != 1)}, {profile.tempos.mean():.0f} bpm"


def _one_line(text: str) -> str:
    return " ".join(shown(text).split())


def _is_text(name: str) -> bool:
    return shown(name) == name


def _files(folder: Path, book: MoodBook, report: Report) -> dict[str, list[Path]]:
    """The files of every mood; two folders may be named after one."""
    places = [place for place in sorted(folder.iterdir()) if place.is_dir() and not place.name.startswith(".")]
    named = [place for place in places if _is_text(place.name)]
    for place in places:
        if place not in named:
            report(f"left out: {shown(place)}: its name is not in UTF-8, so it names no mood; rename it")
    ids = _found([place.name for place in named], book)
    found: dict[str, list[Path]] = {}
    for place in named:
        found.setdefault(ids[place.name], []).extend(midi_files(place, report))
    return found


def _found(folders: Iterable[str], book: MoodBook) -> dict[str, str]:
    """Folder -> the id of its mood; one that names none is a mood of its own, spelt as it first comes."""
    known = {key: mood.id for key, mood in book.by_key().items()}
    return {name: known.setdefault(name_key(name), normalize("NFC", name)) for name in folders}


def _profile(id: str, files: list[Path], book: MoodBook, report: Report, watch: Watch) -> Profile | None:
    rows: list[Floats] = []
    tempos: list[float] = []
    for path in watch(files, id):
        try:
            measured, tempo = measured_file(path, report)
        except ValueError as error:
            report(f"left out: {error}")
            continue
        rows.append(measured)
        tempos.append(tempo)
    if not rows:
        report(f"left out: {shown(id)}: none of its {len(files)} .mid files can be measured")
        return None
    table = np.stack(rows)
    mood = next((mood for mood in book.moods if mood.id == id), None)
    own = mood or Mood(id, affect_of(float(table[:, 0].mean()), float(table[:, 2].mean())))
    return Profile(own, table, np.array(tempos), len(files) - len(rows), is_inferred=mood is None)


def _whole(line: Performance) -> list[Floats]:
    found = [tokens for piece in line.pieces() for tokens in melodies(piece)]
    return [measure_table(np.array([tokens])) for tokens in found if len(tokens) >= FEWEST_BARS * STEPS_PER_BAR]


def _mean_tempo(performance: Performance) -> float:
    start_s = min(note.start_s for note in performance.notes)
    end_s = max(note.end_s for note in performance.notes)
    beat = _beats(performance)
    return 60.0 * (beat(end_s) - beat(start_s)) / max(end_s - start_s, 1e-9)  # a tempo may make nothing of a tick


def _beats(performance: Performance) -> Callable[[float], float]:
    """From seconds to quarters since the start."""
    changes = [(0.0, DEFAULT_TEMPO), *sorted(performance.tempos)]
    counted = [0.0]
    for (at_s, tempo), (after_s, _) in pairwise(changes):
        counted.append(counted[-1] + (after_s - at_s) * tempo / 60.0)

    def beat(time_s: float) -> float:
        at = bisect_right(changes, time_s, key=lambda change: change[0]) - 1
        return counted[at] + (time_s - changes[at][0]) * changes[at][1] / 60.0

    return beat
