"""A variation made without the studio: some bars are replaced by those of another melody of the same affect."""

from dataclasses import replace
from random import Random

from emo_osc.core.score import BARS, PHRASE_TICKS, TICKS_PER_BAR, Note, assembled
from emo_osc.protocol.messages import Measured, Ready


def exchanged(phrase: Ready, other: Ready, amount: float, random: Random) -> Ready:
    """The phrase with a share `amount` (0..1) of its 16 bars taken from another, at least one.

    Bars that are equal in the phrase stay equal, so that its form stays.
    """
    groups = list(_equal_bars(phrase))
    random.shuffle(groups)
    sources: dict[int, int] = {}
    for group in groups:
        if len(sources) < max(1, round(amount * BARS)):
            sources |= dict.fromkeys(group, group[0])
    melody = assembled(
        [(other.melody, sources[bar]) if bar in sources else (phrase.melody, bar) for bar in range(BARS)]
    )
    share = len(sources) / BARS
    pitches = [note.pitch for note in melody.notes]
    measured = Measured(
        len(pitches) / BARS,
        sum(pitches) / len(pitches) if pitches else 0.0,
        (1.0 - share) * phrase.measured.major_share + share * other.measured.major_share,
    )
    chords = _chords(phrase, other, sources)
    return replace(
        phrase,
        melody=melody,
        measured=measured,
        latent="",
        ticket=-1,
        chords=chords,
        backing=_backing(phrase, other, sources),
    )


def _chords(phrase: Ready, other: Ready, sources: dict[int, int]) -> tuple[int, ...]:
    """The chords of each bar's own melody; none where one of the two has none."""
    if not (phrase.chords and other.chords):
        return ()
    taken = (other.chords[2 * sources[bar] :] if bar in sources else phrase.chords[2 * bar :] for bar in range(BARS))
    return tuple(chord for chords in taken for chord in chords[:2])


def _backing(phrase: Ready, other: Ready, sources: dict[int, int]) -> tuple[Note, ...]:
    """The accompaniment of each bar's own melody; nothing where one of the two has none."""
    if not (phrase.backing and other.backing):
        return ()
    notes: list[Note] = []
    for bar in range(BARS):
        backing, source = (other.backing, sources[bar]) if bar in sources else (phrase.backing, bar)
        begin, moved = source * TICKS_PER_BAR, (bar - source) * TICKS_PER_BAR
        for note in (each for each in backing if begin <= each.start_tick < begin + TICKS_PER_BAR):
            start = note.start_tick + moved
            notes.append(replace(note, start_tick=start, duration_tick=min(note.duration_tick, PHRASE_TICKS - start)))
    return tuple(notes)


def _equal_bars(phrase: Ready) -> list[list[int]]:
    groups: dict[object, list[int]] = {}
    for bar in range(BARS):
        groups.setdefault(phrase.melody.clipped(bar, 1).notes, []).append(bar)
    return list(groups.values())
