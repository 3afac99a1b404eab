"""Limits on web connections: how many in all and for each address, and how long they may idle.

aiohttp waits for ever for the head of a first request, and accepts until the system has no descriptors left. Each
connection passes through here on its way to aiohttp: it is hung up on where its head does not come, and where there are
too many, the one that has waited longest for its head makes room.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from emo_osc.surface.guard import is_loopback

HEAD_S = 5.0  # for the head of the first request; what keeps a connection alive later is aiohttp's to watch
MAX_CALLERS = 256
MAX_OF_ADDRESS = 64
MAX_OF_THIS_COMPUTER = 128  # many programs have one address there
SPARE_DESCRIPTORS = 64  # for what the process has open besides


class Callers:
    """Everyone who is connected: at most `limit`, those of `address` no more than `limit_of(address)`."""

    def __init__(self, limit: int, limit_of: Callable[[str], int], head_s: float = HEAD_S) -> None:
        self._limit = limit
        self._limit_of = limit_of
        self._head_s = head_s
        self._callers: dict[asyncio.BaseTransport, _Caller] = {}

    def protocol(self, served: asyncio.Protocol) -> asyncio.Protocol:
        """The protocol of one connection, around the one that serves it."""
        return _Caller(self, served)

    def __len__(self) -> int:
        return len(self._callers)

    def heard(self, transport: asyncio.BaseTransport | None) -> None:
        """The head of a request has come."""
        if transport in self._callers:
            self._callers[transport].is_heard = True

    def admit(self, caller: "_Caller", transport: asyncio.BaseTransport) -> bool:
        """Whether a connection may stay; another may have to go for it."""
        if not self._make_room(self._limit, lambda _: True):
            return False
        if not self._make_room(self._limit_of(caller.address), lambda other: other.address == caller.address):
            return False
        self._callers[transport] = caller
        caller.deadline = asyncio.get_running_loop().call_later(self._head_s, caller.hang_up_unheard)
        return True

    def leave(self, transport: asyncio.BaseTransport) -> None:
        """A connection has gone."""
        self._callers.pop(transport, None)

    def _make_room(self, limit: int, is_meant: Callable[["_Caller"], bool]) -> bool:
        meant = [caller for caller in self._callers.values() if is_meant(caller)]
        if len(meant) < limit:
            return True
        unheard = next((caller for caller in meant if not caller.is_heard), None)
        if unheard is None:
            return False
        unheard.hang_up_unheard()
        return True


class _Caller(asyncio.Protocol):
    """One connection: hands on to the server's protocol what happens, once it is admitted."""

    def __init__(self, callers: Callers, served: asyncio.Protocol) -> None:
        self.address = ""
        self.is_heard = False
        self.deadline: asyncio.TimerHandle | None = None
        self._callers = callers
        self._served = served
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.address = str((transport.get_extra_info("peername") or ("",))[0])
        if not self._callers.admit(self, transport):
            transport.abort()
            return
        self._transport = transport
        self._served.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if self._transport:
            self._served.data_received(data)

    def eof_received(self) -> bool | None:
        return self._served.eof_received() if self._transport else None

    def pause_writing(self) -> None:
        self._served.pause_writing()

    def resume_writing(self) -> None:
        self._served.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.deadline:
            self.deadline.cancel()
        if self._transport:
            self._callers.leave(self._transport)
            self._served.connection_lost(exc)

    def hang_up_unheard(self) -> None:
        """End the connection if it has not yet said what it wants; it makes room at once."""
        if self._transport and not self.is_heard:
            self._callers.leave(self._transport)
            self._transport.abort()


def limit_of(address: str) -> int:
    """How many connections an address may have.

    >>> limit_of("127.0.0.1"), limit_of("192.168.0.9")
    (128, 64)
    """
    return MAX_OF_THIS_COMPUTER if is_loopback(address) else MAX_OF_ADDRESS


def most_callers() -> int:
    """How many connections there may be: 256, and fewer than half of the descriptors that this process may open.

    A connection that becomes a WebSocket has a socket to the stage besides.
    """
    with suppress(ImportError):  # Windows, which has no such limit
        import resource

        allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if allowed > 0:
            return max(16, min(MAX_CALLERS, (allowed - SPARE_DESCRIPTORS) // 2))
    return MAX_CALLERS
