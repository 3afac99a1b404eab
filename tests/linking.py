"""Another Link peer, for tests that play in a session with somebody else."""

import json
import queue
import subprocess
import sys
import threading
from pathlib import Path

from tests.serving import TIMEOUT_S

Line = list[float] | float | str


class Peer:
    """The other musician, in a process of theirs."""

    def __init__(self, tempo: float, is_transport_shared: bool) -> None:
        program = [sys.executable, str(Path(__file__).parent / "stage" / "link_peer.py")]
        command = [*program, str(tempo), str(int(is_transport_shared))]
        self.process = subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._lines: queue.Queue[Line] = queue.Queue()
        self._session: list[float] = [0, tempo, False]
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def order(self, name: str, number: float) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{name} {number!r}\n")
        self.process.stdin.flush()

    def wait_for(self, peers: int, tempo: float | None = None, is_playing: bool | None = None) -> None:
        """Until the session is so, for this peer."""
        wanted = (peers, tempo, is_playing)
        while not all(want is None or want == is_so for want, is_so in zip(wanted, self._session, strict=True)):
            self.receive()

    def beat_at(self, at_s: float) -> float:
        """Their beat at a time of `perf_counter`, modulo a bar everybody's."""
        self.order("beat", at_s)
        while not isinstance(line := self.receive(), float):
            continue
        return line

    def receive(self) -> Line:
        line = self._lines.get(timeout=TIMEOUT_S)
        if isinstance(line, list):
            self._session = line
        return line

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(TIMEOUT_S)
        self._reader.join(TIMEOUT_S)
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(json.loads(line))
