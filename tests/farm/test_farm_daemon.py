"""Two instruments and one farm, over JACK; the farm goes and comes back."""

from collections.abc import Callable

import pytest

from tests.farm.plain_farm import TOKEN, PlainFarm
from tests.serving import Daemon, Listener, next_note

SLOW_S = 2.0


def until_studio(stage: Daemon, state: str) -> str:
    """What the stage says about its studio, once it is in this state."""
    said = ""
    while not said.startswith(state):
        message = stage.receive_until(lambda message: message.address == "/emo/state/studio")
        said = str(message.arguments[0])
    return said


@pytest.mark.slow
def test_two_stages_play_on_while_their_farm_is_gone(
    farm: Callable[..., PlainFarm],
    hear: Callable[[str], Listener],
    daemon: Callable[..., Daemon],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EMO_OSC_STUDIO_TOKEN", TOKEN)
    one = farm()
    stages = [daemon("--studio", one.url) for _ in range(2)]
    ready = f"generator ready canned on cpu at {one.url}"
    for stage in stages:
        stage.wait_for_line(ready)
    heard = [hear(stage.name) for stage in stages]

    for stage in stages:
        stage.send("/emo/start_listen/studio")
        until_studio(stage, "ready")
    one.close()
    for stage in stages:
        stage.send("/emo/va", -0.6, 0.7)
        assert "does not answer" in until_studio(stage, "absent")
        stage.wait_for_line("the shelf plays on")
    for listener in heard:
        assert next_note(listener)

    farm(port=one.port)
    for stage in stages:
        until_studio(stage, "ready")


@pytest.mark.slow
def test_a_farm_that_takes_seconds_makes_no_note_late(
    farm: Callable[..., PlainFarm],
    hear: Callable[[str], Listener],
    daemon: Callable[..., Daemon],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EMO_OSC_STUDIO_TOKEN", TOKEN)
    one = farm(slow_s=SLOW_S)
    stage = daemon("--studio", one.url)
    stage.wait_for_line(f"generator ready canned on cpu at {one.url}")
    heard = hear(stage.name)
    stage.send("/emo/start_listen/latency")
    stage.send("/emo/start_listen/studio")
    stage.send("/emo/va", -0.6, 0.7)
    delays, said = {"studio": 0.0}, []
    while not delays["studio"]:
        message = stage.receive()
        if message.address == "/emo/latency":
            delays[str(message.arguments[0])] = float(str(message.arguments[3]))  # the 99th percentile
        elif message.address == "/emo/state/studio":
            said.append(str(message.arguments[0]))

    assert delays["studio"] >= 1000 * SLOW_S
    assert delays["schedule"] < delays["studio"] / 3
    assert all(state.startswith("ready canned") for state in said)
    assert heard.qsize() > 0
