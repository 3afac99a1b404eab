"""A short run of each fuzz target, and whatever a longer one has found."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fuzz.targets import BETWEEN, TARGETS

ROOT = Path(__file__).parents[2]
SECONDS = 5
TIMEOUT_S = 300.0

FOUND = {
    "a program change without its program": ("midi", b"\xc0"),
    "a controller without its value": ("midi", b"\xb0\x14"),
    "a song position without its end": ("midi", BETWEEN.join((b"\xf2", b"\xf2\x01"))),
    "a message that begins in its middle": ("midi", b"\x3c\x40"),
}


@pytest.mark.parametrize("name", TARGETS)
def test_every_seed_plays(name: str) -> None:
    play, seeds = TARGETS[name]
    for seed in seeds():
        play(seed)


@pytest.mark.parametrize(("name", "data"), FOUND.values(), ids=FOUND.keys())
def test_what_was_found_stays_mended(name: str, data: bytes) -> None:
    TARGETS[name][0](data)


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_nothing_new_is_found(name: str) -> None:
    if find_spec("atheris") is None:
        pytest.skip("no atheris here: pip install '.[fuzz]'")
    command = [sys.executable, "-m", "tests.fuzz.run", name, str(SECONDS)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)

    assert ended.returncode == 0, ended.stderr[-4000:]
    runs = re.search(r"Done (\d+) runs", ended.stderr)
    assert runs
    assert int(runs[1]) > 100
