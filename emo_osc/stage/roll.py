"""The phrase that plays and the one that waits, as text for those who draw them. Knows no client and no clock.

A note is eight hexadecimal digits, two each: the 16th it begins on (from the part's first), its length in 16ths, pitch,
velocity. A phrase goes in two parts of eight bars, so that each fits one datagram.
"""

from emo_osc.messages import Ready
from emo_osc.score import BARS, TICKS_PER_BAR, TICKS_PER_STEP
from emo_osc.stage.performer import Performer
from emo_osc.stage.values import Scalar

NOW, NEXT = "now", "next"
PARTS = 2
PART_TICKS = BARS * TICKS_PER_BAR // PARTS
MAX_NOTES = 150  # 1,200 digits: with its address a message stays under 1,400 bytes
MAX_BYTE = 255


class Roll:
    """Notices when another phrase plays or waits, and writes it down."""

    def __init__(self, performer: Performer) -> None:
        self._performer = performer
        self._told: tuple[Ready | None, Ready | None, tuple[int, ...]] = (None, None, ())

    def has_changed(self) -> bool:
        """Whether there is news since this was last asked: another phrase, or other pitches for it."""
        performer = self._performer
        waiting = performer.booked[0] if performer.booked else None
        known = (performer.phrase, waiting, performer.pitches)
        told, self._told = self._told, known
        return known[0] is not told[0] or known[1] is not told[1] or known[2] != told[2]

    def messages(self) -> list[tuple[Scalar, ...]]:
        """What `/emo/roll` says: `now` and `next`, part 1 and 2 of each, and its notes, empty where there are none."""
        booked = self._performer.booked
        phrases = ((NOW, self._performer.phrase), (NEXT, booked[0] if booked else None))
        pitches = self._performer.pitches
        return [(which, part, written(phrase, part, pitches)) for which, phrase in phrases for part in (1, 2)]


def written(phrase: Ready | None, part: int, pitches: tuple[int, ...]) -> str:
    """Eight bars of a phrase, at the pitches that are heard; `part` 1 or 2.

    >>> from emo_osc.score import Melody, Note
    >>> from emo_osc.affect import NEUTRAL
    >>> from emo_osc.messages import Measured, Ready
    >>> phrase = Ready(Melody((Note(120, 240, 60, 80),)), NEUTRAL, Measured(1, 60, 1), 0.0, 1, 1)
    >>> written(phrase, 1, tuple(range(128))), written(phrase, 2, tuple(range(128)))
    ('01023c50', '')
    """
    if phrase is None:
        return ""
    begin = (part - 1) * PART_TICKS
    notes = [note for note in phrase.melody.notes if begin <= note.start_tick < begin + PART_TICKS]
    return "".join(
        f"{(note.start_tick - begin) // TICKS_PER_STEP:02x}"
        f"{min(MAX_BYTE, max(1, round(note.duration_tick / TICKS_PER_STEP))):02x}"
        f"{pitches[note.pitch]:02x}{note.velocity:02x}"
        for note in notes[:MAX_NOTES]
    )
