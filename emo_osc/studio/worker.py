"""The studio process: composes what the stage requests, and pre-composes melodies and sources when idle.

Run as `python -m emo_osc.studio.worker` with a setup on standard input. It ends when the stage closes the connection.

A generator whose melodies take seconds composes them in steps, and every request that comes meanwhile is looked at
before the next one: a bar is composed at once, then variations, then accompaniments, then melodies for the shelf.
"""

import os
import select
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from math import inf
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import TypeVar

from emo_osc.core.affect import Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import Melody
from emo_osc.protocol.child_setup import USERS_FAULT
from emo_osc.protocol.message_codec import decode, encode
from emo_osc.protocol.messages import (
    Alive,
    ComposeBar,
    ComposeRequest,
    Failed,
    Finish,
    Learn,
    Loaded,
    Ready,
    Recompose,
    SetTargets,
    StudioToStage,
    Vary,
)
from emo_osc.studio.aims import Aims
from emo_osc.studio.composer import Composer
from emo_osc.studio.generators import Composed, Generator, build
from emo_osc.studio.interruption import InterruptionError, Steps, advanced, interruptible
from emo_osc.studio.pool.pool import Pool
from emo_osc.studio.pool.pool_file import PoolFile, key_of
from emo_osc.studio.pool.precompose_planner import GRID, RECENT, PrecomposePlanner
from emo_osc.studio.pool.refining import Refining
from emo_osc.studio.setup import StudioSetup

NICENESS = 10
REFRESH_S = 5.0  # interval of new melodies once every point has enough
AFTER_REQUEST_S = 0.3  # idle after a request, since the next often follows at once
QUIET_S = 1.0  # without requests before sources are drawn, which takes longer than a request should wait
SAVE_S = 60.0  # interval of saving the pool
MAX_REQUESTS = 64
MAX_COUNT = 64  # per request
BATCH = 2  # melodies per batch when pre-composing: more are no faster each, and requests wait longer
SOURCES_AT_ONCE = 8  # sources per draw while the pool is short; later one, since requests wait for it
CONNECT_S = 5.0
ALIVE_S = 1.0
MOST_INTERRUPTIONS = 3  # in a row; the next work is finished, or other points would never get anything
UNREQUESTED = -1
Request = ComposeRequest | Vary | Recompose | ComposeBar
LongRequest = ComposeRequest | Vary
Made = TypeVar("Made")


class Studio:
    """One generator serving one stage: requests first, then pre-composing where melodies are missing, then renewal."""

    def __init__(
        self,
        generator: Generator,
        aims: Aims,
        setup: StudioSetup,
        connection: socket.socket,
        file: PoolFile | None = None,
    ) -> None:
        """`aims` must be those the generator was built with; a change of preset updates them."""
        self._aims, self._setup = aims, setup
        self._compose_with(generator, Composer(generator, setup.generator.seed, Pool(aim=aims)))
        self._file = file
        self._connection = connection
        self._rest = b""
        self._requests: deque[Request] = deque(maxlen=MAX_REQUESTS)
        self._long: deque[tuple[LongRequest, Steps[list[Composed]]]] = deque(maxlen=MAX_REQUESTS)  # begun
        self._is_ending = self._is_changed = self._is_sources_turn = False
        self._last_request_s, self._saved_s = -inf, monotonic()
        self._interruptions = 0
        self._sending = Lock()

    def _compose_with(self, generator: Generator, composer: Composer) -> None:
        """Let a generator, in its composer, answer from now on."""
        setup, self._composer = self._setup, composer
        can = self._composer.streams_bars, self._composer.recomposes
        self._loaded = Loaded(generator.name, generator.device, *can)
        is_wide = self._composer.refines and bool(setup.affects)  # else only for the moods
        affects = (
            () if self._composer.streams_bars else setup.affects
        )  # else a bar would wait for a pre-composed melody
        pool = setup.generator.pool
        self._planner = PrecomposePlanner(affects, pool, GRID if is_wide else (), RECENT if is_wide else 0)
        self._batch = 1 if is_wide else BATCH

    def run(self) -> None:
        """Serve until the stage closes the connection."""
        self._open()
        self._send(self._loaded)
        Thread(target=self._send_alive, daemon=True).start()
        try:
            self._serve_all()
        finally:
            self._save()

    def _serve_all(self) -> None:
        """Serve until it is ending."""
        while not self._is_ending:
            self._read_requests()
            if self._requests:
                self._serve(self._requests.popleft())
            elif self._long:
                self._go_on()
            elif not self._is_ending and not self._planner.is_empty:
                self._work()

    def _read_requests(self) -> None:
        """Read requests; wait for one only while there is no other work."""
        wait_s = 0.0 if self._requests or self._long else self._pause_s()
        while not self._is_ending and select.select([self._connection], [], [], wait_s)[0]:
            wait_s = 0.0
            self._receive()

    def _receive(self) -> None:
        """Read what the stage has sent; it is ending where the connection has closed."""
        data = self._connection.recv(1 << 16)
        self._is_ending = not data
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._read(line)

    def _pause_s(self) -> float:
        """Seconds until the next work without a request."""
        if self._planner.is_empty:
            return REFRESH_S
        if self._composer.has_few_sources or self._planner.next_need():
            return max(0.0, AFTER_REQUEST_S - self._quiet_s)
        return max(0.0, QUIET_S - self._quiet_s) if self._composer.has_room else REFRESH_S

    @property
    def _quiet_s(self) -> float:
        """Seconds since the last request."""
        return monotonic() - self._last_request_s

    def _read(self, line: bytes) -> None:
        try:
            message = decode(line)
        except ValueError as error:
            self._send(Failed(str(error)))
            return
        if isinstance(message, Request):
            self._last_request_s = monotonic()
            if _is_accompaniment(message):
                self._leave_accompaniment()
            self._requests.append(message)
        if isinstance(message, Learn):
            self._learn(message.melody)
        if isinstance(message, SetTargets):
            self._aims.bend(message.references, message.density)
            self._planner.begin_again()
        if isinstance(message, Finish):
            self._is_ending = True

    def _learn(self, melody: Melody | None) -> None:
        """Set or clear the melody to vary, and pre-compose all points again."""
        try:
            self._composer.learn(melody)
        except ValueError as error:
            self._send(Failed(str(error)))
            return
        self._planner.begin_again()

    def _serve(self, request: Request) -> None:
        if isinstance(request, ComposeBar):
            self._answer(partial(self._composer.go_on, request), request.affect, request.ticket, request.bar)
            return
        amount = 1 if isinstance(request, Recompose) else max(1, min(MAX_COUNT, request.count))
        if self._composer.goes_in_steps and isinstance(request, LongRequest):
            self._long.append((request, self._composer.in_steps(request, amount)))
            return
        if isinstance(request, Vary):
            self._answer(partial(self._composer.vary, request, amount), request.affect, request.ticket)
            return
        self._planner.note_request(request.affect, monotonic())
        self._planner.note_sent(request.affect, amount)
        if isinstance(request, Recompose):
            make = partial(self._composer.recompose, request)
        else:
            make = partial(self._composer.answer, request.affect, amount)
        self._answer(make, request.affect, request.ticket)

    def _leave_accompaniment(self) -> None:
        """Forget an accompaniment that waits or was begun: another takes its place and nobody waits for it."""
        for request in [each for each in self._requests if _is_accompaniment(each)]:
            self._requests.remove(request)
        for older in [each for each in self._long if _is_accompaniment(each[0])]:
            self._long.remove(older)

    def _go_on(self) -> None:
        """One step of the most urgent request of those that were begun."""
        request, steps = most_urgent = min(self._long, key=lambda each: _urgency(each[0]))
        made = self._made(partial(advanced, steps), request.ticket)
        if made == []:
            return
        self._long.remove(most_urgent)
        if made:
            self._tell(made[0], request.affect, request.ticket)

    def _work(self) -> None:
        """One unit of work; a request interrupts it, but not for ever."""
        if self._interruptions >= MOST_INTERRUPTIONS:
            self._interruptions = 0
            self._do_work()
            return
        try:
            with interruptible(self._has_come):
                self._do_work()
            self._interruptions = 0
        except InterruptionError:
            self._interruptions += 1

    def _has_come(self) -> bool:
        """Whether the stage has sent something."""
        return bool(select.select([self._connection], [], [], 0.0)[0])

    def _do_work(self) -> None:
        """Melodies and sources alternate, so that melodies come from many sources."""
        is_drawing = self._composer.has_few_sources or (self._is_sources_turn and self._quiet_s >= QUIET_S)
        self._is_sources_turn = not self._is_sources_turn and self._composer.has_room
        need = None if is_drawing else self._planner.next_need()
        if need is not None:
            self._compose(need[0], min(self._batch, need[1]))
        elif self._composer.has_room:
            self._draw(SOURCES_AT_ONCE if self._composer.has_few_sources else 1)
        else:
            self._renew()

    def _renew(self) -> None:
        """A new melody and a new source, for variety."""
        affect = self._planner.renewed()
        if affect is not None:
            self._compose(affect, 1)
        self._draw(1)

    def _compose(self, affect: Affect, amount: int) -> None:
        """Pre-compose melodies; by the slower method after `QUIET_S` without requests."""
        make = self._composer.compose if self._quiet_s >= QUIET_S else self._composer.answer
        self._answer(partial(make, affect, amount), affect, UNREQUESTED)
        self._planner.note_sent(affect, amount)

    def _answer(self, make: Callable[[], list[Composed]], affect: Affect, ticket: int, bar: int = -1) -> None:
        composed = self._made(make, ticket)
        if composed is not None:
            self._tell(composed, affect, ticket, bar)

    def _tell(self, composed: list[Composed], affect: Affect, ticket: int, bar: int = -1) -> None:
        if not composed:
            self._send(Failed("the generator found no melody", ticket))
        asked_notes = float(self._aims(affect)[0])
        for made in composed:
            details = (made.measured, made.distance, made.seed, ticket, made.latent, made.chords, made.backing, bar)
            self._send(Ready(made.melody, affect, *details, asked_notes))

    def _draw(self, amount: int) -> None:
        if not self._composer.refines:
            return
        if self._made(partial(self._composer.draw, amount), UNREQUESTED) is None:
            self._composer.stop_refining()  # else it would fail again at once
        self._is_changed = True
        if monotonic() - self._saved_s > SAVE_S:
            self._save()

    def _made(self, make: Callable[[], list[Made]], ticket: int) -> list[Made] | None:
        """The result of `make`; None where it failed and the failure has been sent.

        Raises:
            InterruptionError: the stage has sent something meanwhile.
        """
        try:
            return make()
        except InterruptionError:
            raise
        except MemoryError:  # the process ends and is restarted
            self._send(Failed("out of memory", ticket))
            self._is_ending = True
        except Exception as error:  # any error of a generator is answered; the studio goes on
            self._send(Failed(f"{type(error).__name__}: {error}"[:500], ticket))
        return None

    def _open(self) -> None:
        """Load the sources of earlier runs."""
        if self._file is None:
            return
        found = self._file.load(self._composer.reads)
        self._composer.pool.add(found.sources)
        if found.note:
            self._send(Failed(found.note))

    def _save(self) -> None:
        """Save the sources for later runs; a failure is reported once."""
        if self._file is None or not self._is_changed:
            return
        self._is_changed, self._saved_s = False, monotonic()
        fault = self._file.save(self._composer.pool.sources())
        if fault:
            self._file = None
            with suppress(OSError):  # the stage may have ended
                self._send(Failed(fault))

    def _send_alive(self) -> None:
        """Send `Alive` every second from a thread, also while composing; a stopped process sends none."""
        beat = Event()
        with suppress(OSError):  # the stage has ended
            while not beat.wait(ALIVE_S):
                self._send(Alive())

    def _send(self, message: StudioToStage) -> None:
        with self._sending:
            self._connection.sendall(encode(message))


def _is_accompaniment(request: Request) -> bool:
    return isinstance(request, Vary) and request.is_accompaniment


def _urgency(request: Request) -> int:
    """What somebody waits for comes first; a generator that goes on by bars composes melodies for the shelf alone."""
    return 1 if _is_accompaniment(request) else 0 if isinstance(request, Vary) else 2


def main() -> int:
    """Serve the stage by the setup on standard input; returns the exit code, 2 where the generator cannot be loaded."""
    return StudioSetup.run(_join)


def _join(setup: StudioSetup) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the pool is kept
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        with socket.create_connection(("127.0.0.1", setup.port), timeout=CONNECT_S) as connection:
            connection.settimeout(None)
            return _serve(setup, connection)
    except ConnectionError:  # the stage has ended
        return 0


def _serve(setup: StudioSetup, connection: socket.socket) -> int:
    connection.sendall(setup.token.encode() + b"\n")
    if setup.generator.studio:
        from emo_osc.studio.remote.worker import serve  # what one machine needs none of

        return serve(setup, connection)
    try:
        aims = setup.aims
        generator = build(setup.generator, aims)
    except EmoOscError as error:
        connection.sendall(encode(Failed(str(error))))
        return USERS_FAULT
    Studio(generator, aims, setup, connection, _pool_file(setup, generator)).run()
    return 0


def _pool_file(setup: StudioSetup, generator: Generator) -> PoolFile | None:
    """The file of the pool; None with a fixed seed, without a cache, or for a generator that does not refine."""
    section = setup.generator
    if not setup.cache or section.seed is not None or not isinstance(generator, Refining):
        return None
    from emo_osc.weights import checkpoints  # torch, which a generator that refines has loaded

    path = Path(section.checkpoint) if section.checkpoint else checkpoints.find(section.name)
    return PoolFile(Path(setup.cache), key_of(path, section.temperature))


if __name__ == "__main__":
    sys.exit(main())
