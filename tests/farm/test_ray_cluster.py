"""`emo-osc farm --address` on a cluster that runs already and serves something else too."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from threading import Event, Thread

import pytest

from emo_osc.core.affect import Affect
from emo_osc.protocol.farm_wire import Order
from emo_osc.protocol.messages import ComposeRequest
from emo_osc.studio.remote.farm_client import AwayError, FarmClient
from tests.farm.plain_farm import TOKEN
from tests.farm.ray_farm import RayFarm, environment, free_url
from tests.serving import Daemon, Listener, next_note

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("ray") is None, reason="needs the extra farm: pip install '.[farm]'"),
    pytest.mark.timeout(900),
]
CLUSTER = """
import sys, ray
from ray import serve

@serve.deployment(ray_actor_options={"num_cpus": 0})
class Other:
    def __call__(self, request):
        return "other"

ray.init(_node_ip_address="127.0.0.1", num_cpus=2, include_dashboard=False, log_to_driver=False)
serve.start(http_options={"host": "127.0.0.1", "port": int(sys.argv[1])})
serve.run(Other.bind(), name="other", route_prefix="/other")
print("address", ray.get_runtime_context().gcs_address, flush=True)
for _ in sys.stdin:
    print("serves", *sorted(serve.status().applications), flush=True)
"""
STAGES = 12


class Cluster:
    """A cluster of somebody else's, which serves `other` at a port."""

    def __init__(self, folder: str, port: int) -> None:
        self.folder, self.port = folder, port
        mine = environment(folder) | {"RAY_AUTH_MODE": "token", "RAY_USAGE_STATS_ENABLED": "0"}
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", CLUSTER, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=mine,
        )
        self.address = self.line("address")

    def line(self, start: str) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(start):
                return line.removeprefix(start).strip()
        raise AssertionError("the cluster has ended")

    def serves(self) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.line("serves")

    def close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        self.process.wait(120)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="r", dir="/tmp", ignore_cleanup_errors=True) as folder:
        cluster = Cluster(folder, int(free_url().rpartition(":")[2]))
        yield cluster
        cluster.close()


@pytest.fixture(scope="module")
def joined(cluster: Cluster) -> Iterator[RayFarm]:
    farm = RayFarm(cluster.port, cluster.folder, "--address", cluster.address, "--replicas", "1:2")
    yield farm
    farm.close()


def test_another_port_than_that_of_the_clusters_serve_is_told_in_one_line(cluster: Cluster) -> None:
    where = ("--address", cluster.address, "--port", str(cluster.port + 1))
    run = subprocess.run(
        [sys.executable, "-m", "emo_osc", "farm", "--generator", "canned", *where],
        capture_output=True,
        text=True,
        env=environment(cluster.folder),
        check=False,
    )

    assert run.returncode == 2
    assert f"add --host 127.0.0.1 --port {cluster.port}" in run.stderr.splitlines()[-1]
    assert cluster.serves() == "other"


def test_two_stages_play_from_a_farm_that_joined_a_cluster(
    joined: RayFarm,
    hear: Callable[[str], Listener],
    daemon: Callable[..., Daemon],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EMO_OSC_STUDIO_TOKEN", TOKEN)
    url = f"http://127.0.0.1:{joined.port}"
    stages = [daemon("--studio", url) for _ in range(2)]
    for stage in stages:
        stage.wait_for_line(f"generator ready canned on cpu at {url}")
    heard = [hear(stage.name) for stage in stages]

    for number, stage in enumerate(stages):
        stage.send("/emo/va", 0.8 * number - 0.4, 0.5)
    for listener in heard:
        assert next_note(listener)


def test_a_second_replica_starts_under_load(joined: RayFarm) -> None:
    is_over = Event()

    def keep_ordering() -> None:
        client = FarmClient(f"http://127.0.0.1:{joined.port}", TOKEN)
        while not is_over.is_set():
            with suppress(AwayError):
                client.compose(Order(ComposeRequest(Affect(0.5, 0.0), 1, 16)))
        client.close()

    threads = [Thread(target=keep_ordering) for _ in range(STAGES)]
    for thread in threads:
        thread.start()
    try:
        assert joined.process.stdout is not None
        assert any("2 running" in line for line in joined.process.stdout)
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def test_a_farm_that_ends_leaves_the_cluster_and_what_others_serve_there(cluster: Cluster, joined: RayFarm) -> None:
    assert cluster.serves() == "emo_osc other"

    assert joined.close() == 0
    assert cluster.serves() == "other"
