"""Trains the latent actor-critic on a trained VAE and prior: `emo-osc train actor`.

Theory of operation. In: slots of a melody (K bars, A numbers each) in the prior's scale, its form, and target
attributes (notes per bar, mean pitch, belief in major), normalised. Out: moved slots that decode to a melody with these
attributes, near the source (Engel, Hoffman and Roberts 2018, section 3; Jang, Son and Lee; emotion reference, section
4). Three networks are trained together, in each step in this order:

1. Sources are drawn from human melodies and from the prior, targets at random; the actor moves the sources, and the
   result is quantised to the codebook of human bars with straight-through gradients, as it will be decoded.
2. The attribute critic estimates the outline of the decoded notes, since counting notes has no gradient; it is trained
   on a replay of decoded melodies of the prior, people and the actor, so that it is accurate where the actor is.
3. The realism critic separates posterior slots of human melodies with their attributes from the prior's draws, from the
   actor's output, and from slots with another melody's attributes, with gradient penalties.
4. The actor minimises the table of losses (`studio/losses`) on both estimates, with the critics' weights held constant.

Every few steps the actor's output is decoded and measured into the replay.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as fn

from emo_osc.core.affect import Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.studio import losses
from emo_osc.studio.attributes import leap_share, measure_table, targets
from emo_osc.studio.decoding.decode import clean
from emo_osc.studio.forms import BARS, forms_of
from emo_osc.studio.harmony import chords_of_weights
from emo_osc.studio.likeness import Likeness, features
from emo_osc.studio.music_vae import MusicVAE
from emo_osc.studio.nets.actor import ActorConfig, ActorCritic, RealismCritic
from emo_osc.studio.nets.bar_prior import BarPrior, nearest_code, normalised_attributes
from emo_osc.studio.outline import Outline, estimate_loss
from emo_osc.studio.proposers import PriorProposer, Proposal
from emo_osc.train.corpora.corpus import Corpus, load_corpus
from emo_osc.train.loop import Recipe, Scores
from emo_osc.train.prior import encode_corpus

# B melodies, K = 16 bars, A active numbers of a slot, N melodies of a store

LATEST_PARTS = 24  # parts of the replay
RECIPE = Recipe(
    steps=2_000, batch=48, rate=5e-4, seed=3, warmup=200, decay=0.01, clip=10.0, average=0.998, validate_every=250
)
DENSITIES, PITCHES = (2.2, 9.5), (64.0, 78.0)
LEAST_SONGS, FEWEST_CODES = 2, 8  # songs, bars
LIKENESS_MELODIES = 3_072  # melodies of the actor that likeness is fitted to
MODE_MARGIN = 0.45  # target beliefs in major are .05 or .95


@dataclass(frozen=True, slots=True)
class ActorChoices:
    """Settings of this training.

    `draws`: melodies drawn from the prior; `human_share` of a batch is human. `anywhere`: share of targets that belong
    to no affect, with random density, register and mode, for hosts' tempos and presets' references. Every
    `decode_every` steps the actor's output is decoded into a replay of `memory` melodies. `weights` are those of the
    losses; `commitment` keeps slots near their codes (van den Oord et al. 2017), which straight-through gradients
    require; `penalty` and `local` are the realism critic's gradient penalties, of melodies and of neighbouring bars.
    """

    draws: int = 4_096
    human_share: float = 0.25
    anywhere: float = 0.3
    decode_every: int = 4
    memory: int = 8_192
    commitment: float = 5.0
    penalty: float = 10.0
    local: float = 0.5
    without: str = ""

    def weights(self) -> dict[str, float]:
        """The table's training weights without the loss named by `without` (ablation)."""
        return {name: weight for name, weight in losses.training_weights().items() if name != self.without}


@dataclass(slots=True)
class Store:
    """N melodies: slots (N, K, A), forms (N, K), their normalised attributes (N, 3), tokens (N, 256)."""

    slots: Tensor
    forms: Tensor
    condition: Tensor
    tokens: NDArray[np.uint8]
    spread: Tensor | None = None

    def drawn(self, rows: Tensor, generator: torch.Generator) -> Tensor:
        """Slots of rows, sampled from the posterior where `spread` is known. (n,) -> (n, K, A)."""
        slots = self.slots[rows]
        if self.spread is None:
            return slots
        noise = torch.randn(slots.shape, generator=generator).gather(1, self.forms[rows][..., None].expand_as(slots))
        return slots + self.spread[rows] * noise


class ActorTask:
    """Training task: moves sources of the prior and the corpus to random targets."""

    def __init__(
        self, folder: Path, out: Path, generator: MusicVAE, choices: ActorChoices, report: Callable[[str], None]
    ) -> None:
        assert isinstance(generator.proposer, PriorProposer)  # checked by the caller
        self.generator, self.choices = generator, choices
        self.proposer = generator.proposer
        corpus = load_corpus(folder, "train")
        self.human = human_store(corpus, self.proposer)
        self.codebook = self.proposer.codebook = human_codebook(corpus, self.proposer)
        self.valid = _prior_store(generator, range(1 << 40, (1 << 40) + 256), out / "valid_draws.safetensors", report)
        self.prior = _prior_store(generator, range(choices.draws), out / "draws.safetensors", report)
        assert self.human.spread is not None
        self.spread = self.human.spread.mean((0, 1))
        self.net: nn.Module = ActorCritic(ActorConfig(self.human.slots.shape[-1]))
        self.replay = _Replay(choices.memory)
        self._fill()
        self._steps = 0

    def loss(self, size: int, generator: torch.Generator, share: float) -> dict[str, Tensor]:
        """The losses of the three networks for `size` new melodies; each has gradients for one network only."""
        net = self._net()
        slots, forms, tokens = self._sources(size, generator)
        wanted = random_targets(size, self.choices.anywhere, generator)
        condition = normalised_attributes(wanted)
        output = net.actor(slots, forms, condition)
        moved = self._quantised(output)
        case = self._case(net, moved, slots, wanted, condition, Outline.of(tokens))
        parts = {
            "acted": self._actor_loss(case),
            "meant": self.choices.commitment * (output - moved.detach()).square().mean(),
            "realism": self._realism(net, moved.detach(), condition, generator),
            "guess": self._guess(net, size, generator),
        }
        if self._steps % self.choices.decode_every == 0:
            self._add_to_replay(moved.detach(), forms, generator)
        self._steps += 1
        return {"loss": torch.stack(list(parts.values())).sum(), **parts}

    @torch.no_grad()
    def validate(self, net: nn.Module) -> Scores:
        """Errors of decoded melodies against fixed random targets, and similarity to their sources."""
        assert isinstance(net, ActorCritic)
        generator = torch.Generator().manual_seed(5)
        store, size = self.valid, len(self.valid.slots)
        wanted = random_targets(size, self.choices.anywhere, generator)
        moved = self._quantised(net.actor(store.slots, store.forms, normalised_attributes(wanted)))
        tokens = self._decoded(moved, store.forms, list(range(size)))
        outline, source = Outline.of(tokens), Outline.of(store.tokens)
        measured, asked = measure_table(tokens), wanted.numpy()
        case = losses.Case(outline, wanted, chords_of_weights(outline.weight), source)
        near = {name: float(losses.LOSSES[name].of(case).mean()) for name in ("chord", "scale", "rhythm")}
        return {
            "valid_density": float(np.abs(np.log(np.maximum(measured[:, 0], 0.05) / asked[:, 0])).mean()),
            "valid_register": float(np.abs(measured[:, 1] - asked[:, 1]).mean()),
            "valid_mode": float((np.abs(measured[:, 2] - asked[:, 2]) < 0.5).mean()),
            "valid_interval": float(outline.mean_interval.mean()),
            "valid_interval_guessed": float(net.attributes(moved).mean_interval.mean()),
            "valid_doubt": float(RealismCritic.doubt(net.realism(moved, normalised_attributes(wanted))).mean()),
            "valid_leaps": float(leap_share(tokens, 7).mean()),
            **{f"valid_{name}": value for name, value in near.items()},
        }

    @torch.no_grad()
    def likeness(self, net: ActorCritic) -> Likeness:
        """Fit the likeness model: human melodies against the prior's draws and the actor's output for
        random targets.
        """
        generator = torch.Generator().manual_seed(19)
        store, size = self.prior, min(len(self.prior.slots), LIKENESS_MELODIES)
        condition = normalised_attributes(random_targets(size, 0.0, generator))
        moved = self._quantised(net.actor(store.slots[:size], store.forms[:size], condition))
        made = np.concatenate([store.tokens, self._decoded(moved, store.forms[:size], list(range(size)))])
        rows = torch.randperm(len(self.human.slots), generator=generator)[: 4 * LIKENESS_MELODIES].numpy()
        with torch.enable_grad():
            return Likeness.between(features(self.human.tokens[rows]), features(made))

    def _quantised(self, moved: Tensor) -> Tensor:
        """Slots quantised to the codebook, as they will be decoded, with straight-through gradients."""
        return moved + (nearest_code(moved.detach(), self.codebook) - moved).detach()

    def _case(
        self, net: ActorCritic, moved: Tensor, slots: Tensor, wanted: Tensor, condition: Tensor, source: Outline
    ) -> losses.Case:
        outline = functional_call(net.attributes, _frozen(net.attributes), (moved,))
        doubt = RealismCritic.doubt(functional_call(net.realism, _frozen(net.realism), (moved, condition)))
        chords = chords_of_weights(outline.weight.detach())
        return losses.Case(outline, wanted, chords, source, moved, slots, self.spread, doubt)

    def _actor_loss(self, case: losses.Case) -> Tensor:
        with _without_autocast():
            return losses.total(case, self.choices.weights()).mean()

    def _realism(self, net: ActorCritic, moved: Tensor, condition: Tensor, generator: torch.Generator) -> Tensor:
        """Binary cross-entropy with gradient penalties: for melodies between human and moved slots (Gulrajani et al.
        2017), for neighbouring bars at the human ones (Mescheder et al. 2018).
        """
        size = len(moved)
        rows = torch.randint(len(self.human.slots), (size,), generator=generator)
        human, own = self.human.drawn(rows, generator), self.human.condition[rows]
        moved = moved + self.spread * torch.randn(moved.shape, generator=generator)  # noise as of a posterior sample
        drawn = torch.randint(len(self.prior.slots), (max(1, size // 4),), generator=generator)
        slots = torch.cat([human, moved, self.prior.slots[drawn], human[: len(drawn)]])
        conditions = torch.cat([own, condition, self.prior.condition[drawn], own.roll(1, 0)[: len(drawn)]])
        logits = net.realism(slots, conditions)
        is_human, is_made = fn.softplus(-logits[:size]), fn.softplus(logits[size:])
        made_bars = is_made[: -len(drawn), 1:]  # the last rows differ in the condition only, which bars do not use
        error = is_human[:, 0].mean() + is_human[:, 1:].mean() + is_made[:, 0].mean() + made_bars.mean()
        blend = torch.rand(size, 1, 1, generator=generator)
        between = torch.lerp(human, moved, blend).requires_grad_()
        whole = net.realism(between, torch.lerp(own, condition, blend[:, 0]))[:, 0]
        pairs = net.realism.pairs(human).requires_grad_()
        steep = _gradient(whole, between).flatten(1).square().sum(1).sqrt()
        local = _gradient(net.realism.neighbours(pairs), pairs).square().sum(-1)
        return error + self.choices.penalty * (steep - 1.0).square().mean() + self.choices.local * local.mean()

    def _guess(self, net: ActorCritic, size: int, generator: torch.Generator) -> Tensor:
        slots, tokens = self.replay.drawn(size, generator)
        return estimate_loss(net.attributes(slots), Outline.of(tokens))

    def _sources(self, size: int, generator: torch.Generator) -> tuple[Tensor, Tensor, NDArray[np.uint8]]:
        people = round(size * self.choices.human_share)
        rows = torch.randint(len(self.human.slots), (people,), generator=generator)
        drawn = torch.randint(len(self.prior.slots), (size - people,), generator=generator)
        slots = torch.cat([self.human.drawn(rows, generator), self.prior.slots[drawn]])
        forms = torch.cat([self.human.forms[rows], self.prior.forms[drawn]])
        return slots, forms, np.concatenate([self.human.tokens[rows.numpy()], self.prior.tokens[drawn.numpy()]])

    def _fill(self) -> None:
        """Fill the replay with the prior's draws and with decoded posterior samples of human melodies."""
        generator = torch.Generator().manual_seed(17)
        for part in torch.split(torch.arange(len(self.prior.slots)), 256):
            self.replay.add(self.prior.slots[part], self.prior.tokens[part.numpy()])
        rows = torch.randint(len(self.human.slots), (min(3_072, len(self.human.slots)),), generator=generator)
        for part in torch.split(rows, 256):
            self._add_to_replay(self.human.drawn(part, generator), self.human.forms[part], generator)

    def _add_to_replay(self, slots: Tensor, forms: Tensor, generator: torch.Generator) -> None:
        seeds = torch.randint(1 << 40, (len(slots),), generator=generator).tolist()
        self.replay.add(slots, self._decoded(slots, forms, seeds))

    @torch.no_grad()
    def _decoded(self, slots: Tensor, forms: Tensor, seeds: list[int]) -> NDArray[np.uint8]:
        return decoded(self.generator, slots, forms, seeds)

    def _net(self) -> ActorCritic:
        assert isinstance(self.net, ActorCritic)
        return self.net


class _Replay:
    """The latest decoded melodies with their slots."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._slots: list[Tensor] = []
        self._tokens: list[NDArray[np.uint8]] = []

    def add(self, slots: Tensor, tokens: NDArray[np.uint8]) -> None:
        """Add melodies, and drop the oldest beyond the size."""
        self._slots.append(slots)
        self._tokens.append(tokens)
        while sum(map(len, self._slots)) > self._size:
            del self._slots[0], self._tokens[0]

    def drawn(self, size: int, generator: torch.Generator) -> tuple[Tensor, NDArray[np.uint8]]:
        """Random melodies, half of them from the latest parts, where the critic must be accurate."""
        begins = torch.rand(size, generator=generator).lt(0.5) * max(0, len(self._slots) - LATEST_PARTS)
        whole = [int(torch.randint(int(begin), len(self._slots), (1,), generator=generator)) for begin in begins]
        inside = torch.rand(size, generator=generator).tolist()
        places = [(part, int(share * len(self._slots[part]))) for part, share in zip(whole, inside, strict=True)]
        return (
            torch.stack([self._slots[part][row] for part, row in places]),
            np.stack([self._tokens[part][row] for part, row in places]),
        )


def random_targets(size: int, anywhere: float, generator: torch.Generator) -> Tensor:
    """Random targets (B, 3): of random affects, with a random mode; a share `anywhere` independent of affects."""
    points = (torch.rand(size, 2, generator=generator) * 2 - 1).tolist()
    wanted = torch.from_numpy(np.stack([targets(Affect(*point)) for point in points])).float()
    uniform = torch.rand(size, 4, generator=generator)
    free = torch.stack(
        [
            DENSITIES[0] * (DENSITIES[1] / DENSITIES[0]) ** uniform[:, 0],
            PITCHES[0] + (PITCHES[1] - PITCHES[0]) * uniform[:, 1],
            torch.full((size,), 0.5),
        ],
        1,
    )
    wanted = torch.where(uniform[:, 2:3] < anywhere, free, wanted)
    wanted[:, 2] = 0.5 + torch.where(uniform[:, 3] < wanted[:, 2], MODE_MARGIN, -MODE_MARGIN)
    return wanted


def human_codebook(corpus: Corpus, proposer: PriorProposer) -> Tensor:
    """The codebook: bars that occur in at least `LEAST_SONGS` songs, so that none is copied from one, (M, A)
    normalised.

    Raises:
        EmoOscError: fewer than `FEWEST_CODES` bars are shared.
    """
    bars, back = np.unique(corpus.tokens.reshape(-1, 16), axis=0, return_inverse=True)
    songs = np.unique(np.stack([back.ravel(), np.repeat(corpus.piece, BARS)], 1), axis=0)
    is_shared = np.bincount(songs[:, 0], minlength=len(bars)) >= LEAST_SONGS
    if is_shared.sum() < FEWEST_CODES:
        raise EmoOscError(f"the corpus: its songs share {is_shared.sum()} bars; {FEWEST_CODES} or more are needed")
    with torch.no_grad():
        mean = proposer.vae.encode(torch.from_numpy(bars[is_shared].astype(np.int64)).to(proposer.device))[0]
    return _normalised(proposer.prior, mean[:, None])[:, 0]


def human_store(corpus: Corpus, proposer: PriorProposer) -> Store:
    """The corpus's melodies, encoded, in the prior's scale."""
    prior = proposer.prior
    encoded = encode_corpus(proposer.vae, corpus)
    spread = encoded.spread[..., prior.which.cpu()] / prior.scale.cpu()
    forms = torch.from_numpy(forms_of(corpus.tokens)).long()
    return Store(_normalised(prior, encoded.mean), forms, encoded.condition.attributes, corpus.tokens, spread)


def decoded(generator: MusicVAE, slots: Tensor, forms: Tensor, seeds: list[int]) -> NDArray[np.uint8]:
    """Melodies (B, 256) of slots (B, K, A) in the prior's scale, under the noise of their seeds."""
    proposer = generator.proposer
    assert isinstance(proposer, PriorProposer)
    latents = proposer.prior.denormalise(slots.to(proposer.device))
    with _without_autocast():
        proposal = Proposal(latents, proposer.embed(latents), tuple(map(tuple, forms.tolist())))
        tokens = clean(generator.decoded(proposal.embeddings, generator.noise(seeds, proposal)))
    made: NDArray[np.uint8] = tokens.cpu().numpy().astype(np.uint8)
    return made


def _without_autocast() -> AbstractContextManager[object]:
    """Disable autocast for losses and decoding, whatever precision the networks are trained in."""
    return torch.autocast("cpu", enabled=False)


def _prior_store(generator: MusicVAE, seeds: range, path: Path, report: Callable[[str], None]) -> Store:
    """Draws of the prior without an affect, cached in the run's folder, since they take minutes."""
    proposer = generator.proposer
    assert isinstance(proposer, PriorProposer)
    if path.exists():
        kept = load_file(path)
    else:
        kept = _draws(generator, seeds, report)
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(kept, path)
    tokens = kept["tokens"].numpy()
    condition = normalised_attributes(torch.from_numpy(measure_table(tokens)))
    return Store(_normalised(proposer.prior, kept["slots"]), kept["forms"].long(), condition, tokens)


def _draws(generator: MusicVAE, seeds: range, report: Callable[[str], None]) -> dict[str, Tensor]:
    parts = []
    for start in range(0, len(seeds), 128):
        some = list(seeds[start : start + 128])
        proposal = generator.proposer.propose(None, some, generator.sampling)
        tokens = clean(generator.decoded(proposal.embeddings, generator.noise(some, proposal)))
        forms = torch.tensor(proposal.forms, dtype=torch.uint8)
        parts.append({"slots": proposal.latents.cpu(), "forms": forms, "tokens": tokens.to(torch.uint8).cpu()})
        report(f"drawing from the prior: {start + len(some)} of {len(seeds)}")
    return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}


def _normalised(prior: BarPrior, slots: Tensor) -> Tensor:
    normalised: Tensor = prior.normalise(slots.to(prior.centre.device)).detach().cpu()
    return normalised


def _gradient(values: Tensor, place: Tensor) -> Tensor:
    slope: Tensor = torch.autograd.grad(values.sum(), place, create_graph=True)[0]
    return slope


def _frozen(net: nn.Module) -> dict[str, Tensor]:
    """A network's weights as constants: gradients flow to its input only."""
    return {name: value.detach() for name, value in net.state_dict().items()}
