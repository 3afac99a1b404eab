"""Fast decoding: the same tokens as one step after another, at every size, and the same melody for the same seed."""

from collections.abc import Iterator

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from emo_osc.studio.decode import BarDecoderWeights, Gates, clean, decode, fuse, lstm_step
from emo_osc.studio.fast_hierdec import fuse_hierdec
from emo_osc.studio.nets.hierdec import Hierdec, HierdecConfig
from emo_osc.studio.noise import gumbel
from emo_osc.studio.products import Precision, adder, best_precision, product

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """As the studio plays; more threads only wait for each other on networks this small."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def _hierdec(seed: int, width: int = 8, layers: int = 2, loudness: float = 0.7) -> Hierdec:
    torch.manual_seed(seed)
    net = Hierdec(HierdecConfig(z_size=6, encoder_width=2, decoder_width=width, layers=layers))
    for parameter in net.parameters():
        parameter.data += loudness * torch.randn_like(parameter)
    return net.requires_grad_(False).eval()


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10_000),
    st.floats(0.1, 2.0),
    st.integers(1, 12),
    st.integers(1, 3),
    st.integers(1, 3),
    st.floats(0.0, 1.0),
)
def test_linked_bars_decode_to_the_tokens_of_the_256_step_loop(
    seed: int, temperature: float, width: int, layers: int, melodies: int, share: float
) -> None:
    net = _hierdec(seed, width, layers).double()  # so that no two scores are equal but for rounding
    z = torch.randn(melodies, 6, dtype=torch.float64)
    noise = gumbel(range(seed, seed + melodies), share).double()

    one_by_one = net.sample_sequential(net.conduct(z), temperature, noise)

    assert torch.equal(fuse_hierdec(net).decode(z, temperature, noise), one_by_one)


def test_the_fixed_point_is_needed_and_reached() -> None:
    net = _hierdec(3).double()
    z, noise = torch.randn(8, 6, dtype=torch.float64), gumbel(range(8)).double()
    tokens = net.sample_sequential(net.conduct(z), 1.0, noise)

    assert (tokens[:, 15:-1:16] != 0).any(), "the guess that a bar ends on a hold must fail somewhere"
    assert torch.equal(fuse_hierdec(net).decode(z, 1.0, noise), tokens)


def test_without_noise_the_likeliest_tokens_come() -> None:
    net = _hierdec(4).double()
    z = torch.randn(3, 6, dtype=torch.float64)

    assert torch.equal(fuse_hierdec(net).decode(z, 0.3), net.sample_sequential(net.conduct(z), 1.0))


def test_the_first_bar_alone_is_the_first_bar_of_the_melody() -> None:
    fast = fuse_hierdec(_hierdec(5).double())
    z, noise = torch.randn(4, 6, dtype=torch.float64), gumbel(range(4)).double()
    embeddings = fast.conduct(z)

    first = decode(fast.bar_decoder, embeddings[:, :1], 1.0, noise[:, :1])

    assert torch.equal(first, decode(fast.bar_decoder, embeddings, 1.0, noise)[:, :16])


def _unlinked(width: int, size: int, dtype: torch.dtype) -> tuple[BarDecoderWeights, dict[str, Tensor]]:
    torch.manual_seed(0)
    raw = {
        "tokens": torch.randn(91, 4 * width),
        "bar": torch.randn(4 * width, size),
        "start": torch.randn(2 * width, size),
        "start_bias": torch.randn(2 * width),
        "own": torch.randn(4 * width, width),
        "logits": torch.randn(90, width),
        "logits_bias": torch.randn(90),
    }
    raw = {name: tensor.to(dtype) for name, tensor in raw.items()}
    start, logits = (raw["start"], raw["start_bias"]), (raw["logits"], raw["logits_bias"])
    return fuse(raw["tokens"], raw["bar"], start, raw["own"], (), logits, is_linked=False), raw


def test_unlinked_bars_begin_afresh_each() -> None:
    weights, raw = _unlinked(5, 3, torch.float64)
    embeddings, noise = torch.randn(2, 16, 3, dtype=torch.float64), gumbel([1, 2]).double()

    tokens = decode(weights, embeddings, 0.8, noise).view(2, 16, 16)

    for melody, bar in ((0, 0), (0, 7), (1, 15)):
        assert tokens[melody, bar].tolist() == _one_bar(raw, embeddings[melody, bar], 0.8, noise[melody, bar])


def _one_bar(raw: dict[str, Tensor], embedding: Tensor, temperature: float, noise: Tensor) -> list[int]:
    cell, hidden = (raw["start"] @ embedding + raw["start_bias"]).tanh().chunk(2)
    token, tokens = 90, []
    for step in range(16):
        i, f, g, o = (raw["tokens"][token] + raw["bar"] @ embedding + raw["own"] @ hidden).chunk(4)
        cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
        hidden = o.sigmoid() * cell.tanh()
        scores = (raw["logits"] @ hidden + raw["logits_bias"]) / temperature + noise[step]
        token = int(scores.argmax())
        tokens.append(token)
    return tokens


def test_one_step_is_torchs_lstm_step() -> None:
    torch.manual_seed(1)
    cell = torch.nn.LSTMCell(3, 5).requires_grad_(False)
    x, h, c = torch.randn(2, 3), torch.randn(2, 5), torch.randn(2, 5)
    i, f, g, o = (x @ cell.weight_ih.T + cell.bias_ih + h @ cell.weight_hh.T + cell.bias_hh).chunk(4, 1)
    expected_h, expected_c = cell(x, (h, c))

    lstm_step(Gates.of(torch.cat((i, f, o, g), 1)), c, h)

    torch.testing.assert_close((h, c), (expected_h, expected_c))


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "int8"])
@pytest.mark.parametrize("shape", [(24, 7), (2048, 512)])
def test_packed_products_add_what_plain_ones_add(precision: Precision, shape: tuple[int, int]) -> None:
    torch.manual_seed(2)
    weight, x = torch.randn(shape), torch.rand(16, shape[1]) * 2 - 1
    expected = 1 + product(weight)(x)
    total = torch.ones_like(expected)

    adder(weight, precision)(total, x)

    error = (total - expected).abs().max() / expected.abs().max()

    assert error < {"float32": 1e-5, "bfloat16": 0.01, "int8": 0.02}[precision]


@pytest.fixture(scope="module")
def plainly_decoded() -> tuple[Hierdec, Tensor, Tensor, Tensor]:
    net = _hierdec(6, width=32, loudness=0.1)
    z, noise = torch.randn(16, 6), gumbel(range(16))
    return net, z, noise, net.sample_sequential(net.conduct(z), 1.0, noise)


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "int8"])
def test_every_precision_agrees_with_the_plain_loop_on_most_tokens(
    precision: Precision, plainly_decoded: tuple[Hierdec, Tensor, Tensor, Tensor]
) -> None:
    net, z, noise, tokens = plainly_decoded

    equal = fuse_hierdec(net, precision).decode(z, 1.0, noise) == tokens

    assert equal.float().mean() > {"float32": 0.999, "bfloat16": 0.95, "int8": 0.95}[precision]


def test_this_machine_has_a_best_precision() -> None:
    assert best_precision(torch.device("cpu"), 1024) in ("float32", "bfloat16", "int8")
    assert best_precision(torch.device("cpu"), 128) in ("float32", "bfloat16")
    assert best_precision(torch.device("mps"), 1024) == "float32"


def test_a_seed_gives_its_melody_whatever_the_batch() -> None:
    assert torch.equal(gumbel([5, 6, 7], 0.4)[1], gumbel([6], 0.4)[0])


def test_noise_is_standard_gumbel_however_much_is_shared() -> None:
    for share in (0.0, 0.5, 1.0):
        noise = gumbel(range(20), share)

        assert noise.isfinite().all()
        assert noise.mean().item() == pytest.approx(0.5772, abs=0.02)
        assert noise.std().item() == pytest.approx(1.2825, abs=0.03)


def test_bars_of_one_letter_share_the_asked_part_of_their_steps() -> None:
    form = (0, 1, 0, 1)
    equal_ends = [gumbel(range(200), share, form) for share in (0.0, 0.5, 1.0)]

    shares = [(noise[:, 0] == noise[:, 2]).all(-1).float().mean().item() for noise in equal_ends]
    others = [(noise[:, 0] == noise[:, 1]).all(-1).float().mean().item() for noise in equal_ends]

    assert shares == pytest.approx([0.0, 0.25, 1.0], abs=0.03)  # both bars must have taken the shared row
    assert others == [0.0, 0.0, 0.0]


def test_more_share_keeps_the_steps_that_were_not_shared() -> None:
    own, mixed = gumbel([9]), gumbel([9], 0.3)

    kept = (own == mixed).all(-1).float().mean().item()

    assert kept == pytest.approx(0.7, abs=0.1)


@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan")])
def test_a_share_outside_its_range_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match=r"share must be in \[0, 1\]"):
        gumbel([1], share)


def test_note_offs_in_silence_become_holds() -> None:
    tokens = torch.tensor([[1, 5, 0, 1, 0, 1, 0, 7], [0, 1, 1, 9, 1, 1, 0, 1]])

    assert clean(tokens).tolist() == [[0, 5, 0, 1, 0, 0, 0, 7], [0, 0, 0, 9, 1, 0, 0, 0]]


@pytest.mark.hardware
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_gpu_decodes_the_same_tokens_with_graphs() -> None:
    net = _hierdec(7)
    z, noise = torch.randn(5, 6), gumbel(range(5))
    expected = fuse_hierdec(net).decode(z, 1.0, noise)
    fast = fuse_hierdec(net.cuda())

    for _ in range(2):  # the second run replays
        assert (fast.decode(z.cuda(), 1.0, noise.cuda()).cpu() == expected).float().mean() > 0.999
