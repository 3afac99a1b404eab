"""POP909's arrangements as events for two parts, each bar with the feeling that its music has.

The corpus keeps a song's tracks in one list of notes; those that the melody shard has too are the melody, all others
the accompaniment. Bar lines are the corrected ones: `bar_map` says where they lie in the list; where they change within
a song, its longest stretch is read. Songs are moved to a tonic of C, major or minor, as the melodies are (`corpus.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import BARS
from emo_osc.studio.events import BACKING, BAR, BAR_STEPS, MELODY, Rows, encode
from emo_osc.studio.harmony import CLASSES, HALF_STEPS, HALVES, shipped
from emo_osc.studio.line.places import UNKNOWN
from emo_osc.train.corpora.bar_map import BarMap, Stretch, load_bar_map
from emo_osc.train.corpora.corpus import SPLITS
from emo_osc.train.corpora.note_table import Floats, NoteTable
from emo_osc.train.corpora.song_phrases import load_song_phrases
from emo_osc.train.cues import CUES, cues
from emo_osc.train.labels import PUBLISHED, WIDTH, among

# E events, B bars, M notes of a song

ARRANGED, MELODIES = "notes_unlabelled.npz", "melodies_16bar_pop909bars.npz"
SOURCE = "pop909bars"
STEP_TICKS = 6
LEAST_MELODY = 0.02  # of a song's notes; with fewer its melody was not found: three songs
FELT_BARS = 4  # a bar's feeling is that of the music from its bar line on, for so long
_SPLIT_OF = {number: name for name, number in SPLITS.items()}
_Arrays = dict[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Song:
    """Events (E, 3) of a song, and what is felt in each of its bars, valence and arousal (B, 2), not held to [-1, 1].

    `begins` (B + 1,) are the events that begin its bars, and the number of events; `bpm` its tempo; `split` a name.
    `places` (B, 2) say where in its phrase each bar lies, as `line.places`; `chords` (2 B,) are the triads that fit
    all notes of each half bar.
    """

    name: str
    split: str
    bpm: float
    events: Rows
    begins: Rows
    felt: Floats
    places: Rows
    chords: Rows

    @property
    def bars(self) -> int:
        """How many bars it has."""
        return len(self.begins) - 1


@dataclass(frozen=True, slots=True)
class _Raw:
    """A song's notes (M, 4), in steps, its first row in the table of notes, its bars, and how many of those come before
    bar 0 of the labels.
    """

    name: str
    split: str
    bpm: float
    notes: Rows
    first: int
    bars: int
    lead: int


@dataclass(frozen=True, slots=True)
class Arrangements:
    """Songs, and what a doubling of the tempo adds to what is felt, (2,)."""

    songs: tuple[Song, ...]
    pace: Floats

    def of(self, split: str) -> tuple[Song, ...]:
        """The songs of a split: `train`, `valid`, `test`."""
        return tuple(song for song in self.songs if song.split == split)


def load_arrangements(folder: Path) -> Arrangements:
    """All songs of POP909 whose melody and bar lines are known.

    What is felt is counted in deviations of the training split's bars, 2.2 to the end of an axis, as `label_notes`
    does where clips are of one kind.

    Raises:
        EmoOscError: the corpus is not there.
    """
    bar_map = load_bar_map(folder)
    try:
        with np.load(folder / ARRANGED) as notes, np.load(folder / MELODIES) as melodies:
            raws = list(_raw_songs(dict(notes), dict(melodies), bar_map))
    except (OSError, ValueError, KeyError) as error:
        raise EmoOscError(f"{folder}: no {ARRANGED} and {MELODIES} ({error}); name the corpus with --data") from None
    phrases = load_song_phrases(folder)
    felt = _felt(NoteTable.load(folder / ARRANGED), raws)
    learned = np.concatenate([each for raw, each in zip(raws, felt, strict=True) if raw.split == "train"])
    pace = PUBLISHED.weights[:, CUES.index("notes a second")] / (WIDTH * learned.std(axis=0))
    songs = (
        _song(raw, among(each, learned), _places(raw, phrases.get(raw.name)))
        for raw, each in zip(raws, felt, strict=True)
    )
    return Arrangements(tuple(songs), pace)


def _song(raw: _Raw, felt: Floats, places: Rows) -> Song:
    events = encode(raw.notes, raw.bars)
    begins = np.append(np.flatnonzero(events[:, 0] == BAR), len(events))
    return Song(raw.name, raw.split, raw.bpm, events, begins, felt, places, _chords(raw, places))


def _places(raw: _Raw, labelled: Rows | None) -> Rows:
    """The places of a song's bars (B, 2), unknown where its labels say nothing."""
    found = np.full((raw.bars, 2), UNKNOWN, np.int64)
    if labelled is not None:
        known = labelled[: max(0, raw.bars - raw.lead)]
        found[raw.lead : raw.lead + len(known)] = known
    return found


def _chords(raw: _Raw, places: Rows) -> Rows:
    """The likeliest triad of each half bar, (2 B,), from all notes that start in it."""
    step, _, pitch, length = raw.notes.T
    phrases = -(-raw.bars // BARS)
    weights = np.zeros((phrases * HALVES, CLASSES))
    np.add.at(weights, (step // HALF_STEPS, pitch % CLASSES), length)
    until = np.full(phrases * BARS, -1)
    until[: raw.bars] = np.where(places[:, 1] == UNKNOWN, -1, places[:, 1])
    return (
        shipped().fit(weights.reshape(phrases, HALVES, CLASSES), until.reshape(phrases, BARS)).ravel()[: 2 * raw.bars]
    )


def _raw_songs(notes: _Arrays, melodies: _Arrays, bar_map: BarMap) -> Iterator[_Raw]:
    arranged = {name: index for index, name in enumerate(notes["piece_id"].tolist())}
    names, of = melodies["piece_id"].tolist(), melodies["piece"].astype(np.int64)
    order = np.argsort(of, kind="stable")
    bounds = np.searchsorted(of[order], np.arange(len(names) + 1))
    for piece, name in enumerate(names):
        rows = order[bounds[piece] : bounds[piece + 1]]
        if name in arranged and len(rows) and bar_map.get(name):
            raw = _raw_song(notes, arranged[name], _melody(melodies, rows), _home(melodies, rows), bar_map[name])
            if (raw.notes[:, 1] == MELODY).mean() >= LEAST_MELODY:
                yield raw


def _raw_song(
    notes: _Arrays, piece: int, melody: set[tuple[int, int]], lift: int, stretches: Sequence[Stretch]
) -> _Raw:
    first, last = (int(row) for row in notes["ptr"][piece : piece + 2])
    first, last, offset = _longest(_steps(notes, first, last), stretches, first)
    held, pitch = (notes[name][first:last].astype(np.int64) for name in ("dur_tick", "pitch"))
    step = _steps(notes, first, last) - offset
    part = np.array([BACKING if pair not in melody else MELODY for pair in zip(step, pitch, strict=True)])
    length = np.maximum(1, (held + STEP_TICKS // 2) // STEP_TICKS)
    lead = max(0, -(int(step.min()) // BAR_STEPS))  # bars before the first that is numbered
    step += lead * BAR_STEPS
    rows = np.column_stack([step, part, pitch + lift, length])
    told = _SPLIT_OF[int(notes["split"][piece])], float(notes["bpm"][piece])
    return _Raw(str(notes["piece_id"][piece]), *told, rows, first, int(step.max()) // BAR_STEPS + 1, lead)


def _steps(notes: _Arrays, first: int, last: int) -> Rows:
    """The step, in the arrangement, nearest to each onset of some rows."""
    return np.asarray((notes["onset_tick"][first:last].astype(np.int64) + STEP_TICKS // 2) // STEP_TICKS)


def _longest(step: Rows, stretches: Sequence[Stretch], first: int) -> tuple[int, int, int]:
    """First and last row of the stretch with most notes, and its offset; `first` is the row of the first step."""
    ends = [(*np.searchsorted(step, [each.first, each.last + 1]).tolist(), each.offset) for each in stretches]
    begin, end, offset = max(ends, key=lambda each: int(each[1] - each[0]))
    return first + int(begin), first + int(end), int(offset)


def _melody(melodies: _Arrays, rows: Rows) -> set[tuple[int, int]]:
    """Step and pitch of every note of a song's melody."""
    events = melodies["events"][rows].astype(np.int64)
    row, step = np.nonzero(events >= 2)
    start = melodies["bar"][rows].astype(np.int64)[row] * BAR_STEPS
    return set(zip((start + step).tolist(), (events[row, step] + 19).tolist(), strict=True))


def _home(melodies: _Arrays, rows: Rows) -> int:
    """The semitones, -5..6, that bring a song's most frequent tonic to C."""
    tonic = int(np.bincount(melodies["tonic"][rows].astype(np.int64)).argmax())
    return -((tonic + 5) % 12 - 5)


def _felt(table: NoteTable, raws: list[_Raw]) -> list[Floats]:
    """What is felt from each bar line on, (B, 2) each; before a silence, what was felt last."""
    firsts, lasts = [], []
    for raw in raws:
        lines = np.arange(raw.bars + FELT_BARS + 1) * BAR_STEPS
        rows = raw.first + np.searchsorted(raw.notes[:, 0], lines)
        firsts.append(rows[: raw.bars])
        lasts.append(rows[FELT_BARS : FELT_BARS + raw.bars])
    first, last = np.concatenate(firsts), np.concatenate(lasts)
    points = np.full((len(first), 2), np.nan)
    heard = last > first
    points[heard] = PUBLISHED.points(cues(table.windows(first[heard], last[heard])))
    ends = np.cumsum([raw.bars for raw in raws])[:-1]
    return [_filled(each) for each in np.split(points, ends)]


def _filled(points: Floats) -> Floats:
    known = np.flatnonzero(~np.isnan(points[:, 0]))
    before = np.maximum(np.searchsorted(known, np.arange(len(points)), side="right") - 1, 0)
    return np.asarray(points[known[before]])
