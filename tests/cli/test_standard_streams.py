"""Commands whose output is a pipe without a reader, a full disk, or closed: no traceback, a telling exit code."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="pipes and /dev/full as Linux has them")
COMMANDS = {"--help": "", "check default": "1", "check --schema": "", "doctor": ""}
"""Command -> whether Python leaves its output unbuffered."""


def without_a_reader() -> int:
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def on_a_full_disk() -> int:
    return os.open("/dev/full", os.O_WRONLY)


@pytest.mark.parametrize(("made", "code", "said"), [(without_a_reader, 141, ""), (on_a_full_disk, 2, "No space left")])
@pytest.mark.parametrize(("command", "unbuffered"), COMMANDS.items())
def test_output_that_cannot_be_written_ends_a_command_in_a_word(
    command: str, made: Callable[[], int], code: int, said: str, unbuffered: str
) -> None:
    out = made()
    ended = subprocess.run(
        [sys.executable, "-m", "emo_osc", *command.split()],
        stdout=out,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    )
    os.close(out)

    assert ended.returncode == code
    assert said in ended.stderr
    assert ended.stderr.count("\n") <= 1


@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)])
@pytest.mark.parametrize(("command", "code"), [("check default", 0), ("check nothing", 2)])
def test_closed_streams_change_nothing(command: str, code: int, closed: tuple[int, ...]) -> None:
    def close() -> None:
        for number in closed:
            os.close(number)

    ended = subprocess.run(
        [sys.executable, "-m", "emo_osc", *command.split()], capture_output=True, preexec_fn=close, check=False
    )

    assert ended.returncode == code
    assert b"Traceback" not in ended.stderr


def test_an_error_that_nobody_can_read_still_has_its_exit_code() -> None:
    for made in (without_a_reader, on_a_full_disk):
        out = made()
        ended = subprocess.run([sys.executable, "-m", "emo_osc", "check", "nothing"], stderr=out, check=False)
        os.close(out)
        assert ended.returncode in (2, 141)
