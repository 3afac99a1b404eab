"""Measures of 16-bar pieces of melody and accompaniment, and the share of them found in the training data."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from emo_osc.core.score import BARS
from emo_osc.evaluate.overlap import compared
from emo_osc.studio.attributes import Floats
from emo_osc.studio.events import BACKING, BAR_STEPS, MELODY, Sound, decode
from emo_osc.studio.harmony import HALF_STEPS, triad
from emo_osc.studio.line.places import LAGS
from emo_osc.studio.music_transformer import chords_of
from emo_osc.studio.sounds_to_notes import melody_of_sounds
from emo_osc.studio.streams import held
from emo_osc.studio.tokens import tokens_of
from emo_osc.train.corpora.arrangements import Song

Sounds = Sequence[Sound]
Table = dict[str, dict[str, float]]


def phrases(songs: Sequence[Song], every: int = BARS) -> list[list[Sound]]:
    """Phrases of sixteen bars of each song, starting at every `every`-th bar, as the transformer is trained on."""
    starts = ((song, bar) for song in songs for bar in range(0, song.bars - BARS + 1, every))
    found = (decode(song.events[song.begins[bar] : song.begins[bar + BARS]]) for song, bar in starts)
    return [held(sounds, BARS) for sounds in found if sounds]


def melodies(pieces: Sequence[Sounds]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """The melodies of N pieces as tokens (N, 256)."""
    return np.array([tokens_of(melody_of_sounds(list(piece))) for piece in pieces], dtype=np.int64)


def of_part(piece: Sounds, part: int) -> list[Sound]:
    """One part's notes."""
    return [sound for sound in piece if sound.part == part]


def notes_per_bar(piece: Sounds) -> float:
    """Notes per bar of the accompaniment."""
    return len(of_part(piece, BACKING)) / BARS


def mean_pitch(piece: Sounds) -> float:
    """Mean MIDI pitch of the accompaniment; NaN without notes."""
    pitches = [sound.pitch for sound in of_part(piece, BACKING)]
    return float(np.mean(pitches)) if pitches else float("nan")


def voices(piece: Sounds) -> float:
    """Mean number of simultaneous notes of the accompaniment over steps where any sounds."""
    counts = np.zeros(BARS * BAR_STEPS)
    for sound in of_part(piece, BACKING):
        counts[sound.step : sound.step + sound.length] += 1
    return float(counts[counts > 0].mean()) if counts.any() else float("nan")


def off_beat(piece: Sounds) -> float:
    """The share of the accompaniment's notes that start off the eighths."""
    steps = [sound.step % 2 for sound in of_part(piece, BACKING)]
    return float(np.mean(steps)) if steps else float("nan")


def empty_bars(piece: Sounds) -> float:
    """The share of bars in which no note of the accompaniment starts."""
    return 1.0 - len({sound.step // BAR_STEPS for sound in of_part(piece, BACKING)}) / BARS


def bass_leap(piece: Sounds) -> float:
    """Mean interval in semitones between the lowest notes of neighbouring bars."""
    lowest: dict[int, int] = {}
    for sound in of_part(piece, BACKING):
        bar = sound.step // BAR_STEPS
        lowest[bar] = min(lowest.get(bar, 128), sound.pitch)
    leaps = [abs(lowest[bar + 1] - lowest[bar]) for bar in lowest if bar + 1 in lowest]
    return float(np.mean(leaps)) if leaps else float("nan")


def on_chords(part: int) -> Callable[[Sounds], float]:
    """The share of a part's notes that belong to the triad fitted to the half bar they start in."""

    def measured(piece: Sounds) -> float:
        chords, notes = chords_of(list(piece)), of_part(piece, part)
        hits = [sound.pitch % 12 in triad(chords[sound.step // HALF_STEPS]) for sound in notes]
        return float(np.mean(hits)) if hits else float("nan")

    return measured


def chord_changes(piece: Sounds) -> float:
    """The share of half bars whose fitted triad differs from the one before."""
    return float(np.mean([one != other for one, other in pairwise(chords_of(list(piece)))]))


def together(piece: Sounds) -> float:
    """The share of the melody's notes that start together with a note of the accompaniment."""
    begins = {sound.step for sound in of_part(piece, BACKING)}
    hits = [sound.step in begins for sound in of_part(piece, MELODY)]
    return float(np.mean(hits)) if hits else float("nan")


def covered(piece: Sounds) -> float:
    """The share of the melody's notes that start at or below the highest accompaniment note sounding then."""
    top = np.zeros(BARS * BAR_STEPS)
    for sound in of_part(piece, BACKING):
        here = slice(sound.step, sound.step + sound.length)
        top[here] = np.maximum(top[here], sound.pitch)
    hits = [sound.pitch <= top[sound.step] for sound in of_part(piece, MELODY)]
    return float(np.mean(hits)) if hits else float("nan")


def repeated(piece: Sounds) -> float:
    """The share of bars that equal one 1, 2, 4 or 8 bars before in both parts, by the places and pitches of notes."""
    bars = [(set[tuple[int, int]](), set[tuple[int, int]]()) for _ in range(BARS)]
    for sound in piece:
        bars[sound.step // BAR_STEPS][sound.part].add((sound.step % BAR_STEPS, sound.pitch))
    hits = [all(bars[bar]) and bars[bar] in [bars[bar - lag] for lag in LAGS if lag <= bar] for bar in range(BARS)]
    return float(np.mean(hits))


MEASURES: Mapping[str, Callable[[Sounds], float]] = {
    "notes per bar": notes_per_bar,
    "mean pitch": mean_pitch,
    "notes at once": voices,
    "between the eighths": off_beat,
    "bars without a note": empty_bars,
    "leaps of the lowest note": bass_leap,
    "on chords": on_chords(BACKING),
    "melody on these chords": on_chords(MELODY),
    "chord changes": chord_changes,
    "begins with the melody": together,
    "melody not above": covered,
    "bars repeated in both parts": repeated,
}


def likeness(made: Sequence[Sounds], human: Sequence[Sounds]) -> Table:
    """Each measure's mean and standard deviation on both sides, their overlap, and the overlap of two human halves."""
    half = np.random.default_rng(0).permutation(len(human)) < len(human) // 2
    table: Table = {}
    for name, measure in MEASURES.items():
        ours, theirs = _values(measure, made), _values(measure, human)
        table[name] = compared(ours, theirs, half)
    columns = ("overlap", "human_overlap")
    mean = {column: float(np.mean([row[column] for row in table.values()])) for column in columns}
    return table | {"mean of all": mean}


def stretches(pieces: Sequence[Sounds], bars: int, fewest: int = 8) -> Iterator[tuple[tuple[int, ...], ...]]:
    """All stretches of `bars` bars with `fewest` notes per bar or more: (step, part, semitones above the
    lowest note).
    """
    for piece in pieces:
        for bar in range(BARS - bars + 1):
            inside = [s for s in piece if bar <= s.step // BAR_STEPS < bar + bars]
            if len(inside) >= fewest * bars:
                lowest, begin = min(s.pitch for s in inside), bar * BAR_STEPS
                yield tuple(sorted((s.step - begin, s.part, s.pitch - lowest) for s in inside))


def copied(made: Sequence[Sounds], human: Sequence[Sounds], train: Sequence[Sounds], bars: int) -> dict[str, float]:
    """The share of stretches, in any key, found in the training songs, for made and held-out human pieces."""
    known = set(stretches(train, bars))
    shares = {}
    for name, pieces in (("made", made), ("human", human)):
        hits = [stretch in known for stretch in stretches(pieces, bars)]
        shares[name] = float(np.mean(hits)) if hits else float("nan")
    return shares


def _values(measure: Callable[[Sounds], float], pieces: Sequence[Sounds]) -> Floats:
    return np.array([measure(piece) for piece in pieces])
