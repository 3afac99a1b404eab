"""A piece that goes on bar by bar, from a real studio to a real MIDI port. The network is small and knows no music."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pytest
import torch

from emo_osc.studio.music_transformer import NAME
from emo_osc.studio.nets.music_transformer import MusicTransformer, MusicTransformerConfig
from emo_osc.weights import checkpoints
from tests.serving import TIMEOUT_S, Daemon, Listener, drained, left_on

pytestmark = [pytest.mark.torch, pytest.mark.slow]
CONFIG = MusicTransformerConfig(width=32, layers=1, heads=2, context=64, feeling=8)
LOWEST, HIGHEST = 36, 96  # of what the shelf holds, with the widest register
PARTS = 3  # melody, chords, bass: channels 1 to 3
STUDIO = "emo_osc.studio.worker"


def is_new(message: bytes) -> bool:
    """Whether the shelf has no such note: a network that knows nothing plays on the whole piano."""
    return message[0] & 0x0F == 0 and not LOWEST <= message[1] <= HIGHEST


@pytest.fixture
def generator(tmp_path: Path) -> str:
    torch.manual_seed(1)
    tensors = MusicTransformer(CONFIG).state_dict()
    path = checkpoints.save(tmp_path, NAME, tensors, {"transformer": CONFIG.as_dict(), "training": {}})
    return f"{{name: {NAME}, checkpoint: {path}, device: cpu, seed: 1, melody: own}}"


@pytest.fixture
def presets(tmp_path: Path, generator: str) -> None:
    """The player's own: `endless` with the network, `lost` with one that is not there."""
    folder = tmp_path / "config" / "emo_osc" / "presets"
    folder.mkdir(parents=True)
    for name, section in (("endless", generator), ("lost", f"{{name: {NAME}, checkpoint: {tmp_path}/nothing}}")):
        text = f"clock: {{tempo: 240}}\ngenerator: {section}\n"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def until(heard: Listener, log: list[bytes], wanted: Callable[[bytes], bool]) -> None:
    """Listens until a note is wanted; `log` gets all that is heard."""
    while True:
        log.append(heard.get(timeout=TIMEOUT_S)[1])
        if log[-1][0] & 0xF0 == 0x90 and wanted(log[-1]):
            return


def test_bars_from_the_studio_are_heard_in_all_parts_and_again_after_its_death(
    daemon: Callable[..., Daemon], hear: Callable[[str], Listener], generator: str
) -> None:
    one = daemon(generator=generator)
    one.wait_for_line(f"generator ready {NAME}")
    heard, log = hear(one.name), list[bytes]()
    one.send("/emo/set/chords", 1.0)
    one.send("/emo/set/bass", 1.0)

    until(heard, log, is_new)
    one.send("/emo/va", -0.5, 0.8)
    until(heard, log, is_new)
    for channel in range(PARTS):
        until(heard, log, lambda message, wanted=channel: message[0] & 0x0F == wanted)  # type: ignore[misc]
    os.kill(one.child(STUDIO), signal.SIGKILL)
    until(heard, log, lambda _: True)
    one.wait_for_line(f"generator ready {NAME}")
    log += drained(heard)
    until(heard, log, is_new)

    assert one.close() == 0
    log += drained(heard)
    assert not [left for channel in range(PARTS) if (left := left_on([m for m in log if m[0] & 0x0F == channel]))]


def until_composes(one: Daemon, wanted: str) -> None:
    """Asks who composes until it is who is wanted; the line about it is not told twice within ten seconds."""
    end_s = monotonic() + TIMEOUT_S
    said = ""
    while wanted not in said:
        assert monotonic() < end_s, said
        one.send("/emo/get/studio")
        said = str(one.receive_until(lambda message: message.address == "/emo/state/studio").arguments[0])
        sleep(0.05)


@pytest.mark.usefixtures("presets")
def test_a_preset_brings_its_composer_while_the_music_plays(
    daemon: Callable[..., Daemon], hear: Callable[[str], Listener]
) -> None:
    one = daemon(generator="{name: canned, seed: 1}")
    one.wait_for_line("generator ready canned")
    heard, log = hear(one.name), list[bytes]()

    until(heard, log, lambda _: True)
    one.send("/emo/preset", "endless")
    one.wait_for_line(f"studio: {NAME} starts as the generator; the shelf plays meanwhile")
    one.wait_for_line(f"generator ready {NAME}")
    until(heard, log, is_new)
    one.send("/emo/preset", "lost")
    one.wait_for_line("nothing")
    until(heard, log, lambda _: True)
    one.send("/emo/preset", "current")
    until_composes(one, "ready canned")
    until(heard, log, lambda _: True)

    assert one.close() == 0
    log += drained(heard)
    assert not left_on(log)


@pytest.mark.usefixtures("presets")
def test_a_composer_of_the_command_line_stays(daemon: Callable[..., Daemon]) -> None:
    one = daemon("--generator", "canned", generator="{name: music_vae}")
    one.wait_for_line("generator ready canned")
    one.send("/emo/preset", "endless")
    one.send("/emo/get/tempo")
    one.receive_until(lambda message: message.address == "/emo/state/tempo")

    assert one.child(STUDIO)
    assert one.close() == 0
    assert not [line for line in one.lines() if "starts as the generator" in line]
