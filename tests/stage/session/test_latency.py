"""Delays: percentiles that are exact, that cost nothing to ask for, and that every part of the stage feeds."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.affect import Affect
from emo_osc.protocol.messages import Loaded, Ready
from emo_osc.stage.clock.midi_slave import MidiSlave
from emo_osc.stage.session.latency import DELAYS, EDGES_S, KEPT, Latency, Percentiles

DELAYS_S = st.lists(st.floats(0.0, 10.0), min_size=1, max_size=60)


def seen(delays_s: Sequence[float]) -> Latency:
    latency = Latency()
    for delay_s in delays_s:
        latency.add(delay_s)
    return latency


def test_without_any_there_are_no_figures() -> None:
    assert Latency().percentiles() == Percentiles()
    assert Latency().spread() == ()


@given(DELAYS_S)
def test_percentiles_are_those_of_the_sorted_delays(delays_s: list[float]) -> None:
    ordered = sorted(1000 * delay_s for delay_s in delays_s)
    p50, p95, p99 = (ordered[ceil(len(ordered) * share / 100) - 1] for share in (50, 95, 99))

    told = seen(delays_s).percentiles()

    assert told == Percentiles(p50, p95, p99, ordered[-1], len(ordered))


@given(DELAYS_S)
def test_every_delay_is_in_the_bin_between_its_edges(delays_s: list[float]) -> None:
    expected = [0] * len(EDGES_S)
    for delay_s in delays_s:
        expected[next((n for n, edge_s in enumerate(EDGES_S) if delay_s <= edge_s), len(EDGES_S) - 1)] += 1

    told = seen(delays_s).spread()

    assert list(told) + [0] * (len(EDGES_S) - len(told)) == expected
    assert told[-1] > 0


def test_only_the_last_thousand_count_but_the_longest_ever_is_told() -> None:
    latency = seen([5.0] + [0.002] * 10 + [0.001] * KEPT)

    assert latency.percentiles() == Percentiles(1.0, 1.0, 1.0, 5000.0, KEPT + 11)
    assert sum(latency.spread()) == KEPT


class Counted(float):
    """A delay that counts how often it is compared."""

    compared = 0

    def __lt__(self, other: float) -> bool:
        Counted.compared += 1
        return float(self) < float(other)

    def __gt__(self, other: float) -> bool:
        Counted.compared += 1
        return float(self) > float(other)


def comparisons(work: Callable[[], object]) -> int:
    before = Counted.compared
    work()
    return Counted.compared - before


def test_asking_sorts_nothing() -> None:
    delays_s = [Counted((n * 7919 % 10_007) / 10_007) for n in range(KEPT)]
    latency = seen(delays_s)

    assert comparisons(latency.percentiles) == 0
    assert comparisons(latency.spread) <= len(EDGES_S) * KEPT.bit_length() < comparisons(lambda: sorted(delays_s))


@pytest.fixture
def playing(stage: Callable[..., Any], ready: Callable[..., Ready]) -> Any:
    return stage((ready(60),))


def counts(playing: Any) -> dict[str, int]:
    return {answer[1]: answer[6] for answer in playing.ask("/emo/latency")}


def test_the_time_a_studio_takes_to_answer_is_counted_once(playing: Any, ready: Callable[..., Ready]) -> None:
    studio_client = playing.instrument.studio_client
    studio_client.connected()
    playing.receive_studio(Loaded("canned", "cpu"), 0.0)
    studio_client.want(Affect(0.8, 0.35))
    order = studio_client.due(1.0)

    playing.receive_studio(ready(62, ticket=order.ticket), 1.25)
    playing.receive_studio(ready(64, ticket=-1), 9.0)

    assert playing.session.delays["studio"].percentiles() == Percentiles(250.0, 250.0, 250.0, 250.0, 1)


def test_a_clock_that_comes_late_is_counted_by_how_much(playing: Any) -> None:
    playing.instrument.transport.clock = MidiSlave(120.0)
    gap_s = 60.0 / 120.0 / 24.0
    playing.receive_midi(b"\xfa", 0.99)
    for n in range(240):
        playing.receive_midi(b"\xf8", 1.0 + n * gap_s)
    steady = playing.session.delays["clock"].percentiles()

    playing.receive_midi(b"\xf8", 1.0 + 240 * gap_s + 0.004)

    late = playing.session.delays["clock"].percentiles()
    assert steady.count > 200
    assert steady.p99_ms < 0.5
    assert late.count == steady.count + 1
    assert late.max_ms == pytest.approx(4.0, abs=0.5)


def test_the_spread_of_every_delay_is_told_in_one_packet_each(playing: Any) -> None:
    for n in range(KEPT):
        playing.session.delays["schedule"].add(0.00001 * 1.012**n)

    told = {answer[1]: answer[2:] for answer in playing.ask("/emo/latency/spread")}

    assert tuple(told) == DELAYS
    assert sum(told["schedule"]) == KEPT
    assert told["studio"] == ()


def test_asking_for_figures_before_anything_happened_is_answered(playing: Any) -> None:
    assert counts(playing) == dict.fromkeys(DELAYS, 0)
