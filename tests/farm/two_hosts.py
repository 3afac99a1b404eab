"""A Ray cluster of two hosts in network namespaces, set up as KubeRay does it, and the manifest's farm on it.

Runs in a namespace of its own, takes the Serve config on the standard input and tells what it saw as JSON.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from emo_osc.core.affect import Affect
from emo_osc.protocol.messages import ComposeRequest, Loaded
from tests.farm.plain_farm import TOKEN, Line

HEAD, WORKER, PORT = "10.99.0.1", "10.99.0.2", 7790
RAY_TOKEN = "0123456789abcdef" * 2
APPLICATIONS = f"http://{HEAD}:8265/api/serve/applications/"
RAY = str(Path(sys.executable).parent / "ray")
FOLDER = "/mnt"  # each host has its own
ENVIRONMENT = {
    "HOME": FOLDER,
    "RAY_TMPDIR": FOLDER,
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": RAY_TOKEN,
    "RAY_USAGE_STATS_ENABLED": "0",
}
LONGEST_S = 240.0


def call(*words: str) -> None:
    subprocess.run(words, check=True, stdout=sys.stderr)


def start_hosts() -> None:
    """The head gives no core to replicas; the worker has two, and a GPU in name."""
    os.environ |= ENVIRONMENT
    call("ip", "link", "set", "lo", "up")
    call("mount", "-t", "tmpfs", "none", FOLDER)
    other = subprocess.Popen(["unshare", "-nm", "sh", "-c", "echo; exec sleep infinity"], stdout=subprocess.PIPE)
    assert other.stdout is not None
    other.stdout.readline()
    inside = ("nsenter", "-t", str(other.pid), "-n", "-m")
    call("ip", "link", "add", "head", "type", "veth", "peer", "name", "worker")
    call("ip", "link", "set", "worker", "netns", str(other.pid))
    for prefix, name, address in (((), "head", HEAD), (inside, "worker", WORKER)):
        call(*prefix, "ip", "addr", "add", f"{address}/24", "dev", name)
        call(*prefix, "ip", "link", "set", name, "up")
    call(*inside, "ip", "link", "set", "lo", "up")
    call(*inside, "mount", "-t", "tmpfs", "none", FOLDER)
    call(
        RAY, "start", "--head", "--num-cpus=0", "--dashboard-host=0.0.0.0", "--no-monitor", f"--node-ip-address={HEAD}"
    )
    call(*inside, RAY, "start", f"--address={HEAD}:6379", "--num-cpus=2", "--num-gpus=1", f"--node-ip-address={WORKER}")


def asked(method: str = "GET", body: Any = None, token: str = RAY_TOKEN) -> tuple[int, str]:
    """The status and the text that Ray's own REST API answers."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        with urlopen(Request(APPLICATIONS, data, headers, method=method), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, ""


def deployed(count: int) -> tuple[list[tuple[str, str]], str]:
    """Where each replica is and its state, once that many run; and all that Ray tells about it."""
    end = time.monotonic() + LONGEST_S
    while True:
        _, text = asked()
        found = json.loads(text)["applications"]["emo_osc"]["deployments"].get("studio", {}).get("replicas", ())
        replicas = sorted((each["node_ip"], each["state"]) for each in found)
        if [state for _, state in replicas] == ["RUNNING"] * count or time.monotonic() > end:
            return replicas, text
        time.sleep(0.5)


def answer_at(host: str) -> str:
    """What a stage gets that asks this host's proxy."""
    line = Line(f"http://{host}:{PORT}", answer_s=30.0)
    while not isinstance(line.read(), Loaded):
        pass
    line.send(ComposeRequest(Affect(0.8, 0.35), 1))
    answer = type(line.read()).__name__
    line.close()
    return answer


def main() -> None:
    config = json.load(sys.stdin)
    Path(config["applications"][0]["args"]["token_file"]).write_text(TOKEN)
    start_hosts()
    status, _ = asked("PUT", config)
    answers = [answer_at(HEAD), answer_at(WORKER)]
    replicas, text = deployed(2)
    stranger, _ = asked(token="0" * 32)
    json.dump([status, answers, replicas, stranger, TOKEN in text], sys.stdout)


if __name__ == "__main__":
    main()
