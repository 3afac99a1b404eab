"""`emo-osc farm` on a real Ray for tests: processes of its own, with all that they write in a folder."""

import os
import signal
import socket
import subprocess
import sys

from emo_osc.evaluate.bench.process_tree import below
from tests.farm.plain_farm import TOKEN

TRIES = 3  # Ray gives its processes 30 s to start, which is little on a busy machine


def environment(folder: str) -> dict[str, str]:
    """Ray's files in a folder, a short one because of its sockets, and its workers not behind every other process."""
    mine = {"EMO_OSC_STUDIO_TOKEN": TOKEN, "HOME": folder, "RAY_TMPDIR": folder, "RAY_worker_niceness": "0"}
    return {**os.environ, **mine}


def free_url() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


class RayFarm:
    """`emo-osc farm` in a process of its own, and the processes of Ray below it."""

    def __init__(self, port: int, folder: str, *options: str) -> None:
        self.port = port
        options = ("--generator", "canned", "--port", str(port), "--cpus", "0.5", *options)
        for _ in range(TRIES):
            self.process = subprocess.Popen(
                [sys.executable, "-m", "emo_osc", "farm", *options],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env=environment(folder),
            )
            assert self.process.stdout is not None
            if any(line.startswith("farm ") for line in self.process.stdout):
                return
            self._gone()
        raise AssertionError("the farm does not start")

    def below(self) -> dict[int, str]:
        """Every process below it, with its command."""
        return below(self.process.pid)

    def kill(self) -> None:
        """The machine's power goes."""
        for pid in [self.process.pid, *self.below()]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._gone()

    def close(self) -> int:
        if self.process.poll() is None:
            self.process.terminate()
        return self._gone()

    def _gone(self) -> int:
        code = self.process.wait(120)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code
