"""A variation made on the stage itself, for when the studio cannot: some bars of another melody of the same affect."""

from dataclasses import replace
from random import Random

from emo_osc.messages import Measured, Ready
from emo_osc.score import BARS, assembled


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
    return replace(phrase, melody=melody, measured=measured, latent="", ticket=-1, chords=chords)


def _chords(phrase: Ready, other: Ready, sources: dict[int, int]) -> tuple[int, ...]:
    """The chords of each bar's own melody; none where one of the two has none."""
    if not (phrase.chords and other.chords):
        return ()
    taken = (other.chords[2 * sources[bar] :] if bar in sources else phrase.chords[2 * bar :] for bar in range(BARS))
    return tuple(chord for chords in taken for chord in chords[:2])


def _equal_bars(phrase: Ready) -> list[list[int]]:
    groups: dict[object, list[int]] = {}
    for bar in range(BARS):
        groups.setdefault(phrase.melody.clipped(bar, 1).notes, []).append(bar)
    return list(groups.values())
