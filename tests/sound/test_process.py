"""The process as the door starts it, with a real socket; what it plays is tested without a sound card elsewhere."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from emo_osc.errors import EmoOscError
from emo_osc.sound.output import choose_device

PATIENCE_S = 30


def has_sound() -> bool:
    try:
        import sounddevice

        choose_device(sounddevice.query_hostapis())
    except (OSError, EmoOscError):
        return False
    return True


needs_silence = pytest.mark.skipif(
    has_sound(), reason="this machine has an audio device; the test is about lacking one"
)


@contextmanager
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE_S)
        yield server


def started(server: socket.socket, *more: str) -> subprocess.Popen[str]:
    port = str(server.getsockname()[1])
    return subprocess.Popen(
        [sys.executable, "-m", "emo_osc.sound", "--connect", port, "--token", "s3cret", *more],
        stderr=subprocess.PIPE,
        text=True,
    )


@needs_silence
def test_without_a_sound_card_it_greets_says_one_line_and_exits_with_3() -> None:
    with listening() as server, started(server) as process:
        peer, _ = server.accept()
        with peer:
            peer.settimeout(PATIENCE_S)
            peer.sendall(bytes([7, 0xF0, 0xFF, 0x90, 60]))
            greeting = peer.makefile("rb").readline()
            _, said = process.communicate(timeout=PATIENCE_S)

    assert greeting == b"s3cret\n"
    assert process.returncode == 3
    assert said.count("\n") == 1
    assert "the built-in sound is off, MIDI plays on; " in said


def test_without_a_daemon_it_says_so_and_exits_with_2() -> None:
    with listening() as server:
        port = server.getsockname()[1]
    asked = [sys.executable, "-m", "emo_osc.sound", "--connect", str(port), "--token", "x"]

    done = subprocess.run(asked, capture_output=True, text=True, timeout=PATIENCE_S)

    assert done.returncode == 2
    assert done.stderr == f"no daemon at 127.0.0.1:{port} (Connection refused); emo-osc serve starts this\n"


@pytest.mark.parametrize("wrong", [["--gain", "1.5"], ["--gain", "loud"], ["--louder"]], ids=" ".join)
def test_wrong_arguments_exit_with_2(wrong: list[str]) -> None:
    with listening() as server, started(server, *wrong) as process:
        process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 2


@pytest.mark.hardware
@pytest.mark.skipif(not has_sound(), reason="no audio device")
def test_with_a_sound_card_it_plays_garbage_and_interrupts_through_and_ends_with_the_socket() -> None:
    with listening() as server, started(server, "--gain", "0") as process:
        peer, _ = server.accept()
        with peer:
            peer.sendall(bytes(range(256)) * 20 + bytes([0x90, 60, 100]))
            process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE_S)

    assert (process.returncode, said) == (0, "")
