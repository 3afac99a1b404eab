"""The melody of a MIDI file that is to be accompanied: its highest part, one note at a time, in 4/4."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from emo_osc.core.errors import EmoOscError
from emo_osc.core.midi_file import DRUM_CHANNEL, MidiMusic, MidiNote, read_midi_file, shown
from emo_osc.core.score import BARS, TICKS_PER_BAR, TICKS_PER_BEAT, TICKS_PER_STEP, Melody, Note, monophonic
from emo_osc.core.tempo import MAX_TEMPO, MIN_TEMPO

MOST_BARS = 256  # an accompaniment takes a tenth of a second a bar, on a busy machine half of one
USUAL_BPM = 120.0  # of a file that names no tempo, as the standard says
MICROSECONDS = 6e7  # in a minute


@dataclass(frozen=True, slots=True)
class Tune:
    """A melody of 1..256 bars with the tempo of its file in bpm; `faults` say what of the file could not be read."""

    melody: Melody
    tempo_bpm: float
    faults: tuple[str, ...] = ()

    def phrases(self, bars: int | None = None) -> list[Melody]:
        """The first `bars`, all by default, in parts of sixteen; the last part may be shorter."""
        whole = self.melody.bars if bars is None else min(bars, self.melody.bars)
        return [self.melody.clipped(bar, min(BARS, whole - bar)) for bar in range(0, whole, BARS)]


def read_tune(path: Path) -> Tune:
    """The melody of a MIDI file, from its first bar on.

    Of several parts (a channel of a track) the one that is most often on top; in it, what sounds highest.

    Raises:
        EmoOscError: the file cannot be read, has no notes but drums, is not in 4/4, or has over 256 bars.
    """
    try:
        music = read_midi_file(path)
    except ValueError as error:
        raise EmoOscError(f"--melody: {error}; choose a MIDI file") from None
    place = f"--melody: {shown(path)}"
    _check_signatures(music, place)
    part = _melody_part([note for note in music.notes if note.channel != DRUM_CHANNEL and note.velocity])
    if not part:
        raise EmoOscError(f"{place}: no notes{' but drums' if music.notes else ''}; choose a file with a melody")
    scale = TICKS_PER_BEAT / music.resolution
    notes = [_scaled(note, scale) for note in _on_top(part)]
    bars = max(notes[-1].start_tick // TICKS_PER_BAR + 1, -(-(notes[-1].end_tick - TICKS_PER_STEP) // TICKS_PER_BAR))
    if bars > MOST_BARS:
        raise EmoOscError(f"{place}: {bars} bars, at most {MOST_BARS} can be accompanied; cut it")
    return Tune(monophonic(notes, bars), _tempo(music), music.faults)


def _check_signatures(music: MidiMusic, place: str) -> None:
    for tick, beats, unit in music.signatures:
        if beats != unit:
            bar = 1 + tick // (4 * music.resolution)
            text = f"{beats}/{unit} in bar {bar}, only 4/4 can be accompanied; choose a melody in 4/4"
            raise EmoOscError(f"{place}: {text}")


def _melody_part(notes: Sequence[MidiNote]) -> list[MidiNote]:
    """The notes of the part that most often has the highest note of those that start together, in order of start."""
    tops: dict[int, MidiNote] = {}
    for note in notes:
        if note.start_tick not in tops or note.pitch > tops[note.start_tick].pitch:
            tops[note.start_tick] = note
    parts = Counter((note.track, note.channel) for note in tops.values())
    if not parts:
        return []
    chosen = parts.most_common(1)[0][0]
    return sorted((note for note in notes if (note.track, note.channel) == chosen), key=_from_the_top)


def _on_top(notes: Sequence[MidiNote]) -> list[MidiNote]:
    """Without notes under which a higher one sounds for more than their first half: those accompany."""
    kept: list[MidiNote] = []
    for note in notes:
        middle = (note.start_tick + note.end_tick) / 2
        if not kept or kept[-1].pitch <= note.pitch or kept[-1].end_tick <= middle:
            kept.append(note)
    return kept


def _from_the_top(note: MidiNote) -> tuple[int, int]:
    return note.start_tick, -note.pitch


def _scaled(note: MidiNote, scale: float) -> Note:
    start = round(note.start_tick * scale)
    return Note(start, max(1, round(note.end_tick * scale) - start), note.pitch, note.velocity)


def _tempo(music: MidiMusic) -> float:
    """The tempo at the start, moved into the range that can be played."""
    bpm = MICROSECONDS / music.tempos[0][1] if music.tempos and music.tempos[0][1] else USUAL_BPM
    return min(MAX_TEMPO, max(MIN_TEMPO, bpm))
