"""A daemon in a Link session with somebody else, in a network of their own: tempo, bars, transport as both see them."""

import re
import statistics
from collections.abc import Callable
from time import perf_counter

import pytest

from emo_osc.protocol.osc import OscValue
from tests.linking import Peer
from tests.serving import Daemon

pytest.importorskip("link", reason='no Link library here: pip install ".[link]"')
pytestmark = pytest.mark.slow


def until(one: Daemon, name: str, is_so: Callable[[OscValue], bool]) -> None:
    """Wait until a value that is listened to is so."""
    one.send(f"/emo/start_listen/{name}")
    one.send(f"/emo/get/{name}")
    one.receive_until(lambda message: message.address == f"/emo/state/{name}" and is_so(message.arguments[0]))


def test_the_session_keeps_its_tempo_and_we_keep_its_bars(
    peer: Callable[..., Peer], daemon: Callable[..., Daemon]
) -> None:
    other = peer(tempo=97.0)
    one = daemon("--clock", "link", "--tempo", "140")
    other.wait_for(peers=1)
    until(one, "clock", lambda text: bool(re.fullmatch(r"link: 1 peer at 97.0 bpm", str(text))))
    until(one, "playing", lambda playing: playing == 1)
    until(one, "tempo", lambda tempo: tempo == pytest.approx(97.0, abs=0.01))

    one.send("/emo/start_listen/bar")
    beats = []
    for _ in range(5):
        one.receive_until(lambda message: message.address == "/emo/bar")
        beats.append(other.beat_at(perf_counter()))
    apart_ms = [1000 * min(beat % 4.0, 4.0 - beat % 4.0) * 60.0 / 97.0 for beat in beats]
    assert statistics.median(apart_ms) < 30.0, apart_ms
    other.wait_for(peers=1, tempo=97.0)

    one.send("/emo/tempo", 120)
    other.wait_for(peers=1, tempo=120.0)
    other.order("tempo", 88.0)
    until(one, "tempo", lambda tempo: tempo == pytest.approx(88.0, abs=0.01))

    assert one.close() == 0
    other.wait_for(peers=0)


def test_a_shared_transport_starts_and_stops_for_all(peer: Callable[..., Peer], daemon: Callable[..., Daemon]) -> None:
    other = peer(tempo=150.0, is_transport_shared=True)
    one = daemon("--clock", "link", "--start-stop-sync", "--no-play")
    other.wait_for(peers=1)
    until(one, "clock", lambda text: "1 peer" in str(text))

    one.send("/emo/play")
    other.wait_for(peers=1, is_playing=True)
    other.order("play", 0)
    until(one, "playing", lambda playing: playing == 0)
    other.order("play", 1)
    until(one, "playing", lambda playing: playing == 1)
    one.send("/emo/stop")
    other.wait_for(peers=1, is_playing=False)
