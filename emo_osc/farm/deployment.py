"""Deploys the farm on a Ray cluster that runs, or on one that it starts on this machine."""

import os
from contextlib import suppress

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anyone
os.environ.setdefault("RAY_AUTH_MODE", "token")  # Ray's own ports are open on every address of the machine

import ray
from ray import serve
from ray.serve.context import _get_global_client

from emo_osc.core.errors import EmoOscError
from emo_osc.farm.application import application
from emo_osc.farm.arguments import Farm

APP = "emo_osc"


def deploy(farm: Farm) -> None:
    """Deploy on the cluster that was joined or started, and wait until it answers.

    Raises:
        EmoOscError: Ray Serve listens elsewhere on that one.
    """
    serve.start(http_options=serve.HTTPOptions(host=farm.host, port=farm.port))
    check_place(farm)
    serve.run(application(farm), name=APP, route_prefix="/")


def start_ray(address: str | None, farm: Farm) -> None:
    """Join the cluster at an address, or start one here.

    Raises:
        EmoOscError: none starts here.
    """
    if address:
        ray.init(address=address, log_to_driver=False, namespace=APP)
        return
    os.environ.setdefault("RAY_DISABLE_MEMORY_MONITOR", "1")
    cores = max(os.cpu_count() or 1, int(farm.cpus * farm.replicas[1]) + 1)
    try:
        ray.init(
            _node_ip_address="127.0.0.1", num_cpus=cores, include_dashboard=False, log_to_driver=False, namespace=APP
        )
    except Exception as error:  # Ray raises a plain one where its processes take over 30 s, as on a busy machine
        raise EmoOscError(f"farm: Ray does not start on this machine ({error!s:.120}..); try again") from None


def check_place(farm: Farm) -> None:
    """Refuse a cluster on which Serve runs already, at another address: it keeps that, whatever a farm asks for."""
    client = _get_global_client()
    assert client is not None  # it has been started
    found = client.http_config
    if (found.host, found.port) != (farm.host, farm.port):
        raise EmoOscError(
            f"farm: Ray Serve of that cluster listens on {found.host}:{found.port}, not {farm.host}:{farm.port}; "
            f"add --host {found.host} --port {found.port}, or end what it serves with: serve shutdown"
        )


def states() -> dict[str, int]:
    """How many replicas are in each state; empty where the cluster no longer answers."""
    with suppress(Exception):  # whatever Ray raises where its head is gone
        found = serve.status().applications[APP].deployments["studio"].replica_states
        return {str(state.value if hasattr(state, "value") else state): number for state, number in found.items()}
    return {}


def close(address: str | None = None) -> None:
    """End the deployment; a cluster that was joined at an address stays, with what others serve there."""
    if not ray.is_initialized():  # Serve would start a Ray of its own, only to look for what is to end
        return
    with suppress(Exception):  # the cluster may be gone
        if address:
            serve.delete(APP)
        else:
            serve.shutdown()  # type: ignore[no-untyped-call]
    ray.shutdown()
