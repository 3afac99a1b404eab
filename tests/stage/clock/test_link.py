"""Our seat in a Link session beside another peer: two processes in a network of their own, so that nobody else hears.

Skipped, with the reason, where the Link library is missing or the system gives no network namespace.
"""

import threading
from collections.abc import Callable, Iterator
from time import perf_counter

import pytest

from emo_osc.stage.clock.clock import Move
from emo_osc.stage.clock.link import LinkSession
from emo_osc.stage.clock.link_clock import LinkClock
from tests.linking import Peer
from tests.serving import TIMEOUT_S

pytest.importorskip("link", reason='no Link library here: pip install ".[link]"')


@pytest.fixture
def clock(own_network: None) -> Iterator[Callable[..., LinkClock]]:
    sessions: list[LinkSession] = []

    def open_clock(tempo: float = 140.0, is_transport_shared: bool = False) -> LinkClock:
        sessions.append(LinkSession(tempo, is_transport_shared))
        return LinkClock(sessions[-1])

    yield open_clock
    for session in sessions:
        session.close()


def run_until(clock: LinkClock, is_there: Callable[[], bool]) -> list[Move]:
    """Turn the clock as the loop does; where it moved on the way."""
    moves: list[Move] = []
    waits = threading.Event()
    until_s = perf_counter() + TIMEOUT_S
    while not is_there():
        assert perf_counter() < until_s, clock.summary
        waits.wait(max(0.0, clock.next_s - perf_counter()))
        move = clock.on_time(perf_counter())
        moves += [move] if move else []
    return moves


def apart_s(clock: LinkClock, peer: Peer) -> float:
    """How far our bars lie from theirs."""
    now_s = perf_counter()
    beats = clock.tick_at(now_s) / 480 - peer.beat_at(now_s)
    return ((beats + 2) % 4 - 2) * 60 / clock.tempo


def test_joining_takes_the_sessions_tempo_and_bars_and_changes_neither(
    peer: Callable[..., Peer], clock: Callable[..., LinkClock]
) -> None:
    other = peer(97.0)
    ours = clock(140.0)
    ours.play(perf_counter())
    run_until(ours, lambda: ours.tick_at(perf_counter()) > 100)
    other.wait_for(1, 97.0)

    assert ours.tempo == pytest.approx(97.0, abs=0.001)
    assert ours.summary == "link: 1 peer at 97.0 bpm"
    assert abs(apart_s(ours, other)) < 0.001


def test_a_tempo_is_followed_both_ways_without_a_jump(
    peer: Callable[..., Peer], clock: Callable[..., LinkClock]
) -> None:
    other = peer(97.0)
    ours = clock()
    ours.play(perf_counter())
    run_until(ours, lambda: ours.tick_at(perf_counter()) > 0)
    other.order("tempo", 151.0)
    moves = run_until(ours, lambda: ours.tempo > 150.9)
    theirs_apart_s = apart_s(ours, other)
    ours.set_tempo(60.0, perf_counter())
    other.wait_for(1, 60.0)

    assert moves == []
    assert abs(theirs_apart_s) < 0.001
    assert abs(apart_s(ours, other)) < 0.001


def test_a_shared_transport_starts_and_stops_both_ways(
    peer: Callable[..., Peer], clock: Callable[..., LinkClock]
) -> None:
    other = peer(120.0, is_transport_shared=True)
    ours = clock(is_transport_shared=True)
    run_until(ours, lambda: "1 peer" in ours.summary)
    other.order("play", 1)
    started = run_until(ours, lambda: ours.is_running)
    run_until(ours, lambda: ours.tick_at(perf_counter()) > 0)
    bars_apart_s = apart_s(ours, other)
    other.order("play", 0)
    stopped = run_until(ours, lambda: not ours.is_running)
    ours.play(perf_counter())
    other.wait_for(1, is_playing=True)
    ours.stop(perf_counter())
    other.wait_for(1, is_playing=False)

    assert started == [Move(0, is_running=True)]
    assert [move.is_running for move in stopped] == [False]
    assert abs(bars_apart_s) < 0.001


def test_a_transport_of_our_own_is_our_own(peer: Callable[..., Peer], clock: Callable[..., LinkClock]) -> None:
    other = peer(120.0, is_transport_shared=True)
    ours = clock()
    run_until(ours, lambda: "1 peer" in ours.summary)
    ours.play(perf_counter())
    ours.stop(perf_counter())
    ours.set_tempo(150.0, perf_counter())  # whatever was told before has arrived with this
    other.wait_for(1, 150.0, is_playing=False)


def test_a_peer_that_goes_takes_nothing_with_it(peer: Callable[..., Peer], clock: Callable[..., LinkClock]) -> None:
    other = peer(97.0)
    ours = clock()
    ours.play(perf_counter())
    run_until(ours, lambda: ours.tick_at(perf_counter()) > 0)
    expected_s = ours.time_of(100_000)
    other.close()
    moves = run_until(ours, lambda: "no peers" in ours.summary)

    assert moves == []
    assert ours.tempo == pytest.approx(97.0, abs=0.001)
    assert ours.time_of(100_000) == pytest.approx(expected_s, abs=0.001)


def test_to_be_joined_changes_nothing(peer: Callable[..., Peer], clock: Callable[..., LinkClock]) -> None:
    ours = clock(140.0)
    ours.play(perf_counter())
    run_until(ours, lambda: ours.tick_at(perf_counter()) > 0)
    other = peer(97.0)
    moves = run_until(ours, lambda: "1 peer" in ours.summary)
    other.wait_for(1, 140.0)

    assert moves == []
    assert ours.tempo == pytest.approx(140.0, abs=0.001)
    assert abs(apart_s(ours, other)) < 0.001
