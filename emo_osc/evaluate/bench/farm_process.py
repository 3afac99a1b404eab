"""A farm of one's own to measure: `emo-osc farm` in a process, and those of Ray below it."""

import os
import secrets
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import monotonic, sleep
from typing import IO

from emo_osc.core.child_start import start
from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.bench.process_tree import below, cpu_s
from emo_osc.studio.remote.token_file import TOKEN

HOST = "127.0.0.1"
END_S, LINGER_S = 60.0, 10.0
REPLICA = "ServeReplica"  # in the command line of its process
LOOK_S, IDLE_SHARE, SETTLE_S = 1.0, 0.1, 120.0


@dataclass(frozen=True, slots=True)
class FarmProcess:
    """A farm that answers at a URL to a token; `process` is None where somebody else has started it."""

    url: str
    token: str
    process: "subprocess.Popen[str] | None" = None

    def cpu_s(self) -> float:
        """Seconds of CPU that the farm and Ray have used; NaN where that is not known."""
        if self.process is None:
            return float("nan")
        return cpu_s([self.process.pid, *below(self.process.pid)])

    def settle(self) -> None:
        """Wait until the replicas have nothing to do: they draw sources for a while after their start."""
        until_s, used_s = monotonic() + SETTLE_S, self._replicas_s()
        while self.process and monotonic() < until_s:
            sleep(LOOK_S)
            before_s, used_s = used_s, self._replicas_s()
            if not used_s - before_s > IDLE_SHARE * LOOK_S:
                return

    def _replicas_s(self) -> float:
        if self.process is None:
            return float("nan")
        return cpu_s([pid for pid, command in below(self.process.pid).items() if REPLICA in command])


@contextmanager
def farm_process(*options: str) -> Iterator[FarmProcess]:
    """Run `emo-osc farm` with options on a free port of loopback until the context ends; it answers.

    Its replicas have the priority of what is measured beside them, not the lower one that Ray gives them.

    Raises:
        EmoOscError: it does not start.
    """
    token, port = secrets.token_urlsafe(24), _free_port()
    where = ("--host", HOST, "--port", str(port))
    with TemporaryDirectory(prefix="r", dir=_short_folder(), ignore_cleanup_errors=True) as folder:
        changes, said = {TOKEN: token, "RAY_TMPDIR": folder, "RAY_worker_niceness": "0"}, Path(folder) / "said"
        with said.open("w") as errors:  # Ray says much
            process = start(
                *("emo_osc", "farm", *where, *options),
                stdout=subprocess.PIPE,
                stderr=errors.fileno(),
                changes=changes,
            )
        try:
            _wait(process, said)
            yield FarmProcess(f"http://{HOST}:{port}", token, process)
        finally:
            _end(process)
            assert process.stdout is not None  # a pipe was asked for
            process.stdout.close()


def _wait(process: "subprocess.Popen[str]", said: Path) -> None:
    """Read until the farm answers; what it says later is read too, or it would wait for a reader."""
    assert process.stdout is not None  # a pipe was asked for
    lines = process.stdout
    for line in lines:
        if line.startswith("farm "):
            Thread(target=_read_on, args=(lines,), daemon=True).start()
            return
    last = (said.read_text(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
    raise EmoOscError(f"the farm does not start: {last.removeprefix('emo-osc: '):.300}")


def _read_on(lines: IO[str]) -> None:
    with suppress(ValueError):  # closed meanwhile
        for _ in lines:
            continue


def _end(process: "subprocess.Popen[str]") -> None:
    """End the farm and all that it has started; what does not end by itself is killed."""
    tree = [process.pid, *below(process.pid)]
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(END_S)
    until_s = monotonic() + LINGER_S
    while monotonic() < until_s and any(Path(f"/proc/{pid}").exists() for pid in tree[1:]):
        sleep(0.05)
    for pid in tree if process.poll() is None else tree[1:]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def _short_folder() -> str | None:
    """Where Ray's sockets can be: their paths may have 107 bytes, of which Ray takes most."""
    return "/tmp" if os.path.isdir("/tmp") else None


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])
