"""The phrase that plays and the one that waits, as text for piano rolls. Knows no client and no clock.

A note is eight hexadecimal digits, two each: the 16th it begins on (from the part's first), its length in 16ths, pitch,
velocity. A phrase goes in two parts of eight bars, so that each fits one datagram.
"""

from emo_osc.core.score import BARS, TICKS_PER_BAR, TICKS_PER_STEP
from emo_osc.protocol.messages import Ready
from emo_osc.protocol.parameters import Scalar
from emo_osc.stage.player.performer import Performer

NOW, NEXT = "now", "next"
PARTS = 2
PART_TICKS = BARS * TICKS_PER_BAR // PARTS
MAX_NOTES = 150  # 1,200 digits: with its address a message stays under 1,400 bytes
MAX_BYTE = 255


class PianoRoll:
    """Notices when another phrase plays or waits, and writes it down."""

    def __init__(self, performer: Performer) -> None:
        self._performer = performer
        self._known: dict[str, Ready | None] = {NOW: None, NEXT: None}
        self._pitches: tuple[int, ...] = ()
        self._news: set[str] = set()

    def has_changed(self) -> bool:
        """Whether there is news since this was last asked: another phrase, or other pitches for it."""
        known, pitches = self._phrases, self._performer.pitches
        is_moved = pitches is not self._pitches and pitches != self._pitches  # nearly always the very same
        changed = {which for which in known if is_moved or known[which] is not self._known[which]}
        self._known, self._pitches = known, pitches
        self._news |= changed
        return bool(changed)

    def take_news(self) -> list[tuple[Scalar, ...]]:
        """What `/emo/roll` says of the rolls that have changed since this was last asked."""
        news, self._news = self._news, set()
        return self._messages(tuple(which for which in (NOW, NEXT) if which in news))

    def messages(self) -> list[tuple[Scalar, ...]]:
        """What `/emo/roll` says: `now` and `next`, part 1 and 2 of each, and its notes, empty where there are none."""
        return self._messages((NOW, NEXT))

    def _messages(self, asked: tuple[str, ...]) -> list[tuple[Scalar, ...]]:
        phrases, pitches = self._phrases, self._performer.pitches
        return [(which, part, written(phrases[which], part, pitches)) for which in asked for part in (1, 2)]

    @property
    def _phrases(self) -> dict[str, Ready | None]:
        cued = self._performer.cued
        return {NOW: self._performer.phrase, NEXT: cued.ready if cued else None}


def written(phrase: Ready | None, part: int, pitches: tuple[int, ...]) -> str:
    """Eight bars of a phrase, at the pitches that are heard; `part` 1 or 2.

    >>> from emo_osc.core.score import Melody, Note
    >>> from emo_osc.core.affect import NEUTRAL
    >>> from emo_osc.protocol.messages import Measured, Ready
    >>> phrase = Ready(Melody((Note(120, 240, 60, 80),)), NEUTRAL, Measured(1, 60, 1), 0.0, 1, 1)
    >>> written(phrase, 1, tuple(range(128))), written(phrase, 2, tuple(range(128)))
    ('01023c50', '')
    """
    if phrase is None:
        return ""
    begin = (part - 1) * PART_TICKS
    notes = [note for note in phrase.melody.notes if begin <= note.start_tick < begin + PART_TICKS]
    digits: list[int] = []
    for note in notes[:MAX_NOTES]:
        length = -(-note.duration_tick // TICKS_PER_STEP)
        digits += (
            (note.start_tick - begin) // TICKS_PER_STEP,
            min(MAX_BYTE, length),
            pitches[note.pitch],
            note.velocity,
        )
    return bytes(digits).hex()
