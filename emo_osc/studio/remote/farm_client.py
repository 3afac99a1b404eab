"""HTTP to a studio for many stages. Every call ends within a time, whatever the other side does."""

import ssl
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from queue import Empty, Full, Queue, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import urlsplit

from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.farm_wire import (
    ABOUT,
    MAX_ANSWER_BYTES,
    ORDERS,
    VERSION,
    About,
    Order,
    read_about,
    read_melodies,
    read_refusal,
    write_order,
)
from emo_osc.protocol.messages import Ready
from emo_osc.studio.interruption import InterruptionError, check_interruption

CONNECT_S = 5.0
ANSWER_S = 12.0  # a farm that is slower is as good as gone
LOOK_S = 0.02  # how soon a wait is interrupted
FULL, OTHER, FAILED = "full", "other_maker", "failed"
MAX_IDLE = 4  # open connections that are kept
Answer = TypeVar("Answer")


class AwayError(InterruptionError):
    """The farm cannot answer now; the text says why. It interrupts the work of the studio like a request."""


class FullError(AwayError):
    """The farm has enough to do; try again in `retry_s`."""

    def __init__(self, text: str, retry_s: float) -> None:
        super().__init__(text)
        self.retry_s = retry_s


class OtherMakerError(AwayError):
    """Another generator or checkpoint composes there than the order was for."""


class FarmClient:
    """Sends orders to one URL with a token; calls block the caller, but give way to `check_interruption`."""

    def __init__(self, url: str, token: str, answer_s: float = ANSWER_S) -> None:
        parts = urlsplit(url)
        self.url = url
        self._host, self._port, self._is_tls = parts.hostname or "", parts.port, parts.scheme == "https"
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._answer_s = answer_s
        self._idle: Queue[HTTPConnection] = Queue(MAX_IDLE)
        self._is_closed = False

    def close(self) -> None:
        """Close what is open; a call that is still at work closes its own connection."""
        self._is_closed = True
        with suppress(Empty):
            while True:
                self._idle.get_nowait().close()

    def about(self) -> About:
        """Who composes there.

        Raises:
            AwayError: nobody answers, or something else does.
        """
        return self._read(read_about, *self._ask("GET", ABOUT, b""))

    def compose(self, order: Order) -> tuple[About, tuple[Ready, ...]]:
        """The melodies that an order asks for, and who made them.

        Raises:
            AwayError: nobody answers, or something else does.
            EmoOscError: the generator there could not do it.
            InterruptionError: something is urgent; what comes is dropped.
        """
        return self._read(read_melodies, *self._ask("POST", ORDERS, write_order(order)))

    def _read(self, read: Callable[[bytes], Answer], status: int, body: bytes) -> Answer:
        if status != 200:
            raise self._fault(status, body)
        try:
            return read(body)
        except ValueError as error:
            raise AwayError(f"{self.url} answers what cannot be read ({error!s:.120})") from None

    def _fault(self, status: int, body: bytes) -> Exception:
        refusal = read_refusal(body)
        said = f" ({refusal.text})" if refusal else ""
        if status == 503:
            return FullError(f"{self.url} is full{said}", refusal.retry_s if refusal else 1.0)
        if status in (401, 403):
            return AwayError(f"{self.url} refuses the token{said}; put the farm's into $EMO_OSC_STUDIO_TOKEN")
        if refusal and refusal.reason == OTHER:
            return OtherMakerError(f"{self.url}: {refusal.text}")
        if refusal and refusal.reason == FAILED:
            return EmoOscError(f"{self.url}: {refusal.text}")
        if status == 404:
            return AwayError(f"{self.url} is no farm of version {VERSION}; install the same emo_osc there and here")
        return AwayError(f"{self.url} answers with HTTP {status}{said}")

    def _ask(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        answers: SimpleQueue[tuple[int, bytes] | Exception] = SimpleQueue()
        Thread(target=self._exchange_into, args=(answers, method, path, body), daemon=True).start()
        until_s = monotonic() + self._answer_s
        while monotonic() < until_s:
            try:
                answer = answers.get(timeout=LOOK_S)
            except Empty:
                check_interruption()
                continue
            if isinstance(answer, TimeoutError):
                break
            if isinstance(answer, Exception):
                raise AwayError(f"{self.url} does not answer ({_reason(answer)})")
            return answer
        raise AwayError(f"{self.url} does not answer within {self._answer_s:g} s")

    def _exchange_into(
        self, answers: SimpleQueue[tuple[int, bytes] | Exception], method: str, path: str, body: bytes
    ) -> None:
        try:
            answers.put(self._exchange(method, path, body))
        except (OSError, HTTPException, ValueError) as error:
            answers.put(error)

    def _exchange(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        """One exchange, on a connection of an earlier one where that is still open."""
        try:
            connection, is_used = self._idle.get_nowait(), True
        except Empty:
            connection, is_used = self._connection(), False
        try:
            return self._exchange_on(connection, method, path, body)
        except (ConnectionError, HTTPException):
            if not is_used:
                raise
        return self._exchange_on(self._connection(), method, path, body)  # the other side had closed the old one

    def _exchange_on(self, connection: HTTPConnection, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        is_kept = False
        try:
            if connection.sock is None:
                connection.connect()
                connected: Any = connection.sock  # typed as None, which it is no more
                connected.settimeout(self._answer_s)
            connection.request(method, path, body or None, self._headers)
            with connection.getresponse() as response:
                answer = response.read(MAX_ANSWER_BYTES + 1)
                is_kept = len(answer) <= MAX_ANSWER_BYTES and not response.will_close and not self._is_closed
        finally:
            if not is_kept:
                connection.close()
        if not is_kept:
            return response.status, answer
        try:
            self._idle.put_nowait(connection)
        except Full:
            connection.close()
        return response.status, answer

    def _connection(self) -> HTTPConnection:
        if self._is_tls:
            return HTTPSConnection(self._host, self._port, timeout=CONNECT_S, context=ssl.create_default_context())
        return HTTPConnection(self._host, self._port, timeout=CONNECT_S)


def _reason(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"{text or type(error).__name__}"[:120]
