"""Streams: bar after bar from one net, repeatable, taken back where a feeling changes, in the order of learning."""

from copy import deepcopy
from itertools import pairwise
from typing import cast

import pytest
import torch
from torch import nn

from emo_osc.core.affect import Affect
from emo_osc.studio import streams
from emo_osc.studio.duet.accompaniment_rules import MOST_BACKING
from emo_osc.studio.events import BACKING, BAR_STEPS, KEYS, MELODY, Sound
from emo_osc.studio.nets.music_transformer import MusicTransformer, MusicTransformerConfig
from emo_osc.studio.streams import MOST_EVENTS, Choice, Stream, held

pytestmark = pytest.mark.torch

GLAD, SAD = Affect(0.9, 0.8), Affect(-0.9, -0.8)


@pytest.fixture(scope="module")
def net() -> MusicTransformer:
    """One that learned nothing, and speaks its mind."""
    torch.manual_seed(5)
    net = MusicTransformer(MusicTransformerConfig(width=32, layers=2, heads=2, context=256, feeling=8)).eval()
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.25)
    return net


def bars(stream: Stream, count: int, affect: Affect = GLAD) -> list[list[Sound]]:
    return [stream.compose(affect) for _ in range(count)]


def test_the_same_seed_and_feelings_make_the_same_bars(net: MusicTransformer) -> None:
    assert bars(Stream(net, 1), 4) == bars(Stream(net, 1), 4)
    assert bars(Stream(net, 1), 4) != bars(Stream(net, 2), 4)


def test_every_bar_is_in_order_with_one_melody_note_at_a_time(net: MusicTransformer) -> None:
    for bar in bars(Stream(net, 3), 8):
        assert all(before < after for before, after in pairwise((s.step, s.part, s.pitch) for s in bar))
        melody = [sound.step for sound in bar if sound.part == MELODY]
        assert len(melody) == len(set(melody))
        assert all(0 <= sound.step < BAR_STEPS for sound in bar)
        assert len(bar) <= MOST_EVENTS


def test_a_feeling_is_heard_in_the_bar_it_is_told_of(net: MusicTransformer) -> None:
    same, other = Stream(net, 1), Stream(net, 1)
    assert bars(same, 3) == bars(other, 3)

    assert same.compose(GLAD) != other.compose(SAD)


def test_a_bar_is_taken_back_as_if_it_had_never_been(net: MusicTransformer) -> None:
    changed, straight = Stream(net, 1), Stream(net, 1)
    bars(changed, 4)
    bars(straight, 3)

    assert changed.compose(SAD, bar=3) == straight.compose(SAD)
    assert changed.bars == 4
    assert changed.compose(SAD) == straight.compose(SAD)


def test_only_the_last_bars_can_be_taken_back(net: MusicTransformer) -> None:
    stream = Stream(net, 1)
    bars(stream, 4)

    assert [stream.can_go_back_to(bar) for bar in range(5)] == [False, False, True, True, False]
    with pytest.raises(ValueError, match="bar 1 cannot be composed"):
        stream.compose(GLAD, bar=1)


def test_without_guidance_no_feeling_is_heard_and_with_more_the_chances_move_on(net: MusicTransformer) -> None:
    deaf = Choice(guidance=0.0)

    assert bars(Stream(net, 1, deaf), 2, GLAD) == bars(Stream(net, 1, deaf), 2, SAD)
    assert bars(Stream(net, 1, Choice(guidance=1.0)), 2) != bars(Stream(net, 1, Choice(guidance=3.0)), 2)


def test_a_net_that_never_ends_a_bar_is_stopped(net: MusicTransformer) -> None:
    chatty = MusicTransformer(net.config).eval()
    with torch.no_grad():
        chatty.heads[0].get_parameter("bias").copy_(-torch.arange(17.0) * 50)  # all at once
        chatty.heads[1].get_parameter("bias").copy_(-torch.arange(176.0) * 50)  # and no key left out

    bar = Stream(chatty, 1).compose(GLAD)

    assert len([sound for sound in bar if sound.part == BACKING]) == MOST_BACKING < len(bar) <= MOST_EVENTS


def test_a_piece_ends_where_it_should() -> None:
    sounds = [Sound(0, 0, 60, 4), Sound(14, 0, 60, 8), Sound(16, 0, 60, 1)]

    assert held(sounds, 1) == [Sound(0, 0, 60, 4), Sound(14, 0, 60, 2)]


def test_a_melody_that_rests_comes_back(net: MusicTransformer, monkeypatch: pytest.MonkeyPatch) -> None:
    shy = deepcopy(net)
    with torch.no_grad():
        cast(nn.Linear, shy.heads[1]).bias[:KEYS] -= 12.0

    def rests() -> list[bool]:
        return [all(sound.part != MELODY for sound in bar) for bar in bars(Stream(shy, 1), 24)]

    longest = max(len(run) for run in "".join("x" if rest else " " for rest in rests()).split())
    monkeypatch.setattr(streams, "REST_BONUS", 0.0)

    assert 1 <= longest < 12
    assert all(rests())
