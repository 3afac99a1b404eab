"""The farm as a Serve application: replicas of one generator, their orders in batches, as many as there is work for.

`build` is what a config of Ray Serve names as `import_path`, so that `serve deploy` and KubeRay deploy what the command
`emo-osc farm` deploys.
"""

import asyncio

from ray import serve
from ray.serve import Application, Deployment
from starlette.requests import Request
from starlette.responses import Response

from emo_osc.config.preset import GeneratorSection
from emo_osc.farm.arguments import Arguments, Farm
from emo_osc.farm.batches import Batches
from emo_osc.farm.drawing import fill
from emo_osc.farm.maker import BATCH, Maker
from emo_osc.farm.service import Reply, Service
from emo_osc.protocol.farm_wire import MAX_ORDER_BYTES

LOOK_BACK_S = 10.0  # over which orders are counted
UPSCALE_S = 5.0  # of more orders than a replica does well before another starts; by default half a minute
DOWNSCALE_S = 60.0  # a quiet minute before a replica ends: loading one takes seconds


def build(arguments: dict[str, object]) -> Application:
    """The Serve application for the `args` of a Serve config: see `farm.arguments`.

    Raises:
        EmoOscError: an argument is unknown or wrong, or there is no token.
    """
    return application(Arguments.of(arguments).farm())


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
            "look_back_period_s": LOOK_BACK_S,
            "upscale_delay_s": UPSCALE_S,
            "downscale_delay_s": DOWNSCALE_S,
        },
        ray_actor_options={"num_cpus": farm.cpus, "num_gpus": farm.gpus},
        graceful_shutdown_timeout_s=5.0,
        health_check_period_s=2.0,
        health_check_timeout_s=10.0,
    )
    bound: Application = deployment.bind(farm.section.model_dump_json(), farm.token, farm.most)
    return bound


class Replica:
    """One generator in a process of its own."""

    def __init__(self, section: str, token: str, most: int) -> None:
        """`section` is a `GeneratorSection` as JSON."""
        self._maker = Maker(GeneratorSection.model_validate_json(section))
        at_work = asyncio.Lock()  # one thread at a time may use the generator
        batches = Batches(self._maker.make, at_work)
        self._service = Service(self._maker.about, token, batches.do, most)
        drawing = fill(self._maker, lambda: self._service.at_work > 0, at_work)
        self._tasks = [asyncio.get_running_loop().create_task(work) for work in (batches.run(), drawing)]

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
