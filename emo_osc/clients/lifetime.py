"""When a client of the stage, in a process of its own, has to end. Loads no library."""

import asyncio
import signal
from contextlib import suppress


async def until_told(stage: asyncio.StreamReader) -> None:
    """Until the stage hangs up or a signal asks us to end."""
    told = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(name, told.set)
    waits = [asyncio.create_task(stage.read()), asyncio.create_task(told.wait())]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)
