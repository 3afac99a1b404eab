"""Trains the actor-critic of latents on a trained line model: `emo-osc train actor`.

Three networks learn side by side (emotion reference, section 4). The attribute critic learns to estimate what is
counted on decoded notes, from a replay of what latents out of the prior, people's and the actor's have given, each told
something. The realism critic learns to tell latents of human melodies, with what they measure, from the actor's, and
from latents with another melody's measures. The actor descends the table of losses on what both say.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as fn

from emo_osc.core.affect import Affect
from emo_osc.studio import losses
from emo_osc.studio.aims import CLEAR
from emo_osc.studio.attributes import leap_share, measure_table, targets
from emo_osc.studio.harmony import chords_of_weights
from emo_osc.studio.likeness import Likeness, features
from emo_osc.studio.line.places import context
from emo_osc.studio.line.plans import Plan, joined
from emo_osc.studio.line.prior import LatentPrior
from emo_osc.studio.line.sample import LineNets, Order, sample
from emo_osc.studio.nets.actor import ActorConfig, ActorCritic, RealismCritic, normalised_attributes
from emo_osc.studio.outline import Outline, estimate_loss
from emo_osc.train.encoded import Encoded
from emo_osc.train.lines import Lines
from emo_osc.train.loop import Recipe, Scores

# B melodies, K = 16 bars, A latent numbers of a bar, C numbers of its context, N melodies of a store

LATEST = 24  # parts of the replay
RECIPE = Recipe(
    steps=1_500, batch=64, rate=5e-4, seed=3, warmup=150, decay=0.01, clip=10.0, average=0.998, validate_every=250
)
DENSITIES, PITCHES = (2.2, 9.5), (64.0, 78.0)
VALIDATED = 128
MOST_CLEAR = 0.45  # of belief in major away from a half


@dataclass(frozen=True, slots=True)
class ActorChoices:
    """What is particular to these networks.

    `human_share` of a batch are latents of people's melodies, the others the prior's. `anywhere` of what is asked is of
    no affect: density and register by lot, for hosts' tempos and presets of their own. Before the first step `first`
    melodies are decoded and measured, then every `decode_every` steps what the actor made, into a replay of `memory`
    melodies; likeness is learned from `told` of them. `weights` are those of the losses; `penalty` and `local` those of
    the realism critic's gradient, for the whole and for neighbouring bars.
    """

    human_share: float = 0.25
    anywhere: float = 0.3
    first: int = 3_072
    decode_every: int = 5
    memory: int = 8_192
    told: int = 1_536
    penalty: float = 10.0
    local: float = 0.5
    without: str = ""

    def weights(self) -> dict[str, float]:
        """The table's training weights, but for the loss that is left `without` (ablation)."""
        return {name: weight for name, weight in losses.training_weights().items() if name != self.without}


@dataclass(frozen=True, slots=True)
class Latents:
    """B melodies before decoding: `z` (B, K, A) and their plans."""

    z: Tensor
    plan: Plan


class ActorTask:
    """Latents out of the prior and the corpus, moved to where any affect asks."""

    def __init__(
        self, folder: Path, nets: LineNets, choices: ActorChoices, told: Callable[[str], None], device: torch.device
    ) -> None:
        self.nets, self.choices, self.device = nets.on(device), choices, device
        self.lines = Lines.load(folder, "train")
        self.plans = self.lines.plans()
        self.human = Encoded.of(self.lines, self.nets)
        self.prior = LatentPrior.fitted(self.human.mean, self.human.deviation)
        self.measured = normalised_attributes(torch.from_numpy(self.lines.measured))
        self.repertoires = nets.rhythm.config.sources
        width = context(self.plans.places[:1], self.plans.source[:1], self.repertoires).shape[-1]
        self.net: nn.Module = ActorCritic(ActorConfig(self.human.mean.shape[-1], width))
        self.replay = _Replay(choices.memory)
        self._fill(told)
        self._steps = 0

    def loss(self, size: int, generator: torch.Generator, share: float) -> dict[str, Tensor]:
        """The three networks' losses for `size` melodies drawn anew; each network feels only its own."""
        net = self._net()
        latents = self._drawn(size, generator)
        wanted = asked_anywhere(size, self.choices.anywhere, generator)
        asked, where = normalised_attributes(wanted), self._context(latents)
        moved = net.actor(latents.z, where, asked)
        parts = {
            "acted": self._acted(self._case(net, moved, latents.z, where, wanted, asked)),
            "realism": self._realism(net, moved.detach(), asked, generator),
            "estimate": self._estimate(net, size, generator),
        }
        if self._steps % self.choices.decode_every == 0:
            self._remember(Latents(moved.detach(), latents.plan), wanted, generator)
        self._steps += 1
        return {"loss": torch.stack(list(parts.values())).sum(), **parts}

    @torch.no_grad()
    def validate(self, net: nn.Module) -> Scores:
        """How near decoded melodies come to what is asked by lot, moved and unmoved; always the same."""
        assert isinstance(net, ActorCritic)
        generator = torch.Generator().manual_seed(5)
        latents = self._drawn(VALIDATED, generator)
        wanted = asked_anywhere(VALIDATED, self.choices.anywhere, generator)
        asked, where = normalised_attributes(wanted), self._context(latents)
        moved = Latents(net.actor(latents.z, where, asked), latents.plan)
        before, after = (self._decoded(each, wanted, range(VALIDATED)) for each in (latents, moved))
        heard = Outline.of(after)
        return {
            **{f"valid_{name}": value for name, value in _missed(after, wanted).items()},
            **{f"valid_{name}_unmoved": value for name, value in _missed(before, wanted).items()},
            "valid_interval": float(heard.mean_interval.mean()),
            "valid_doubt": float(RealismCritic.doubt(net.realism(moved.z, asked)).mean()),
            "valid_estimate": float(estimate_loss(net.attributes(moved.z, where, asked), heard)),
            "valid_leaps": float(leap_share(after, 7).mean()),
            "valid_moved": float((moved.z - latents.z).square().mean().sqrt()),
        }

    @torch.no_grad()
    def likeness(self, net: ActorCritic) -> Likeness:
        """What tells human melodies from what is decoded for affects by lot, moved by the actor."""
        generator = torch.Generator().manual_seed(19)
        latents = self._drawn(self.choices.told, generator, people=0.0)
        wanted = asked_anywhere(self.choices.told, 0.0, generator)
        moved = net.actor(latents.z, self._context(latents), normalised_attributes(wanted))
        made = self._decoded(Latents(moved, latents.plan), wanted, range(self.choices.told))
        rows = torch.randperm(len(self.lines.tokens), generator=generator)[: 8 * self.choices.told].numpy()
        with torch.enable_grad():
            return Likeness.between(features(self.lines.tokens[rows]), features(made))

    def _case(
        self, net: ActorCritic, moved: Tensor, z: Tensor, where: Tensor, wanted: Tensor, asked: Tensor
    ) -> losses.Case:
        weights = _still(net.attributes)
        outline = functional_call(net.attributes, weights, (moved, where, asked))
        source = functional_call(net.attributes, weights, (z, where, asked))
        doubt = RealismCritic.doubt(functional_call(net.realism, _still(net.realism), (moved, asked)))
        chords = chords_of_weights(outline.weight.detach())
        return losses.Case(outline, wanted, chords, source, moved, z, self.human.spread, doubt)

    def _acted(self, case: losses.Case) -> Tensor:
        with _exactly():
            return losses.total(case, self.choices.weights()).mean()

    def _realism(self, net: ActorCritic, moved: Tensor, asked: Tensor, generator: torch.Generator) -> Tensor:
        """Binary cross-entropy and gradient penalties: for the whole on the way from human to moved (Gulrajani et al.
        2017), for neighbouring bars at the human ones (Mescheder et al. 2018), so that it may be as sharp as it needs.
        """
        size = len(moved)
        rows = torch.randint(len(self.human.mean), (size,), generator=generator)
        human, own = self.human.drawn(rows, generator), self.measured[rows]
        some = max(1, size // 4)
        latents = torch.cat([human, moved, human[:some]])
        told = torch.cat([own, asked, own.roll(1, 0)[:some]])
        logits = net.realism(latents, told)
        is_human, is_made = fn.softplus(-logits[:size]), fn.softplus(logits[size:])
        made_bars = is_made[:-some, 1:]  # what is said of a melody does not touch its bars
        error = is_human[:, 0].mean() + is_human[:, 1:].mean() + is_made[:, 0].mean() + made_bars.mean()
        way = torch.rand(size, 1, 1, generator=generator)
        between = torch.lerp(human, moved, way).requires_grad_()
        whole = net.realism(between, torch.lerp(own, asked, way[:, 0]))[:, 0]
        pairs = net.realism.pairs(human).requires_grad_()
        steep = _slope(whole, between).flatten(1).square().sum(1).sqrt()
        local = _slope(net.realism.neighbours(pairs), pairs).square().sum(-1)
        return error + self.choices.penalty * (steep - 1.0).square().mean() + self.choices.local * local.mean()

    def _estimate(self, net: ActorCritic, size: int, generator: torch.Generator) -> Tensor:
        kept = self.replay.drawn(size, generator)
        return estimate_loss(net.attributes(kept.z, kept.where, kept.asked), Outline.of(kept.tokens))

    def _drawn(self, size: int, generator: torch.Generator, people: float | None = None) -> Latents:
        """Latents of people's melodies on their own plans, and those of the prior on plans by lot."""
        human = round(size * (self.choices.human_share if people is None else people))
        rows = torch.randint(len(self.human.mean), (human,), generator=generator)
        plans = torch.randint(len(self.plans.places), (size - human,), generator=generator).numpy()
        z = torch.cat([self.human.drawn(rows, generator), self.prior.draw(size - human, generator)])
        return Latents(z, joined([self.lines.plan().select(rows.numpy()), self.plans.of(plans, self.repertoires)]))

    def _context(self, latents: Latents) -> Tensor:
        return torch.from_numpy(context(latents.plan.places, latents.plan.source, self.repertoires))

    def _fill(self, told: Callable[[str], None]) -> None:
        """Before the actor has made anything: latents of people and out of the prior, told something by lot."""
        generator = torch.Generator().manual_seed(17)
        for done in range(0, self.choices.first, 128):
            latents = self._drawn(128, generator)
            self._remember(latents, asked_anywhere(128, self.choices.anywhere, generator), generator)
            told(f"decoding for the critic: {done + 128} of {self.choices.first}")

    def _remember(self, latents: Latents, wanted: Tensor, generator: torch.Generator) -> None:
        seeds = torch.randint(1 << 40, (len(latents.z),), generator=generator).tolist()
        tokens = self._decoded(latents, wanted, seeds)
        self.replay.add(_Part(latents.z, self._context(latents), normalised_attributes(wanted), tokens))

    def _decoded(self, latents: Latents, wanted: Tensor, seeds: "range | list[int]") -> NDArray[np.uint8]:
        with _exactly(), torch.no_grad():
            asked, z = wanted.double().numpy(), latents.z.float().to(self.device)
            return sample(self.nets, Order(latents.plan, asked, z, list(seeds)))

    def _net(self) -> ActorCritic:
        assert isinstance(self.net, ActorCritic)
        return self.net


@dataclass(frozen=True, slots=True)
class _Part:
    """Melodies that were decoded at once: latents, contexts, what was asked (n, 3) normalised, tokens."""

    z: Tensor
    where: Tensor
    asked: Tensor
    tokens: NDArray[np.uint8]


class _Replay:
    """The latest melodies that were decoded, with their latents."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._parts: list[_Part] = []

    def add(self, part: _Part) -> None:
        """Remember melodies, and forget the oldest beyond the size."""
        self._parts.append(part)
        while sum(len(each.z) for each in self._parts) > self._size:
            del self._parts[0]

    def drawn(self, size: int, generator: torch.Generator) -> _Part:
        """Some melodies by lot, half of them of the latest parts: what the actor makes now must be estimated well."""
        begins = torch.rand(size, generator=generator).lt(0.5) * max(0, len(self._parts) - LATEST)
        whole = [int(torch.randint(int(begin), len(self._parts), (1,), generator=generator)) for begin in begins]
        inside = torch.rand(size, generator=generator).tolist()
        parts = [self._parts[each] for each in whole]
        rows = [int(share * len(part.z)) for part, share in zip(parts, inside, strict=True)]
        pairs = list(zip(parts, rows, strict=True))
        z, where, asked = (torch.stack([getattr(part, name)[row] for part, row in pairs]) for name in _TENSORS)
        return _Part(z, where, asked, np.stack([part.tokens[row] for part, row in pairs]))


_TENSORS = ("z", "where", "asked")


def asked_anywhere(size: int, anywhere: float, generator: torch.Generator) -> Tensor:
    """What melodies should measure, (B, 3): affects by lot over the plane, the mode by lot; `anywhere` of no affect."""
    points = (torch.rand(size, 2, generator=generator) * 2 - 1).tolist()
    wanted = torch.from_numpy(np.stack([targets(Affect(*point)) for point in points])).float()
    lot = torch.rand(size, 5, generator=generator)
    free = torch.stack(
        [
            DENSITIES[0] * (DENSITIES[1] / DENSITIES[0]) ** lot[:, 0],
            PITCHES[0] + (PITCHES[1] - PITCHES[0]) * lot[:, 1],
            torch.full((size,), 0.5),
        ],
        1,
    )
    wanted = torch.where(lot[:, 2:3] < anywhere, free, wanted)
    clear = CLEAR + (MOST_CLEAR - CLEAR) * lot[:, 4]
    wanted[:, 2] = 0.5 + torch.where(lot[:, 3] < wanted[:, 2], clear, -clear)
    return wanted


def _missed(tokens: NDArray[np.uint8], wanted: Tensor) -> Scores:
    measured, asked = measure_table(tokens), wanted.double().numpy()
    return {
        "density": float(np.abs(np.log(np.maximum(measured[:, 0], 0.05) / asked[:, 0])).mean()),
        "register": float(np.abs(measured[:, 1] - asked[:, 1]).mean()),
        "mode": float(((measured[:, 2] > 0.5) == (asked[:, 2] > 0.5)).mean()),
    }


def _exactly() -> AbstractContextManager[object]:
    """For what is not trained: losses and decoding have a precision of their own, whatever the networks multiply in."""
    return torch.autocast("cpu", enabled=False)


def _slope(values: Tensor, place: Tensor) -> Tensor:
    slope: Tensor = torch.autograd.grad(values.sum(), place, create_graph=True)[0]
    return slope


def _still(net: nn.Module) -> dict[str, Tensor]:
    """A network's weights as constants: what flows through it is felt by what made its input alone."""
    return {name: value.detach() for name, value in net.state_dict().items()}
