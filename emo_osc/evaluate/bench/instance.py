"""An instrument of one's own to measure: `emo-osc serve` in a process, and an OSC client beside it."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter

from emo_osc.core.child_start import start
from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.osc import MalformedError, Message, decode, encode

HOST = "127.0.0.1"
PATIENCE_S = 60.0  # a large model may take long to load on a busy machine
ANSWER_S, ATTEMPTS = 2.0, 3
PRESET = """
osc: {{port: {port}}}
midi: {{out: "virtual:{name}"}}
clock: {{tempo: {tempo}}}
generator: {{name: {generator}, seed: 1}}
sound: {{enabled: false}}
web: {{enabled: false}}
"""


class Instance:
    """A daemon that plays; `name` is its MIDI port, where the system has MIDI. Messages go through `client`."""

    def __init__(self, process: subprocess.Popen[str], port: int, name: str) -> None:
        self.process = process
        self.port = port
        self.name = name
        self.client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.client.connect((HOST, port))

    def send(self, address: str, *arguments: float | str) -> None:
        """One OSC message."""
        self.client.send(encode(address, *arguments))

    def receive(self, until_s: float) -> Message | None:
        """The next message; None at `until_s` on `perf_counter`."""
        self.client.settimeout(max(0.001, until_s - perf_counter()))
        with suppress(TimeoutError, MalformedError):
            return decode(self.client.recv(2048))[0]
        return None

    def ask(self, address: str, answer: str = "", count: int = 1) -> list[Message]:
        """The first `count` answers to a question, at the address `answer` where that is another.

        Raises:
            EmoOscError: they did not come, though they were asked for several times.
        """
        for _ in range(ATTEMPTS):
            answers: list[Message] = []
            until_s = perf_counter() + ANSWER_S
            self.send(address)
            while len(answers) < count and perf_counter() < until_s:
                message = self.receive(until_s)
                if message and message.address == (answer or address):
                    answers.append(message)
            if len(answers) == count:
                return answers
        raise EmoOscError(f"the daemon does not answer {address}; is this machine overloaded?")

    def process_of(self, module: str) -> int | None:
        """The id of the daemon's process that runs a module of ours, where the system tells."""
        listing = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for child in listing.read_text().split() if listing.exists() else ():
            with suppress(OSError):
                if module.encode() in Path(f"/proc/{child}/cmdline").read_bytes():
                    return int(child)
        return None


@contextmanager
def instance(generator: str = "canned", tempo: float = 120.0) -> Iterator[Instance]:
    """A daemon on a free port, without sound, until the context ends; it is ready to compose.

    Raises:
        EmoOscError: it does not start.
    """
    port = free_port()
    name = f"emo_osc_{port}"
    preset = PRESET.format(port=port, name=name, tempo=tempo, generator=generator)
    with TemporaryDirectory() as folder, serving(preset, "generator ready", Path(folder)) as process:
        one = Instance(process, port, name)
        try:
            yield one
        finally:
            one.client.close()


@contextmanager
def serving(preset: str, ready: str, home: Path) -> Iterator[subprocess.Popen[str]]:
    """Run `emo-osc serve` with a preset until the context ends; it has printed a line with `ready`.

    Its data, configuration and cache are kept in `home`, apart from the user's.

    Raises:
        EmoOscError: it does not start.
    """
    path = home / "preset.yaml"
    path.write_text(preset, encoding="utf-8")
    places = {f"XDG_{kind}_HOME": str(home / kind) for kind in ("DATA", "CONFIG", "CACHE")}
    with start("emo_osc", "serve", "--preset", str(path), stdout=subprocess.PIPE, changes=places) as process:
        try:
            _wait_until(ready, process)
            yield process
        finally:
            process.terminate()


def free_port() -> int:
    """A UDP port of this computer that nobody uses."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_until(ready: str, process: subprocess.Popen[str]) -> None:
    """Read what the daemon says until it can compose; what it says later is read too, or it would wait for a reader."""
    assert process.stdout is not None  # a pipe was asked for
    lines, is_ready = process.stdout, Event()

    def listen() -> None:
        for line in lines:
            if ready in line:
                is_ready.set()

    Thread(target=listen, daemon=True).start()
    until_s = perf_counter() + PATIENCE_S
    while not is_ready.wait(0.1):
        if process.poll() is not None or perf_counter() > until_s:
            raise EmoOscError("the daemon does not start; `emo-osc serve` says why")
