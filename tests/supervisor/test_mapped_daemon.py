"""MIDI learn by real daemons over JACK: what is learned moves, outlasts the evening, and survives a full disk."""

import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import rtmidi

from emo_osc.protocol.osc import Message
from tests.serving import Daemon

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="config folders and limits as Linux has them"),
]
Turn = Callable[[int], None]


@pytest.fixture
def hands(jack: str) -> Iterator[Callable[[], Turn]]:
    """Hands at controller 74 of channel 2, wired to the input of the daemon that was just opened."""
    ports: list[Any] = []

    def take() -> Turn:
        port = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="hands")
        ports.append(port)
        port.open_port(next(n for n, found in enumerate(port.get_ports()) if "keys" in found))
        return lambda position: port.send_message((0xB1, 74, position))

    yield take
    for port in ports:
        port.close_port()
        port.delete()


def opened(daemon: Callable[..., Daemon]) -> Daemon:
    """A daemon with an input of its own."""
    one = daemon("--midi-in", "virtual:keys")
    assert "virtual port" in one.wait_for_line("MIDI in")
    return one


def answer(one: Daemon, address: str) -> Message:
    """The next answer or refusal of an address."""
    kinds = {"/emo/ack": 0, "/emo/error": 2}
    return one.receive_until(lambda m: m.address in kinds and m.arguments[kinds[m.address]] == address)


def test_what_is_learned_moves_the_value_and_is_there_another_evening(
    daemon: Callable[..., Daemon], hands: Callable[[], Turn], tmp_path: Path
) -> None:
    one = opened(daemon)
    turn = hands()
    one.send("/emo/midi/learn", "density")
    waiting = answer(one, "/emo/midi/learn")
    turn(64)
    learned = answer(one, "/emo/midi/learn")
    one.send("/emo/start_listen/density")
    turn(127)
    one.receive_until(lambda m: m.address == "/emo/state/density" and m.arguments == (1.0,))
    assert one.close() == 0

    two = opened(daemon)
    turn = hands()
    two.send("/emo/start_listen/mapping")
    two.receive_until(lambda m: m.address == "/emo/state/mapping" and m.arguments == ("cc74@2 density",))
    two.send("/emo/start_listen/density")
    turn(0)
    two.receive_until(lambda m: m.address == "/emo/state/density" and m.arguments == (-1.0,))

    assert waiting.arguments[3:] == ("density", "waiting")
    assert learned.arguments[3:] == ("density", "cc74@2")
    assert "cc74@2: 'density'" in (tmp_path / "config" / "emo_osc" / "mapping.yaml").read_text()


def test_a_full_disk_is_told_and_what_was_learned_holds_until_the_end(
    daemon: Callable[..., Daemon], hands: Callable[[], Turn], tmp_path: Path
) -> None:
    one = opened(daemon)
    turn = hands()
    resource.prlimit(one.process.pid, resource.RLIMIT_FSIZE, (20, resource.RLIM_INFINITY))
    one.send("/emo/midi/learn", "density")
    assert answer(one, "/emo/midi/learn").address == "/emo/ack"
    turn(64)
    refused = answer(one, "/emo/midi/learn")
    line = one.wait_for_line("mapping.yaml: cannot be saved")
    one.send("/emo/start_listen/density")
    turn(127)
    one.receive_until(lambda m: m.address == "/emo/state/density" and m.arguments == (1.0,))

    assert refused.arguments[0] == 4
    assert "(File too large); it holds until the end; free space, learn it again" in line
    assert list((tmp_path / "config" / "emo_osc").iterdir()) == []
