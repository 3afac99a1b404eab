"""Emotion cues of polyphonic clips: tempo, articulation, register, loudness, mode.

The cues with an experimentally measured effect on perceived emotion (Eerola, Friberg and Bresin 2013), computed from
notes, and some that only correlate.
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
class _Clips:
    """Clips with their notes grouped into events."""

    notes: NoteTable
    clip: Rows
    event: Rows  # (M,), the event each note belongs to
    begins: Rows  # (E,), its first note

    @classmethod
    def of(cls, notes: NoteTable) -> "_Clips":
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
    parts = [_measured(_Clips.of(part)) for part in notes.parts(MOST_CLIPS)]
    return np.concatenate([np.empty((0, len(CUES))), *parts])


def _measured(clips: _Clips) -> Floats:
    return np.column_stack([*(measure(clips) for measure in _MEASURES.values()), *_keys(clips)])


def _notes_a_second(clips: _Clips) -> Floats:
    return clips.pace(clips.notes.sizes)


def _events_a_second(clips: _Clips) -> Floats:
    return clips.pace(np.bincount(clips.clip[clips.begins], minlength=clips.count))


def _pitch(clips: _Clips) -> Floats:
    return clips.mean(clips.notes.pitch)


def _top(clips: _Clips) -> Floats:
    if not len(clips.begins):
        return np.zeros(clips.count)
    return clips.mean(np.maximum.reduceat(clips.notes.pitch, clips.begins), clips.clip[clips.begins])


def _loudness(clips: _Clips) -> Floats:
    """Decibels, the amplitude taken as the square of velocity, as most synthesisers do (Dannenberg 2006)."""
    return clips.mean(40.0 * np.log10(np.maximum(clips.notes.velocity, 1.0) / MEZZO_FORTE))


def _gate(clips: _Clips) -> Floats:
    """How much of the time to the next event notes are held, 0..1; the last event of a clip has no next."""
    onset_s, begins = clips.notes.onset_s, clips.begins
    gap_s = np.full(len(begins), np.nan)
    has_next = clips.clip[begins[1:]] == clips.clip[begins[:-1]]
    gap_s[:-1][has_next] = np.diff(onset_s[begins])[has_next]
    held = np.clip(clips.notes.duration_s / gap_s[clips.event], 0.0, 1.0)
    known = ~np.isnan(held)
    alone = np.bincount(clips.clip[known], minlength=clips.count) == 0
    return np.where(alone, 1.0, clips.mean(held[known], clips.clip[known]))


def _length(clips: _Clips) -> Floats:
    return clips.mean(np.log2(np.clip(clips.notes.duration_s, APART_S, LONGEST_HOLD_S)))


def _keys(clips: _Clips) -> list[Floats]:
    """Belief in major (0..1), and how well the best major key fits."""
    pitch_class = clips.clip * 12 + clips.notes.pitch.astype(np.int64) % 12
    held = np.clip(clips.notes.duration_s, APART_S, LONGEST_HOLD_S)
    histogram = np.asarray(np.bincount(pitch_class, held, 12 * clips.count), dtype=np.float64).reshape(-1, 12)
    fits = [key_correlations(histogram, profile).max(axis=1) for profile in (MAJOR_PROFILE, MINOR_PROFILE)]
    return [1.0 / (1.0 + np.exp(-MODE_SLOPE * (fits[0] - fits[1]))), fits[0]]


_MEASURES: dict[str, Callable[[_Clips], Floats]] = {
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
