"""Melodies as note-seq's NoteSequence, and back. Imports note-seq only when called."""

from importlib import import_module
from typing import Any

from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import TICKS_PER_BEAT, Melody
from emo_osc.studio.performance import Performance, Played

MAGENTA_TEMPO = 120.0  # quarters a minute, of everything that Magenta's converter writes


def to_note_sequence(melody: Melody, tempo: float = MAGENTA_TEMPO) -> Any:
    """A `NoteSequence` as Magenta's converter makes one of tokens; `tempo` in quarters a minute.

    Raises:
        EmoOscError: note-seq is not installed.
    """
    sequence = _music().NoteSequence()
    sequence.ticks_per_quarter = 220  # note-seq's own resolution
    sequence.tempos.add().qpm = tempo
    second = tempo / 60.0 * TICKS_PER_BEAT  # in ticks
    for note in melody.notes:
        times = {"start_time": note.start_tick / second, "end_time": note.end_tick / second}
        sequence.notes.add(pitch=note.pitch, velocity=note.velocity, **times)
    if melody.notes:
        sequence.total_time = sequence.notes[-1].end_time
    return sequence


def from_note_sequence(sequence: Any) -> Performance:
    """What a `NoteSequence` plays; `extraction.windows` finds the melodies in it."""
    notes = (
        Played(n.pitch, n.velocity, n.start_time, n.end_time, n.instrument, n.program, n.is_drum)
        for n in sequence.notes
    )
    return Performance(
        tuple(notes),
        tuple((tempo.time, tempo.qpm) for tempo in sequence.tempos),
        tuple((each.time, each.numerator, each.denominator) for each in sequence.time_signatures),
    )


def _music() -> Any:
    try:
        return import_module("note_seq.protobuf.music_pb2")
    except ImportError as error:
        raise EmoOscError(f"note-seq is not installed ({error}); pip install note-seq") from None
