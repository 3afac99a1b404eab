"""Played music: notes in seconds under changing tempo, from a MIDI file or anywhere else. Imports no torch."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mido import MidiFile

DEFAULT_TEMPO = 120.0
DEFAULT_SIGNATURE = (4, 4)
DRUM_CHANNEL = 9


@dataclass(frozen=True, slots=True)
class Played:
    """A note as it was played. Times in seconds, pitch and velocity 0..127; velocity 0 is not heard."""

    pitch: int
    velocity: int
    start_s: float
    end_s: float
    instrument: int = 0
    program: int = 0
    is_drum: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one tempo (quarters a minute) and one time signature, its notes counted from its own start."""

    notes: tuple[Played, ...]
    tempo: float
    signature: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Performance:
    """Played notes with their tempos (seconds, quarters a minute) and time signatures (seconds, beats, beat unit).

    Before the first of either, 120 and 4/4 hold.
    """

    notes: tuple[Played, ...]
    tempos: tuple[tuple[float, float], ...] = ()
    signatures: tuple[tuple[float, int, int], ...] = ()

    def pieces(self) -> list[Piece]:
        """The performance cut wherever tempo or time signature change; a note that crosses a cut ends there."""
        cuts = self._cuts()
        return [self._piece(start_s, end_s) for start_s, end_s in pairwise(cuts)]

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

    def _piece(self, start_s: float, end_s: float) -> Piece:
        tempos = sorted(self.tempos, key=lambda tempo: tempo[0])
        signatures = sorted(self.signatures, key=lambda signature: signature[0])
        notes = (
            replace(note, start_s=note.start_s - start_s, end_s=min(note.end_s, end_s) - start_s)
            for note in sorted(self.notes, key=lambda note: note.start_s)
            if start_s <= note.start_s < end_s
        )
        return Piece(
            tuple(notes),
            [DEFAULT_TEMPO, *(tempo for time_s, tempo in tempos if time_s <= start_s)][-1],
            [DEFAULT_SIGNATURE, *((beats, unit) for time_s, beats, unit in signatures if time_s <= start_s)][-1],
        )


def read_midi(path: Path) -> Performance:
    """What a MIDI file plays, as note-seq and pretty_midi read it: tempos and signatures from the first track alone.

    An instrument is a program on a channel of a track; channel 10 plays drums.

    Raises:
        ValueError: the file cannot be read as MIDI.
    """
    import mido  # only files need it
    from mido.midifiles.meta import KeySignatureError

    try:
        file = mido.MidiFile(path)
    except (OSError, EOFError, ValueError, IndexError, KeyError, KeySignatureError) as error:
        raise ValueError(f"{path}: not a MIDI file ({error})") from None
    if not 0 < file.ticks_per_beat < 0x8000:
        raise ValueError(f"{path}: its time is in film frames, not in beats; export it again with a beat resolution")
    return _performance(file)


def _performance(file: "MidiFile") -> Performance:
    conductor = _timed(file.tracks[0]) if file.tracks else []
    tempos = _tempo_map(conductor, file.ticks_per_beat)
    seconds = _clock(tempos)
    signatures = tuple(
        (seconds(tick), message.numerator, message.denominator)
        for tick, message in conductor
        if message.type == "time_signature"
    )
    changes = tuple((seconds(tick), 60.0 / (scale * file.ticks_per_beat)) for tick, scale in tempos)
    return Performance(tuple(_notes(file, seconds)), changes, signatures)


def _notes(file: "MidiFile", seconds: Callable[[int], float]) -> list[Played]:
    instruments: dict[tuple[int, int, int], list[Played]] = {}  # numbered in the order of their first note's end
    for index, track in enumerate(file.tracks):
        programs: dict[int, int] = defaultdict(int)
        sounding: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for tick, message in _timed(track):
            if message.type == "program_change":
                programs[message.channel] = message.program
            elif message.type == "note_on" and message.velocity:
                sounding[message.channel, message.note].append((tick, message.velocity))
            elif message.type in ("note_on", "note_off"):
                channel, program = message.channel, programs[message.channel]
                for start, velocity in _ended(sounding, (channel, message.note), tick):
                    notes = instruments.setdefault((program, channel, index), [])
                    times = (seconds(start), seconds(tick))
                    number = list(instruments).index((program, channel, index))
                    notes.append(Played(message.note, velocity, *times, number, program, channel == DRUM_CHANNEL))
    return [note for notes in instruments.values() for note in notes]


def _ended(sounding: dict[tuple[int, int], list[tuple[int, int]]], key: tuple[int, int], tick: int) -> list[Any]:
    """The notes that an off at a tick ends: all that began before it. One that begins right there lasts."""
    begun = sounding.pop(key, [])
    ended = [note for note in begun if note[0] != tick]
    if ended and len(ended) < len(begun):
        sounding[key] = [note for note in begun if note[0] == tick]
    return ended


def _timed(track: Any) -> list[tuple[int, Any]]:
    tick, timed = 0, []
    for message in track:
        tick += message.time
        timed.append((tick, message))
    return timed


def _tempo_map(conductor: list[tuple[int, Any]], resolution: int) -> list[tuple[int, float]]:
    """Ticks and the seconds each tick lasts from there on."""
    scales = [(0, 60.0 / (DEFAULT_TEMPO * resolution))]
    for tick, message in conductor:
        if message.type == "set_tempo":
            scale = 60.0 / ((6e7 / message.tempo) * resolution)
            if tick == 0:
                scales = [(0, scale)]
            elif scale != scales[-1][1]:
                scales.append((tick, scale))
    return scales


def _clock(tempos: list[tuple[int, float]]) -> Callable[[int], float]:
    starts = [0.0]
    for (tick, scale), (after, _) in pairwise(tempos):
        starts.append(starts[-1] + scale * (after - tick))

    def seconds(tick: int) -> float:
        at = max(index for index, (start, _) in enumerate(tempos) if start <= tick)
        return starts[at] + tempos[at][1] * (tick - tempos[at][0])

    return seconds
