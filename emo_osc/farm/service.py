"""What the farm answers to a request of HTTP: checks token, version and bounds. Knows no server and no Ray."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hmac import compare_digest
from time import monotonic

from emo_osc.farm.maker import Done
from emo_osc.protocol.farm_wire import (
    ABOUT,
    MAX_ORDER_BYTES,
    ORDERS,
    About,
    Order,
    Refusal,
    read_order,
    write_about,
    write_melodies,
    write_refusal,
)

SOONEST_S, LATEST_S = 1.0, 10.0  # in which a refused order is to be tried again; a refusal costs Ray 15 ms of a core
NEWEST = 0.1  # weight of the latest order in the mean
IDLE_SHARE = 0.5  # of the places; what nobody waits for gets no more


@dataclass(frozen=True, slots=True)
class Reply:
    """The status and the JSON of an answer."""

    status: int
    body: bytes


class Service:
    """Answers requests with what `make` makes of an order, at most `most` at a time."""

    def __init__(self, about: About, token: str, make: Callable[[Order], Awaitable[Done]], most: int) -> None:
        self._about, self._token, self._make, self._most = about, token.encode(), make, most
        self.at_work = 0
        """Orders that are being done."""
        self._took_s = 0.0

    async def answer(self, method: str, path: str, authorization: str, body: bytes) -> Reply:
        """The reply to a request; `authorization` is its header, empty without one."""
        if not compare_digest(authorization.encode("utf-8", "replace"), b"Bearer " + self._token):
            return _refuse(401, "token", "the token is missing or wrong")
        if (method, path) == ("GET", ABOUT):
            return Reply(200, write_about(self._about))
        if (method, path) != ("POST", ORDERS):
            return _refuse(404, "unknown", f"only GET {ABOUT} and POST {ORDERS} are answered")
        if len(body) > MAX_ORDER_BYTES:
            return _refuse(413, "large", f"an order has at most {MAX_ORDER_BYTES:,} bytes")
        try:
            order = read_order(body)
        except ValueError as error:
            return _refuse(400, "garbage", f"no order: {error}")
        return await self._do(order)

    async def _do(self, order: Order) -> Reply:
        if order.maker and order.maker != self._about.maker:
            return _refuse(409, "other_maker", f"{self._about.maker} composes here, not {order.maker}")
        if self.at_work >= (self._most if order.is_awaited else max(1, round(IDLE_SHARE * self._most))):
            return _refuse(503, "full", f"{self.at_work} orders are at work here", self._retry_s)
        self.at_work += 1
        begun_s = monotonic()
        try:
            done = await self._make(order)
        finally:
            self.at_work -= 1
            self._took_s += NEWEST * (monotonic() - begun_s - self._took_s)
        if isinstance(done, str):
            return _refuse(422, "failed", done)
        return Reply(200, write_melodies(self._about, done))

    @property
    def _retry_s(self) -> float:
        """Seconds in which as many orders as there are places are done."""
        return min(LATEST_S, max(SOONEST_S, self._took_s))


def _refuse(status: int, reason: str, text: str, retry_s: float = 0.0) -> Reply:
    return Reply(status, write_refusal(Refusal(reason, text, retry_s)))
