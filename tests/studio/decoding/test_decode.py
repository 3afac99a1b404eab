"""Fast decoding: the same tokens as one step after another, at every size, and the same melody for the same seed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from emo_osc.studio.decoding.choose_precision import decoding_choice
from emo_osc.studio.decoding.decode import BarDecoderWeights, clean, decode, fuse
from emo_osc.studio.decoding.fast_hierdec import fuse_hierdec
from emo_osc.studio.decoding.lstm import Gates, State, gate_order, layer, lstm_step
from emo_osc.studio.decoding.noise import gumbel
from emo_osc.studio.decoding.products import Function, Pointwise, _rounded, _unfused, adder, pointwise, product
from emo_osc.studio.nets.hierdec import Hierdec, HierdecConfig
from emo_osc.studio.proposers import HierdecProposer
from emo_osc.weights.precision import PRECISIONS, VARIABLE, Precision

pytestmark = pytest.mark.torch
CPU = torch.device("cpu")


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


def test_what_a_bar_ends_on_is_guessed_from_what_is_usual_under_its_noise() -> None:
    torch.manual_seed(9)
    fast = fuse_hierdec(Hierdec(HierdecConfig(z_size=6, encoder_width=2, decoder_width=32)).eval())
    noise = gumbel(range(12))
    ends = fast.decode(torch.randn(12, 6), 1.0, noise).view(12, 16, 16)[:, :-1, -1]

    guessed = torch.argmax(fast.bar_decoder.end + noise[:, :-1, -1], 2)

    assert (guessed == ends).float().mean() > 0.9 > (ends == 0).float().mean()


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


SHAPES = pytest.mark.parametrize("shape", [(24, 7), (2048, 512)])


def _weight_and_x(shape: tuple[int, int]) -> tuple[Tensor, Tensor]:
    torch.manual_seed(2)
    return torch.randn(shape), torch.rand(16, shape[1]) * 2 - 1


def _error(found: Tensor, expected: Tensor) -> float:
    return float((found.float() - expected).abs().max() / expected.abs().max())


@pytest.mark.parametrize(("precision", "most"), [("float32", 1e-5), ("int8", 0.02)])
@SHAPES
def test_packed_products_add_what_plain_ones_add(precision: Precision, most: float, shape: tuple[int, int]) -> None:
    weight, x = _weight_and_x(shape)
    expected = 1 + product(weight)(x)
    total = torch.ones_like(expected)

    adder(weight, precision)(total, x)

    assert _error(total, expected) < most


@SHAPES
def test_a_processor_without_packed_int8_rounds_alike(shape: tuple[int, int]) -> None:
    weight, x = _weight_and_x(shape)
    packed, plain = torch.zeros(16, shape[0]), torch.zeros(16, shape[0])

    adder(weight, "int8")(packed, x)
    _rounded(weight)(plain, x)

    assert _error(plain, packed) < 1e-4


@pytest.mark.parametrize("function", ["none", "sigmoid", "tanh"])
@pytest.mark.parametrize("build", [pointwise, lambda weight, *rest: _unfused(weight.T.contiguous(), *rest)])
@SHAPES
def test_a_product_in_bf16_is_near_the_exact_one_with_and_without_a_packed_kernel(
    build: Callable[[Tensor, Tensor, Function], Pointwise], function: Function, shape: tuple[int, int]
) -> None:
    weight, x = _weight_and_x(shape)
    bias = torch.randn(shape[0])
    expected = {"none": Tensor.clone, "sigmoid": Tensor.sigmoid, "tanh": Tensor.tanh}[function](x @ weight.T + bias)

    made = build(weight.bfloat16(), bias.bfloat16(), function)(x.bfloat16(), None)

    assert made.dtype == torch.bfloat16
    assert _error(made, expected) < {"none": 0.01, "sigmoid": 0.06, "tanh": 0.12}[function]  # as steep as they are


@pytest.mark.parametrize("build", [pointwise, lambda weight: _unfused(weight.T.contiguous(), None, "none")])
@SHAPES
def test_a_product_in_bf16_adds_what_it_is_given(build: Callable[[Tensor], Pointwise], shape: tuple[int, int]) -> None:
    weight, x = _weight_and_x(shape)
    added = torch.randn(16, shape[0])

    made = build(weight.bfloat16())(x.bfloat16(), added.bfloat16())

    assert _error(made, x @ weight.T + added) < 0.01


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("has_bias", [True, False])
def test_a_layers_step_is_near_torchs_in_every_precision(precision: Precision, has_bias: bool) -> None:
    torch.manual_seed(3)
    cell = torch.nn.LSTMCell(8, 8).requires_grad_(False)
    x, h, c = torch.rand(5, 8) - 0.5, torch.rand(5, 8) - 0.5, torch.randn(5, 8)
    weight, bias = torch.cat((cell.weight_ih, cell.weight_hh), 1), cell.bias_ih + cell.bias_hh
    expected_h, expected_c = cell(x, (h, c))
    packed = layer(weight, bias if has_bias else None, precision)
    state, beside = State(c.to(packed.dtype), h.to(packed.dtype)), torch.cat((x, h), 1).to(packed.dtype)
    gates = Gates.of(gate_order(bias).to(packed.dtype).repeat(5, 1))

    packed.step(gates, beside, state)

    most = {"float32": 1e-5, "bfloat16": 0.02, "int8": 0.02}[precision]
    torch.testing.assert_close(state.hidden.float(), expected_h, atol=most, rtol=0)
    torch.testing.assert_close(state.cell.float(), expected_c, atol=most, rtol=most)


@pytest.fixture(scope="module")
def plainly_decoded() -> tuple[Hierdec, Tensor, Tensor, Tensor]:
    net = _hierdec(6, width=32, loudness=0.1)
    z, noise = torch.randn(16, 6), gumbel(range(16))
    return net, z, noise, net.sample_sequential(net.conduct(z), 1.0, noise)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_every_precision_agrees_with_the_plain_loop_on_most_tokens(
    precision: Precision, plainly_decoded: tuple[Hierdec, Tensor, Tensor, Tensor]
) -> None:
    net, z, noise, tokens = plainly_decoded

    equal = fuse_hierdec(net, precision).decode(z, 1.0, noise) == tokens

    assert equal.float().mean() > {"float32": 0.999, "bfloat16": 0.95, "int8": 0.95}[precision]


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_forced_precision_is_what_decodes(precision: Precision, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, precision)
    proposer = HierdecProposer(_hierdec(8), CPU)

    assert proposer.weights.token_gates.dtype == (torch.bfloat16 if precision == "bfloat16" else torch.float32)
    assert proposer.embed(torch.randn(2, 6)).dtype == torch.float32
    assert decoding_choice(CPU, 8, 2).precision == precision


def test_an_imported_network_plans_no_phrases() -> None:
    assert HierdecProposer(_hierdec(8), CPU).until(torch.zeros(2, 6)).tolist() == [[-1] * 16] * 2


def test_what_a_seed_repeats_is_decoded_in_float32_and_the_rest_in_what_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(VARIABLE, raising=False)

    seeded, measured = decoding_choice(CPU, 24, 2, is_repeatable=True), decoding_choice(CPU, 24, 2)

    assert seeded.precision == "float32"
    assert "float32 " in measured.why
    assert (tmp_path / "emo_osc" / "precision.json").exists()


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
