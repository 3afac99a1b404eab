"""The `music_vae` generator: latents from the prior are moved by the actor, decoded, measured and ranked.

Ranking uses measures of the decoded notes only, never estimates of a network.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as fn

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import Melody, tiled
from emo_osc.protocol.messages import Measured
from emo_osc.studio import losses
from emo_osc.studio.attributes import Aim, Floats, flaws, in_c, measure, measure_table, misses, targets
from emo_osc.studio.decoding.decode import clean, decode, no_denormals
from emo_osc.studio.decoding.noise import gumbel
from emo_osc.studio.generators import Composed
from emo_osc.studio.harmony import chords_of
from emo_osc.studio.likeness import Likeness
from emo_osc.studio.nets.actor import ActorConfig, ActorCritic
from emo_osc.studio.nets.bar_prior import BarPrior, BarPriorConfig
from emo_osc.studio.nets.bar_vae import BarVAE, BarVAEConfig
from emo_osc.studio.nets.hierdec import build_hierdec
from emo_osc.studio.outline import Outline
from emo_osc.studio.pool.latents import Latent
from emo_osc.studio.proposers import HierdecProposer, PriorProposer, Proposal, Proposer, SamplingParameters, Theme
from emo_osc.studio.tokens import FIRST_NOTE, melody_of, tokens_of
from emo_osc.studio.tokens import clean as clean_tokens
from emo_osc.studio.variations import (
    form_of,
    home_lift,
    lifted,
    moves,
    ranked,
    sameness,
    unchanged,
    with_bars,
)
from emo_osc.weights import checkpoints
from emo_osc.weights.size_checks import fitted, one_line_errors

NAME = "music_vae"
DRAWS_PER_SOURCE = 4  # prior draws per source
LIKENESS = 0.2  # weight of the likeness term in ranking
REACH = 5  # most semitones between a melody's mean pitch and that of its changed bars
SAME_MELODY = 0.95  # share of notes that a latent must reproduce to belong to a melody
MAJOR, MIDDLE, MINOR = 0.95, 0.5, 0.05  # target beliefs in major of a major and a minor melody
IMPORTED = "hierdec"  # what `emo-osc import-magenta` writes


@dataclass(frozen=True, slots=True)
class _Drawn:
    """B melodies as tokens (B, 256), with the latents they were decoded from."""

    latents: list[Latent]
    tokens: NDArray[np.int64]

    def with_more(self, others: "_Drawn") -> "_Drawn":
        return _Drawn([*self.latents, *others.latents], np.concatenate([self.tokens, others.tokens]))


@dataclass(frozen=True, slots=True)
class _Ranked:
    """B melodies with measures (B, 3), distance from the targets, ranking cost, chords (B, 32), and whether major was
    the target mode.
    """

    drawn: _Drawn
    measured: Floats
    distance: Floats
    cost: Floats
    chords: NDArray[np.int64]
    is_major: NDArray[np.bool_]

    def of(self, row: int) -> Composed:
        return Composed(
            melody_of(self.drawn.tokens[row].tolist()),
            Measured(*self.measured[row].tolist()),
            float(self.distance[row]),
            self.drawn.latents[row].seed,
            self.drawn.latents[row].to_text(),
            tuple(self.chords[row].tolist()),
        )


class MusicVAE:
    """Composes melodies for an affect from a proposer of latents."""

    name = NAME

    def __init__(self, proposer: Proposer, sampling: SamplingParameters) -> None:
        self.proposer = proposer
        self.sampling = sampling
        self.device = proposer.device.type

    def compose(self, affect: Affect, count: int, seed: int) -> list[Composed]:
        """`count` melodies, nearest to the targets first; a seed repeats on the same device.

        Latents are drawn for the affect; each is a candidate as drawn and as moved by the actor.
        """
        seeds = self._seeds(seed, count)
        with no_denormals():
            drawn = self._drawn(self.proposer.propose(affect, seeds, self.sampling), seeds)
            moved = self._moved(drawn.latents, affect)
        return self._composed(drawn.with_more(moved), affect, count)

    def sources(self, seeds: Sequence[int]) -> list[Latent]:
        """Latents to refine later, one per seed, drawn without an affect; slow.

        Of several draws per seed the first that the likeness model accepts is taken, else the most likely.
        """
        tried = [_child(seed, index) for seed in seeds for index in range(DRAWS_PER_SOURCE)]
        with no_denormals():
            drawn = self._drawn(self.proposer.propose(None, tried, self.sampling), tried)
        return [drawn.latents[row] for row in self._most_human(drawn.tokens, tried)]

    def refine(self, sources: Sequence[Latent], affect: Affect, count: int) -> list[Composed]:
        """The `count` best melodies of sources moved by the actor: one pass of the actor and one of the decoder."""
        with no_denormals():
            moved = self._moved(sources, affect)
        return self._composed(moved, affect, count)

    def moved(self, sources: Sequence[Latent], affect: Affect) -> list[Composed]:
        """The melody of each source moved by the actor, in order, unranked."""
        with no_denormals():
            result = self._rank(self._moved(sources, affect), affect)
        return [result.of(row) for row in range(len(sources))]

    def vary(self, melody: Melody, latent: str, affect: Affect, amount: float, count: int, seed: int) -> list[Composed]:
        """Variations, best first: near the targets, without flaws, changed by the wanted amount.

        Unchanged bars keep their notes to the tick. A melody in another key is varied in C and transposed back.
        """
        source = tiled(melody)
        tokens = np.array(tokens_of(source))
        if amount <= 0.0:
            same = unchanged(source, latent, self.sampling.aim(affect), seed)
            return [replace(same, chords=_chords(source, home_lift(tokens)))] * count
        if amount >= 1.0 or tokens.max() < FIRST_NOTE:
            return self.compose(affect, count, seed)
        seeds = self._seeds(seed, count)
        form = form_of(tokens)
        moved = [moves(form, amount, Random(child)) for child in seeds]
        own, lift = self._in_c(tokens, latent)
        theme = Theme(own, _wanted(tokens, self.sampling.aim(affect), lift), amount)
        with no_denormals():
            proposal = self.proposer.near(theme, moved, seeds, self.sampling)
            drawn = lifted(self._played(proposal, seeds), -lift)
        varied = [with_bars(source, row, bars) for row, bars in zip(drawn, moved, strict=True)]
        return [
            replace(
                made,
                latent=self._latent_text(_latent(proposal, seeds.index(made.seed), seeds), made.melody),
                chords=_chords(made.melody, lift),
            )
            for made in ranked(varied, seeds, source, self.sampling.aim(affect), amount)[:count]
        ]

    def draw(self, affect: Affect | None, seeds: Sequence[int]) -> NDArray[np.int64]:
        """One melody per seed as tokens (B, 256), unranked; `affect` None leaves the attributes open."""
        with no_denormals():
            return self._played(self.proposer.propose(affect, seeds, self.sampling), seeds)

    def again(self, latent: Latent) -> NDArray[np.int64]:
        """The tokens (256,) that a latent decodes to."""
        numbers = latent.numbers[None]
        with no_denormals():
            played = self._played(Proposal(numbers, self.proposer.embed(numbers), (latent.form,)), [latent.seed])
        return np.asarray(played[0])

    def noise(self, seeds: Sequence[int], proposal: Proposal) -> Tensor:
        """The noise (B, 16, 16, 90) under which a proposal is decoded."""
        each = (gumbel([seed], self.sampling.share, form) for seed, form in zip(seeds, proposal.forms, strict=True))
        return torch.cat(list(each))

    def decoded(self, embeddings: Tensor, noise: Tensor) -> Tensor:
        """Tokens (B, 256) of bar embeddings (B, 16, E) under noise (B, 16, 16, 90)."""
        return decode(self.proposer.weights, embeddings, self.proposer.sharpness * self.sampling.temperature, noise)

    def _moved(self, sources: Sequence[Latent], affect: Affect) -> _Drawn:
        seeds = [source.seed for source in sources]
        return self._drawn(self.proposer.moved(sources, _with_mode(self.sampling.aim(affect), seeds)), seeds)

    def _drawn(self, proposal: Proposal, seeds: Sequence[int]) -> _Drawn:
        latents = [_latent(proposal, row, seeds) for row in range(len(seeds))]
        return _Drawn(latents, self._played(proposal, seeds))

    def _composed(self, drawn: _Drawn, affect: Affect, count: int) -> list[Composed]:
        """The best candidate of each seed, best first, by distance, flaws and ranking losses.

        The number in major follows the target share, rounded.
        """
        result = self._rank(drawn, affect)
        best: dict[int, int] = {}
        for row in np.argsort(result.cost, kind="stable").tolist():
            best.setdefault(drawn.latents[row].seed, row)
        rows = list(best.values())
        quota = round(count * float(self.sampling.aim(affect)[2]))
        major = [row for row in rows if result.is_major[row]][:quota]
        minor = [row for row in rows if not result.is_major[row]][: count - len(major)]
        kept = sorted([*major, *minor], key=rows.index)
        rest = [row for row in rows if row not in kept]
        return [result.of(row) for row in [*kept, *rest][:count]]

    def _rank(self, drawn: _Drawn, affect: Affect) -> _Ranked:
        wanted = _with_mode(self.sampling.aim(affect), [latent.seed for latent in drawn.latents])
        measured, chords = measure_table(drawn.tokens), chords_of(drawn.tokens)
        distance = misses(measured, wanted) + flaws(drawn.tokens)
        outline, weights = Outline.of(drawn.tokens), losses.ranking_weights(self.sampling.losses)
        arousal = torch.full((len(wanted),), float(affect.arousal))
        case = losses.Case(outline, torch.from_numpy(wanted).float(), torch.from_numpy(chords), arousal=arousal)
        ranked = losses.total(case, weights)
        if self.proposer.likeness is not None:
            ranked = ranked + LIKENESS * fn.softplus(-self.proposer.likeness.logits(drawn.tokens))
        return _Ranked(drawn, measured, distance, distance + ranked.numpy(), chords, wanted[:, 2] > MIDDLE)

    def _most_human(self, tokens: NDArray[np.int64], seeds: Sequence[int]) -> list[int]:
        """The row to take of each `DRAWS_PER_SOURCE` melodies."""
        likeness = self.proposer.likeness
        if likeness is None:
            return list(range(0, len(tokens), DRAWS_PER_SOURCE))
        uniform = np.array([np.random.default_rng(seed).random() for seed in seeds])
        taken, logits = likeness.accepts(tokens, uniform), likeness.logits(tokens).numpy()
        order = np.where(taken, 1e6 - np.arange(len(tokens)), logits).reshape(-1, DRAWS_PER_SOURCE)
        return [DRAWS_PER_SOURCE * turn + int(row) for turn, row in enumerate(order.argmax(axis=1))]

    def _seeds(self, seed: int, count: int) -> list[int]:
        return [_child(seed, index) for index in range(self.proposer.candidates * count)]

    def _played(self, proposal: Proposal, seeds: Sequence[int]) -> NDArray[np.int64]:
        bar_cache = self.proposer.bar_cache
        if bar_cache is not None:
            return np.asarray(clean(torch.from_numpy(bar_cache.read(proposal.latents))).numpy())
        tokens = clean(self.decoded(proposal.embeddings, self.noise(seeds, proposal)))
        played: NDArray[np.int64] = tokens.cpu().numpy()
        return played if self.proposer.is_in_c else in_c(played)

    def _in_c(self, tokens: NDArray[np.int64], text: str) -> tuple[Tensor, int]:
        """The latent of a melody, and the semitones that transpose the melody to C, the key of latents."""
        try:
            latent = Latent.from_text(text, self.proposer.shape)
        except ValueError:  # empty, or of another generator
            latent = None
        if latent is not None and sameness(tokens[None], self.again(latent))[0] > SAME_MELODY:
            return latent.numbers, 0
        lift = home_lift(tokens)
        return self.proposer.read(torch.from_numpy(lifted(tokens, lift))[None])[0], lift

    def _latent_text(self, latent: Latent, melody: Melody) -> str:
        """A variation's latent as text if it decodes to the variation, else empty."""
        return latent.to_text() if self.again(latent).tolist() == clean_tokens(tokens_of(melody)) else ""


def build(section: GeneratorSection, aim: Aim = targets) -> MusicVAE:
    """The generator of a preset section: its checkpoint, or the shipped one; `aim` gives the targets of an affect.

    Raises:
        EmoOscError: the checkpoint or the device is missing, or the checkpoint is of another generator.
    """
    sampling = SamplingParameters(temperature=section.temperature, losses=dict(section.losses.items()), aim=aim)
    return load(checkpoint_path(section), pick_device(section.device), sampling, section.seed is not None)


def checkpoint_path(section: GeneratorSection) -> Path:
    """The checkpoint a preset names, or the shipped one.

    Raises:
        EmoOscError: none was shipped, or installed since.
    """
    return Path(section.checkpoint) if section.checkpoint else checkpoints.find(NAME)


def load(path: Path, device: torch.device, sampling: SamplingParameters, is_repeatable: bool = True) -> MusicVAE:
    """The generator of a checkpoint file; float32 where `is_repeatable`, else the fastest precision.

    Raises:
        EmoOscError: the file is not a checkpoint of this generator.
    """
    kept = checkpoints.load(path)
    with one_line_errors(path, f"a {NAME} checkpoint", "train one or use the shipped one"):
        return MusicVAE(_proposer(kept, device, is_repeatable), sampling)


def nets_of(config: dict[str, Any], tensors: dict[str, Tensor]) -> tuple[BarVAE, BarPrior]:
    """The networks in a checkpoint of `emo-osc train prior`, on the CPU."""
    vae = fitted(BarVAE, BarVAEConfig, config["vae"], _with_prefix("vae.", tensors))
    return vae, fitted(BarPrior, BarPriorConfig, config["prior"], _with_prefix("prior.", tensors))


def actor_of(config: dict[str, Any], tensors: dict[str, Tensor]) -> ActorCritic | None:
    """The actor and its critics on the CPU; None where the checkpoint has none."""
    if "actor" not in config:
        return None
    return fitted(ActorCritic, ActorConfig, config["actor"], _with_prefix("actor.", tensors))


def _with_prefix(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights of one network, without its prefix."""
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _proposer(kept: checkpoints.Checkpoint, device: torch.device, is_repeatable: bool) -> Proposer:
    if kept.config.get("network") == IMPORTED:
        return HierdecProposer(build_hierdec(kept.config, kept.tensors), device, is_repeatable)
    actor = actor_of(kept.config, kept.tensors)
    codebook, likeness = kept.tensors.get("words"), Likeness.of(kept.tensors)
    nets, forms = nets_of(kept.config, kept.tensors), kept.tensors["forms"]
    return PriorProposer(*nets, forms, device, actor, codebook, likeness, is_repeatable)


def pick_device(name: str) -> torch.device:
    """The torch device of a name; `auto` prefers CUDA, then MPS.

    Raises:
        EmoOscError: the device is not available.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, here in available.items() if here))
    if not available.get(name, False):
        here = ", ".join(kind for kind, is_here in available.items() if is_here)
        raise EmoOscError(f"device {name!r}: not available here; take one of {here}")
    return torch.device(name)


def _latent(proposal: Proposal, row: int, seeds: Sequence[int]) -> Latent:
    return Latent(proposal.latents[row], proposal.forms[row], seeds[row])


def _chords(melody: Melody, lift: int) -> tuple[int, ...]:
    """The chords that fit a melody which `lift` semitones transpose to C."""
    home = lifted(np.array(tokens_of(melody)), lift)
    return tuple((chord - lift) % 12 + 12 * (chord // 12) for chord in chords_of(home[None])[0].tolist())


def _wanted(tokens: NDArray[np.int64], aim: Floats, lift: int) -> Floats:
    """Targets of changed bars: those of the affect, in C, with the mean pitch near that of the melody."""
    wanted, pitch = aim.copy(), measure(tokens[None]).mean_pitch
    wanted[1] = np.clip(wanted[1], pitch - REACH, pitch + REACH) + lift
    return wanted


def _with_mode(wanted: Floats, seeds: Sequence[int]) -> Floats:
    """Targets (3,) for each seed, (B, 3), with the share of major replaced by a random mode."""
    each = np.tile(wanted, (len(seeds), 1))
    uniform = np.array([np.random.default_rng(seed).random() for seed in seeds])
    each[:, 2] = np.where(uniform < wanted[2], MAJOR, MINOR)
    return each


def _child(seed: int, index: int) -> int:
    """A child seed for each candidate, distinct also between neighbouring seeds."""
    return int(np.random.SeedSequence((seed, index)).generate_state(1, np.uint64)[0] >> 1)
