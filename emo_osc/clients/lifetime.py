"""Decides when a client process has to end. Loads no library."""

import asyncio
import signal
from contextlib import suppress

from emo_osc.protocol.message_codec import encode
from emo_osc.protocol.messages import Alive

ALIVE_S = 1.0


async def until_told(stage: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the stage hangs up or a signal asks us to end; it is shown every second that we live."""
    told = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(name, told.set)
    waits: list[asyncio.Task[object]] = [asyncio.create_task(stage.read()), asyncio.create_task(told.wait())]
    waits.append(asyncio.create_task(_show_life(writer)))
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)


async def _show_life(writer: asyncio.StreamWriter) -> None:
    """The stage has us ended and started again where this is missed."""
    while True:
        writer.write(encode(Alive()))
        await asyncio.sleep(ALIVE_S)
