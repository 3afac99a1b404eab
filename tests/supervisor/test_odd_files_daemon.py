"""A real daemon whose folders hold what no reader expects."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.odd_files import ODD
from tests.serving import Daemon

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="files and folders as Linux has them"),
]


def is_playing(one: Daemon) -> bool:
    one.send("/emo/ping", "x")
    one.receive_until(lambda message: message.address == "/emo/pong")
    one.send("/emo/start_listen/note")
    return one.receive_until(lambda message: message.address == "/emo/note").address == "/emo/note"


def test_odd_files_are_left_out_and_the_music_plays(daemon: Callable[..., Daemon], tmp_path: Path) -> None:
    presets, phrases = tmp_path / "config" / "emo_osc" / "presets", tmp_path / "data" / "emo_osc" / "phrases"
    for folder in (presets, phrases):
        folder.mkdir(parents=True)
    for number, plant in enumerate(ODD.values()):
        plant(presets / f"odd{number}.yaml")
        plant(phrases / f"odd{number}.json")
    (presets / os.fsdecode(b"\xb9\xe0.yaml")).write_text("clock: {tempo: 90}")
    ODD["a FIFO"](presets.parent / "mapping.yaml")

    one = daemon()
    for told in ("is no printable text", "odd0.yaml: cannot be read", "mapping.yaml: ", "odd0.json: not a kept phrase"):
        one.wait_for_line(told)
    one.wait_for_line("generator ready")

    assert is_playing(one)
    one.send("/emo/keep", "x")
    assert one.receive_until(lambda message: message.arguments[:1] == ("/emo/keep",)).address == "/emo/ack"
    assert one.close() == 0


def test_a_foreign_file_saved_while_it_plays_changes_nothing(daemon: Callable[..., Daemon], tmp_path: Path) -> None:
    presets = tmp_path / "config" / "emo_osc" / "presets"
    presets.mkdir(parents=True)
    (presets / "mine.yaml").write_text("clock: {tempo: 100}")
    one = daemon()
    one.wait_for_line("generator ready")

    for name, text in {
        "mine": "".join(f"key {number}: 1\n" for number in range(60_000)),
        "keys": "".join(f"{number:x}: 1\n" for number in range(8_000)),
    }.items():
        (presets / f"{name}.yaml").write_text(text)
        assert len(one.wait_for_line(f"preset {name}: wrong, what was loaded stays")) < 2500
    (presets.parent / "mapping.yaml").write_text(f"mapping: {{{', '.join(f'cc{n}: next' for n in range(6144))}}}")
    assert "over 8,192 keys and values; it is left alone" in one.wait_for_line("mapping.yaml")
    ODD["a FIFO"](presets / "pipe.yaml")
    assert "a FIFO, not a file" in one.wait_for_line("preset pipe: wrong")

    one.send("/emo/preset", "mine")
    assert one.receive_until(lambda message: message.address == "/emo/error").arguments[0] == 4
    assert is_playing(one)
    assert one.close() == 0
