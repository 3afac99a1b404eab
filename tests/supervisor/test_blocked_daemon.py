"""A real daemon whose output nobody takes: a full pipe, no streams at all, a log on a full disk."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from emo_osc.protocol.osc import Message, decode, encode
from tests.serving import TIMEOUT_S, Daemon, free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="pipes and processes as Linux has them"),
]
TRY_S = 0.5


class Silent:
    """`emo-osc serve` with streams of the test's, and a client that knows it by its answers alone."""

    def __init__(self, folder: Path, out: int, close: Callable[[], None] | None = None) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "emo_osc", "serve", "--generator", "canned", "--no-sound", "--tempo", "240"]
        command += ["--osc-port", str(self.port), "--midi-out", f"emo_{self.port}", "--web-port", str(free_port())]
        mine = {f"XDG_{kind.upper()}_HOME": str(folder / kind) for kind in ("data", "config", "cache")}
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env={**os.environ, **mine}, preexec_fn=close
        )
        self.client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def ask(self, wanted: str, address: str, *arguments: str) -> Message:
        """Send until it is answered."""
        self.client.settimeout(TRY_S)
        for _ in range(int(TIMEOUT_S / TRY_S)):
            self.client.sendto(encode(address, *arguments), ("127.0.0.1", self.port))
            try:
                while (message := decode(self.client.recv(2048))[0]).address != wanted:
                    continue
            except (TimeoutError, ConnectionRefusedError):
                continue
            return message
        raise AssertionError(f"no {wanted} for {address}")

    def wait_for(self, address: str, part: str) -> None:
        self.client.settimeout(TIMEOUT_S)
        while (message := decode(self.client.recv(2048))[0]).address != address or part not in str(message.arguments):
            continue


@contextmanager
def silent(folder: Path, out: int, close: Callable[[], None] | None = None) -> Iterator[Silent]:
    one = Silent(folder, out, close)
    try:
        with closing(one.client):
            yield one
    finally:
        one.process.kill()
        one.process.wait(TIMEOUT_S)


def full_pipe() -> tuple[int, int]:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    for size in (4096, 1):
        try:
            while os.write(writing, b"x" * size):
                continue
        except BlockingIOError:
            continue
    os.set_blocking(writing, True)
    return reading, writing


def test_an_output_that_takes_nothing_holds_nothing_up(jack: str, tmp_path: Path) -> None:
    reading, writing = full_pipe()
    with silent(tmp_path, writing) as one:
        one.ask("/emo/pong", "/emo/ping")
        assert one.ask("/emo/ack", "/emo/keep", "x").arguments[0] == "/emo/keep"
        if "ready" not in str(one.ask("/emo/state/studio", "/emo/start_listen/studio").arguments):
            one.wait_for("/emo/state/studio", "ready")
        children = Path(f"/proc/{one.process.pid}/task/{one.process.pid}/children").read_text().split()
        (studio,) = (pid for pid in children if b"studio.worker" in Path(f"/proc/{pid}/cmdline").read_bytes())
        os.kill(int(studio), signal.SIGKILL)
        one.wait_for("/emo/state/studio", "absent")
        one.wait_for("/emo/state/studio", "ready")

        one.process.send_signal(signal.SIGTERM)
        assert one.process.wait(TIMEOUT_S) == 0
    os.close(reading)
    os.close(writing)


def test_without_any_stream_it_plays(jack: str, tmp_path: Path) -> None:
    def close() -> None:
        for number in range(3):
            os.close(number)

    with silent(tmp_path, subprocess.DEVNULL, close) as one:
        one.ask("/emo/note", "/emo/start_listen/note")

        one.process.send_signal(signal.SIGTERM)
        assert one.process.wait(TIMEOUT_S) == 0


def test_without_a_reader_it_plays(jack: str, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with silent(tmp_path, writing) as one:
        os.close(writing)
        one.ask("/emo/note", "/emo/start_listen/note")

        one.process.send_signal(signal.SIGTERM)
        assert one.process.wait(TIMEOUT_S) == 0


def test_a_log_on_a_full_disk_is_told_once(daemon: Callable[..., Daemon]) -> None:
    one = daemon("--log", "/dev/full")
    one.wait_for_line("generator ready")
    one.send("/emo/keep", "x")

    assert one.receive_until(lambda message: message.arguments[:1] == ("/emo/keep",)).address == "/emo/ack"
    assert one.close() == 0
    assert one.process.stderr is not None
