"""The line model out of a checkpoint: its networks, its plans, its prior, and its actor where it has one."""

from typing import Any

import torch
from torch import Tensor, nn

from emo_osc.studio.decoding.packed_linear import pack, packing_choice
from emo_osc.studio.likeness import Likeness
from emo_osc.studio.line.plans import Plans
from emo_osc.studio.line.prior import LatentPrior
from emo_osc.studio.line.proposer import LineProposer
from emo_osc.studio.line.sample import LineNets
from emo_osc.studio.nets.actor import ActorConfig, ActorCritic
from emo_osc.studio.nets.causal_blocks import CausalStack
from emo_osc.studio.nets.note_net import NoteNet, NoteNetConfig
from emo_osc.studio.nets.rhythm_net import RhythmNet, RhythmNetConfig
from emo_osc.weights import checkpoints
from emo_osc.weights.precision import Precision, Run
from emo_osc.weights.size_checks import fitted

DECODED = 8  # melodies at once, for which the precision is chosen


def line_proposer(kept: checkpoints.Checkpoint, device: torch.device, is_repeatable: bool) -> LineProposer:
    """The proposer of a checkpoint; where it need not be repeatable, in the precision that is fastest here."""
    actor, likeness = actor_of(kept.config, kept.tensors), Likeness.of(kept.tensors)
    nets, plans = line_nets_of(kept.config, kept.tensors), Plans.from_tensors(kept.tensors)
    for net in (nets.rhythm, nets.notes):
        pack(net.stack, _precision(net.stack, device, is_repeatable))
    return LineProposer(nets, plans, LatentPrior.from_tensors(kept.tensors), device, actor, likeness)


def line_nets_of(config: dict[str, Any], tensors: dict[str, Tensor]) -> LineNets:
    """The networks that `emo-osc train vae` keeps in a checkpoint, on the CPU."""
    return LineNets(
        fitted(RhythmNet, RhythmNetConfig, config["rhythm"], _under("rhythm.", tensors)),
        fitted(NoteNet, NoteNetConfig, config["notes"], _under("notes.", tensors)),
    )


def actor_of(config: dict[str, Any], tensors: dict[str, Tensor]) -> ActorCritic | None:
    """The actor and its critics, where `emo-osc train actor` has put them beside the others, on the CPU."""
    if "actor" not in config:
        return None
    return fitted(ActorCritic, ActorConfig, config["actor"], _under("actor.", tensors))


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights of one of several networks, by their own names."""
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _precision(stack: CausalStack, device: torch.device, is_repeatable: bool) -> Precision:
    """The precision in which a network is fastest here, one place after another; float32 for what a seed repeats."""
    if device.type != "cpu":
        return "float32"

    def build() -> nn.Module:
        return CausalStack(stack.width, stack.layers, stack.heads, 0.0).eval()

    def run(net: nn.Module) -> Run:
        place = torch.zeros(DECODED, 1, stack.width)

        @torch.inference_mode()
        def step() -> None:
            net(place)

        return step

    return packing_choice(f"writing melodies, {stack.layers} x {stack.width}", build, run, is_repeatable).precision
