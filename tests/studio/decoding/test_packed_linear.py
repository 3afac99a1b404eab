"""The music transformer in every precision: what it says next is near float32's, and a seed repeats it."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect
from emo_osc.studio.decoding.packed_linear import pack
from emo_osc.studio.music_transformer import Transformer, build, composing_choice
from emo_osc.studio.nets.music_transformer import Cache, Events, MusicTransformer, MusicTransformerConfig
from emo_osc.weights import checkpoints, precision
from emo_osc.weights import measured_cache as measured
from emo_osc.weights.precision import PRECISIONS, Precision

pytestmark = pytest.mark.torch
SMALL = MusicTransformerConfig(width=64, layers=2, heads=2, context=48, feeling=16, dropout=0.0)
NO_PLAN = torch.zeros(2, 1, 0, dtype=torch.long)
TOLERANCE: dict[Precision, float] = {"float32": 0.0, "bfloat16": 0.05, "int8": 0.1}
"""Of what is known of the next event, which a norm has made about 1 wide."""


def _net() -> MusicTransformer:
    torch.manual_seed(0)
    return MusicTransformer(SMALL).requires_grad_(False).eval()


def _known(net: MusicTransformer) -> Tensor:
    """What the net knows after each of some events, told and untold, (events, 2, 1, D)."""
    cache, luck = Cache(SMALL, 2), torch.Generator().manual_seed(1)
    known = []
    for _ in range(8):
        place, note, length, phase, key = torch.randint(8, (5, 2, 1), generator=luck)
        condition, is_conditioned = torch.rand(2, 1, 3, generator=luck), torch.tensor([[True], [False]])
        known.append(net.step(Events(place, note, length, phase, key, condition, is_conditioned, NO_PLAN), cache))
    return torch.stack(known)


@pytest.mark.parametrize("name", PRECISIONS)
def test_every_precision_knows_nearly_the_same(name: Precision) -> None:
    expected, net = _known(_net()), _net()
    pack(net, name)

    with torch.inference_mode():
        known = _known(net)
        logits = net.place_logits(known, NO_PLAN)

    assert known.dtype == logits.dtype == torch.float32
    assert (known - expected).abs().max() <= TOLERANCE[name]
    assert (logits - _net().place_logits(expected, NO_PLAN)).abs().max() <= 2 * TOLERANCE[name]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A checkpoint of a network with random weights."""
    return checkpoints.save(tmp_path, "music_transformer", _net().state_dict(), {"transformer": SMALL.as_dict()})


def _built(path: Path, seed: int | None) -> Transformer:
    section = GeneratorSection(name="music_transformer", device="cpu", checkpoint=str(path), seed=seed, melody="own")
    return build(section)


@pytest.mark.parametrize("said", ["float32", "bf16", "int8"])
def test_every_precision_composes(said: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(precision.VARIABLE, said)
    generator = _built(path, None)
    stream, again = generator.stream(3), generator.stream(3)

    bars = [stream.compose(Affect(0.2, 0.4)) for _ in range(2)]

    assert any(bars)
    assert bars == [again.compose(Affect(0.2, 0.4)) for _ in range(2)]
    assert composing_choice(SMALL).precision == precision.NAMES[said]


def test_what_a_seed_composes_does_not_depend_on_what_was_measured(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(precision, "_CHOSEN", {})
    monkeypatch.delenv(precision.VARIABLE, raising=False)
    measured.write(f"{measured.machine()}; composing, 2 x 64", {"float32": 9.0, "int8": 1.0})

    seeded, measured_one = _built(path, 5), _built(path, None)

    assert _is_packed(measured_one)
    assert not _is_packed(seeded)


def _is_packed(generator: Transformer) -> bool:
    return not any(isinstance(module, torch.nn.Linear) for module in generator.net.modules())
