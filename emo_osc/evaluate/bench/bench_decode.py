"""Time to decode melodies, and agreement of fast with sequential decoding."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from statistics import median

import torch
from torch import Tensor

from emo_osc.core.affect import MOODS, NEUTRAL
from emo_osc.core.errors import EmoOscError
from emo_osc.studio import music_vae
from emo_osc.studio.decoding.choose_precision import decoding_choice
from emo_osc.studio.decoding.decode import BarDecoderWeights, decode, no_denormals
from emo_osc.studio.decoding.fast_hierdec import fuse_hierdec
from emo_osc.studio.decoding.noise import gumbel
from emo_osc.studio.music_vae import MusicVAE
from emo_osc.studio.nets.hierdec import Hierdec, HierdecConfig
from emo_osc.studio.proposers import SamplingParameters
from emo_osc.weights import checkpoints
from emo_osc.weights.precision import SHORT, Choice, Precision

# B melodies, K bars, Z latent size, E embedding size

MANY = 64
CPU = torch.device("cpu")
COMPARED = 8
BITS: dict[Precision, float] = {"float32": 32.0, "bfloat16": 16.0, "int8": 8.0}

Latents = Tensor


@dataclass(frozen=True, slots=True)
class Subject:
    """A network to measure, decoded in three ways from the same latents and noise."""

    name: str
    embed: Callable[[Latents], Tensor]  # -> (B, K, E)
    weights: BarDecoderWeights  # at the precision that is fastest here
    plain: BarDecoderWeights  # float32
    loop: Callable[[Latents, Tensor], Tensor]  # sequential, 256 steps
    latents: Latents  # MANY of them
    choice: Choice


def bench_decode(seconds: float, threads: int, report: Callable[[str], None]) -> dict[str, float]:
    """Measures for about `seconds` on `threads` >= 1 of the CPU; names to figures, in the order to show them.

    `report` is called with a line for each network: the chosen precision and the reason.

    For the `shipped` generator, where there is one: `shipped_one_ms`, `shipped_8_ms` and `shipped_64_ms`, latents to
    notes, and `shipped_point_ms`, from a new affect to the best melody of a full pool. For `full` size hierdec with
    random weights: `full_one_ms`, `full_first_bar_ms`, `full_64_ms` (median wall time; noise is drawn beforehand, the
    conductor is included), `full_loop_ms` (plainly, 256 steps), `full_speedup` (loop / one), `full_equal_tokens`
    (share, fast against plain float32 with common noise) and `full_bits` (8, 16, 32: the precision chosen). Every run
    is timed once at least, so a slow machine takes longer.
    """
    figures: dict[str, float] = {}
    with threads_of(threads), torch.no_grad():
        generator = _shipped(report)
        if generator is not None:
            figures |= shipped_figures(generator, seconds / 2)
        subject = _full()
        report(f"{subject.name}: {SHORT[subject.choice.precision]}, {subject.choice.why}")
        figures |= figures_of(subject, seconds / 2)
    return figures


def shipped_figures(generator: MusicVAE, seconds: float) -> dict[str, float]:
    """The shipped network's part of `bench_decode`."""
    proposer, sampling = generator.proposer, generator.sampling
    proposals = {size: proposer.propose(NEUTRAL, range(size), sampling) for size in (1, 8, MANY)}
    sources, points = generator.sources(range(proposer.tried)), cycle(mood.affect for mood in MOODS)
    runs: dict[str, Callable[[], object]] = {
        "one": lambda: proposer.play(proposals[1], sampling),
        "8": lambda: proposer.play(proposals[8], sampling),
        str(MANY): lambda: proposer.play(proposals[MANY], sampling),
        "point": lambda: generator.refine(sources, next(points), 1),
    }
    return {f"shipped_{what}_ms": time_ms for what, time_ms in _medians_ms(runs, seconds).items()}


def figures_of(subject: Subject, seconds: float) -> dict[str, float]:
    """One network's part of `bench_decode`."""
    z, noise = subject.latents, gumbel(range(MANY))
    weights, few = subject.weights, noise[:1]
    runs: dict[str, Callable[[], object]] = {
        "first_bar": lambda: decode(weights, subject.embed(z[:1])[:, :1], 1.0, few[:, :1]),
        "one": lambda: decode(weights, subject.embed(z[:1]), 1.0, few),
        str(MANY): lambda: decode(weights, subject.embed(z), 1.0, noise),
        "loop": lambda: subject.loop(z[:1], few),
    }
    figures = {f"{subject.name}_{what}_ms": time_ms for what, time_ms in _medians_ms(runs, seconds).items()}
    embeddings, some = subject.embed(z[:COMPARED]), noise[:COMPARED]
    equal = decode(weights, embeddings, 1.0, some) == decode(subject.plain, embeddings, 1.0, some)
    figures[f"{subject.name}_speedup"] = figures[f"{subject.name}_loop_ms"] / figures[f"{subject.name}_one_ms"]
    figures[f"{subject.name}_equal_tokens"] = equal.float().mean().item()
    figures[f"{subject.name}_bits"] = BITS[subject.choice.precision]
    return figures


def _medians_ms(runs: dict[str, Callable[[], object]], seconds: float) -> dict[str, float]:
    """Medians in ms; the runs alternate, so that other load affects all of them alike."""
    runs["one"]()  # warm-up: the first run allocates
    times: dict[str, list[float]] = {what: [] for what in runs}
    while sum(map(sum, times.values())) < seconds or not times["one"]:
        for what, run in runs.items():
            start = time.perf_counter()
            run()
            times[what].append(time.perf_counter() - start)
    return {what: 1000 * median(each) for what, each in times.items()}


def _shipped(report: Callable[[str], None]) -> MusicVAE | None:
    try:
        return music_vae.load(checkpoints.find(music_vae.NAME), CPU, SamplingParameters())
    except EmoOscError as error:
        report(f"shipped: {error}")
        return None


def _full() -> Subject:
    torch.manual_seed(0)
    net = Hierdec(HierdecConfig(encoder_width=1)).eval()  # the encoder takes no part in decoding
    choice = decoding_choice(CPU, net.config.decoder_width, net.config.layers)
    fast = fuse_hierdec(net, choice.precision)
    latents = torch.randn(MANY, net.config.z_size)
    return Subject(
        "full",
        fast.conduct,
        fast.bar_decoder,
        fuse_hierdec(net).bar_decoder,
        lambda z, noise: net.sample_sequential(net.conduct(z), 1.0, noise),
        latents,
        choice,
    )


@contextmanager
def threads_of(count: int) -> Iterator[None]:
    """Run with `count` threads (the studio uses one) and denormals flushed."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        with no_denormals():
            yield
    finally:
        torch.set_num_threads(before)
