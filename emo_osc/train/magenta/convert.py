"""Converts Magenta's published `hierdec-mel_16bar` checkpoints to ours."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emo_osc.core.errors import EmoOscError
from emo_osc.studio.nets.hierdec import HierdecConfig
from emo_osc.train.magenta.tf_checkpoint import DamagedError, Entry, open_checkpoint
from emo_osc.weights import checkpoints

NAME = "hierdec"
SOURCE = "magenta hierdec-mel_16bar"

# in a name, {k} is the layer; ours -> theirs
DENSE = {
    "to_mu": "encoder/mu",
    "to_sigma": "encoder/sigma",
    "conductor_start": "decoder/hierarchical_level_0/initial_state",
    "decoder_start": "core_decoder/decoder/z_to_initial_state",
    "to_logits": "core_decoder/decoder/output_projection",
}
CELLS = {
    ("encoder", ""): "encoder/cell_{k}/bidirectional_rnn/fw/multi_rnn_cell/cell_0/lstm_cell",
    ("encoder", "_reverse"): "encoder/cell_{k}/bidirectional_rnn/bw/multi_rnn_cell/cell_0/lstm_cell",
    ("conductor", ""): "decoder/hierarchical_level_0/cell_{k}/lstm_cell",
    ("decoder", ""): "core_decoder/decoder/multi_rnn_cell/cell_{k}/lstm_cell",
}
FORGET_BIAS = 1.0  # added at run time by TensorFlow's cell, so not in the file (contrib/rnn.py:482)

Array = NDArray[np.float32]


class Variables(Protocol):
    """Variables by name, such as an open TensorFlow checkpoint."""

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Their shapes."""

    def read(self, name: str) -> Array:
        """One of them, float32."""


def import_magenta(source: Path, out: Path) -> Path:
    """Converts a checkpoint (the released tar, or a `.index` with its data beside it); returns the file written.

    An `out` that ends in `.safetensors` is written as it is; any other is a folder, and the file is named by its hash.
    What a training run keeps besides the weights (Adam's moments, the step) is left out.

    Raises:
        EmoOscError: the checkpoint is missing, damaged, or of another model, or `out` cannot be written.
    """
    with open_checkpoint(source) as checkpoint:
        tensors, config = read_hierdec(checkpoint, source)
    described = {"network": NAME, "source": SOURCE, **asdict(config)}
    if out.suffix == ".safetensors":
        return checkpoints.save_as(out, tensors, described)
    return checkpoints.save(out, NAME, tensors, described)


def read_hierdec(checkpoint: Variables, source: Path) -> tuple[dict[str, Tensor], HierdecConfig]:
    """The weights in the names and layouts of `nets.hierdec`, and the sizes they tell.

    Raises:
        EmoOscError: a variable is missing, misshapen or damaged; `source` is what the message calls the file.
    """
    config = _sizes(checkpoint, source)
    tensors: dict[str, Tensor] = {}
    for ours, theirs in DENSE.items():
        tensors[f"{ours}.weight"] = torch.from_numpy(_read(checkpoint, f"{theirs}/kernel").T.copy())
        tensors[f"{ours}.bias"] = torch.from_numpy(_read(checkpoint, f"{theirs}/bias").copy())
    for (module, direction), theirs in CELLS.items():
        for layer in range(config.layers):
            kernel, bias = (_read(checkpoint, f"{theirs.format(k=layer)}/{part}") for part in ("kernel", "bias"))
            suffix = f"_l{layer}{direction}"
            tensors |= {f"{module}.{name}{suffix}": tensor for name, tensor in _cell(kernel, bias).items()}
    return tensors, config


def expected_shapes(config: HierdecConfig) -> dict[str, tuple[int, ...]]:
    """Every variable of a checkpoint of these sizes, in TensorFlow's layout."""
    c, e, d = config, config.encoder_width, config.decoder_width
    state = 2 * c.layers * d
    sizes = ((2 * e, c.z_size), (2 * e, c.z_size), (c.z_size, state), (d, state), (d, c.vocabulary))
    shapes = dict(zip(DENSE.values(), sizes, strict=True))
    inputs = {"encoder": (c.vocabulary, 2 * e, e), "conductor": (1, d, d), "decoder": (c.vocabulary + d, d, d)}
    for (module, _), theirs in CELLS.items():
        first, above, width = inputs[module]
        for layer in range(c.layers):
            shapes[theirs.format(k=layer)] = ((above if layer else first) + width, 4 * width)
    kernels = {f"{name}/kernel": shape for name, shape in shapes.items()}
    return kernels | {f"{name}/bias": shape[1:] for name, shape in shapes.items()}


def _sizes(checkpoint: Variables, source: Path) -> HierdecConfig:
    """The configuration, from three shapes; then all shapes are compared with it."""
    mu, logits = (_shape(checkpoint, f"{DENSE[name]}/kernel", source) for name in ("to_mu", "to_logits"))
    of_decoder = CELLS["decoder", ""]
    layers = next(k for k in range(99) if f"{of_decoder.format(k=k)}/kernel" not in checkpoint.entries)
    try:
        config = HierdecConfig(mu[1], mu[0] // 2, logits[0], max(1, layers), vocabulary=logits[1])
    except ValueError as error:
        raise EmoOscError(f"{source}: {error}; {_REMEDY}") from None
    for name, expected in expected_shapes(config).items():
        found = _shape(checkpoint, name, source, len(expected))
        if found != expected:
            raise EmoOscError(f"{source}: variable {name!r} is {list(found)}, not {list(expected)}; {_REMEDY}")
    return config


def _shape(checkpoint: Variables, name: str, source: Path, rank: int = 2) -> tuple[int, ...]:
    if name not in checkpoint.entries:
        raise EmoOscError(f"{source}: has no variable {name!r}; {_REMEDY}")
    shape = checkpoint.entries[name].shape
    if len(shape) != rank:
        raise EmoOscError(f"{source}: variable {name!r} has {len(shape)} dimensions, not {rank}; {_REMEDY}")
    return shape


def _read(checkpoint: Variables, name: str) -> Array:
    array = checkpoint.read(name)
    if not np.isfinite(array).all():
        raise DamagedError(f"variable {name!r} holds a number that is not finite")
    return array


def _cell(kernel: Array, bias: Array) -> dict[str, Tensor]:
    """kernel: ([x, h], 4 H) with gates i, j, f, o -> torch's (4 H, x), (4 H, h) with gates i, f, g = j, o."""
    width = kernel.shape[1] // 4
    weight = _reordered(kernel).T
    reordered = _reordered(bias[None])[0]
    reordered[width : 2 * width] += FORGET_BIAS
    own = kernel.shape[0] - width  # the hidden state's rows come last
    return {
        "weight_ih": torch.from_numpy(weight[:, :own].copy()),
        "weight_hh": torch.from_numpy(weight[:, own:].copy()),
        "bias_ih": torch.from_numpy(reordered),
        "bias_hh": torch.zeros(4 * width),
    }


def _reordered(columns: Array) -> Array:
    i, j, f, o = np.split(columns, 4, axis=1)
    return np.concatenate((i, f, j, o), axis=1)


_REMEDY = "only hierdec-mel_16bar checkpoints of MusicVAE can be imported"
