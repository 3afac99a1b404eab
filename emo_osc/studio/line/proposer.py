"""Melodies from the line model: latents of sixteen bars, with what was asked of them, decoded beat by beat and note by
note.

One melody's latent is (17, Z) numbers: a row for each bar, the rhythm's numbers and then the notes', out of the prior
before anything moves it; the last row says what the decoder was told: density, register and mode, whether they were
told, and the number of the plan.
"""

# B melodies, Z numbers of a bar

from collections.abc import Sequence
from math import cos, pi, sin

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emo_osc.core.affect import Affect
from emo_osc.studio.aims import in_one_mode
from emo_osc.studio.attributes import Floats, measure_table
from emo_osc.studio.decoding.in_threads import divided, in_threads, one_by_one
from emo_osc.studio.likeness import Likeness
from emo_osc.studio.line.beats import beats_of
from emo_osc.studio.line.continuation import Sounding, continued
from emo_osc.studio.line.places import BARS, UNKNOWN, context
from emo_osc.studio.line.plans import Plan, Plans
from emo_osc.studio.line.prior import LatentPrior
from emo_osc.studio.line.sample import FREE, Heat, LineNets, Order, sample
from emo_osc.studio.nets.actor import ActorCritic, normalised_attributes
from emo_osc.studio.pool.latents import Latent, rounded
from emo_osc.studio.proposers import Proposal, SamplingParameters, Theme
from emo_osc.studio.variations import Moves

UNREPEATED = tuple(range(BARS))
DENSITY, REGISTER, MODE, TOLD, PLAN = range(5)  # places in the last row
BASE = 64  # a plan's number takes two places, each exact in half precision
FEW, MANY = 64, 128
"""Melodies decoded at once on a processor: with fewer a second thread gains nothing, with more the keys and values do
not fit into the caches."""
ON_ACCELERATOR = 512  # that wait for launches, however many they are; their keys and values take half a gigabyte


class LineProposer:
    """Latents that the actor moves, and the decoder that hears what came before."""

    candidates = tried = 4  # the best of eight is told from people's far more often than the best of four
    is_in_c = True

    def __init__(
        self,
        nets: LineNets,
        plans: Plans,
        prior: LatentPrior,
        device: torch.device,
        actor: ActorCritic | None = None,
        likeness: Likeness | None = None,
    ) -> None:
        self.nets = nets.on(device)
        self.plans, self.prior, self.device, self.likeness = plans, prior, device, likeness
        self.actor = None if actor is None else actor.to(device).eval()
        self.latent = nets.rhythm.config.latent + nets.notes.config.latent
        self.repertoires = nets.rhythm.config.sources
        self.shape: tuple[int, ...] = (BARS + 1, self.latent)

    def propose(self, affect: Affect | None, seeds: Sequence[int], sampling: SamplingParameters) -> Proposal:
        """A latent a seed out of the prior, on a plan of people's; with an affect, moved by the actor."""
        wanted = None if affect is None else in_one_mode(sampling.aim(affect), seeds)
        latents = [self._drawn(seed, None if wanted is None else wanted[row]) for row, seed in enumerate(seeds)]
        slots = torch.stack(latents)
        return self._proposal(slots if wanted is None else self._acted(slots, wanted), seeds)

    def moved(self, sources: Sequence[Latent], wanted: Floats) -> Proposal:
        """Each source told what is wanted of it, (B, 3), its bars moved by the actor; its plan and its noise stay."""
        slots = torch.stack([source.numbers for source in sources])
        return self._proposal(self._acted(slots, wanted), [source.seed for source in sources])

    def near(
        self, theme: Theme, moved: Sequence[Moves], seeds: Sequence[int], sampling: SamplingParameters
    ) -> Proposal:
        """The bars that move turned away from the theme's by the amount, and decoded anew among the others."""
        angle = theme.amount * pi / 2
        slots = torch.stack([self._told(theme.latent, theme.wanted) for _ in seeds])
        noise = torch.stack([self._noise(seed) for seed in seeds])
        for row, bars in enumerate(moved):
            first = torch.tensor([bars[bar] for bar in bars])
            which = torch.tensor(list(bars))
            slots[row, which] = cos(angle) * slots[row, which] + sin(angle) * noise[row, first]
        kept = np.tile(theme.tokens.astype(np.uint8), (len(seeds), 1)).reshape(len(seeds), BARS, -1)
        for row, bars in enumerate(moved):
            kept[row, list(bars)] = FREE
        forms = tuple(tuple(bars.get(bar, bar) for bar in range(BARS)) for bars in moved)
        return Proposal(rounded(slots), tuple(seeds), forms, kept.reshape(len(seeds), -1))

    def continued(
        self, tokens: NDArray[np.int64], step: int, proposal: Proposal, sampling: SamplingParameters
    ) -> NDArray[np.int64]:
        """The tokens (B, 256) of phrases that enter at a 16th of the one that sounds, (256,), and continue it."""
        latents = proposal.latents
        z, asked = latents[:, :BARS].to(self.device), _asked(latents[:, BARS].double().numpy())
        sounding = Sounding(tokens, self.read(torch.from_numpy(tokens)[None])[0, :BARS].to(self.device), step)
        heat = Heat().times(sampling.temperature)
        return continued(self.nets, self._plan(latents), asked, z, sounding, proposal.seeds, heat)

    @torch.no_grad()
    def read(self, tokens: Tensor) -> Tensor:
        """The latents (B, 17, Z) of melodies (B, 256): the mean of each bar's, what each measures, and an open plan."""
        melodies = tokens.cpu().numpy()
        beats = torch.from_numpy(beats_of(melodies)).view(len(melodies), BARS, -1).to(self.device)
        bars = tokens.view(len(tokens), BARS, -1).to(self.device)
        means = [self.nets.rhythm.encoder(beats)[0], self.nets.notes.encoder(bars)[0]]
        slots = torch.cat([torch.cat(means, dim=-1).cpu(), torch.zeros(len(tokens), 1, self.latent)], dim=1)
        for row, measured in enumerate(measure_table(melodies)):
            slots[row] = self._told(slots[row], measured)
            slots[row, BARS, PLAN], slots[row, BARS, PLAN + 1] = divmod(self.plans.open, BASE)
        return rounded(slots)

    def until(self, latents: Tensor) -> NDArray[np.int64]:
        """Bars from each bar to the last one of its phrase as the latents' plans say, -1 where none does, (B, 16)."""
        places = self._plan(latents).places[..., 1].astype(np.int64)
        return np.where(places == UNKNOWN, -1, places)

    def play(self, proposal: Proposal, sampling: SamplingParameters) -> NDArray[np.int64]:
        """The tokens (B, 256) that latents are decoded to, each under its own seed's noise."""
        heat, is_on_cpu = Heat().times(sampling.temperature), self.device.type == "cpu"
        few, many = (FEW, MANY) if is_on_cpu else (ON_ACCELERATOR, ON_ACCELERATOR)
        densest_first = torch.argsort(proposal.latents[:, BARS, DENSITY], descending=True, stable=True).numpy()
        parts = [densest_first[rows] for rows in divided(len(proposal.seeds), few, many)]
        run = in_threads if is_on_cpu else one_by_one
        tokens = np.concatenate(run(lambda rows: self._sampled(proposal, rows, heat), parts))
        return tokens[np.argsort(densest_first)]

    def _sampled(self, proposal: Proposal, rows: NDArray[np.int64], heat: Heat) -> NDArray[np.int64]:
        latents = proposal.latents[torch.from_numpy(rows)]
        seeds, forms = [proposal.seeds[row] for row in rows], [proposal.forms[row] for row in rows]
        given = None if proposal.given is None else proposal.given[rows]
        z, asked = latents[:, :BARS].to(self.device), _asked(latents[:, BARS].double().numpy())
        plan = self._plan(latents) if given is None else self._plan(latents).unrepeated()
        tokens = sample(self.nets, Order(plan, asked, z, seeds, given), heat).astype(np.int64)
        return _alike(tokens, forms)

    def _drawn(self, seed: int, wanted: Floats | None) -> Tensor:
        slots = torch.cat([self._noise(seed), torch.zeros(1, self.latent)])
        plan = self.plans.drawn(seed, wanted)
        slots[BARS, PLAN], slots[BARS, PLAN + 1] = divmod(plan, BASE)
        return rounded(slots)

    def _noise(self, seed: int) -> Tensor:
        return self.prior.draw(1, torch.Generator().manual_seed(seed))[0]

    def _told(self, slots: Tensor, wanted: Floats) -> Tensor:
        """The same with what is wanted (3,) in the last row."""
        told = slots.clone()
        told[BARS, : TOLD + 1] = torch.tensor([np.log(max(wanted[0], 0.1)), (wanted[1] - 60.0) / 12, wanted[2], 1.0])
        return told

    @torch.no_grad()
    def _acted(self, slots: Tensor, wanted: Floats) -> Tensor:
        told = torch.stack([self._told(each, row) for each, row in zip(slots, wanted, strict=True)])
        if self.actor is not None:
            plan = self._plan(told)
            where = torch.from_numpy(context(plan.places, plan.source, self.repertoires)).to(self.device)
            asked = normalised_attributes(torch.from_numpy(wanted)).to(self.device)
            told[:, :BARS] = self.actor.actor(told[:, :BARS].to(self.device), where, asked).cpu()
        return rounded(told)

    def _plan(self, latents: Tensor) -> Plan:
        """The plans that latents name."""
        numbers = latents[:, BARS].double().numpy()
        plan = np.rint(numbers[:, PLAN] * BASE + numbers[:, PLAN + 1]).astype(np.int64)
        return self.plans.of(np.clip(plan, 0, self.plans.open), self.repertoires)

    def _proposal(self, slots: Tensor, seeds: Sequence[int]) -> Proposal:
        return Proposal(slots, tuple(seeds), (UNREPEATED,) * len(seeds))


def _asked(numbers: Floats) -> Floats:
    """Notes a bar, mean pitch and belief in major that last rows (B, Z) tell, NaN where they tell nothing, (B, 3)."""
    asked = np.stack([np.exp(numbers[:, DENSITY]), numbers[:, REGISTER] * 12 + 60.0, numbers[:, MODE]], axis=1)
    return np.where(numbers[:, TOLD, None] > 0.5, asked, np.nan)


def _alike(tokens: NDArray[np.int64], forms: Sequence[tuple[int, ...]]) -> NDArray[np.int64]:
    """Melodies (B, 256) in which a bar takes the notes of the bar that its form names."""
    bars = tokens.reshape(len(tokens), BARS, -1)
    return np.take_along_axis(bars, np.array(forms)[..., None], axis=1).reshape(tokens.shape)
