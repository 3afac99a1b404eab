"""What a clip of notes in any number of voices gives a listener to go by: pace, touch, register, loudness, mode.

The cues are those whose effect on felt emotion was measured by experiment (Eerola, Friberg and Bresin 2013), read from
notes instead of set by a synthesiser, besides some that only correlate.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from emo_osc.studio.attributes import MAJOR_PROFILE, MINOR_PROFILE, MODE_SLOPE, key_correlations
from emo_osc.train.corpora.note_table import Floats, NoteTable, Rows

# N clips, M notes, E events: onsets nearer than 30 ms are one

APART_S = 0.03  # onsets nearer than this are one event (emotion reference, section 9)
SHORTEST_S = 1.0  # a clip is never taken for shorter
LONGEST_HOLD_S = 8.0  # a note held for longer weighs no more in the key
SLOWEST = 0.1  # notes a second; a single note has no pace of its own
MEZZO_FORTE = 64.0  # the velocity of 0 dB
MOST_CLIPS = 2000  # measured at once; keeps memory small


@dataclass(frozen=True, slots=True)
class _Heard:
    """Clips with their events found: what each cue is measured on."""

    notes: NoteTable
    clip: Rows
    event: Rows  # (M,), the event each note belongs to
    begins: Rows  # (E,), its first note

    @classmethod
    def of(cls, notes: NoteTable) -> "_Heard":
        clip = notes.clip
        is_new = np.ones(len(clip), dtype=bool)
        is_new[1:] = (np.diff(notes.onset_s) > APART_S) | (np.diff(clip) > 0)
        return cls(notes, clip, np.cumsum(is_new) - 1, np.flatnonzero(is_new))

    @property
    def count(self) -> int:
        return len(self.notes.ptr) - 1

    def mean(self, values: Floats, clip: Rows | None = None) -> Floats:
        """The mean of each clip, 0 where it has none."""
        of = self.clip if clip is None else clip
        total = np.bincount(of, values, self.count)
        return np.asarray(total / np.maximum(np.bincount(of, minlength=self.count), 1))

    def span_s(self) -> Floats:
        """Seconds from the first onset to the last, (N,)."""
        is_sounding = self.notes.sizes > 0
        ptr, span = self.notes.ptr, np.zeros(self.count)
        span[is_sounding] = (self.notes.onset_s[ptr[1:][is_sounding] - 1]) - self.notes.onset_s[ptr[:-1][is_sounding]]
        return np.maximum(span, SHORTEST_S)

    def pace(self, counts: Rows) -> Floats:
        return np.log2(np.maximum((counts - 1) / self.span_s(), SLOWEST))


def cues(notes: NoteTable) -> Floats:
    """The cues of every clip, (N, len(CUES)), in the order of `CUES`.

    >>> c_major = [(step / 4, 0.25, pitch, 64) for step, pitch in enumerate((60, 64, 67, 72, 60))]
    >>> dict(zip(CUES, cues(NoteTable.of_notes([c_major]))[0].round(2).tolist()))["notes a second"]
    2.0
    """
    parts = [_measured(_Heard.of(part)) for part in notes.parts(MOST_CLIPS)]
    return np.concatenate([np.empty((0, len(CUES))), *parts])


def _measured(heard: _Heard) -> Floats:
    return np.column_stack([*(measure(heard) for measure in _MEASURES.values()), *_keys(heard)])


def _notes_a_second(heard: _Heard) -> Floats:
    return heard.pace(heard.notes.sizes)


def _events_a_second(heard: _Heard) -> Floats:
    return heard.pace(np.bincount(heard.clip[heard.begins], minlength=heard.count))


def _pitch(heard: _Heard) -> Floats:
    return heard.mean(heard.notes.pitch)


def _top(heard: _Heard) -> Floats:
    if not len(heard.begins):
        return np.zeros(heard.count)
    return heard.mean(np.maximum.reduceat(heard.notes.pitch, heard.begins), heard.clip[heard.begins])


def _loudness(heard: _Heard) -> Floats:
    """Decibels, the amplitude taken as the square of velocity, as most synthesisers do (Dannenberg 2006)."""
    return heard.mean(40.0 * np.log10(np.maximum(heard.notes.velocity, 1.0) / MEZZO_FORTE))


def _gate(heard: _Heard) -> Floats:
    """How much of the time to the next event notes are held, 0..1; the last event of a clip has no next."""
    onset_s, begins = heard.notes.onset_s, heard.begins
    gap_s = np.full(len(begins), np.nan)
    has_next = heard.clip[begins[1:]] == heard.clip[begins[:-1]]
    gap_s[:-1][has_next] = np.diff(onset_s[begins])[has_next]
    held = np.clip(heard.notes.duration_s / gap_s[heard.event], 0.0, 1.0)
    known = ~np.isnan(held)
    alone = np.bincount(heard.clip[known], minlength=heard.count) == 0
    return np.where(alone, 1.0, heard.mean(held[known], heard.clip[known]))


def _length(heard: _Heard) -> Floats:
    return heard.mean(np.log2(np.clip(heard.notes.duration_s, APART_S, LONGEST_HOLD_S)))


def _keys(heard: _Heard) -> list[Floats]:
    """Belief in major (0..1), and how well the best major key fits."""
    pitch_class = heard.clip * 12 + heard.notes.pitch.astype(np.int64) % 12
    held = np.clip(heard.notes.duration_s, APART_S, LONGEST_HOLD_S)
    histogram = np.asarray(np.bincount(pitch_class, held, 12 * heard.count), dtype=np.float64).reshape(-1, 12)
    fits = [key_correlations(histogram, profile).max(axis=1) for profile in (MAJOR_PROFILE, MINOR_PROFILE)]
    return [1.0 / (1.0 + np.exp(-MODE_SLOPE * (fits[0] - fits[1]))), fits[0]]


_MEASURES: dict[str, Callable[[_Heard], Floats]] = {
    "notes a second": _notes_a_second,  # log2, all voices
    "events a second": _events_a_second,  # log2, chords counted once
    "pitch": _pitch,  # MIDI, mean of all notes
    "top": _top,  # MIDI, mean of the highest of each event
    "loudness": _loudness,  # dB
    "gate": _gate,  # 0..1
    "length": _length,  # log2 seconds
}
CUES = (*_MEASURES, "major", "major fit")
"""The columns of `cues`."""
