"""`hierdec-mel_16bar` against what Magenta's own code gave: see tests/golden/README.md."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from emo_osc.core.errors import EmoOscError
from emo_osc.studio.decoding.fast_hierdec import fuse_hierdec
from emo_osc.studio.nets.causal_blocks import kl_nats
from emo_osc.studio.nets.hierdec import Hierdec, HierdecConfig, build_hierdec
from emo_osc.train.magenta.convert import Variables, read_hierdec
from emo_osc.train.magenta.tf_checkpoint import Entry, open_checkpoint

pytestmark = pytest.mark.torch
SMALL = Path(__file__).parents[1] / "golden" / "small"
FULL = Path(os.environ.get("EMO_OSC_DATA", "data")) / "magenta_golden" / "full"
Arrays = dict[str, Tensor]


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """As the studio plays; more threads only wait for each other on networks this small."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class _Recipe:
    """The full-size variables, made from their seed where a checkpoint would read them."""

    def __init__(self, config: dict[str, Any]) -> None:
        random = np.random.default_rng(config["weight_seed"])
        self.entries = {v["name"]: Entry(1, tuple(v["shape"]), 0, 0, 0, 0) for v in config["variables"]}
        self.made = {
            v["name"]: random.standard_normal(v["shape"], dtype=np.float32) * np.float32(v["scale"])
            for v in config["variables"]
        }

    def read(self, name: str) -> Any:
        return self.made.pop(name)


def _arrays(folder: Path, name: str) -> Arrays:
    with np.load(folder / f"{name}.npz") as arrays:
        return {key: torch.from_numpy(arrays[key]) for key in arrays}


def _network(checkpoint: Variables) -> Hierdec:
    tensors, config = read_hierdec(checkpoint, Path("golden"))
    return build_hierdec(asdict(config), tensors)


@pytest.fixture(scope="module")
def small() -> Hierdec:
    with open_checkpoint(SMALL / "hierdec-mel_16bar.tar") as checkpoint:
        return _network(checkpoint)


@pytest.fixture(scope="module")
def decoded() -> Arrays:
    return _arrays(SMALL, "decode")


@pytest.fixture(scope="module")
def encoded() -> Arrays:
    return _arrays(SMALL, "encode")


def test_the_conductor_gives_the_golden_embeddings(small: Hierdec, decoded: Arrays) -> None:
    torch.testing.assert_close(small.conduct(decoded["z"]), decoded["conductor_embeddings"], atol=1e-5, rtol=0)


def test_greedy_tokens_are_the_golden_ones(small: Hierdec, decoded: Arrays) -> None:
    tokens = small.sample_sequential(small.conduct(decoded["z"]), 1.0)

    assert torch.equal(tokens, decoded["greedy_tokens"].long())


@pytest.mark.parametrize("drawn", ["greedy", "sampled_t1", "sampled_t0p5", "forced"])
def test_logits_after_given_tokens_are_the_golden_ones(small: Hierdec, decoded: Arrays, drawn: str) -> None:
    logits = small.logits(small.conduct(decoded["z"]), decoded[f"{drawn}_tokens"])

    torch.testing.assert_close(logits, decoded[f"{drawn}_logits"], atol=1e-3, rtol=0)


def test_the_surprise_of_a_melody_is_the_golden_one(small: Hierdec, decoded: Arrays) -> None:
    tokens = decoded["forced_tokens"]

    logits = small.logits(small.conduct(decoded["z"]), tokens)
    nats = cross_entropy(logits.transpose(1, 2), tokens.long(), reduction="none").sum(-1)

    torch.testing.assert_close(nats, decoded["forced_nll_nats"].float(), atol=1e-2, rtol=0)


def test_the_encoder_gives_the_golden_mu_sigma_and_kl(small: Hierdec, encoded: Arrays) -> None:
    mu, sigma = small.encode(encoded["tokens"])

    torch.testing.assert_close(mu, encoded["mu"], atol=1e-4, rtol=0)
    torch.testing.assert_close(sigma, encoded["sigma"], atol=1e-4, rtol=0)
    torch.testing.assert_close(kl_nats(mu, sigma), encoded["kl_nats"].float(), atol=1e-3, rtol=0)


def test_shorter_melodies_encode_as_golden_whatever_follows_them(small: Hierdec, encoded: Arrays) -> None:
    mu, sigma = small.encode(encoded["short_tokens"], encoded["short_lengths"])

    torch.testing.assert_close(mu, encoded["short_mu"], atol=1e-4, rtol=0)
    torch.testing.assert_close(sigma, encoded["short_sigma"], atol=1e-4, rtol=0)


def test_the_fast_path_gives_the_golden_greedy_tokens(small: Hierdec, decoded: Arrays) -> None:
    assert torch.equal(fuse_hierdec(small).decode(decoded["z"], 1.0), decoded["greedy_tokens"].long())


def test_a_token_before_the_bar_line_reaches_the_next_bar_and_no_other(small: Hierdec, decoded: Arrays) -> None:
    embeddings, tokens = small.conduct(decoded["z"]), decoded["forced_tokens"].long()
    changed = tokens.clone()
    changed[:, 15] = (changed[:, 15] + 7) % 90

    differs = (small.logits(embeddings, tokens) != small.logits(embeddings, changed)).any(-1).any(0)

    assert differs.nonzero().flatten().tolist() == list(range(16, 32))


def test_the_published_size_has_the_published_number_of_parameters() -> None:
    with torch.device("meta"):
        net = Hierdec(HierdecConfig())

    folded = sum(p.numel() for name, p in net.named_parameters() if "bias_hh" in name)  # torch keeps each bias twice
    assert sum(p.numel() for p in net.parameters()) - folded == 176_061_530


def test_weights_that_do_not_fit_their_sizes_are_refused(small: Hierdec) -> None:
    tensors = small.state_dict()

    with pytest.raises(EmoOscError, match="not the weights of a hierdec network") as refusal:
        build_hierdec(asdict(HierdecConfig(z_size=8)), tensors)
    assert "\n" not in str(refusal.value)
    with pytest.raises(EmoOscError, match="not the weights of a hierdec network"):
        build_hierdec({}, tensors)


def test_a_size_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"layers must be in 1\.\.64, got 0"):
        HierdecConfig(layers=0)


@pytest.mark.slow
@pytest.mark.skipif(not FULL.is_dir(), reason=f"no full-size golden data at {FULL} (set EMO_OSC_DATA)")
def test_the_published_size_gives_the_golden_outputs() -> None:
    net = _network(_Recipe(json.loads((FULL / "config.json").read_text())))
    decoded, encoded = _arrays(FULL, "decode"), _arrays(FULL, "encode")

    embeddings = net.conduct(decoded["z"])
    mu, sigma = net.encode(encoded["tokens"])

    assert torch.equal(fuse_hierdec(net).decode(decoded["z"], 1.0), decoded["greedy_tokens"].long())
    for drawn in ("greedy", "sampled_t1", "sampled_t0p5", "forced"):
        logits = net.logits(embeddings, decoded[f"{drawn}_tokens"])
        torch.testing.assert_close(logits, decoded[f"{drawn}_logits"], atol=1e-3, rtol=0)
    torch.testing.assert_close(mu, encoded["mu"], atol=3e-5, rtol=0)
    torch.testing.assert_close(sigma, encoded["sigma"], atol=3e-5, rtol=0)
