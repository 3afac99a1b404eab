"""Two rule-based baselines for every figure.

`tonal` draws random notes from key profiles with the density, register and mode of an affect: its control is perfect,
its music poor. `edited` sets mode and octave of human melodies by rule and keeps their rhythm, so density is left to
the tempo.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.affect import Affect
from emo_osc.core.targets import MAX_HINT, MIN_HINT, tempo_hint
from emo_osc.studio.attributes import LOWEST, MAJOR_PROFILE, MINOR_PROFILE, Floats, measure_table, targets

Tokens = NDArray[np.int64]

STEPS = 256
METRIC_WEIGHT = np.array([4.0, 1.0, 2.0, 1.0] * 4)  # relative probability that a note starts on each 16th of a bar
PITCH_SPREAD = 4.0  # semitones, standard deviation in human melodies (emotion reference, section 3)
IN_KEY = 2.87  # the lowest rating of a scale tone in either profile: only scale tones are drawn
FLATTEN = {4: 3, 9: 8, 11: 10}  # third, sixth and seventh of C major, and of C minor
SHARPEN = {minor: major for major, minor in FLATTEN.items()}


def tonal(affect: Affect, seeds: Sequence[int]) -> Tokens:
    """Random notes for an affect in C major or minor, one melody per seed, (B, 256) tokens.

    >>> tonal(Affect(0.0, 0.0), [1, 2]).shape
    (2, 256)
    """
    return np.stack([_random_notes(targets(affect), seed) for seed in seeds])


def edited(human: NDArray[np.integer], affect: Affect, seeds: Sequence[int]) -> Tokens:
    """Human melodies (N, 256) in C, one drawn per seed, with mode and octave set for an affect, (B, 256).

    A seed draws the same melody for every affect. The rhythm is kept.
    """
    wanted = targets(affect)
    own = sampled(human, seeds)
    is_major = np.array([_rng(seed).random() < wanted[2] for seed in seeds])
    altered = np.where(is_major[:, None], _in_mode(own, SHARPEN), _in_mode(own, FLATTEN))
    in_mode = (measure_table(own)[:, 2] > 0.5) == is_major
    altered = np.where(in_mode[:, None], own, altered)
    octaves = 12 * np.round((wanted[1] - measure_table(altered)[:, 1]) / 12).astype(np.int64)
    return _moved(altered, octaves)


def sampled(human: NDArray[np.integer], seeds: Sequence[int]) -> Tokens:
    """The human melody that each seed draws, unedited, (B, 256)."""
    return human[[int(np.random.default_rng((seed, 1)).integers(len(human))) for seed in seeds]].astype(np.int64)


def paced_bpm(tokens: NDArray[np.integer], affect: Affect) -> Floats:
    """The tempo in 55..180 bpm that brings melodies (B, 256) nearest to the wanted notes per second, (B,)."""
    asked = targets(affect)[0] * tempo_hint(affect)
    return np.asarray(np.clip(asked / np.maximum(measure_table(tokens)[:, 0], 0.1), MIN_HINT, MAX_HINT))


def _random_notes(wanted: Floats, seed: int) -> Tokens:
    rng = _rng(seed)
    profile = MAJOR_PROFILE if rng.random() < wanted[2] else MINOR_PROFILE
    pitches = np.arange(48, 96)
    weights = np.where(profile < IN_KEY, 0, profile)[pitches % 12] * np.exp(
        -0.5 * ((pitches - wanted[1]) / PITCH_SPREAD) ** 2
    )
    weight_of_step = np.tile(METRIC_WEIGHT, STEPS // len(METRIC_WEIGHT))
    count = round(float(16 * wanted[0]))
    steps = rng.choice(STEPS, count, replace=False, p=weight_of_step / weight_of_step.sum())
    tokens = np.zeros(STEPS, np.int64)
    tokens[steps] = rng.choice(pitches, count, p=weights / weights.sum()) - LOWEST
    return tokens


def _in_mode(tokens: Tokens, changes: dict[int, int]) -> Tokens:
    pitch_class = (tokens + LOWEST) % 12
    shift = sum((pitch_class == before) * (after - before) for before, after in changes.items())
    return np.where(tokens >= 2, tokens + shift, tokens)


def _moved(tokens: Tokens, semitones: NDArray[np.int64]) -> Tokens:
    """Melodies transposed by semitones (B,); those that would leave the 88 keys are not transposed."""
    raised = np.where(tokens >= 2, tokens + semitones[:, None], tokens)
    notes = np.where(tokens >= 2, raised, 40)
    fits = (notes.min(axis=1) >= 2) & (notes.max(axis=1) <= 89)
    return np.where(fits[:, None], raised, tokens)


def _rng(seed: int) -> np.random.Generator:
    return np.random.default_rng((seed, 0))
