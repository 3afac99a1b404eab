"""The transformer over events: causal, told a feeling, and the same with a cache as at once."""

import pytest
import torch

from emo_osc.studio.duet.look_back import FIRST_LAG, LAG_COLUMNS, NO_BAR, SIZES
from emo_osc.studio.events import BAR, NO_LENGTH, NOTES, PLACES
from emo_osc.studio.nets.music_transformer import (
    CONDITION_SIZE,
    Cache,
    Events,
    MusicTransformer,
    MusicTransformerConfig,
    RelativeAttention,
)

pytestmark = pytest.mark.torch

PIECES, COUNT = 2, 12
NO_PLAN = torch.zeros(1, 1, 0, dtype=torch.long)


def small(**changes: object) -> MusicTransformer:
    torch.manual_seed(3)
    config = MusicTransformerConfig(width=16, layers=2, heads=2, context=16, feeling=8)
    net = MusicTransformer(MusicTransformerConfig(**config.as_dict() | changes)).eval()
    for parameter in net.parameters():  # what starts at zero would hide what enters there
        torch.nn.init.normal_(parameter, std=0.3)
    return net


def some_events(count: int = COUNT, seed: int = 0, columns: int = 0) -> Events:
    luck = torch.Generator().manual_seed(seed)

    def draw(below: int) -> torch.Tensor:
        return torch.randint(below, (PIECES, count), generator=luck)

    condition = torch.randn(PIECES, count, CONDITION_SIZE, generator=luck)
    is_conditioned = torch.ones(PIECES, count, dtype=torch.bool)
    plan = [draw(size) for size in SIZES[:columns]] or [torch.zeros(PIECES, count, 0, dtype=torch.long)]
    told = condition, is_conditioned, torch.stack(plan, -1) if columns else plan[0]
    return Events(draw(PLACES), draw(NOTES), draw(NO_LENGTH + 1), draw(8), draw(12), *told)


def part(events: Events, first: int, last: int) -> Events:
    return Events(*(each[:, first:last] for each in events))


def test_attention_is_what_it_is_written_out_to_be() -> None:
    torch.manual_seed(1)
    config = MusicTransformerConfig(width=8, heads=2, context=6, dropout=0.0)
    attention = RelativeAttention(config)
    x = torch.randn(1, 5, 8)
    query, key, value = attention.read(x)[0].view(5, 3, 2, 4).permute(1, 2, 0, 3)

    heard = torch.zeros(2, 5, 4)
    for head in range(2):
        for now in range(5):
            scores = torch.stack(
                [
                    query[head, now] @ (key[head, then] + attention.distance[head, 5 - (now - then)])
                    for then in range(now + 1)
                ]
            )
            heard[head, now] = (scores / 2).softmax(0) @ value[head, : now + 1]

    expected = attention.write(heard.permute(1, 0, 2).reshape(5, 8))
    assert torch.allclose(attention(x)[0], expected, atol=1e-5)


@pytest.mark.parametrize("changes", [{"entry": "layers"}, {"entry": "bars"}, {"reads_plan": True}])
def test_one_after_another_with_a_cache_is_as_all_at_once(changes: dict[str, object]) -> None:
    net = small(**changes)
    events = some_events(columns=net.config.columns)

    cache = Cache(net.config, PIECES)
    known = [net.step(part(events, at, at + 1), cache) for at in range(COUNT)]

    assert torch.allclose(torch.cat(known, 1), net(events), atol=1e-4)


def test_a_cache_that_goes_back_goes_on_as_if_the_rest_had_not_been() -> None:
    net, events = small(), some_events()
    cache = Cache(net.config, PIECES)
    for at in range(8):
        net.step(part(events, at, at + 1), cache)

    cache.go_back_to(5)
    known = net.step(part(events, 5, 6), cache)

    assert torch.allclose(known, net(part(events, 0, 6))[:, -1:], atol=1e-4)


def test_a_cache_never_outgrows_the_context_and_forgets_the_oldest() -> None:
    net, events = small(layers=1), some_events(24)  # of one layer, since the others remember what they heard
    cache = Cache(net.config, PIECES)
    known = [net.step(part(events, at, at + 1), cache) for at in range(24)]

    assert (cache.events, cache.dropped, cache.read) == (16, 8, 24)
    assert torch.allclose(known[-1], net(part(events, 8, 24))[:, -1:], atol=1e-4)


def test_no_event_hears_what_comes_later() -> None:
    net, events = small(), some_events()
    other = Events(*(torch.cat([a[:, :7], b[:, 7:]], 1) for a, b in zip(events, some_events(seed=1), strict=True)))

    assert torch.equal(net(events)[:, :7], net(other)[:, :7])
    assert not torch.allclose(net(events)[:, 7:], net(other)[:, 7:], atol=1e-2)


@pytest.mark.parametrize(("entry", "is_heard"), [("layers", [True, True, True]), ("bars", [False, True, True])])
def test_a_feeling_enters_where_the_config_says(entry: str, is_heard: list[bool]) -> None:
    net = small(entry=entry)
    events = some_events(3)._replace(place=torch.tensor([[0, BAR, 1]] * PIECES))
    moved = events._replace(condition=events.condition + 1.0)

    differs = (net(events) - net(moved)).abs().amax(dim=(0, 2)) > 1e-4

    assert differs.tolist() == is_heard


def test_what_is_not_told_plays_no_part() -> None:
    net, events = small(), some_events()
    untold = events._replace(is_conditioned=torch.zeros_like(events.is_conditioned))

    assert torch.equal(net(untold), net(untold._replace(condition=events.condition + 1.0)))
    assert not torch.allclose(net(untold), net(events), atol=1e-2)


def test_what_was_said_of_a_note_leads_what_is_said_next() -> None:
    net = small()
    known, place, note = (torch.randn(1, 16), NO_PLAN[0]), torch.tensor([3]), torch.tensor([40])

    assert not torch.allclose(net.note_logits(*known, place), net.note_logits(*known, place + 1))
    assert not torch.allclose(net.length_logits(*known, place, note), net.length_logits(*known, place, note + 1))


def test_what_comes_next_in_a_bar_before_can_be_copied() -> None:
    net, lag = small(reads_plan=True), FIRST_LAG + LAG_COLUMNS  # of two bars before
    assert net.copies is not None
    plan = torch.zeros(1, len(SIZES), dtype=torch.long)
    plan[0, FIRST_LAG::LAG_COLUMNS] = NO_BAR
    plan[0, lag : lag + 3] = torch.tensor([4, 100, 7])
    known, place, note = torch.randn(1, 16), torch.tensor([4]), torch.tensor([100])

    def logits() -> list[torch.Tensor]:
        said = net.note_logits(known, plan, place), net.length_logits(known, plan, place, note)
        return [net.place_logits(known, plan), *said]

    before = logits()
    torch.nn.init.zeros_(net.copies.gates.weight)
    torch.nn.init.zeros_(net.copies.gates.bias)
    without = logits()

    for one, other, copied in zip(before, without, (4, 100, 7), strict=True):
        assert (one != other).nonzero().tolist() == [[0, copied]]
    assert torch.equal(net.note_logits(known, plan, place + 1), net.note_logits(known, plan * 0, place + 1))
