"""Builds networks from untrusted checkpoints: sizes are checked before memory is allocated."""

import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, Field, fields
from math import isfinite
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import torch
from torch import Tensor, nn

from emo_osc.core.errors import EmoOscError

MAX_SIZE = 1 << 16
MAX_REPEATS = 256  # layers and heads
MAX_NUMBER = 1000.0
_STUMBLES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""Exceptions of torch and of our networks for wrong weights or sizes."""

Config = TypeVar("Config")
Net = TypeVar("Net", bound=nn.Module)


@contextmanager
def one_line_errors(path: Path, what: str, remedy: str) -> Iterator[None]:
    """Convert errors while reading a checkpoint to an `EmoOscError` of one bounded line.

    Raises:
        EmoOscError: the checkpoint is not `what`.
    """
    try:
        yield
    except _STUMBLES as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise EmoOscError(f"{path}: not {what} ({reason:.200}); {remedy}") from None


def fitted(make: Callable[[Config], Net], kind: type[Config], sizes: object, tensors: Mapping[str, Tensor]) -> Net:
    """Build the network of a checkpoint's sizes and load its weights; allocates only after both are checked.

    Raises:
        ValueError: a size is missing or out of range, or a weight is missing, left over or of another shape.
    """
    config = sizes_of(kind, sizes)
    with torch.device("meta"):  # computes shapes without memory
        wanted = {name: tuple(tensor.shape) for name, tensor in make(config).state_dict().items()}
    found = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    for name in (*wanted, *found):
        if wanted.get(name) != found.get(name):
            raise ValueError(f"weight {name:.80} is {_shape(found.get(name))}, not {_shape(wanted.get(name))}")
    net = make(config)
    net.load_state_dict(dict(tensors))
    return net


def sizes_of(kind: type[Config], found: object) -> Config:
    """The dataclass of a checkpoint's sizes.

    >>> from emo_osc.face.vgg16 import VGG16Config
    >>> sizes_of(VGG16Config, {"width": 0.5}).width
    0.5

    Raises:
        ValueError: a size is missing, unknown, of another type, or out of range.
    """
    if not isinstance(found, dict):
        raise ValueError(f"the sizes are {found!r:.80}")
    hints = get_type_hints(kind)
    known: dict[str, Field[Any]] = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]  # mypy cannot bound a type by being a dataclass
    for name, value in found.items():
        if name not in known:
            raise ValueError(f"there is no size {name!r:.80}")
        if not _is_of(hints[name], name, value):
            raise ValueError(f"{name} is {value!r:.80}")
    for name, field in known.items():
        if name not in found and field.default is MISSING:
            raise ValueError(f"{name} is missing")
    return kind(**found)


def _is_of(hint: object, name: str, value: object) -> bool:
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if hint is float:
        return isinstance(value, int | float) and isfinite(value) and 0.0 <= value <= MAX_NUMBER
    if hint is int:
        most = MAX_REPEATS if name.endswith(("layers", "heads")) else MAX_SIZE
        return type(value) is int and 1 <= value <= most
    return isinstance(hint, type | types.UnionType) and isinstance(value, hint)


def _shape(shape: tuple[int, ...] | None) -> str:
    return "missing" if shape is None else str(list(shape))
