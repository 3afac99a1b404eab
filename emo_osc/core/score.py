"""Sixteen bars of notes in integer ticks."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from emo_osc.core.midi_file import DRUM_CHANNEL, read_midi_file
from emo_osc.core.midi_standard import RELEASE_VELOCITY

if TYPE_CHECKING:
    from mido import MidiFile

TICKS_PER_BEAT = 480
TICKS_PER_STEP = TICKS_PER_BEAT // 4  # a step is a 16th note
TICKS_PER_BAR = TICKS_PER_BEAT * 4  # 4/4 only, as MusicVAE (Roberts et al. 2018, section 4.1)
TICKS_PER_CLOCK = TICKS_PER_BEAT // 24  # MIDI clock: 24 a quarter note
BARS = 16
PHRASE_TICKS = BARS * TICKS_PER_BAR


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One note of a melody. Times in ticks from the phrase's start, pitch 0..127, velocity 1..127.

    >>> Note(0, 480, 60).end_tick
    480

    Raises:
        ValueError: a time, pitch or velocity is out of range.
    """

    start_tick: int
    duration_tick: int
    pitch: int
    velocity: int = 80

    def __post_init__(self) -> None:
        if self.start_tick < 0 or self.duration_tick < 1:
            raise ValueError(f"a note needs start >= 0 and duration >= 1, got {self.start_tick}, {self.duration_tick}")
        if not 0 <= self.pitch <= 127:
            raise ValueError(f"pitch must be in 0..127, got {self.pitch}")
        if not 1 <= self.velocity <= 127:
            raise ValueError(f"velocity must be in 1..127, got {self.velocity}")

    @property
    def end_tick(self) -> int:
        """The tick at which the note is switched off."""
        return self.start_tick + self.duration_tick


@dataclass(frozen=True, slots=True)
class Melody:
    """A phrase of one voice: notes in order of start, at most one sounding at a time, none past the last bar.

    >>> Melody((Note(0, 480, 60), Note(480, 480, 64))).transposed(12).notes[1].pitch
    76

    Raises:
        ValueError: notes overlap, are out of order, or end after `bars`.
    """

    notes: tuple[Note, ...]
    bars: int = BARS

    def __post_init__(self) -> None:
        for before, after in zip(self.notes, self.notes[1:], strict=False):
            if after.start_tick < before.end_tick:
                raise ValueError(f"notes overlap: {before} and {after}")
        if self.notes and self.notes[-1].end_tick > self.length_tick:
            raise ValueError(f"{self.notes[-1]} ends after bar {self.bars} (tick {self.length_tick})")

    @property
    def length_tick(self) -> int:
        """The phrase's length, whether or not notes reach its end."""
        return self.bars * TICKS_PER_BAR

    def transposed(self, semitones: int) -> "Melody":
        """The melody moved by semitones; notes that would leave 0..127 move by octaves back inside."""
        moved = (replace(note, pitch=_inside(note.pitch + semitones)) for note in self.notes)
        return replace(self, notes=tuple(moved))

    def clipped(self, first_bar: int, bars: int) -> "Melody":
        """Bars `first_bar` .. `first_bar + bars - 1` as a melody of their own; notes are cut at its borders."""
        start, end = first_bar * TICKS_PER_BAR, (first_bar + bars) * TICKS_PER_BAR
        kept = (
            replace(note, start_tick=note.start_tick - start, duration_tick=min(note.end_tick, end) - note.start_tick)
            for note in self.notes
            if start <= note.start_tick < end
        )
        return Melody(tuple(kept), bars)

    def with_bars_of(self, other: "Melody", bars: Iterable[int]) -> "Melody":
        """This melody with the bars whose indices are given taken from another of the same length."""
        swapped = set(bars)
        notes = sorted(
            note
            for melody, wanted in ((self, False), (other, True))
            for note in melody.notes
            if (note.start_tick // TICKS_PER_BAR in swapped) is wanted
        )
        return Melody(_one_voice(notes, self.length_tick), self.bars)

    def to_midi(self, tempo_bpm: float = 120.0, channel: int = 1) -> "MidiFile":
        """A one-track Standard MIDI File at 480 ticks a quarter; `channel` 1..16."""
        return midi_of([self], tempo_bpm, channel)

    @classmethod
    def from_midi(cls, path: Path) -> "Melody":
        """The first melody of a .mid that `to_midi` wrote (any resolution): the highest note wins, 16 bars at most.

        Raises:
            ValueError: the file cannot be read as MIDI.
        """
        music = read_midi_file(path)
        scale = TICKS_PER_BEAT / music.resolution
        return monophonic(
            Note(start, max(1, round(note.end_tick * scale) - start), note.pitch, note.velocity)
            for note in music.notes
            if note.channel != DRUM_CHANNEL and (start := round(note.start_tick * scale)) < PHRASE_TICKS
        )


def leap(before: Melody, after: Melody, tick: int) -> int:
    """How many semitones lie between the last note of one melody before a tick and the first of another from it on.

    A melody goes round; 0 where one of them is silent.

    >>> leap(Melody((Note(0, 480, 60),)), Melody((Note(0, 480, 72), Note(480, 480, 64))), 480)
    4
    """
    if not before.notes or not after.notes:
        return 0
    last = before.notes[bisect_left(before.notes, tick, key=lambda note: note.start_tick) - 1]
    first = after.notes[bisect_left(after.notes, tick, key=lambda note: note.start_tick) % len(after.notes)]
    return abs(first.pitch - last.pitch)


def tiled(melody: Melody, first_bar: int = 0) -> Melody:
    """A melody of 1..16 bars as a phrase of sixteen, played again and again from `first_bar` (0..15) on, and round.

    >>> [note.start_tick for note in tiled(Melody((Note(0, 480, 60),), bars=8), first_bar=3).notes]
    [5760, 21120]
    """
    return assembled([(melody, (bar - first_bar) % BARS % melody.bars) for bar in range(BARS)])


def assembled(bars: Sequence[tuple[Melody, int]]) -> Melody:
    """A melody made of bars of others: for each of its bars the melody it is taken from, and which bar of that.

    >>> [note.pitch for note in assembled([(Melody((Note(0, 480, 60), Note(1920, 480, 62))), 1)] * 2).notes]
    [62, 62]
    """
    notes: list[Note] = []
    for bar, (melody, source) in enumerate(bars):
        moved = (bar - source) * TICKS_PER_BAR
        notes += [
            replace(note, start_tick=note.start_tick + moved)
            for note in melody.notes
            if note.start_tick // TICKS_PER_BAR == source
        ]
    return monophonic(notes, len(bars))


def midi_of(melodies: Iterable[Melody], tempo_bpm: float, channel: int = 1) -> "MidiFile":
    """Melodies one after another as a one-track Standard MIDI File at 480 ticks a quarter; `channel` 1..16."""
    import mido  # only files need it

    file = mido.MidiFile(type=0, ticks_per_beat=TICKS_PER_BEAT)
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo_bpm)))
    track.append(mido.MetaMessage("time_signature", numerator=4, denominator=4))
    events: list[tuple[int, int, Note]] = []
    offset = 0
    for melody in melodies:
        for note in melody.notes:
            events += [(offset + note.start_tick, 1, note), (offset + note.end_tick, 0, note)]
        offset += melody.length_tick
    now = 0
    for tick, is_on, note in sorted(events, key=lambda event: event[:2]):
        kind, velocity = ("note_on", note.velocity) if is_on else ("note_off", RELEASE_VELOCITY)
        track.append(mido.Message(kind, channel=channel - 1, note=note.pitch, velocity=velocity, time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=max(0, offset - now)))
    return file


def monophonic(notes: Iterable[Note], bars: int = BARS) -> Melody:
    """One voice out of many notes: of notes that start together the highest stays; a new note cuts the old one.

    >>> for note in monophonic([Note(0, 960, 60), Note(0, 960, 72), Note(480, 480, 62)]).notes:
    ...     print(note.start_tick, note.duration_tick, note.pitch)
    0 480 72
    480 480 62
    """
    length = bars * TICKS_PER_BAR
    tops: dict[int, Note] = {}
    for note in notes:
        if note.start_tick < length and (note.start_tick not in tops or note.pitch > tops[note.start_tick].pitch):
            tops[note.start_tick] = note
    return Melody(_one_voice([tops[tick] for tick in sorted(tops)], length), bars)


def _one_voice(notes: Sequence[Note], length_tick: int) -> tuple[Note, ...]:
    ends = (*(note.start_tick for note in notes[1:]), length_tick)
    return tuple(
        replace(note, duration_tick=min(note.end_tick, end) - note.start_tick)
        for note, end in zip(notes, ends, strict=False)  # no notes: one end too many
    )


def _inside(pitch: int) -> int:
    while pitch < 0:
        pitch += 12
    while pitch > 127:
        pitch -= 12
    return pitch
