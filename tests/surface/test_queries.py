"""An OSCQuery client's WebSocket: what it is told of values that change."""

import asyncio
import json
from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest
from aiohttp import WSMsgType

from emo_osc.protocol.osc import Message, decode
from emo_osc.surface.queries import Query
from emo_osc.surface.state_cache import StateCache

TURNS = 5  # of the event loop: more than the writer needs to send what it was given
NOWHERE = ("127.0.0.1", 9)
Step = tuple[str, object]


class FakeSocket:
    """A client that asks, and a stage that tells, step by step; and what the client is sent."""

    def __init__(self, steps: list[Step]) -> None:
        self.sent: list[Message] = []
        self.query = Query(self, StateCache())  # type: ignore[arg-type]
        self._steps = steps

    async def __aiter__(self) -> AsyncIterator[SimpleNamespace]:
        for address, value in self._steps:
            if address in ("LISTEN", "IGNORE"):
                yield SimpleNamespace(type=WSMsgType.TEXT, data=json.dumps({"COMMAND": address, "DATA": value}))
            else:
                self._tell(Message(address, value if isinstance(value, tuple) else (value,)))
            for _ in range(TURNS):
                await asyncio.sleep(0)

    async def send_bytes(self, packet: bytes) -> None:
        self.sent += decode(packet)

    def _tell(self, message: Message) -> None:
        told = self.query._mirror.hear(message)
        assert told
        self.query.tell(told)


def sent(*steps: Step) -> list[tuple[object, ...]]:
    socket = FakeSocket(list(steps))
    asyncio.run(socket.query.run(NOWHERE))
    return [(message.address, *message.arguments) for message in socket.sent]


TEMPO, VA, BAR = "/emo/state/tempo", "/emo/state/va", "/emo/bar"


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([(TEMPO, 90.0), ("LISTEN", "/emo/tempo"), (TEMPO, 90.0)], [("/emo/tempo", 90.0)]),
        (
            [("LISTEN", "/emo/tempo"), (TEMPO, 90.0), (TEMPO, 90.0), (TEMPO, 91.0), (TEMPO, 90.0)],
            [("/emo/tempo",), ("/emo/tempo", 90.0), ("/emo/tempo", 91.0), ("/emo/tempo", 90.0)],
        ),
        (
            [(VA, (0.0, 1.0)), ("LISTEN", "/emo/va_unit"), (VA, (0.0, 1.0)), (VA, (1.0, 1.0))],
            [("/emo/va_unit", 0.5, 1.0), ("/emo/va_unit", 1.0, 1.0)],
        ),
        (
            [(BAR, 2), ("LISTEN", "/emo/state/bar"), (BAR, 3), ("/emo/state/bar", 3)],
            [("/emo/state/bar", 2), ("/emo/state/bar", 3)],
        ),
    ],
    ids=["told again", "changed", "flat", "bar"],
)
def test_a_client_is_told_each_change_once(steps: list[Step], told: list[tuple[object, ...]]) -> None:
    assert sent(*steps) == told


def test_a_client_that_listens_again_is_told_the_present_value_again() -> None:
    steps = [(TEMPO, 90.0), ("LISTEN", "/emo/tempo"), ("IGNORE", "/emo/tempo"), (TEMPO, 91.0), ("LISTEN", "/emo/tempo")]

    assert sent(*steps) == [("/emo/tempo", 90.0), ("/emo/tempo", 91.0)]
