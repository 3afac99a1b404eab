"""The daemon in a process of its own for tests from outside, and what they ask of the MIDI that it sends."""

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import IO

from emo_osc.protocol.osc import Message, decode, encode

TIMEOUT_S = 120.0
"""After this long something hangs; a process that starts while all cores are busy has taken 40 s."""
PRESET = """
osc: {{port: {port}}}
midi: {{out: "{out}"}}
clock: {{tempo: 240}}
generator: {generator}
sound: {{enabled: false}}
web: {{enabled: false}}
"""
Listener = queue.Queue[tuple[float, bytes]]


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class SaidLines:
    """What a process writes, line by line, read in a thread so that it never has to wait for us."""

    def __init__(self, stream: IO[str] | None) -> None:
        assert stream is not None
        self._stream, self._said = stream, queue.Queue[str]()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, part: str) -> str:
        """The next line that holds a part."""
        passed: list[str] = []
        while not passed or part not in passed[-1]:
            try:
                passed.append(self._said.get(timeout=TIMEOUT_S))
            except queue.Empty:
                raise AssertionError(f"{part!r} was not said, but: {passed}") from None
        return passed[-1]

    def left(self) -> list[str]:
        """What nobody waited for."""
        return [self._said.get() for _ in range(self._said.qsize())]

    def close(self) -> None:
        """Once the process has ended."""
        self._reader.join(TIMEOUT_S)
        self._stream.close()

    def _read(self) -> None:
        for line in self._stream:
            self._said.put(line)


class Daemon:
    """`emo-osc serve` in a process of its own, with data and presets in `folder`, and an OSC client beside it.

    It opens a MIDI port of its `name`, or `joins` one.
    """

    def __init__(
        self, folder: Path, port: int, generator: str, arguments: Sequence[str] = (), *, joins: bool = False
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.name = f"emo_{self.port}"
        preset = folder / f"{self.name}.yaml"
        out = self.name if joins else f"virtual:{self.name}"
        preset.write_text(PRESET.format(port=self.port, out=out, generator=generator), encoding="utf-8")
        self.started_s = perf_counter()
        command = [sys.executable, "-m", "emo_osc", "serve", "--preset", str(preset), *arguments]
        mine = {f"XDG_{kind.upper()}_HOME": str(folder / kind) for kind in ("data", "config", "cache")}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **mine}
        )
        self._said = SaidLines(self.process.stdout)
        self.client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.client.settimeout(TIMEOUT_S)

    def wait_for_line(self, part: str) -> str:
        return self._said.wait_for(part)

    def lines(self) -> list[str]:
        """What it has said and nobody waited for."""
        return self._said.left()

    def send(self, address: str, *arguments: float | str) -> None:
        self.client.sendto(encode(address, *arguments), ("127.0.0.1", self.port))

    def receive(self) -> Message:
        (message,) = decode(self.client.recv(2048))
        return message

    def receive_until(self, wanted: Callable[[Message], bool]) -> Message:
        while not wanted(message := self.receive()):
            continue
        return message

    def child(self, module: str) -> int:
        """The id of the process that runs a module of ours."""
        return next(pid for pid, command in self.children().items() if module.encode() in command)

    def children(self) -> dict[int, bytes]:
        """Every process that the daemon started and the command that runs in it."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children}

    def close(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(TIMEOUT_S)
        self._said.close()
        self.client.close()
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code


def next_note(heard: Listener, wanted: Callable[[bytes], bool] = lambda _: True) -> tuple[float, bytes]:
    """The next note-on that is wanted."""
    while True:
        at_s, message = heard.get(timeout=TIMEOUT_S)
        if message[0] & 0xF0 == 0x90 and wanted(message):
            return at_s, message


def left_on(messages: list[bytes]) -> set[int]:
    """Pitches whose last message is a note-on."""
    last = {message[1]: message[0] & 0xF0 for message in messages if message[0] & 0xE0 == 0x80}
    return {pitch for pitch, kind in last.items() if kind == 0x90}


def drained(heard: Listener) -> list[bytes]:
    return [heard.get()[1] for _ in range(heard.qsize())]
