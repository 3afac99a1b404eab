"""The service on Ray Serve: replicas of one generator, their orders in batches, as many replicas as there is work."""

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anyone
os.environ.setdefault("RAY_AUTH_MODE", "token")  # Ray's own ports are open on every address of the machine

import ray
from ray import serve
from ray.serve import Application, Deployment
from starlette.requests import Request
from starlette.responses import Response

from emo_osc.config.preset import GeneratorSection
from emo_osc.farm.maker import Done, Maker
from emo_osc.farm.service import Reply, Service
from emo_osc.protocol.farm_wire import MAX_ORDER_BYTES, Order

APP = "emo_osc"
BATCH, BATCH_WAIT_S = 8, 0.002  # orders in one batch, and how long the first waits for others
DRAW_S = 0.5  # how often an idle replica draws sources
DOWNSCALE_S = 60.0  # a quiet minute before a replica ends: loading one takes seconds


@dataclass(frozen=True, slots=True)
class Farm:
    """What to deploy: `replicas` at least and at most, each with `cpus` cores and `gpus` of a GPU, in [0, 1].

    A replica takes `most` orders at once and refuses others with a reason.
    """

    section: GeneratorSection
    token: str
    host: str = "127.0.0.1"
    port: int = 7790
    replicas: tuple[int, int] = (1, 1)
    cpus: float = 1.0
    gpus: float = 0.0
    most: int = 32


class Replica:
    """One generator in a process of its own."""

    def __init__(self, section: str, token: str, most: int) -> None:
        """`section` is a `GeneratorSection` as JSON."""
        self._maker = Maker(GeneratorSection.model_validate_json(section))
        self._service = Service(self._maker.about, token, self._make, most)
        self._at_work = asyncio.Lock()  # one thread at a time may use the generator
        self._drawing = asyncio.get_running_loop().create_task(self._draw())

    async def __call__(self, request: Request) -> Response:
        """Answer one request of HTTP."""
        reply = await self._answer(request)
        return Response(reply.body, reply.status, media_type="application/json")

    async def _answer(self, request: Request) -> Reply:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MAX_ORDER_BYTES:
                break
        authorization = request.headers.get("authorization", "")
        return await self._service.answer(request.method, request.url.path, authorization, body)

    async def _make(self, order: Order) -> Done:
        done: Done = await self._batch(order)
        return done

    @serve.batch(max_batch_size=BATCH, batch_wait_timeout_s=BATCH_WAIT_S)
    async def _batch(self, orders: list[Order]) -> list[Done]:
        async with self._at_work:
            return await asyncio.to_thread(self._maker.make, orders)

    async def _draw(self) -> None:
        """Fill the pool while there are no orders."""
        while self._maker.has_room:
            await asyncio.sleep(0.0 if not self._service.at_work else DRAW_S)
            if not self._service.at_work:
                async with self._at_work:
                    await asyncio.to_thread(self._maker.draw)


def deploy(farm: Farm, address: str | None = None) -> None:
    """Deploy on the cluster at an address, or on one that is started on this machine, and wait until it answers."""
    start_ray(address, farm)
    serve.start(http_options=serve.HTTPOptions(host=farm.host, port=farm.port))
    serve.run(application(farm), name=APP, route_prefix="/")


def start_ray(address: str | None, farm: Farm) -> None:
    """Join the cluster at an address, or start one that listens on this machine alone."""
    if address:
        ray.init(address=address, log_to_driver=False, namespace=APP)
        return
    os.environ.setdefault("RAY_DISABLE_MEMORY_MONITOR", "1")
    cores = max(os.cpu_count() or 1, int(farm.cpus * farm.replicas[1]) + 1)
    ray.init(_node_ip_address="127.0.0.1", num_cpus=cores, include_dashboard=False, log_to_driver=False, namespace=APP)


def application(farm: Farm) -> Application:
    """The Serve application of a farm."""
    least, most = farm.replicas
    deployment: Deployment = serve.deployment(  # type: ignore[assignment]
        Replica,
        name="studio",
        max_ongoing_requests=2 * farm.most,
        autoscaling_config={
            "min_replicas": least,
            "max_replicas": most,
            "target_ongoing_requests": BATCH / 2,
            "downscale_delay_s": DOWNSCALE_S,
        },
        ray_actor_options={"num_cpus": farm.cpus, "num_gpus": farm.gpus},
        graceful_shutdown_timeout_s=5.0,
        health_check_period_s=2.0,
        health_check_timeout_s=10.0,
    )
    bound: Application = deployment.bind(farm.section.model_dump_json(), farm.token, farm.most)
    return bound


def states() -> dict[str, int]:
    """How many replicas are in each state; empty where the cluster no longer answers."""
    with suppress(Exception):  # whatever Ray raises where its head is gone
        found = serve.status().applications[APP].deployments["studio"].replica_states
        return {str(state.value if hasattr(state, "value") else state): number for state, number in found.items()}
    return {}


def close() -> None:
    """End the deployment, and the cluster where it was started here."""
    with suppress(Exception):  # the cluster may be gone
        serve.shutdown()  # type: ignore[no-untyped-call]
    ray.shutdown()
