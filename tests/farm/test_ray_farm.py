"""`emo-osc farm` on a real Ray: orders, a replica and the head killed, many stages."""

import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec

import pytest

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.farm.arguments import Farm
from emo_osc.protocol.messages import Away, ComposeRequest, Loaded, Ready
from emo_osc.studio.aims import Aims
from emo_osc.studio.composer import Composer
from emo_osc.studio.generators import build
from tests.farm.plain_farm import TOKEN, Line
from tests.farm.ray_farm import RayFarm, free_url

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("ray") is None, reason="needs the extra farm: pip install '.[farm]'"),
    pytest.mark.timeout(900),
]
BRIGHT = Affect(0.8, 0.35)


@pytest.fixture(scope="module")
def url() -> str:
    return free_url()


@pytest.fixture(scope="module")
def ray_farm(url: str) -> Iterator[list[RayFarm]]:
    """The farm that runs, as a list of one, for a test may put another there."""
    with tempfile.TemporaryDirectory(prefix="r", dir="/tmp", ignore_cleanup_errors=True) as folder:  # sockets: short
        farms = [RayFarm(int(url.rpartition(":")[2]), folder)]
        yield farms
        assert farms[0].close() == 0


def until_loaded(line: Line) -> list[Away]:
    """What is said about the farm until it composes."""
    said = []
    while not isinstance(message := line.read(), Loaded):
        if isinstance(message, Away):
            said.append(message)
    return said


def test_a_ray_that_does_not_start_in_time_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from emo_osc.farm import deployment

    def too_slow(**_: object) -> None:
        raise Exception("The current node timed out during startup.")  # as Ray raises it

    monkeypatch.setattr("ray.init", too_slow)
    with pytest.raises(EmoOscError, match=r"Ray does not start on this machine .*timed out"):
        deployment.start_ray(None, Farm(GeneratorSection(), TOKEN))


@pytest.fixture
def handlers() -> Iterator[None]:
    """Puts the handlers of signals back that a test sets."""
    before = [(number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM)]
    yield
    for number, handler in before:
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("address", [None, "127.0.0.1:1"])
def test_where_ray_does_not_start_it_is_not_started_again_to_end_it(
    address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ray Serve starts a Ray of its own where there is none, even to end an application."""
    from emo_osc.farm.run import run

    starts = []

    def start(**given: object) -> None:
        starts.append(given)
        raise ConnectionError("nobody is there")

    monkeypatch.setattr("ray.init", start)
    with pytest.raises(EmoOscError, match="nobody is there"):
        run(Farm(GeneratorSection(), TOKEN), lambda _: None, address)

    assert len(starts) == 1


@pytest.mark.usefixtures("handlers")
def test_a_farm_that_is_told_to_end_while_it_starts_ends_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ray sets a handler of its own, which would end the process in the middle of Ray's code."""
    from emo_osc.farm.run import run

    def start(**_: object) -> None:
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(number))  # as Ray sets it

    def deploy(**_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        raise RuntimeError("it has got as far as this")

    monkeypatch.setattr("ray.init", start)
    monkeypatch.setattr("ray.serve.start", deploy)
    with pytest.raises(EmoOscError, match="as far as this"):
        run(Farm(GeneratorSection(), TOKEN), lambda _: None)


def test_two_stages_get_what_local_studios_would_make(
    ray_farm: list[RayFarm], url: str, line: Callable[..., Line]
) -> None:
    for seed in (3, 4):
        stage = line(url, seed=seed)
        assert not until_loaded(stage)
        stage.send(ComposeRequest(BRIGHT, seed))
        answer = stage.read()
        assert isinstance(answer, Ready)
        composer = Composer(build(GeneratorSection(name="canned"), Aims()), seed)
        assert (answer.ticket, answer.melody) == (seed, composer.answer(BRIGHT, 1)[0].melody)


def test_twenty_stages_at_once_get_their_answers(ray_farm: list[RayFarm], url: str, line: Callable[..., Line]) -> None:
    stages = [line(url, answer_s=60.0) for _ in range(20)]
    for number, stage in enumerate(stages):
        until_loaded(stage)
        stage.send(ComposeRequest(Affect(number / 20, 0.0), number))

    for number, stage in enumerate(stages):
        answer = stage.read()
        assert isinstance(answer, Ready)
        assert (answer.ticket, answer.affect.valence) == (number, number / 20)


def test_a_replica_that_is_killed_is_replaced(ray_farm: list[RayFarm], url: str, line: Callable[..., Line]) -> None:
    stage = line(url, answer_s=5.0)
    until_loaded(stage)
    (replica,) = [pid for pid, command in ray_farm[0].below().items() if "ServeReplica:emo_osc" in command]
    os.kill(replica, signal.SIGKILL)
    stage.send(ComposeRequest(BRIGHT, 1))
    message = stage.read()
    if isinstance(message, Away):  # else Serve had another at once
        until_loaded(stage)
        stage.send(ComposeRequest(BRIGHT, 2))
        message = stage.read()

    assert isinstance(message, Ready)


def test_a_head_that_is_killed_and_started_again_is_found(
    ray_farm: list[RayFarm], url: str, line: Callable[..., Line]
) -> None:
    stage = line(url, answer_s=5.0)
    until_loaded(stage)
    ray_farm[0].kill()
    stage.send(ComposeRequest(BRIGHT, 1))
    assert isinstance(stage.read(), Away)

    with tempfile.TemporaryDirectory(prefix="r", dir="/tmp", ignore_cleanup_errors=True) as folder:
        again = RayFarm(ray_farm[0].port, folder)
        ray_farm[0] = again
        until_loaded(stage)
        stage.send(ComposeRequest(BRIGHT, 2))
        assert isinstance(stage.read(), Ready)
