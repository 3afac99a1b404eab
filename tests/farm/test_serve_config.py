"""The farm from a config of Ray Serve, as `serve run`, `serve deploy` and KubeRay take it, on a real Ray."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import yaml

from emo_osc.core.affect import Affect
from emo_osc.protocol.messages import ComposeRequest, Loaded, Ready
from tests.farm.plain_farm import TOKEN, Line
from tests.farm.test_rayservice import ROOT, SERVE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("ray") is None, reason="needs the extra farm: pip install '.[farm]'"),
    pytest.mark.timeout(600),
]
SERVE_RUN = """
import signal, sys, ray
from ray.serve.scripts import cli
ray.init(_node_ip_address="127.0.0.1", num_cpus=2, include_dashboard=False, log_to_driver=False)
signal.signal(signal.SIGINT, signal.default_int_handler)  # a test that runs in the background inherits it ignored
cli(["run", sys.argv[1]])
"""
"""`serve run` on a cluster that listens on this machine alone."""


def small(config: dict[str, Any], port: int, token_file: Path) -> dict[str, Any]:
    """The same with a generator that loads at once, on a port of this machine."""
    (app,) = config["applications"]
    arguments = app["args"] | {"generator": "canned", "cpus": 0.5, "token_file": str(token_file)}
    return config | {
        "http_options": {"host": "127.0.0.1", "port": port},
        "applications": [app | {"args": arguments}],
    }


@pytest.fixture
def serve_run() -> Iterator[Callable[[dict[str, Any]], str]]:
    """Runs a config; its URL."""
    with tempfile.TemporaryDirectory(prefix="r", dir="/tmp", ignore_cleanup_errors=True) as folder:  # sockets: short
        started = []

        def run(config: dict[str, Any]) -> str:
            path = Path(folder, "serve.yaml")
            path.write_text(yaml.safe_dump(config))
            environment = {**os.environ, "HOME": folder, "RAY_TMPDIR": folder, "RAY_USAGE_STATS_ENABLED": "0"}
            command = [sys.executable, "-W", "ignore", "-c", SERVE_RUN, str(path)]
            started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment))
            return f"http://127.0.0.1:{config['http_options']['port']}"

        yield run
        for process in started:
            process.send_signal(signal.SIGINT)
            process.wait(120)


def test_the_config_of_the_manifest_deploys_a_farm_that_answers_stages(
    serve_run: Callable[[dict[str, Any]], str], line: Callable[..., Line], tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(TOKEN)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    stage = line(serve_run(small(SERVE, port, tmp_path / "token")), seed=3)
    while not isinstance(stage.read(), Loaded):
        pass
    stage.send(ComposeRequest(Affect(0.8, 0.35), 7))
    answer = stage.read()

    assert isinstance(answer, Ready)
    assert answer.ticket == 7
    assert urlopen(f"http://127.0.0.1:{port}/-/healthz", timeout=20).read() == b"success"  # what Docker and KubeRay ask


@pytest.mark.skipif(not shutil.which("unshare") or not shutil.which("ip"), reason="needs util-linux and iproute2")
def test_two_replicas_share_a_gpu_of_a_worker_and_each_host_answers(tmp_path: Path) -> None:
    """As KubeRay starts head and worker, asks for tokens and deploys; the GPU is one in name."""
    config = small(SERVE, 0, tmp_path / "token") | {"http_options": SERVE["http_options"]}
    config["applications"][0]["args"] |= {"replicas": [2, 2], "gpus": 0.5}
    apart = ["unshare", "-rnmp", "--fork", "--kill-child", "--mount-proc"]
    if subprocess.run([*apart, "true"], capture_output=True, check=False).returncode:
        pytest.skip("namespaces cannot be made here")

    command = [*apart, sys.executable, "-m", "tests.farm.two_hosts"]
    run = subprocess.run(
        command, input=json.dumps(config), capture_output=True, text=True, cwd=ROOT, timeout=500, check=False
    )

    assert run.returncode == 0, run.stderr[-4000:]
    status, answers, replicas, without_rays_token, is_token_shown = json.loads(run.stdout)
    assert status == 200
    assert answers == ["Ready", "Ready"]
    assert replicas == [["10.99.0.2", "RUNNING"]] * 2
    assert without_rays_token in (401, 403)
    assert not is_token_shown
