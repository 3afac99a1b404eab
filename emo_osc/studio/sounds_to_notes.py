"""Converts decoded events to score notes: a monophonic melody and a polyphonic accompaniment. Imports no torch."""

from emo_osc.core.score import BARS, TICKS_PER_STEP, Melody, Note
from emo_osc.studio.events import BACKING, BAR_STEPS, MELODY, Sound
from emo_osc.studio.tokens import VELOCITY, melody_of, written


def melody_of_sounds(sounds: list[Sound]) -> Melody:
    """The melody of sixteen bars; each note ends at the latest where the next starts."""
    spans = [(sound.step, sound.step + sound.length, sound.pitch) for sound in sounds if sound.part == MELODY]
    return melody_of(written(spans, BARS * BAR_STEPS))


def backing_of(sounds: list[Sound]) -> tuple[Note, ...]:
    """The accompaniment's notes in ticks, in order; a pitch does not overlap itself."""
    ends: dict[int, Sound] = {}
    notes: list[Sound] = []
    for sound in sorted(each for each in sounds if each.part == BACKING):
        before = ends.get(sound.pitch)
        if before is not None and before.step + before.length > sound.step:
            notes[notes.index(before)] = Sound(before.step, before.part, before.pitch, sound.step - before.step)
        notes.append(sound)
        ends[sound.pitch] = sound
    ticks = TICKS_PER_STEP
    return tuple(Note(s.step * ticks, s.length * ticks, s.pitch, VELOCITY) for s in notes)
