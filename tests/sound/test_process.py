"""The process as the supervisor starts it, with a real socket, and JACK's dummy sound card where jackd is installed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import wave
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import numpy as np
import pytest

from emo_osc.protocol.child_setup import SoundSetup
from emo_osc.protocol.message_codec import encode
from emo_osc.protocol.messages import Alive
from tests.serving import TIMEOUT_S

NOWHERE = {**os.environ, "JACK_DEFAULT_SERVER": "emo_osc_none", "JACK_NO_START_SERVER": "1"}
FIND = "import sounddevice; print(*(api['default_output_device'] for api in sounddevice.query_hostapis()))"


@contextmanager
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(TIMEOUT_S)
        yield server


def started(server: socket.socket, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    asked = [sys.executable, "-m", "emo_osc.sound"]
    process = subprocess.Popen(asked, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    assert process.stdin is not None
    process.stdin.write(SoundSetup(server.getsockname()[1], "s3cret").to_json())
    process.stdin.close()
    process.stdin = None  # or `communicate` would flush it
    return process


def greeted(server: socket.socket) -> socket.socket:
    peer, _ = server.accept()
    peer.settimeout(TIMEOUT_S)
    assert peer.makefile("rb").readline() == b"s3cret\n"
    return peer


def output_port(process: subprocess.Popen[str]) -> str:
    """The JACK port that the process plays into, as soon as there is one."""
    until_s = monotonic() + TIMEOUT_S
    while monotonic() < until_s and process.poll() is None:
        ports = subprocess.run(["jack_lsp"], capture_output=True, text=True, check=False).stdout.split()
        if mine := [port for port in ports if port.endswith("out_0")]:
            return mine[0]
    process.kill()
    _, said = process.communicate()
    if process.returncode == 3:
        pytest.skip(f"JACK gave no dummy sound card: {said}")  # it may refuse a client on a busy machine
    raise AssertionError(f"the process opened no JACK port; {process.returncode}: {said}")


def test_without_a_sound_card_it_greets_says_one_line_and_exits_with_3() -> None:
    found = subprocess.run([sys.executable, "-c", FIND], env=NOWHERE, capture_output=True, text=True, check=False)
    if set(found.stdout.split()) - {"-1"}:
        pytest.skip("this machine has an audio device, and the test is about lacking one")

    with listening() as server, started(server, env=NOWHERE) as process, greeted(server) as peer:
        peer.sendall(bytes([7, 0xF0, 0xFF, 0x90, 60]))
        _, said = process.communicate(timeout=TIMEOUT_S)

    assert process.returncode == 3
    assert said.count("\n") == 1
    assert "the built-in synth is off, MIDI output is not affected; " in said


def test_it_shows_that_it_lives_while_it_plays(jack: str) -> None:
    with listening() as server, started(server) as process, greeted(server) as peer:
        output_port(process)
        with peer.makefile("rb") as said:
            signs = [said.readline() for _ in range(2)]
        peer.close()
        process.communicate(timeout=TIMEOUT_S)

    assert signs == [encode(Alive())] * 2


def test_what_it_is_sent_leaves_the_sound_card_at_its_pitch(jack: str, tmp_path: Path) -> None:
    if not shutil.which("jack_rec"):
        pytest.skip("no jack_rec here: apt-get install jackd2")
    with listening() as server, started(server) as process, greeted(server) as peer:
        recorder = ["jack_rec", "-f", str(tmp_path / "heard.wav"), "-d", "2", output_port(process)]
        peer.sendall(bytes([0xB0, 74, 0, 0x90, 69, 100]))
        subprocess.run(recorder, capture_output=True, check=True, timeout=TIMEOUT_S)
        peer.close()
        _, said = process.communicate(timeout=TIMEOUT_S)

    with wave.open(str(tmp_path / "heard.wav"), "rb") as file:
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        hz = np.abs(np.fft.rfft(heard)).argmax() * file.getframerate() / len(heard)
    assert hz == pytest.approx(440, rel=0.01)
    assert (process.returncode, said) == (0, "")


def test_it_plays_through_garbage_and_interrupts_and_ends_with_the_socket(jack: str) -> None:
    with listening() as server, started(server) as process, greeted(server) as peer:
        output_port(process)
        peer.sendall(bytes(range(256)) * 20 + bytes([0x90, 60, 100]))
        process.send_signal(signal.SIGINT)
        peer.sendall(bytes([0x90, 64, 100]))
        peer.close()
        _, said = process.communicate(timeout=TIMEOUT_S)

    assert (process.returncode, said) == (0, "")


def test_without_a_daemon_it_says_so_and_exits_with_2() -> None:
    with listening() as server:
        port = server.getsockname()[1]
    asked = [sys.executable, "-m", "emo_osc.sound"]

    done = subprocess.run(
        asked, input=SoundSetup(port, "t").to_json(), capture_output=True, text=True, timeout=TIMEOUT_S
    )

    assert done.returncode == 2
    assert done.stderr == f"no daemon at 127.0.0.1:{port} (Connection refused); emo-osc serve starts this\n"


@pytest.mark.parametrize("gain", [-0.5, 1.5])
def test_a_gain_out_of_range_is_refused(gain: float) -> None:
    with pytest.raises(ValueError, match=r"gain must be in 0\.\.1"):
        SoundSetup(1, "t", gain)
