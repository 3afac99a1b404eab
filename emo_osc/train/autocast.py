"""Chooses the precision of a training run: forced, that of the resumed run, or the fastest here."""

from collections.abc import Callable

import torch
import torch.distributed as dist
from torch import Tensor, nn

from emo_osc.weights.precision import PRECISIONS, Precision, Run, Trial, fastest, forced, settled

TRAINED: tuple[Precision, ...] = ("float32", "bfloat16")
"""int8 has no gradients."""
ROWS, WIDTH = 256, 256
FACES, CHANNELS, SIDE = 16, 64, 16


def training_precision(net: nn.Module, device: torch.device, began: str) -> Precision:
    """The precision of a run; `began` is that of the resumed run, or empty.

    With several processes the first one decides.

    Raises:
        EmoOscError: `EMO_OSC_PRECISION` is neither float32 nor bf16.
    """
    if (asked := forced(TRAINED)) is not None:
        return asked
    for precision in TRAINED:
        if began == precision:
            return precision
    return _agreed(_fastest(net, device), device)


def _fastest(net: nn.Module, device: torch.device) -> Precision:
    if device.type == "cuda":
        return "bfloat16"
    if (choice := settled(device.type)) is not None:
        return choice.precision
    is_picture = any(isinstance(module, nn.Conv2d) for module in net.modules())
    work, prepare = ("training on pictures", _pictures) if is_picture else ("training", _rows)
    return fastest(work, {precision: _trial(prepare, precision) for precision in TRAINED}).precision


def _trial(prepare: Callable[[], tuple[nn.Module, Tensor]], precision: Precision) -> Trial:
    """A step, forward and back, of a small network like those that are trained."""

    def prepared() -> Run:
        with torch.random.fork_rng(devices=()):  # keeps torch's global random state for the training
            net, inputs = prepare()

        def run() -> None:
            with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
                loss = net(inputs).float().square().mean()
            torch.autograd.backward(loss)

        return run

    return prepared


def _rows() -> tuple[nn.Module, Tensor]:
    layers = nn.Linear(WIDTH, 4 * WIDTH), nn.SiLU(), nn.Linear(4 * WIDTH, WIDTH)
    return nn.Sequential(*layers), torch.ones(ROWS, WIDTH)


def _pictures() -> tuple[nn.Module, Tensor]:
    layers = (nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1), nn.BatchNorm2d(CHANNELS), nn.ReLU())
    net = nn.Sequential(*layers, nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1))
    faces = torch.ones(FACES, CHANNELS, SIDE, SIDE)
    return net, faces.contiguous(memory_format=torch.channels_last)


def _agreed(found: Precision, device: torch.device) -> Precision:
    if not dist.is_initialized():
        return found
    place = torch.tensor(PRECISIONS.index(found), device=device)
    dist.broadcast(place, 0)
    return PRECISIONS[int(place)]
