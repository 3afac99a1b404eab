"""The connection to the broker: subscribes to a show, hands on each message as it comes, and comes back by itself."""

import asyncio
import logging
import re
import ssl
from collections.abc import Callable, Sequence
from importlib.metadata import version
from secrets import token_hex

import aiomqtt

from emo_osc.core.errors import EmoOscError
from emo_osc.crowd.broker import PASSWORD, Broker
from emo_osc.crowd.bulk_reading import RETAINED_ONE, Ear, read_in_bulk
from emo_osc.crowd.tls import context_of, distrust_of, scheme_hint

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0
KEEP_ALIVE_S = 15  # a broker that has gone without a word is noticed within twice that
CONNECT_S = 10.0
BAD_LOGIN = (134, 135)  # MQTT's reason codes: bad user name or password; not authorized
REFUSED = 128  # reason codes from here on are failures

ONE_BY_ONE = (
    f"each message is read by itself, at six times the cost: aiomqtt {version('aiomqtt')} with paho-mqtt "
    f"{version('paho-mqtt')} has changed inside"
)

Say = Callable[[str], None]


async def listen(broker: Broker, topics: Sequence[str], ear: Ear, say: Say) -> None:
    """Listen until cancelled; `say` takes a line when the broker is reached, goes, or cannot be reached.

    Raises:
        EmoOscError: before it was ever reached, the broker refuses the login or its certificate is not trusted; or it
            refuses the topics, or the CA's file cannot be read.
    """
    tls = context_of(broker)
    wait_s, was_reached, told = FIRST_WAIT_S, False, ""
    while True:
        try:
            async with _client(broker, tls, ear) as client:
                await _subscribe(broker, client, topics)
                if not read_in_bulk(client, ear) and not was_reached:
                    say(ONE_BY_ONE)
                wait_s, was_reached, told = FIRST_WAIT_S, True, ""
                say(f"listening to {topics[0].rpartition('/va/')[0]} at {broker}")
                async for _ in client.messages:  # none comes: `_Straight` hands them on; raises when the broker goes
                    pass
        except aiomqtt.MqttError as error:
            distrust = distrust_of(error, broker)
            reason = distrust or _reason(error)
            if _is_login(error) and not was_reached:
                raise EmoOscError(f"{broker}: the broker refuses the login ({reason}); {_login(broker)}") from None
            if distrust and not was_reached:
                raise EmoOscError(f"{broker}: {distrust}") from None
            if not was_reached:
                reason += scheme_hint(reason, broker)
            if reason != told:  # once, not at every try
                say(f"{broker}: {reason}; trying again, the instrument plays on")
            told = reason
        await asyncio.sleep(wait_s)
        wait_s = min(LONGEST_WAIT_S, wait_s * 2)


async def _subscribe(broker: Broker, client: aiomqtt.Client, topics: Sequence[str]) -> None:
    answers = await client.subscribe([(topic, 0) for topic in topics])
    codes = [answer if isinstance(answer, int) else answer.value for answer in answers]
    if max(codes) >= REFUSED:
        raise EmoOscError(f"{broker}: the broker refuses the topic {topics[0]}; allow this user to read it")


def _client(broker: Broker, tls: ssl.SSLContext | None, ear: Ear) -> aiomqtt.Client:
    """A client whose identifier nobody can guess: a second client of that identifier would push it out."""

    class _Straight(asyncio.Queue[aiomqtt.Message]):
        """A queue that never holds anything, for what comes before bulk reading begins: aiomqtt's iterator costs a task
        for each message."""

        def put_nowait(self, item: aiomqtt.Message) -> None:
            if item.retain:  # of nobody who is here now
                ear.drop(RETAINED_ONE)
            elif isinstance(item.payload, bytes):
                _, _, kind, voice = item.topic.value.split("/", 3)
                ear.hear(kind, voice, item.payload)

    return aiomqtt.Client(
        broker.host,
        broker.port,
        username=broker.user,
        password=broker.password,
        identifier=f"emo-osc-{token_hex(8)}",
        logger=_silent(),
        queue_type=_Straight,
        timeout=CONNECT_S,
        keepalive=KEEP_ALIVE_S,
        tls_context=tls,
    )


def _silent() -> logging.Logger:
    """The libraries' log goes nowhere: our own lines are enough."""
    logger = logging.getLogger("emo_osc.crowd")
    logger.propagate = False
    logger.setLevel(logging.CRITICAL + 1)
    return logger


def _is_login(error: aiomqtt.MqttError) -> bool:
    code = getattr(error, "rc", None)
    return getattr(code, "value", code) in BAD_LOGIN


def _reason(error: aiomqtt.MqttError) -> str:
    text = re.sub(r"\[Errno -?\d+\] ", "", str(error.__cause__ or error))
    return " ".join(text.split()) or type(error).__name__


def _login(broker: Broker) -> str:
    if broker.user is None:
        return f"write mqtt://USER@{broker.host} and put the password in ${PASSWORD} or --password-file"
    return f"see to the user name and to ${PASSWORD} or --password-file"
