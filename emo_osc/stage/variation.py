"""A variation made on the stage itself, for when the studio cannot: some bars of another melody of the same affect."""

from dataclasses import replace
from random import Random

from emo_osc.messages import Measured, Ready
from emo_osc.score import BARS, TICKS_PER_BAR, Melody, Note, monophonic


def exchanged(phrase: Ready, other: Ready, amount: float, random: Random) -> Ready:
    """The phrase with a share `amount` (0..1) of its sixteen bars taken from another, at least one.

    Each bar keeps its place in the phrase; bars that are equal in the phrase stay equal, so that its form stays.
    """
    groups = list(_equal_bars(phrase))
    random.shuffle(groups)
    sources: dict[int, int] = {}
    for group in groups:
        if len(sources) < max(1, round(amount * BARS)):
            sources |= dict.fromkeys(group, group[0])
    melody = _rebuilt(phrase.melody, other.melody, sources)
    share = len(sources) / BARS
    pitches = [note.pitch for note in melody.notes]
    measured = Measured(
        len(pitches) / BARS,
        sum(pitches) / len(pitches) if pitches else 0.0,
        (1.0 - share) * phrase.measured.major_share + share * other.measured.major_share,
    )
    return replace(phrase, melody=melody, measured=measured, latent="", ticket=-1)


def _rebuilt(melody: Melody, other: Melody, sources: dict[int, int]) -> Melody:
    """The melody with the bars that are keys of `sources` taken from the bars of `other` that are their values."""
    notes: list[Note] = []
    for bar in range(BARS):
        taken, source = (other, sources[bar]) if bar in sources else (melody, bar)
        moved = (bar - source) * TICKS_PER_BAR
        notes += [
            replace(note, start_tick=note.start_tick + moved)
            for note in taken.notes
            if note.start_tick // TICKS_PER_BAR == source
        ]
    return monophonic(notes)


def _equal_bars(phrase: Ready) -> list[list[int]]:
    groups: dict[object, list[int]] = {}
    for bar in range(BARS):
        groups.setdefault(phrase.melody.clipped(bar, 1).notes, []).append(bar)
    return list(groups.values())
