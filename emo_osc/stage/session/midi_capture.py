"""MIDI capture: notes played by hand as a melody of 1..16 bars. Knows no port; ticks are arguments."""

from math import floor

from emo_osc.core.midi_standard import KIND_BITS, NOTE_OFF, NOTE_ON
from emo_osc.core.score import TICKS_PER_BAR, TICKS_PER_STEP, Melody, Note, monophonic

EARLY_TICKS = TICKS_PER_STEP // 2  # who plays the first note a little early still means the downbeat
MAX_NOTES = 4096


class MidiCapture:
    """Listens from a bar line for some bars.

    >>> ear = MidiCapture(first_tick=1920, bars=1)
    >>> ear.hear(b"\\x90\\x3c\\x50", 1900.0), ear.hear(b"\\x80\\x3c\\x40", 2390.0)
    (None, None)
    >>> ear.written().notes
    (Note(start_tick=0, duration_tick=480, pitch=60, velocity=80),)
    """

    def __init__(self, first_tick: int, bars: int) -> None:
        self.first_tick = first_tick
        self.bars = bars
        self._sounding: dict[int, tuple[float, int]] = {}
        self._notes: list[Note] = []

    @property
    def last_tick(self) -> int:
        """The bar line at which listening ends."""
        return self.first_tick + self.bars * TICKS_PER_BAR

    def hear(self, message: bytes, tick: float) -> None:
        """Take a note-on or note-off that came in at a tick; anything else is not for this ear."""
        kind = message[0] & KIND_BITS if len(message) == 3 else 0
        if kind == NOTE_ON and message[2] and tick >= self.first_tick - EARLY_TICKS:
            self._end(message[1], tick)
            self._sounding[message[1]] = (tick, message[2])
        elif kind in (NOTE_OFF, NOTE_ON):
            self._end(message[1], tick)

    def written(self) -> Melody:
        """What was heard, on 16ths, one voice: of notes together the highest, and a new note cuts the old one."""
        for pitch in list(self._sounding):
            self._end(pitch, self.last_tick)
        return monophonic(self._notes, self.bars)

    def _end(self, pitch: int, tick: float) -> None:
        started = self._sounding.pop(pitch, None)
        if started is None or len(self._notes) >= MAX_NOTES:
            return
        start, end = _on_step(started[0] - self.first_tick), _on_step(tick - self.first_tick)
        if start < self.bars * TICKS_PER_BAR:
            self._notes.append(Note(start, max(TICKS_PER_STEP, end - start), pitch, started[1]))


def _on_step(tick: float) -> int:
    return max(0, floor(tick / TICKS_PER_STEP + 0.5) * TICKS_PER_STEP)
