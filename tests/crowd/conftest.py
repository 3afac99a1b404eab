"""What tests of a crowd share: a real broker, phones, and `emo-osc crowd` in a process of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from emo_osc.evaluate.bench.mqtt_phones import Phone
from emo_osc.protocol.osc import Message, decode
from tests.conftest import chromium
from tests.serving import TIMEOUT_S, SaidLines

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

OPEN = "allow_anonymous true\n"
SHOW = "club"
PHONE = {"width": 390, "height": 780, "deviceScaleFactor": 2, "mobile": True}


def free_tcp_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mosquitto() -> str:
    """Where the broker is; tests are skipped where there is none."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    return found or pytest.skip("no MQTT broker here: apt-get install mosquitto")


class Broker:
    """A mosquitto of our own, on the loopback."""

    def __init__(self, folder: Path, conf: str = OPEN, settings: str = "") -> None:
        self.port = free_tcp_port()
        self._command = [mosquitto(), "-c", str(folder / "mosquitto.conf")]
        (folder / "mosquitto.conf").write_text(
            f"{settings}\nuser root\nlog_type none\nlistener {self.port} 127.0.0.1\n{conf}", encoding="utf-8"
        )
        self._phones: list[Phone] = []
        self.start()

    def start(self) -> None:
        """Start it, again where it was killed; until it listens."""
        self.process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)
        until_s = monotonic() + TIMEOUT_S
        while monotonic() < until_s:
            assert self.process.poll() is None, "the broker ends at once"
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1.0).close()
                return
        raise AssertionError("the broker does not listen")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(TIMEOUT_S)

    def phone(self, identifier: str, user: str | None = None, password: str | None = None) -> Phone:
        self._phones.append(Phone(self.port, identifier, user, password))
        return self._phones[-1]

    def close(self) -> None:
        for phone in self._phones:
            phone.close()
        self.kill()


class Patch:
    """Any program that reads OSC."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(TIMEOUT_S)
        self.port = int(self.socket.getsockname()[1])

    def until(self, address: str, wanted: Callable[..., bool] = lambda *_: True) -> Message:
        """The next message of an address whose arguments are wanted."""
        until_s = monotonic() + TIMEOUT_S
        last: Message | None = None
        while monotonic() < until_s:
            (message,) = decode(self.socket.recv(2048))
            if message.address == address:
                last = message
                if wanted(*message.arguments):
                    return message
        raise AssertionError(f"{address} never was as wanted, last: {last}")


class Crowd:
    """`emo-osc crowd` in a process of its own, with a patch that hears all and stands for the instrument too."""

    def __init__(self, url: str, *arguments: str, patch: Patch, instrument: int = 0, password: str = "") -> None:
        self.patch = patch
        command = [sys.executable, "-m", "emo_osc", "crowd", "--mqtt", url, "--show", SHOW, *arguments]
        command += ["--port", str(instrument or patch.port), "--osc-out", f"127.0.0.1:{patch.port}"]
        environment = {**os.environ, **({"EMO_OSC_MQTT_PASSWORD": password} if password else {})}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment)
        self._said = SaidLines(self.process.stdout)

    def wait_for_line(self, part: str) -> str:
        return self._said.wait_for(part)

    def end(self) -> tuple[int, str]:
        """Ask it to end: its exit code and what it said on standard error."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.stderr is not None
        return self.process.wait(TIMEOUT_S), self.process.stderr.read()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(TIMEOUT_S)
        self._said.close()
        assert self.process.stderr is not None
        self.process.stderr.close()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Callable[..., Broker]]:
    """Opens brokers; `settings` stand before their listener in mosquitto.conf, `conf` after it."""
    opened: list[Broker] = []

    def open_broker(conf: str = OPEN, settings: str = "") -> Broker:
        folder = tmp_path / f"broker{len(opened)}"
        folder.mkdir()
        opened.append(Broker(folder, conf, settings))
        return opened[-1]

    yield open_broker
    for one in opened:
        one.close()


@pytest.fixture
def crowd() -> Iterator[Callable[..., Crowd]]:
    """Opens crowds that hear a broker."""
    opened: list[Crowd] = []
    patch = Patch()

    def open_crowd(
        port: int, *arguments: str, user: str = "", password: str = "", instrument: int = 0, scheme: str = "mqtt"
    ) -> Crowd:
        url = f"{scheme}://{user}{'@' if user else ''}127.0.0.1:{port}"
        opened.append(Crowd(url, *arguments, patch=patch, instrument=instrument, password=password))
        return opened[-1]

    yield open_crowd
    for one in opened:
        one.close()
    patch.socket.close()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Chrome"]:
    with chromium(tmp_path_factory.mktemp("chromium")) as opened:
        opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
        opened.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
        yield opened
