"""The way of one message: which functions `/emo/va` passes from its datagram to its first MIDI byte."""

import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import emo_osc
from emo_osc.core.affect import MOODS
from emo_osc.protocol.message_codec import encode
from emo_osc.protocol.messages import Ready
from emo_osc.protocol.osc import encode as encode_osc
from emo_osc.protocol.stage_setup import Setup, StagePreset
from emo_osc.stage import loop

PACKAGE = Path(emo_osc.__file__).parent
STACK = ("stage", "stage/io", "stage/session", "stage/player")
MOST_FILES, MOST_FUNCTIONS = 27, 90
Place = tuple[str, str]


class Way:
    """Calls of our own functions, from the one that reads the datagram to the one that sends MIDI."""

    def __init__(self) -> None:
        self.calls: list[tuple[Place, Place]] = []
        self.is_over = False
        self._stack: list[Place | None] = []

    def profile(self, frame: FrameType, event: str, _: object) -> None:
        """For `sys.setprofile`."""
        if event == "call" and not self.is_over:
            path = Path(frame.f_code.co_filename)
            place = (str(path.relative_to(PACKAGE)), frame.f_code.co_name) if path.is_relative_to(PACKAGE) else None
            self._enter(place)
        elif event == "return" and self._stack:
            self._stack.pop()

    def _enter(self, place: Place | None) -> None:
        callers = [one for one in self._stack if one]
        self._stack.append(place)
        if place and callers and (self.calls or place == ("stage/io/udp.py", "receive")):
            self.calls.append((callers[-1], place))
            self.is_over = place == ("stage/io/midi_ports.py", "send")


@pytest.fixture
def stage(tmp_path: Path, ready: Callable[..., Ready], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A stage in this process, without ports, that plays."""
    monkeypatch.setattr(loop, "_take_priority", lambda: False)
    shelf = tmp_path / "shelf.jsonl"
    shelf.write_bytes(encode(ready(60)) + encode(ready(72, 0.8, 0.35)))
    preset = StagePreset({"tempo": 20.0, "humanize": 0.0}, MOODS)
    tokens = dict.fromkeys(("supervisor", "studio", "sound"), "x" * 32)
    opened = loop.Stage(Setup("127.0.0.1", 0, "none", "", tokens, str(shelf), 1, True, "current", {"current": preset}))
    opened._instrument.transport.play(0.0)
    yield opened
    opened._end()
    for end in (opened._waking, opened._wakes, opened._selector):  # a process that ends need not close them
        end.close()


def way_of(stage: Any, packet: bytes) -> Way:
    """What a datagram passes; the first ones fill caches."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        for warm_up in (encode_osc("/emo/va", 0.1, 0.1), encode_osc("/emo/va", -0.5, -0.5)):
            client.sendto(warm_up, ("127.0.0.1", stage.report.osc_port))
            stage._turn()
        way = Way()
        client.sendto(packet, ("127.0.0.1", stage.report.osc_port))
        sys.setprofile(way.profile)
        try:
            while not way.is_over:
                stage._turn()
        finally:
            sys.setprofile(None)
    return way


def layer(file: str) -> int:
    """How far down the stack of the stage a file lies; what everybody may import lies below all of it."""
    folder = str(Path(file).parent)
    room = "/".join(folder.split("/")[:2])
    return STACK.index(room) if room in STACK else len(STACK)


def test_an_affect_passes_few_files_and_only_downwards(stage: Any) -> None:
    way = way_of(stage, encode_osc("/emo/va", 0.9, 0.9))
    files = {place[0] for call in way.calls for place in call}

    upwards = [(caller, callee) for caller, callee in way.calls if layer(callee[0]) < layer(caller[0])]
    assert upwards == []
    assert len(files) <= MOST_FILES, sorted(files)
    assert len({callee for _, callee in way.calls}) <= MOST_FUNCTIONS
