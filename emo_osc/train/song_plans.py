"""The columns of `studio/duet/look_back` for all events of a song at once, as the transformer is trained on them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emo_osc.studio.duet.look_back import (
    DENSITY_EDGES,
    NO_BAR,
    NO_CHORD,
    NO_KEY,
    OPEN_DENSITY,
    OPEN_KEY,
    OPEN_PLACE,
    RUN_EDGES,
    Classes,
)
from emo_osc.studio.events import BAR, BAR_STEPS, KEYS, LENGTHS, NO_LENGTH, NO_NOTE, NOTES, PLACES, Rows, bar_of
from emo_osc.studio.harmony import CLASSES
from emo_osc.studio.line.places import LAGS
from emo_osc.train.corpora.arrangements import Song

# E events, B bars

DENSITY_BARS = 4  # a bar's density is the mean from it on, for so long
_BAR_KEYS = (PLACES + 1) * NOTES
_NO_MORE, _NO_SUCH_BAR = -1, -2


@dataclass(frozen=True, slots=True)
class SongPlan:
    """What the columns of a song's events are read from.

    `bars` (B, 6) are the columns of bars; `lagged` (E, 4) the event that comes next in the bars `LAGS` before, -1 where
    none is left there, -2 where there is no such bar; `run` (E, 4) classes; `ahead` (E, 2) the melody's next events in
    the bar, -1 for none; `sounding` (E,) the event of the melody that sounds, -1 for none.
    """

    bars: Rows
    lagged: Rows
    run: Rows
    ahead: Rows
    sounding: Rows

    @classmethod
    def of(cls, song: Song) -> "SongPlan":
        """Computed once a song."""
        events, bar = song.events, bar_of(song.events)
        lagged = _lagged(song, bar)
        return cls(_bar_columns(song, bar), lagged, _runs(events, lagged), *_melody(events, bar))

    def columns(
        self, events: Rows, bar: Rows, rows: slice, semitones: int, *, has_melody: bool, has_density: bool
    ) -> Classes:
        """The columns (n, C) of some rows of events that lie in bars (n,).

        `events` are the whole song's, transposed by `semitones`; without `has_melody` and `has_density` the notes to
        come and the density are open.
        """
        bars = self.bars[bar].copy()
        chords = bars[:, 2:5]
        moved = (chords + semitones) % CLASSES + chords // CLASSES * CLASSES
        bars[:, 2:5] = np.where(chords == NO_CHORD, NO_CHORD, moved)
        if not has_density:
            bars[:, 5] = OPEN_DENSITY
        melody = self._melody_columns(events, rows, has_melody)
        lags = self._lag_columns(events, rows)
        return np.concatenate([bars, melody, lags], axis=1)

    def _melody_columns(self, events: Rows, rows: slice, has_melody: bool) -> Classes:
        sounds = self.sounding[rows]
        sounding = np.where(sounds < 0, NO_KEY, events[sounds, 1])[:, None]
        if not has_melody:
            open_ = np.array([OPEN_PLACE, OPEN_KEY, NO_LENGTH, OPEN_PLACE, OPEN_KEY])
            return np.concatenate([np.tile(open_, (len(sounds), 1)), sounding], axis=1)
        ahead = self.ahead[rows]
        coming = np.where(ahead[..., None] < 0, np.array([BAR, NO_KEY, NO_LENGTH]), events[ahead])  # (n, 2, 3)
        return np.concatenate([coming[:, 0], coming[:, 1, :2], sounding], axis=1)

    def _lag_columns(self, events: Rows, rows: slice) -> Classes:
        lagged = self.lagged[rows]
        found = np.where(lagged[..., None] < 0, np.array([BAR, NO_NOTE, NO_LENGTH]), events[lagged])  # (n, 4, 3)
        found[..., 0] = np.where(lagged == _NO_SUCH_BAR, NO_BAR, found[..., 0])
        return np.concatenate([found, self.run[rows][..., None]], axis=-1).reshape(len(lagged), -1)


def _bar_columns(song: Song, bar: Rows) -> Rows:
    backing = np.bincount(bar[(song.events[:, 1] >= KEYS) & (song.events[:, 1] < NO_NOTE)], minlength=song.bars)
    sums = np.concatenate([[0], np.cumsum(backing)])
    ends = np.minimum(np.arange(song.bars) + DENSITY_BARS, song.bars)
    density = (sums[ends] - sums[:-1]) / (ends - np.arange(song.bars))
    halves = song.chords.reshape(-1, 2)
    following = np.append(halves[1:, 0], NO_CHORD)
    classes = np.searchsorted(np.array(DENSITY_EDGES), density, side="right")
    return np.column_stack([song.places, halves, following, classes]).astype(np.int64)


def _lagged(song: Song, bar: Rows) -> Rows:
    place, note, _ = song.events.T
    within = np.where(place == BAR, 0, (place + 1) * NOTES + note)  # a bar line comes first
    keys, found = bar * _BAR_KEYS + within, []
    for lag in LAGS:
        there = bar - lag
        at = np.searchsorted(keys, there * _BAR_KEYS + within, side="right")
        is_left = at < song.begins[np.maximum(there, 0) + 1]
        found.append(np.where(there < 0, _NO_SUCH_BAR, np.where(is_left, at, _NO_MORE)))
    return np.stack(found, axis=1)


def _runs(events: Rows, lagged: Rows) -> Rows:
    """The classes of how many events in a row, each event included, were what a lag would have had."""
    before = lagged[:-1]
    same = (events[before, :2] == events[1:, None, :2]).all(axis=-1)
    is_line = (events[1:, 0] == BAR)[:, None]
    follows = np.where(before < 0, (before == _NO_MORE) & is_line, same)
    follows = np.concatenate([np.zeros((1, len(LAGS)), bool), follows])
    index = np.arange(len(events))[:, None]
    broken = np.maximum.accumulate(np.where(follows, -1, index), axis=0)
    return np.searchsorted(np.array(RUN_EDGES), index - broken, side="right")


def _melody(events: Rows, bar: Rows) -> tuple[Rows, Rows]:
    """The melody's next two events in each event's bar, (E, 2), and the one that sounds, (E,)."""
    index, is_melody = np.arange(len(events)), events[:, 1] < KEYS
    notes = np.flatnonzero(is_melody)
    if not len(notes):
        return np.full((len(events), 2), -1), np.full(len(events), -1)
    place = np.where(events[:, 0] == BAR, 0, events[:, 0])
    start = bar * BAR_STEPS + place
    rank = np.searchsorted(notes, index, side="right")
    coming = np.stack([rank, rank + 1], axis=1)
    at = notes[np.minimum(coming, len(notes) - 1)]
    ahead = np.where((coming < len(notes)) & (bar[at] == bar[:, None]), at, -1)
    last = notes[np.maximum(rank - 1, 0)]
    lasts: NDArray[np.int64] = np.array([*LENGTHS, 0])[events[last, 2]]
    sounds = (rank > 0) & (start[last] + lasts > start)
    return ahead, np.where(sounds, last, -1)
