"""The losses of Jang, Son and Lee, and further ones, as a table: a new loss is a row, and a preset can weight each.

Equations: emotion reference, section 4 (the paper describes its losses in words). Each loss gives one number per
melody, lower is better, from an `Outline`, estimated or counted: training minimises them, ranking adds them to the
measured distance.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as fn

from emo_osc.core.targets import NEUTRAL_NOTES, NOTES_BY_AROUSAL, OFFBEAT_BY_AROUSAL, OFFBEAT_SHARE
from emo_osc.studio.attributes import MAJOR_PROFILE, MINOR_PROFILE, MODE_SLOPE
from emo_osc.studio.outline import BARS, CLASSES, HALVES, Outline

# B melodies, K = 16 bars, A active numbers of a slot, P = 12 pitch classes

LEAST_CHORD, MOST_CHORD = 0.60, 0.82  # of notes on root, third and fifth; people: .64, 95 % of them below .80
ROOT, THIRD, FIFTH, SCALE = 1.0, 0.9, 0.8, 0.3  # reward of a note
MARGIN = 0.02  # inside these bounds
CHORD_PULL = 0.1  # beta: weight of the reward within the bounds
PITCH_SD = 5.2  # of mean pitch in human melodies
EPSILON = 0.5  # notes in a window, so that an empty bar has a logarithm
WINDOW_SHARE = 0.1  # weight of the density of single bars: human melodies have empty bars
MEAN_INTERVAL, INTERVAL_SD = 2.4, 0.5  # semitones; human melodies
SILENCE, STEPS = 0.15, 256  # of a melody's time; human melodies
LAGS = {4: 0.206, 8: 0.267}  # (onset, pitch class) likeness of bars so far apart, human melodies
BEATS = (0, 4, 8, 12)
MAJOR_SCALE, MINOR_SCALE = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)


@dataclass(frozen=True, slots=True)
class Case:
    """B melodies and the inputs of their losses.

    `wanted` (B, 3): notes per bar, mean pitch, belief in major; `chords` (B, 32), one a half bar, as `harmony` numbers
    them. Where the source is known, `source` is its outline, `slots` and `source_slots` (B, K, A) are
    both latents in the prior's scale, `spread` (A,) the mean posterior spread of each number, and `doubt` (B,) the
    realism critic's -ln D of the moved ones. `arousal` (B,): where an affect was requested.
    """

    outline: Outline
    wanted: Tensor
    chords: Tensor
    source: Outline | None = None
    slots: Tensor | None = None
    source_slots: Tensor | None = None
    spread: Tensor | None = None
    doubt: Tensor | None = None
    arousal: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """A row: the function, its weight in training, and its default weight in ranking."""

    of: Callable[[Case], Tensor]
    training: float
    ranking: float = 0.0
    needs_source: bool = False


def density(case: Case) -> Tensor:
    """Notes per bar, over the melody and over windows of a bar, in logarithms (Huber over windows)."""
    energy, asked = case.outline.onset.sum(-1), case.wanted[:, :1]
    gaps = torch.log(EPSILON + energy) - torch.log(EPSILON + asked)
    windows = fn.huber_loss(gaps, torch.zeros_like(gaps), reduction="none").mean(-1)
    overall = torch.log(case.outline.notes_per_bar / case.wanted[:, 0]).square()
    return WINDOW_SHARE * windows + 0.5 * overall


def register(case: Case) -> Tensor:
    """The mean pitch, in standard deviations of human melodies, squared."""
    return ((case.outline.mean_pitch - case.wanted[:, 1]) / PITCH_SD).square()


def mode(case: Case) -> Tensor:
    """Belief in major (`attributes.major_share`), squared."""
    return (major_share(case.outline.pitch_classes) - case.wanted[:, 2]).square()


def chord(case: Case) -> Tensor:
    """Keeps the share of chord tones within the human range; within it, a small reward for root, third and fifth."""
    tones = _TONES.to(case.wanted)[case.chords].view(-1, BARS, HALVES, CLASSES)
    reward = torch.maximum(tones, SCALE * _scale_of(case.wanted)[:, None, None])
    weight = case.outline.weight
    mean = (weight * reward).sum((1, 2, 3)) / weight.sum((1, 2, 3)).clamp_min(1.0)
    ratio = _chord_ratio(case)
    outside = fn.relu(LEAST_CHORD - ratio).square() + fn.relu(ratio - MOST_CHORD).square()
    return outside - CHORD_PULL * mean


def bounds(case: Case) -> Tensor:
    """How far the share of chord tones lies outside the human range, less a margin."""
    ratio = _chord_ratio(case)
    return fn.relu(LEAST_CHORD + MARGIN - ratio) + fn.relu(ratio - MOST_CHORD + MARGIN)


def breath(case: Case) -> Tensor:
    """How far the melody falls short of the usual share of rests."""
    sounding = case.outline.sounding.sum((1, 2, 3)) / STEPS
    return fn.relu(SILENCE - 1.0 + sounding)


def scale(case: Case) -> Tensor:
    """The share of sounding time outside C's scale of the asked mode."""
    classes = case.outline.pitch_classes
    inside = (classes * _scale_of(case.wanted)).sum(-1) / classes.sum(-1).clamp_min(1.0)
    return 1.0 - inside


def interval(case: Case) -> Tensor:
    """Mean interval against that of human melodies, in standard deviations, squared."""
    return ((case.outline.mean_interval - MEAN_INTERVAL) / INTERVAL_SD).square()


def rhythm(case: Case) -> Tensor:
    """The source's rhythm: one minus the overlap of onsets (Jaccard)."""
    assert case.source is not None  # `needs_source`
    ours, theirs = case.outline.onset.flatten(1), case.source.onset.flatten(1)
    both, either = torch.minimum(ours, theirs).sum(-1), torch.maximum(ours, theirs).sum(-1)
    return 1.0 - both / either.clamp_min(0.5)


def structure(case: Case) -> Tensor:
    """Change of the self-similarity of slots, so that similar bars stay similar."""
    slots, source = _latents(case)[:2]
    return (_similarity(slots) - _similarity(source)).square().mean((1, 2))


def realism(case: Case) -> Tensor:
    """The realism critic's -ln D(z', e)."""
    assert case.doubt is not None  # `needs_source`
    return case.doubt


def distance(case: Case) -> Tensor:
    """Distance of latents from their source; numbers with a narrow posterior carry meaning and cost more."""
    slots, source, spread = _latents(case)
    return (torch.log1p((slots - source).square()) / spread.square()).mean((1, 2))


def syncopation(case: Case) -> Tensor:
    """Off-beat share of onsets against .40 + .12 arousal; an unknown arousal is inferred from the wanted density."""
    onset = case.outline.onset.sum(1)
    off = 1.0 - onset[:, list(BEATS)].sum(-1) / onset.sum(-1).clamp_min(0.5)
    arousal = case.arousal
    if arousal is None:
        arousal = (torch.log(case.wanted[:, 0] / NEUTRAL_NOTES) / NOTES_BY_AROUSAL).clamp(-1.0, 1.0)
    return ((off - (OFFBEAT_SHARE + OFFBEAT_BY_AROUSAL * arousal)) / 0.1).square()


def repetition(case: Case) -> Tensor:
    """Shortfall of the similarity of phrases four and eight bars apart against human melodies."""
    starts = case.outline.starts.flatten(2)
    shortfalls = []
    for lag, least in LAGS.items():
        one, other = starts[:, lag:], starts[:, :-lag]
        both, either = torch.minimum(one, other).sum(-1), torch.maximum(one, other).sum(-1).clamp_min(0.5)
        shortfalls.append(fn.relu(least - (both / either).mean(-1)) / least)
    return torch.stack(shortfalls).square().mean(0)


LOSSES: dict[str, Loss] = {
    "density": Loss(density, training=30.0),
    "register": Loss(register, training=10.0),
    "mode": Loss(mode, training=15.0),
    "chord": Loss(chord, training=0.5),
    "bounds": Loss(bounds, training=0.0, ranking=0.0),
    "breath": Loss(breath, training=0.0, ranking=0.0),
    "scale": Loss(scale, training=0.5),
    "interval": Loss(interval, training=0.3),
    "rhythm": Loss(rhythm, training=2.0, needs_source=True),
    "structure": Loss(structure, training=1.0, needs_source=True),
    "realism": Loss(realism, training=0.3, needs_source=True),
    "distance": Loss(distance, training=0.01, needs_source=True),
    "syncopation": Loss(syncopation, training=0.0),
    "repetition": Loss(repetition, training=0.0),
}
"""Name -> row. Weights were chosen on the validation split (docs/training.md)."""


def parts(case: Case, weights: Mapping[str, float]) -> dict[str, Tensor]:
    """The weighted losses with nonzero weight, (B,) each."""
    return {name: weight * LOSSES[name].of(case) for name, weight in weights.items() if weight}


def total(case: Case, weights: Mapping[str, float]) -> Tensor:
    """The sum of the weighed losses, (B,)."""
    return sum(parts(case, weights).values(), torch.zeros(len(case.wanted), device=case.wanted.device))


def training_weights() -> dict[str, float]:
    """Every loss with its weight in training."""
    return {name: loss.training for name, loss in LOSSES.items()}


def ranking_weights(chosen: Mapping[str, float]) -> dict[str, float]:
    """Ranking weights of all losses that need no source: the preset's, else the table's."""
    return {name: chosen.get(name, loss.ranking) for name, loss in LOSSES.items() if not loss.needs_source}


def major_share(pitch_classes: Tensor) -> Tensor:
    """`attributes.major_share`, with gradients. (B, P) -> (B,)."""
    centred = pitch_classes - pitch_classes.mean(-1, keepdim=True)
    unit = fn.normalize(centred, dim=-1)
    major, minor = ((unit @ profiles.to(unit)).amax(-1) for profiles in (_MAJOR, _MINOR))
    return torch.sigmoid(MODE_SLOPE * (major - minor))


def _chord_ratio(case: Case) -> Tensor:
    """The share of notes on root, third and fifth of their chord, (B,)."""
    tones = _TONES.to(case.wanted)[case.chords].view(-1, BARS, HALVES, CLASSES)
    return (case.outline.starts * (tones > 0)).sum((1, 2, 3)) / case.outline.starts.sum((1, 2, 3)).clamp_min(0.5)


def _latents(case: Case) -> tuple[Tensor, Tensor, Tensor]:
    assert case.slots is not None  # `needs_source`
    assert case.source_slots is not None
    assert case.spread is not None
    return case.slots, case.source_slots, case.spread


def _similarity(slots: Tensor) -> Tensor:
    unit = fn.normalize(slots, dim=-1)
    return unit @ unit.transpose(1, 2)  # (B, K, K)


def _scale_of(wanted: Tensor) -> Tensor:
    """Which pitch classes C's scale of each asked mode holds, (B, P)."""
    scales = _SCALES.to(wanted)
    return torch.where(wanted[:, 2:] > 0.5, scales[0], scales[1])


def _profiles(profile: Tensor) -> Tensor:
    centred = profile - profile.mean()
    profiles = torch.stack([centred.roll(tonic) for tonic in range(CLASSES)], 1)  # (P, 12 tonics)
    return profiles / profiles[:, 0].square().sum().sqrt()


_MAJOR, _MINOR = (_profiles(torch.from_numpy(profile).float()) for profile in (MAJOR_PROFILE, MINOR_PROFILE))
_SCALES = torch.stack([torch.zeros(CLASSES).index_fill(0, torch.tensor(s), 1.0) for s in (MAJOR_SCALE, MINOR_SCALE)])
_TONES = torch.stack(
    [
        torch.zeros(CLASSES).index_copy(
            0, torch.tensor([root, (root + third) % CLASSES, (root + 7) % CLASSES]), torch.tensor([ROOT, THIRD, FIFTH])
        )
        for third in (4, 3)
        for root in range(CLASSES)
    ]
)
