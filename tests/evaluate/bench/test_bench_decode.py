"""The decoding bench tells complete, plausible figures, and fast decoding is fast."""

import math
from collections.abc import Iterator

import pytest
import torch

from emo_osc.evaluate.bench.bench_decode import MANY, Subject, bench_decode, figures_of
from emo_osc.studio.decoding.fast_hierdec import fuse_hierdec
from emo_osc.studio.nets.hierdec import Hierdec, HierdecConfig
from emo_osc.weights.measured_cache import processor
from emo_osc.weights.precision import Choice

pytestmark = pytest.mark.torch
MEASURED = ("first_bar_ms", "one_ms", "64_ms", "loop_ms", "speedup", "equal_tokens", "bits")


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """As the studio plays; more threads only wait for each other on networks this small."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def _subject() -> Subject:
    torch.manual_seed(0)
    net = Hierdec(HierdecConfig(z_size=8, encoder_width=1, decoder_width=64)).requires_grad_(False).eval()
    fast, latents = fuse_hierdec(net), torch.randn(MANY, 8)
    return Subject(
        "small",
        fast.conduct,
        fast.bar_decoder,
        fast.bar_decoder,
        lambda z, noise: net.sample_sequential(net.conduct(z), 1.0, noise),
        latents,
        Choice("float32", "this is a test"),
    )


def test_a_network_gets_all_its_figures() -> None:
    figures = figures_of(_subject(), 0.1)

    assert list(figures) == [f"small_{what}" for what in MEASURED]
    assert all(math.isfinite(figure) and figure > 0 for figure in figures.values())
    assert figures["small_equal_tokens"] == 1.0
    assert figures["small_speedup"] == figures["small_loop_ms"] / figures["small_one_ms"]


def test_bars_at_once_are_sooner_than_bars_in_turn() -> None:
    assert figures_of(_subject(), 1.0)["small_speedup"] > 2  # about 8 on a quiet machine


@pytest.mark.no_cover
@pytest.mark.slow
def test_the_bench_measures_what_ships_and_says_which_precision_was_chosen_and_why() -> None:
    told: list[str] = []
    figures = bench_decode(1.0, 1, told.append)

    shipped = [f"shipped_{what}_ms" for what in ("one", "8", "64", "point")]
    assert list(figures) == [*shipped, *(f"full_{what}" for what in MEASURED)]
    assert all(figures[name] > 0 for name in shipped)
    chosen = {32: "float32", 16: "bf16", 8: "int8"}[int(figures["full_bits"])]
    assert told[-1].startswith(f"full: {chosen}, measured ")
    assert f"on {processor()}: float32 " in told[-1]
