"""The shipped generator: latents from the prior, moved by the actor, decoded, measured, the best kept.

Whatever proposes, what is kept is decided by what is measured on decoded notes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random

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
from emo_osc.studio.aims import certain_share, in_mode_of, in_one_mode
from emo_osc.studio.attributes import Aim, Floats, flaws, in_c, measure, measure_table, misses, targets
from emo_osc.studio.decoding.decode import no_denormals
from emo_osc.studio.generators import Composed
from emo_osc.studio.harmony import chords_of
from emo_osc.studio.joins import seam_cost
from emo_osc.studio.line.weights import line_proposer
from emo_osc.studio.nets.hierdec import build_hierdec
from emo_osc.studio.outline import Outline
from emo_osc.studio.pool.latents import Latent
from emo_osc.studio.pool.refining import Refinement
from emo_osc.studio.proposers import (
    Continuing,
    HierdecProposer,
    Proposal,
    Proposer,
    SamplingParameters,
    Theme,
    joined,
)
from emo_osc.studio.ranking import note_cues
from emo_osc.studio.tokens import FIRST_NOTE, melody_of, tokens_of
from emo_osc.studio.tokens import clean as clean_tokens
from emo_osc.studio.variations import (
    form_of,
    home_lift,
    is_in_c,
    lifted,
    moves,
    ranked,
    sameness,
    unchanged,
    with_bars,
)
from emo_osc.weights import checkpoints
from emo_osc.weights.size_checks import one_line_errors

NAME = "music_vae"
LIKENESS = 0.5  # cost in ranking of each nat of doubt that a person wrote it
FLAW, FLAWS = 0.2, 1.5  # cost of each flaw beyond so many: with more of it melodies are cleaner than people's
OTHER_MODE = 2.0  # cost of a melody whose mode is not the one it was to be in
NEAR = 0.8  # tolerances within which a nearer melody is not a better one
REACH = 5  # semitones between the mean pitch of a melody and that of bars that move in it
TRUE = 0.95  # of a melody's notes come again from its latent, or the latent is another melody's
MIDDLE = 0.5  # the belief in major above which a melody is in major
LINE = "line"  # what `emo-osc train vae` writes
IMPORTED = "hierdec"  # what `emo-osc import-magenta` writes


@dataclass(frozen=True, slots=True)
class _Drawn:
    """B melodies as tokens (B, 256), with the latents they were decoded from."""

    latents: list[Latent]
    tokens: NDArray[np.int64]

    def part(self, rows: slice) -> "_Drawn":
        return _Drawn(self.latents[rows], self.tokens[rows])


@dataclass(frozen=True, slots=True)
class _Ranked:
    """B melodies as they are ranked: measures (B, 3), distance from the targets, cost in ranking, chords (B, 32), and
    whether each was to be in major.
    """

    drawn: _Drawn
    measured: Floats
    apart: Floats
    cost: Floats
    chords: NDArray[np.int64]
    is_major: NDArray[np.bool_]

    def of(self, row: int) -> Composed:
        return Composed(
            melody_of(self.drawn.tokens[row].tolist()),
            Measured(*self.measured[row].tolist()),
            float(self.apart[row]),
            self.drawn.latents[row].seed,
            self.drawn.latents[row].to_text(),
            tuple(self.chords[row].tolist()),
        )


class MusicVAE:
    """Melodies for an affect from a proposer of latents."""

    name = NAME

    def __init__(self, proposer: Proposer, sampling: SamplingParameters) -> None:
        self.proposer = proposer
        self.sampling = sampling
        self.device = proposer.device.type

    def compose(self, affect: Affect, count: int, seed: int) -> list[Composed]:
        """`count` melodies, the nearest to the affect's targets first; same seed, same melodies on the same device.

        Latents are drawn for the affect, some for each melody, and the best is kept.
        """
        seeds = self._seeds(seed, count)
        with no_denormals():
            drawn = self._drawn(self.proposer.propose(affect, seeds, self.sampling))
        return self._composed(drawn, affect, count)

    def sources(self, seeds: Sequence[int]) -> list[Latent]:
        """Latents to refine later, one a seed, with the affect left open; nothing is decoded yet."""
        proposal = self.proposer.propose(None, [_child(seed, 0) for seed in seeds], self.sampling)
        return [_latent(proposal, row) for row in range(len(seeds))]

    def refine(self, sources: Sequence[Latent], affect: Affect, count: int) -> list[Composed]:
        """The `count` best of what the actor makes of sources: one pass through the actor, and one to decode."""
        return self.refine_each([Refinement(sources, affect, count)])[0]

    def refine_each(self, orders: Sequence[Refinement[Latent]]) -> list[list[Composed]]:
        """As `refine` for each of several orders; all are decoded together, which takes less time than one by one."""
        with no_denormals():
            drawn = self._drawn(joined([self._moving(order.sources, order.affect) for order in orders]))
        edges = [0, *accumulate(len(order.sources) for order in orders)]
        parts = [(order, slice(start, end)) for order, (start, end) in zip(orders, pairwise(edges), strict=True)]
        return [self._composed(drawn.part(rows), order.affect, order.count) for order, rows in parts]

    def moved(self, sources: Sequence[Latent], affect: Affect) -> list[Composed]:
        """What the actor makes of each source, in their order, good or not."""
        with no_denormals():
            ranked = self._ranked(self._moved(sources, affect), affect)
        return [ranked.of(row) for row in range(len(sources))]

    def vary(self, melody: Melody, latent: str, affect: Affect, amount: float, count: int, seed: int) -> list[Composed]:
        """Variations, the best first: near the affect's targets, without flaws, and moved as far as was asked.

        Bars that do not move keep their notes to the tick. A melody in another key is varied in C and moved back.
        """
        source = tiled(melody)
        tokens = np.array(tokens_of(source))
        if amount <= 0.0:
            same = unchanged(source, latent, self.sampling.aim(affect), seed)
            return [replace(same, chords=self._chords(source, *self._home(tokens, latent)))] * count
        if amount >= 1.0 or tokens.max() < FIRST_NOTE:
            return self.compose(affect, count, seed)
        seeds = self._seeds(seed, count)
        form = form_of(tokens)
        moved = [moves(form, amount, Random(child)) for child in seeds]
        own, lift = self._home(tokens, latent)
        wanted = _wanted(tokens, in_one_mode(self.sampling.aim(affect), seeds[:1])[0], lift)
        with no_denormals():
            proposal = self.proposer.near(Theme(own, lifted(tokens, lift), wanted, amount), moved, seeds, self.sampling)
            drawn = lifted(self._played(proposal), -lift)
        varied = [with_bars(source, row, bars) for row, bars in zip(drawn, moved, strict=True)]
        return [
            replace(
                made,
                latent=(
                    self._if_true(_latent(proposal, seeds.index(made.seed)), made.melody)
                    if proposal.given is None  # else it was decoded among bars that the latent does not tell
                    else ""
                ),
                chords=self._chords(made.melody, own, lift),
            )
            for made in ranked(varied, seeds, source, self.sampling.aim(affect), amount)[:count]
        ]

    @property
    def can_recompose(self) -> bool:
        """Whether its decoder hears what came before."""
        return isinstance(self.proposer, Continuing)

    def recompose(self, melody: Melody, step: int, affect: Affect, sources: Sequence[Latent], seed: int) -> Composed:
        """The best melody that enters at a 16th of one that sounds and continues it; all its bars are new.

        One in another key is continued in C and moved back.
        """
        proposer = self.proposer
        assert isinstance(proposer, Continuing)  # `can_recompose`
        tokens = np.array(tokens_of(tiled(melody)))
        lift = 0 if is_in_c(tokens) else home_lift(tokens)
        seeds = [_child(seed, index) for index in range(self.proposer.tried)]
        heard, latents = lifted(tokens, lift), list(sources) or self.sources(seeds)
        wanted = in_mode_of(heard, self.sampling.aim(affect), [latent.seed for latent in latents])
        with no_denormals():
            proposal = proposer.moved(latents, wanted)
            told = self._ranked(
                _Drawn(latents, proposer.continued(heard, step, proposal, self.sampling)), affect, wanted
            )
        from_join = np.roll(told.drawn.tokens, -(step // 16 * 16), axis=1)  # its seam is where the loop comes round
        row = int((told.cost + seam_cost(from_join)).argmin())
        made = replace(told.of(row), latent="")
        if not lift:
            return made
        played = lifted(told.drawn.tokens[row], -lift)
        own = melody_of(played.tolist())
        return replace(
            made, melody=own, measured=measure(played[None]), chords=self._chords(own, proposal.latents[row], lift)
        )

    def draw(self, affect: Affect | None, seeds: Sequence[int]) -> NDArray[np.int64]:
        """One melody a seed as tokens (B, 256), unranked; `affect` None leaves the feeling open."""
        with no_denormals():
            return self._played(self.proposer.propose(affect, seeds, self.sampling))

    def again(self, latent: Latent) -> NDArray[np.int64]:
        """The tokens (256,) that a latent was decoded to."""
        return np.asarray(self.decoded([latent])[0])

    def decoded(self, latents: Sequence[Latent]) -> NDArray[np.int64]:
        """The tokens (B, 256) that B >= 1 latents decode to."""
        numbers = torch.stack([latent.numbers for latent in latents])
        seeds, forms = (latent.seed for latent in latents), (latent.form for latent in latents)
        with no_denormals():
            return self._played(Proposal(numbers, tuple(seeds), tuple(forms)))

    def _moved(self, sources: Sequence[Latent], affect: Affect) -> _Drawn:
        return self._drawn(self._moving(sources, affect))

    def _moving(self, sources: Sequence[Latent], affect: Affect) -> Proposal:
        seeds = [source.seed for source in sources]
        return self.proposer.moved(sources, in_one_mode(self.sampling.aim(affect), seeds))

    def _drawn(self, proposal: Proposal) -> _Drawn:
        latents = [_latent(proposal, row) for row in range(len(proposal.seeds))]
        return _Drawn(latents, self._played(proposal))

    def _composed(self, drawn: _Drawn, affect: Affect, count: int) -> list[Composed]:
        """The best of each seed, the best first: near the targets, without flaws, good by the losses of ranking.

        As many of them in major as the affect asks for, to the nearest whole number.
        """
        told = self._ranked(drawn, affect)
        best: dict[int, int] = {}
        for row in np.argsort(told.cost, kind="stable").tolist():
            best.setdefault(drawn.latents[row].seed, row)
        rows = list(best.values())
        quota = round(count * certain_share(float(self.sampling.aim(affect)[2])))
        major = [row for row in rows if told.is_major[row]][:quota]
        minor = [row for row in rows if not told.is_major[row]][: count - len(major)]
        kept = sorted([*major, *minor], key=rows.index)
        rest = [row for row in rows if row not in kept]
        return [told.of(row) for row in [*kept, *rest][:count]]

    def _ranked(self, drawn: _Drawn, affect: Affect, wanted: Floats | None = None) -> _Ranked:
        """`wanted` (B, 3), else what the affect asks of each seed."""
        seeds = [latent.seed for latent in drawn.latents]
        told = in_one_mode(self.sampling.aim(affect), seeds) if wanted is None else wanted
        until = self.proposer.until(torch.stack([latent.numbers for latent in drawn.latents]))
        measured, chords = measure_table(drawn.tokens), chords_of(drawn.tokens, until)
        missed, flawed = misses(measured, told), FLAW * np.maximum(0.0, flaws(drawn.tokens) - FLAWS)
        is_other_mode = (measured[:, 2] > MIDDLE) != (told[:, 2] > MIDDLE)
        outline, weights = Outline.of(drawn.tokens), losses.ranking_weights(self.sampling.losses)
        arousal = torch.full((len(told),), float(affect.arousal))
        case = losses.Case(outline, torch.from_numpy(told).float(), torch.from_numpy(chords), arousal=arousal)
        ranked = losses.total(case, weights)
        if self.proposer.likeness is not None:
            ranked = ranked + LIKENESS * fn.softplus(-self.proposer.likeness.logits(drawn.tokens))
        cost = (
            seam_cost(drawn.tokens)
            + OTHER_MODE * is_other_mode
            + np.maximum(0.0, missed - NEAR)
            + flawed
            + ranked.numpy()
            - note_cues.fit(drawn.tokens, affect)
        )
        return _Ranked(drawn, measured, missed + flawed, cost, chords, told[:, 2] > MIDDLE)

    def _seeds(self, seed: int, count: int) -> list[int]:
        return [_child(seed, index) for index in range(self.proposer.candidates * count)]

    def _played(self, proposal: Proposal) -> NDArray[np.int64]:
        played = self.proposer.play(proposal, self.sampling)
        return played if self.proposer.is_in_c else in_c(played)

    def _home(self, tokens: NDArray[np.int64], text: str) -> tuple[Tensor, int]:
        """The latent of a melody, and the semitones that bring it to C, where latents are at home."""
        try:
            latent = Latent.from_text(text, self.proposer.shape)
        except ValueError:  # none was kept, or it is another generator's
            latent = None
        if latent is not None and sameness(tokens[None], self.again(latent))[0] > TRUE:
            return latent.numbers, 0
        lift = home_lift(tokens)
        return self.proposer.read(torch.from_numpy(lifted(tokens, lift))[None])[0], lift

    def _chords(self, melody: Melody, numbers: Tensor, lift: int) -> tuple[int, ...]:
        """The chords that fit a melody which `lift` semitones bring to C, on the plan of a latent's numbers."""
        home = lifted(np.array(tokens_of(melody)), lift)
        chords = chords_of(home[None], self.proposer.until(numbers[None]))[0].tolist()
        return tuple((chord - lift) % 12 + 12 * (chord // 12) for chord in chords)

    def _if_true(self, latent: Latent, melody: Melody) -> str:
        """A variation's latent as text, if all its bars decode from it alone; else none."""
        return latent.to_text() if self.again(latent).tolist() == clean_tokens(tokens_of(melody)) else ""


def build(section: GeneratorSection, aim: Aim = targets) -> MusicVAE:
    """The generator of a preset: its checkpoint, or the shipped one; `aim` says what an affect asks for.

    Raises:
        EmoOscError: the checkpoint or the device is not there, or the checkpoint is not one of this generator.
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
    """The generator of a checkpoint file; what need not be repeatable is decoded in the precision that is fastest here.

    Raises:
        EmoOscError: the file is not a checkpoint of this generator.
    """
    kept = checkpoints.load(path)
    with one_line_errors(path, f"a {NAME} checkpoint", "train one or use the shipped one"):
        return MusicVAE(_proposer(kept, device, is_repeatable), sampling)


def _proposer(kept: checkpoints.Checkpoint, device: torch.device, is_repeatable: bool) -> Proposer:
    if kept.config.get("network") == IMPORTED:
        return HierdecProposer(build_hierdec(kept.config, kept.tensors), device, is_repeatable)
    return line_proposer(kept, device, is_repeatable)


def pick_device(name: str) -> torch.device:
    """The device a name asks for; `auto` takes the best there is.

    Raises:
        EmoOscError: the device is not here.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, here in available.items() if here))
    if not available.get(name, False):
        here = ", ".join(kind for kind, is_here in available.items() if is_here)
        raise EmoOscError(f"device {name!r}: not available here; take one of {here}")
    return torch.device(name)


def _latent(proposal: Proposal, row: int) -> Latent:
    return Latent(proposal.latents[row], proposal.forms[row], proposal.seeds[row])


def _wanted(tokens: NDArray[np.int64], aim: Floats, lift: int) -> Floats:
    """What the bars that move should measure: the affect's targets, in C, and no far leap from the bars that stay."""
    wanted, pitch = aim.copy(), measure(tokens[None]).mean_pitch
    wanted[1] = np.clip(wanted[1], pitch - REACH, pitch + REACH) + lift
    return wanted


def _child(seed: int, index: int) -> int:
    """A seed of its own for each candidate; neighbouring seeds share none."""
    return int(np.random.SeedSequence((seed, index)).generate_state(1, np.uint64)[0] >> 1)
