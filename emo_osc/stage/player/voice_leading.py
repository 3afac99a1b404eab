"""Chooses the pitches of chords and bass under a melody, half bar by half bar. Knows no time and no settings.

Theory of operation. Listeners hear voices apart that do not move in parallel fifths and octaves, do not cross, and move
by small steps (Huron 2001, "Tone and voice", rules D1, D3, D10 to D13). A chord is played in that close position which
costs least: semitones moved (the distance of Tymoczko 2006, "The geometry of musical chords"), distance from the
centre, and a penalty in semitones for each fault. The bass takes the root, in the octave nearest to where it was, or
the third where the root would move in parallel with the melody; the goal of a falling fifth keeps its root, or a
cadence would not close. The choice looks one half bar back and none ahead, so it costs the same for every half bar, a
bar that is composed later changes none before it, and a phrase sounds alike wherever it is entered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from emo_osc.core.score import PHRASE_TICKS, TICKS_PER_BAR, Melody

HALF_TICKS = TICKS_PER_BAR // 2
CENTRE = 58.0  # the mean pitch of a chord, below the melodies' 71 (`emotion_reference.md` section 3)
LOWEST_CHORD, HIGHEST_CHORD = 46, 70
LOWEST_BASS, HIGHEST_BASS, BASS_CENTRE = 33, 47, 41
PULL, BASS_PULL = 0.7, 0.3  # the cost of a semitone off the centre, where a semitone moved by one voice costs 1
PARALLEL = 9.0  # of a voice that moves in fifths or octaves with the melody, the bass or another voice
CROSSED = 8.0  # of a voice at or above the melody's lowest note in the half bar
NEAR = {1: 4.0, 13: 2.0}  # of a voice so many semitones from the melody
LEAP, LEAPT = 4, 3.0  # most semitones of a small move, and the cost of a larger one
PERFECT = (0, 7)  # semitones, octaves apart
ROUGH = (0, 1, 6, 11)  # semitones of the melody above a third, octaves apart, over which it is no bass
FALLING_FIFTH = 5  # semitones up from a root to the one a fifth below, octaves apart
NO_NOTE = 128  # above every pitch

SILENT = Melody(())

Voicing = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HalfBar:
    """What voices are led by: the chord, the bass, the melody's pitch at the beginning and its lowest, `NO_NOTE` where
    it is silent.
    """

    chord: int
    bass: int
    head: int
    lowest: int


def triad(chord: int) -> tuple[int, int, int]:
    """Root, third and fifth of a chord of `messages.Ready` as pitch classes.

    >>> triad(0), triad(21)
    ((0, 4, 7), (9, 0, 4))
    """
    root, third = chord % 12, 4 if chord < 12 else 3
    return root, (root + third) % 12, (root + 7) % 12


class VoiceLeading:
    """The written pitches of a phrase's chords and bass, chosen when they are asked for.

    >>> leading = VoiceLeading((0, 5, 7, 21))
    >>> [leading.chord(half) for half in range(4)]
    [(55, 60, 64), (57, 60, 65), (55, 59, 62), (52, 57, 60)]
    >>> [leading.bass(half) for half in range(4)]
    [(36, 43), (41, 36), (43, 38), (45, 40)]
    """

    def __init__(self, chords: Sequence[int] = (), melody: Melody = SILENT) -> None:
        self._chords, self._melody = chords, melody
        self._heard: list[tuple[int, int]] = []
        self._half_bars: list[HalfBar] = []
        self._voicings: list[Voicing] = []

    def __len__(self) -> int:
        """Half bars."""
        return len(self._chords)

    def chord(self, half: int) -> Voicing:
        """The three pitches of a half bar's chord from low to high, within an octave."""
        self._lead(half)
        return self._voicings[half]

    def bass(self, half: int) -> Voicing:
        """The bass of a half bar, and the chord's fifth in its octave."""
        self._lead(half)
        bass = self._half_bars[half].bass
        return bass, _nearest(triad(self._chords[half])[2], bass)

    def _lead(self, half: int) -> None:
        """Choose the half bars up to this one."""
        if not self._heard:
            self._heard = heard(self._melody, len(self._chords))
        while len(self._half_bars) <= half:
            place = len(self._half_bars)
            before = self._half_bars[-1] if place else None
            here = led_bass(before, self._chords[place], *self._heard[place])
            self._voicings.append(led(self._voicings[-1] if place else (), before, here))
            self._half_bars.append(here)


def heard(melody: Melody, half_bars: int = PHRASE_TICKS // HALF_TICKS) -> list[tuple[int, int]]:
    """For each half bar the melody's pitch at its beginning and its lowest one, `NO_NOTE` where it is silent."""
    heads, lowest = [NO_NOTE] * half_bars, [NO_NOTE] * half_bars
    for note in melody.notes:
        for half in range(note.start_tick // HALF_TICKS, min((note.end_tick - 1) // HALF_TICKS + 1, half_bars)):
            lowest[half] = min(lowest[half], note.pitch)
            if note.start_tick <= half * HALF_TICKS:
                heads[half] = note.pitch
    return list(zip(heads, lowest, strict=True))


@lru_cache(maxsize=4096)
def led_bass(before: HalfBar | None, chord: int, head: int, lowest: int) -> HalfBar:
    """A half bar with its bass, led from the one before: it stays while the chord does."""
    if before and before.chord == chord:
        return HalfBar(chord, before.bass, head, lowest)
    root, third, _ = triad(chord)
    near = before.bass if before else BASS_CENTRE
    bass = _nearest(root, near)
    closes = before is not None and (chord - before.chord) % 12 == FALLING_FIFTH
    if before and not closes and is_parallel(before.bass, before.head, bass, head):
        other = _nearest(third, near)
        if not is_parallel(before.bass, before.head, other, head) and (head - other) % 12 not in ROUGH:
            bass = other
    return HalfBar(chord, bass, head, lowest)


@lru_cache(maxsize=4096)
def led(voicing: Voicing, before: HalfBar | None, here: HalfBar) -> Voicing:
    """The position of a chord above its bass that costs least after a voicing; after none, that costs least there."""
    above = (other for other in positions(here.chord) if other[0] > here.bass)
    return min(above, key=lambda other: _stands(other, here) + _moves(voicing, other, before, here))


@lru_cache(maxsize=24)
def positions(chord: int) -> tuple[Voicing, ...]:
    """Every close position of a triad within the range of chords, from low to high."""
    tones = triad(chord)
    found = (
        tuple(sorted(low + (tone - low) % 12 for tone in tones))
        for low in range(LOWEST_CHORD, HIGHEST_CHORD)
        if low % 12 in tones
    )
    return tuple(voicing for voicing in found if voicing[-1] <= HIGHEST_CHORD)


def _stands(voicing: Voicing, here: HalfBar) -> float:
    """What a voicing costs by itself."""
    cost = PULL * abs(sum(voicing) / len(voicing) - CENTRE)
    for pitch in voicing:
        if pitch >= here.lowest:
            cost += CROSSED
        cost += NEAR.get(abs(here.head - pitch), 0.0)
    return cost


def _moves(voicing: Voicing, other: Voicing, before: HalfBar | None, here: HalfBar) -> float:
    """What it costs to go there from another."""
    if before is None:
        return 0.0
    cost = 0.0
    for place, (old, new) in enumerate(zip(voicing, other, strict=True)):
        moved = abs(new - old)
        if not moved:
            continue
        cost += moved + (LEAPT if moved > LEAP else 0.0)
        below = zip((before.bass, *voicing[:place]), (here.bass, *other[:place]), strict=True)
        faults = sum(is_parallel(low, old, low_then, new) for low, low_then in below)
        cost += PARALLEL * (faults + is_parallel(old, before.head, new, here.head))
    return cost


def is_parallel(low: int, high: int, low_then: int, high_then: int) -> bool:
    """Whether two voices that both move are a fifth or octaves apart before and after.

    >>> is_parallel(36, 67, 41, 72), is_parallel(36, 64, 41, 69), is_parallel(36, 67, 36, 67)
    (True, False, False)
    """
    apart = high - low
    is_perfect = apart % 12 in PERFECT and (high_then - low_then - apart) % 12 == 0
    return is_perfect and low != low_then and high != high_then and NO_NOTE not in (high, high_then)


def _nearest(pitch_class: int, near: int) -> int:
    """The pitch of a class in the range of the bass that costs least after another."""
    low = LOWEST_BASS + (pitch_class - LOWEST_BASS) % 12
    return min(
        range(low, HIGHEST_BASS + 1, 12), key=lambda pitch: abs(pitch - near) + BASS_PULL * abs(pitch - BASS_CENTRE)
    )
