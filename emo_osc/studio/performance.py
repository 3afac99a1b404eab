"""Performed music: notes in seconds with tempo and time signature changes. Imports no torch."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from emo_osc.core.midi_file import DRUM_CHANNEL, MidiMusic, MidiNote, read_midi_file

DEFAULT_TEMPO = 120.0
DEFAULT_SIGNATURE = (4, 4)
LONGEST_REST_S = 30.0  # between two onsets of one piece of music

Change = TypeVar("Change", bound=tuple[float, ...])
"""From a time in seconds on, one or more values."""


@dataclass(frozen=True, slots=True)
class Played:
    """A note as it was played. Times in seconds, pitch and velocity 0..127; velocity 0 is silent.

    The key is released at `end_s`; with the pedal the note sounds for `pedalled_s` longer.
    """

    pitch: int
    velocity: int
    start_s: float
    end_s: float
    instrument: int = 0
    program: int = 0
    is_drum: bool = False
    pedalled_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one tempo (quarters a minute) and one time signature, its notes counted from its own start."""

    notes: tuple[Played, ...]
    tempo: float
    signature: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Performance:
    """Played notes with their tempos (seconds, quarters a minute) and time signatures (seconds, beats, beat unit).

    Before the first of either, 120 and 4/4 apply. `faults` list the unreadable parts of the file.
    """

    notes: tuple[Played, ...]
    tempos: tuple[tuple[float, float], ...] = ()
    signatures: tuple[tuple[float, int, int], ...] = ()
    faults: tuple[str, ...] = ()

    def pieces(self) -> list[Piece]:
        """The performance cut at every change of tempo or time signature; notes across a cut end there."""
        cuts = self._cuts()
        notes = sorted(self.notes, key=lambda note: note.start_s)
        firsts = [bisect_left(notes, cut, key=lambda note: note.start_s) for cut in cuts]
        tempos = _at(self.tempos, (0.0, DEFAULT_TEMPO))
        signatures = _at(self.signatures, (0.0, *DEFAULT_SIGNATURE))
        return [
            Piece(_cut(notes[first:last], start_s, end_s), tempos(start_s)[1], signatures(start_s)[1:])
            for (start_s, end_s), (first, last) in zip(pairwise(cuts), pairwise(firsts), strict=True)
        ]

    def main_part(self) -> "Performance":
        """The stretch with most notes between rests of 30 s, without drums and silent notes.

        Stray notes far from the music are left out and counted in `faults`.
        """
        heard = sorted(
            (note for note in self.notes if note.velocity and not note.is_drum), key=lambda note: note.start_s
        )
        breaks = [
            number
            for number, (before, after) in enumerate(pairwise(heard), start=1)
            if after.start_s - before.start_s > LONGEST_REST_S
        ]
        spans = pairwise([0, *breaks, len(heard)])
        first, last = max(spans, key=lambda span: span[1] - span[0])
        strays = len(heard) - (last - first)
        rest_s = f"more than {LONGEST_REST_S:.0f} s"
        told = f"{strays} of {len(heard)} notes left out: {rest_s} lie between them and the rest"
        return replace(self, notes=tuple(heard[first:last]), faults=(*self.faults, *[told] * (strays > 0)))

    def _cuts(self) -> list[float]:
        end_s = max((note.end_s for note in self.notes), default=0.0)
        changes: list[tuple[float, str, Any]] = [
            *((time_s, "signature", (beats, unit)) for time_s, beats, unit in self.signatures),
            *((time_s, "tempo", tempo) for time_s, tempo in self.tempos),
        ]
        present: dict[str, Any] = {"signature": DEFAULT_SIGNATURE, "tempo": DEFAULT_TEMPO}
        cuts = [0.0]
        for time_s, kind, value in sorted(changes, key=lambda change: change[0]):
            if time_s < end_s and value != present[kind]:
                present[kind] = value
                if time_s > cuts[-1]:
                    cuts.append(time_s)
        return [*cuts, end_s] if end_s > cuts[-1] else cuts


def _at(changes: Sequence[Change], before: Change) -> Callable[[float], Change]:
    """A function from a time in seconds to the last change up to it."""
    ordered = [before, *sorted(changes, key=lambda change: change[0])]
    return lambda time_s: ordered[bisect_right(ordered, time_s, key=lambda change: change[0]) - 1]


def _cut(notes: Sequence[Played], start_s: float, end_s: float) -> tuple[Played, ...]:
    return tuple(
        replace(note, start_s=note.start_s - start_s, end_s=min(note.end_s, end_s) - start_s) for note in notes
    )


def read_midi(path: Path) -> Performance:
    """Read a MIDI file.

    An instrument is a program on a channel of a track; channel 10 is drums.

    Raises:
        ValueError: the file cannot be read as MIDI.
    """
    music = read_midi_file(path)
    tempos = _tempo_map(music)
    seconds = _clock(tempos)
    return Performance(
        tuple(_notes(music, seconds)),
        tuple((seconds(tick), 60.0 / (scale * music.resolution)) for tick, scale in tempos),
        tuple((seconds(tick), beats, unit) for tick, beats, unit in music.signatures),
        music.faults,
    )


def _notes(music: MidiMusic, seconds: Callable[[int], float]) -> Iterator[Played]:
    """The notes of each instrument, instruments in the order of their first note's end."""
    instruments: dict[tuple[int, int, int], list[MidiNote]] = {}
    for note in music.notes:
        instruments.setdefault((note.program, note.channel, note.track), []).append(note)
    for number, notes in enumerate(instruments.values()):
        for note in notes:
            end_s = seconds(note.end_tick)
            held_s = seconds(note.heard_tick) - end_s
            times, is_drum = (seconds(note.start_tick), end_s), note.channel == DRUM_CHANNEL
            yield Played(note.pitch, note.velocity, *times, number, note.program, is_drum, held_s)


def _tempo_map(music: MidiMusic) -> list[tuple[int, float]]:
    """Ticks and the seconds each tick lasts from there on."""
    scales = [(0, 60.0 / (DEFAULT_TEMPO * music.resolution))]
    for tick, microseconds in music.tempos:
        scale = 60.0 / ((6e7 / microseconds) * music.resolution)
        if tick == scales[-1][0]:
            scales[-1] = (tick, scale)
        elif scale != scales[-1][1]:
            scales.append((tick, scale))
    return scales


def _clock(tempos: list[tuple[int, float]]) -> Callable[[int], float]:
    ticks = [tick for tick, _ in tempos]
    starts = [0.0]
    for (tick, scale), (after, _) in pairwise(tempos):
        starts.append(starts[-1] + scale * (after - tick))

    def seconds(tick: int) -> float:
        at = bisect_right(ticks, tick) - 1
        return starts[at] + tempos[at][1] * (tick - ticks[at])

    return seconds
