"""The studio process: it composes what the stage asks for, and keeps melodies and sources ready in between.

Run as `python -m emo_osc.studio.worker` with a setup on standard input. It ends when the stage hangs up.
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
    SetTargets,
    StudioToStage,
    Vary,
)
from emo_osc.studio.aims import Aims
from emo_osc.studio.composer import Composer
from emo_osc.studio.generators import Composed, Generator, build
from emo_osc.studio.pool.pool import Pool
from emo_osc.studio.pool.pool_file import PoolFile, key_of
from emo_osc.studio.pool.precompose_planner import GRID, RECENT, PrecomposePlanner
from emo_osc.studio.pool.refining import Refining
from emo_osc.studio.setup import StudioSetup

NICENESS = 10
REFRESH_S = 5.0  # one new melody this often once every point is full
BREATH_S = 0.3  # after an order the next one may follow, and should not find us at work on anything else
QUIET_S = 1.0  # without an order: then there is time for sources, which take longer to draw than an order should wait
SAVE_S = 60.0  # what a kill may cost the pool
MAX_WANTED = 64
MAX_COUNT = 64  # melodies in one order
BATCH = 2  # melodies composed at once for a pool: as quick for each as more, and an order waits half as long as for 4
DRAWN = 4  # sources drawn at once while nothing can be done without; later one, for an order waits for it
CONNECT_S = 5.0
ALIVE_S = 1.0
NOT_ASKED = -1
Made = TypeVar("Made")


class Studio:
    """One generator serving one stage: orders first, then the points that lack melodies, then slow renewal."""

    def __init__(
        self,
        generator: Generator,
        aims: Aims,
        setup: StudioSetup,
        connection: socket.socket,
        file: PoolFile | None = None,
    ) -> None:
        """`aims` are those the generator was built with; another preset bends them."""
        section = setup.generator
        self._aims = aims
        self._composer = Composer(generator, section.seed, Pool(aim=aims))
        self._loaded = Loaded(generator.name, generator.device, self._composer.goes_on)
        is_wide = self._composer.refines and bool(setup.affects)  # else what is composed for is the moods alone
        affects = () if self._composer.goes_on else setup.affects  # or a bar would wait for a melody nobody asked for
        self._needs = PrecomposePlanner(affects, section.pool, GRID if is_wide else (), RECENT if is_wide else 0)
        self._batch = 1 if is_wide else BATCH
        self._file = file
        self._connection = connection
        self._rest = b""
        self._wanted: deque[ComposeRequest | Vary | ComposeBar] = deque(maxlen=MAX_WANTED)
        self._is_ending = self._is_changed = self._is_sources_turn = False
        self._asked_s, self._saved_s = -inf, monotonic()
        self._sending = Lock()

    def run(self) -> None:
        """Serve until the stage hangs up."""
        self._open()
        self._send(self._loaded)
        Thread(target=self._show_life, daemon=True).start()
        try:
            while not self._is_ending:
                self._listen()
                if self._wanted:
                    self._serve(self._wanted.popleft())
                elif not self._is_ending and not self._needs.is_empty:
                    self._work()
        finally:
            self._save()

    def _listen(self) -> None:
        """Read orders; wait for one only while there is nothing else to do."""
        wait_s = 0.0 if self._wanted else self._pause_s()
        while not self._is_ending and select.select([self._connection], [], [], wait_s)[0]:
            wait_s = 0.0
            data = self._connection.recv(1 << 16)
            self._is_ending = not data
            *lines, self._rest = (self._rest + data).split(b"\n")
            for line in lines:
                self._read(line)

    def _pause_s(self) -> float:
        """How long nothing needs to be done."""
        if self._needs.is_empty:
            return REFRESH_S
        if self._composer.is_bare or self._needs.next_lack():
            return max(0.0, BREATH_S - self._quiet_s)
        return max(0.0, QUIET_S - self._quiet_s) if self._composer.is_lacking else REFRESH_S

    @property
    def _quiet_s(self) -> float:
        """How long nobody has asked for anything."""
        return monotonic() - self._asked_s

    def _read(self, line: bytes) -> None:
        try:
            message = decode(line)
        except ValueError as error:
            self._send(Failed(str(error)))
            return
        if isinstance(message, ComposeRequest | Vary | ComposeBar):
            self._asked_s = monotonic()
            self._wanted.append(message)
        if isinstance(message, Learn):
            self._learn(message.melody)
        if isinstance(message, SetTargets):
            self._aims.bend(message.references, message.density)
            self._needs.begin_again()
        if isinstance(message, Finish):
            self._is_ending = True

    def _learn(self, melody: Melody | None) -> None:
        """Compose around a melody from now on, or freely, and fill every pool with what comes of it."""
        try:
            self._composer.learn(melody)
        except ValueError as error:
            self._send(Failed(str(error)))
            return
        self._needs.begin_again()

    def _serve(self, order: ComposeRequest | Vary | ComposeBar) -> None:
        if isinstance(order, ComposeBar):
            self._answer(partial(self._composer.go_on, order), order.affect, order.ticket, order.bar)
            return
        amount = max(1, min(MAX_COUNT, order.count))
        if isinstance(order, Vary):
            self._answer(partial(self._composer.vary, order, amount), order.affect, order.ticket)
            return
        self._needs.note_wish(order.affect, monotonic())
        self._needs.note_sent(order.affect, amount)
        self._answer(partial(self._composer.answer, order.affect, amount), order.affect, order.ticket)

    def _work(self) -> None:
        """The one thing that lacks most; melodies and sources by turns, or few sources would make all the melodies."""
        is_drawing = self._composer.is_bare or (self._is_sources_turn and self._quiet_s >= QUIET_S)
        self._is_sources_turn = not self._is_sources_turn and self._composer.is_lacking
        lack = None if is_drawing else self._needs.next_lack()
        if lack is not None:
            self._compose(lack[0], min(self._batch, lack[1]))
        elif self._composer.is_lacking:
            self._draw(DRAWN if self._composer.is_bare else 1)
        else:
            self._renew()

    def _renew(self) -> None:
        """A new melody, a new source: so no evening is like another."""
        affect = self._needs.renewed()
        if affect is not None:
            self._compose(affect, 1)
        self._draw(1)

    def _compose(self, affect: Affect, amount: int) -> None:
        """Melodies that nobody has asked for yet, with less haste the longer nobody has asked for any."""
        make = self._composer.compose if self._quiet_s >= QUIET_S else self._composer.answer
        self._needs.note_sent(affect, amount)
        self._answer(partial(make, affect, amount), affect, NOT_ASKED)

    def _answer(self, make: Callable[[], list[Composed]], affect: Affect, ticket: int, bar: int = -1) -> None:
        composed = self._made(make, ticket)
        if composed is None:
            return
        if not composed:
            self._send(Failed("the generator found no melody", ticket))
        asked_notes = float(self._aims(affect)[0])
        for made in composed:
            told = (made.measured, made.distance, made.seed, ticket, made.latent, made.chords, made.backing, bar)
            self._send(Ready(made.melody, affect, *told, asked_notes))

    def _draw(self, amount: int) -> None:
        if not self._composer.refines:
            return
        if self._made(partial(self._composer.draw, amount), NOT_ASKED) is None:
            self._composer.stop_refining()  # or it would fail again at once, and for ever
        self._is_changed = True
        if monotonic() - self._saved_s > SAVE_S:
            self._save()

    def _made(self, make: Callable[[], list[Made]], ticket: int) -> list[Made] | None:
        """What was made; None where it failed, which has been told then."""
        try:
            return make()
        except MemoryError:  # the next process has all of its memory again
            self._send(Failed("out of memory", ticket))
            self._is_ending = True
        except Exception as error:  # a generator may fail in any way, and the studio must answer and go on
            self._send(Failed(f"{type(error).__name__}: {error}"[:500], ticket))
        return None

    def _open(self) -> None:
        """Take in the sources of other evenings."""
        if self._file is None:
            return
        found = self._file.load(self._composer.reads)
        self._composer.pool.add(found.sources)
        if found.said:
            self._send(Failed(found.said))

    def _save(self) -> None:
        """Keep the sources for other evenings; where that fails, say so once and play on."""
        if self._file is None or not self._is_changed:
            return
        self._is_changed, self._saved_s = False, monotonic()
        fault = self._file.save(self._composer.pool.sources())
        if fault:
            self._file = None
            with suppress(OSError):  # the stage may have gone
                self._send(Failed(fault))

    def _show_life(self) -> None:
        """Beside the composing, which takes as long as it takes: a process that was stopped falls silent."""
        beat = Event()
        with suppress(OSError):  # the stage has gone, and the studio will notice
            while not beat.wait(ALIVE_S):
                self._send(Alive())

    def _send(self, message: StudioToStage) -> None:
        with self._sending:
            self._connection.sendall(encode(message))


def main() -> int:
    """Serve the stage as the setup on standard input says; the exit code, 2 where the generator cannot be loaded."""
    return StudioSetup.run(_join)


def _join(setup: StudioSetup) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the pool is kept
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        with socket.create_connection(("127.0.0.1", setup.port), timeout=CONNECT_S) as connection:
            connection.settimeout(None)
            return _serve(setup, connection)
    except ConnectionError:  # the stage has gone, and we with it
        return 0


def _serve(setup: StudioSetup, connection: socket.socket) -> int:
    connection.sendall(setup.token.encode() + b"\n")
    try:
        aims = setup.aims
        generator = build(setup.generator, aims)
    except EmoOscError as error:
        connection.sendall(encode(Failed(str(error))))
        return USERS_FAULT
    Studio(generator, aims, setup, connection, _pool_file(setup, generator)).run()
    return 0


def _pool_file(setup: StudioSetup, generator: Generator) -> PoolFile | None:
    """Where sources are kept; nowhere for an evening that a seed repeats, or where nothing is drawn beforehand."""
    section = setup.generator
    if not setup.cache or section.seed is not None or not isinstance(generator, Refining):
        return None
    from emo_osc.weights import checkpoints  # torch, which a generator that refines has loaded

    path = Path(section.checkpoint) if section.checkpoint else checkpoints.find(section.name)
    return PoolFile(Path(setup.cache), key_of(path, section.temperature))


if __name__ == "__main__":
    sys.exit(main())
