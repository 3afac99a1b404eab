"""Two makers of melodies by rule, to stand beside every figure: control alone proves nothing.

`tonal` draws random notes from key profiles, with density, register and mode as an affect asks: perfectly controlled,
and no musician would play it. `edited` takes melodies that people wrote and sets mode and octave by rule; its notes
stay, so that density is left to the tempo.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.affect import Affect
from emo_osc.core.targets import MAX_HINT, MIN_HINT, tempo_hint
from emo_osc.studio.attributes import LOWEST, MAJOR_PROFILE, MINOR_PROFILE, Floats, measure_table, targets

Tokens = NDArray[np.int64]

STEPS = 256
STRENGTH = np.array([4.0, 1.0, 2.0, 1.0] * 4)  # how likely each 16th of a bar starts a note, beats before the rest
PITCH_SPREAD = 4.0  # semitones, as people's melodies spread (emotion reference, section 3)
IN_KEY = 2.87  # the least rating of a scale tone in either profile; a line of chance needs no wrong notes too
FLATTEN = {4: 3, 9: 8, 11: 10}  # third, sixth and seventh of C major, and of C minor
SHARPEN = {minor: major for major, minor in FLATTEN.items()}


def tonal(affect: Affect, seeds: Sequence[int]) -> Tokens:
    """Random notes for an affect, a melody a seed, in C major or minor by lot. (B, 256)

    >>> tonal(Affect(0.0, 0.0), [1, 2]).shape
    (2, 256)
    """
    return np.stack([_random_notes(targets(affect), seed) for seed in seeds])


def edited(human: NDArray[np.integer], affect: Affect, seeds: Sequence[int]) -> Tokens:
    """People's melodies (N, 256) in C, one taken by each seed, their mode and octave set for an affect. (B, 256)

    A seed takes the same melody for every affect. Notes keep their rhythm.
    """
    wanted = targets(affect)
    own = taken(human, seeds)
    is_major = np.array([_luck(seed).random() < wanted[2] for seed in seeds])
    respelt = np.where(is_major[:, None], _respelt(own, SHARPEN), _respelt(own, FLATTEN))
    in_mode = (measure_table(own)[:, 2] > 0.5) == is_major
    respelt = np.where(in_mode[:, None], own, respelt)
    octaves = 12 * np.round((wanted[1] - measure_table(respelt)[:, 1]) / 12).astype(np.int64)
    return _moved(respelt, octaves)


def taken(human: NDArray[np.integer], seeds: Sequence[int]) -> Tokens:
    """The melody that each seed takes, as its writer left it. (B, 256)"""
    return human[[int(np.random.default_rng((seed, 1)).integers(len(human))) for seed in seeds]].astype(np.int64)


def paced_bpm(tokens: NDArray[np.integer], affect: Affect) -> Floats:
    """The tempo, 55..180, at which melodies (B, 256) come as near as they can to the notes per second asked. (B,)"""
    asked = targets(affect)[0] * tempo_hint(affect)
    return np.asarray(np.clip(asked / np.maximum(measure_table(tokens)[:, 0], 0.1), MIN_HINT, MAX_HINT))


def _random_notes(wanted: Floats, seed: int) -> Tokens:
    luck = _luck(seed)
    profile = MAJOR_PROFILE if luck.random() < wanted[2] else MINOR_PROFILE
    pitches = np.arange(48, 96)
    weights = np.where(profile < IN_KEY, 0, profile)[pitches % 12] * np.exp(
        -0.5 * ((pitches - wanted[1]) / PITCH_SPREAD) ** 2
    )
    strength = np.tile(STRENGTH, STEPS // len(STRENGTH))
    count = round(float(16 * wanted[0]))
    steps = luck.choice(STEPS, count, replace=False, p=strength / strength.sum())
    tokens = np.zeros(STEPS, np.int64)
    tokens[steps] = luck.choice(pitches, count, p=weights / weights.sum()) - LOWEST
    return tokens


def _respelt(tokens: Tokens, changes: dict[int, int]) -> Tokens:
    pitch_class = (tokens + LOWEST) % 12
    shift = sum((pitch_class == before) * (after - before) for before, after in changes.items())
    return np.where(tokens >= 2, tokens + shift, tokens)


def _moved(tokens: Tokens, semitones: NDArray[np.int64]) -> Tokens:
    """Melodies moved by semitones (B,); those that would leave the 88 keys stay."""
    raised = np.where(tokens >= 2, tokens + semitones[:, None], tokens)
    notes = np.where(tokens >= 2, raised, 40)
    fits = (notes.min(axis=1) >= 2) & (notes.max(axis=1) <= 89)
    return np.where(fits[:, None], raised, tokens)


def _luck(seed: int) -> np.random.Generator:
    return np.random.default_rng((seed, 0))
