"""A phrase composed anew from a place on, joined to what sounded before it.

Eight bars that sounded are given and the eight after them are drawn; then those are given and the eight that follow in
the loop are drawn. So every bar is new, the first hears what sounded, and bar 1 hears bar 16. Both windows are sixteen
bars long, as in training, whose windows begin in any bar of a song.
"""

# B melodies, Z latent numbers of a bar

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emo_osc.studio.attributes import Floats
from emo_osc.studio.line.places import BARS
from emo_osc.studio.line.plans import Plan
from emo_osc.studio.line.sample import FREE, Heat, LineNets, Order, sample

HALF = BARS // 2
STEPS = 16  # a bar
AFTER = 1 << 61  # sets the noise of the second window apart


@dataclass(frozen=True, slots=True)
class Sounding:
    """What sounded: tokens (256,) of the phrase, the latents (16, Z) of its bars, and the 16th 0..255 from which the
    phrase is composed anew; the quarter that holds it is drawn whole.
    """

    tokens: NDArray[np.int64]
    z: Tensor
    step: int


def continued(
    nets: LineNets, plan: Plan, asked: Floats, z: Tensor, sounding: Sounding, seeds: Sequence[int], heat: Heat
) -> NDArray[np.int64]:
    """Phrases (B, 256) of new bars, in their places; the bar of the join keeps the quarters that sounded.

    plan, asked (B, 3), z (B, 16, Z) and seeds as in `sample.Order`, by the places of the phrase.
    """
    first, begun = sounding.step // STEPS, sounding.step % STEPS // 4 * 4
    since = HALF * STEPS + begun
    given = np.tile(_rolled(sounding.tokens[None], HALF - first).astype(np.uint8), (len(seeds), 1))
    given[:, since:] = FREE
    z = z.roll(-first, dims=1)  # the bars that are drawn, in turn
    heard = sounding.z.roll(HALF - first, dims=0)[:HALF].expand(len(seeds), -1, -1)
    order = Order(_window(plan, first - HALF, HALF), asked, torch.cat([heard, z[:, :HALF]], dim=1), seeds, given, since)
    new = sample(nets, order, heat)[:, HALF * STEPS :]

    given = np.concatenate([new, np.full_like(new, FREE)], axis=1)
    order = Order(_window(plan, first, 0), asked, z, [seed ^ AFTER for seed in seeds], given)
    rest = sample(nets, order, heat)[:, HALF * STEPS :]
    return _rolled(np.concatenate([new, rest], axis=1), first).astype(np.int64)


def _rolled(tokens: NDArray[np.integer], bars: int) -> NDArray[np.integer]:
    return np.roll(tokens, bars * STEPS, axis=1)


def _window(plan: Plan, first: int, own: int) -> Plan:
    """A plan that begins in bar `first`; its first `own` bars are repeated by none."""
    told = {part.name: np.asarray(getattr(plan, part.name)) for part in fields(plan)}
    turned = {
        name: np.roll(part, -first * (part.shape[1] // BARS), axis=1) for name, part in told.items() if part.ndim > 1
    }
    forms = {
        name: _form(part, own * (part.shape[1] // BARS)) for name, part in turned.items() if name.endswith("_form")
    }
    return replace(plan, **(turned | forms))


def _form(letters: NDArray[np.uint8], own: int) -> NDArray[np.uint8]:
    """For each place of (B, P) the first from `own` on with its letter; before that each place is its own."""
    equal = letters[:, :, None] == letters[:, None]
    equal[:, :, :own] = False
    equal[:, :own] = np.eye(letters.shape[1], dtype=bool)[:own]
    return np.asarray(equal.argmax(axis=-1), dtype=np.uint8)
