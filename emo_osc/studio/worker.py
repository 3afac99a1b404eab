"""The studio process: it composes what the stage asks for, and keeps every mood's pool warm in between.

Run as `python -m emo_osc.studio.worker` with a setup on standard input. It ends when the stage hangs up.
"""

import json
import os
import select
import socket
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from random import Random, SystemRandom
from threading import Event, Lock, Thread

from emo_osc.affect import Affect
from emo_osc.errors import EmoOscError
from emo_osc.messages import Alive, Failed, Finish, Learn, Loaded, Ready, StudioToStage, Vary, Want, decode, encode
from emo_osc.preset import GeneratorSection
from emo_osc.score import Melody
from emo_osc.studio.generators import Composed, Generator, build
from emo_osc.studio.variations import near_octave

NICENESS = 10
REFRESH_S = 5.0  # one new melody this often once every pool is full
MAX_WANTED = 64
MAX_COUNT = 64  # melodies in one order
FEWEST_NOTES = 3  # of a melody to learn: fewer say nothing about what to play around them
AROUND = (0.25, 0.6)  # how far what is composed around a learned melody moves from it
BATCH = 2  # melodies composed at once for a pool: as quick for each as more, and an order waits half as long as for 4
CONNECT_S = 5.0
ALIVE_S = 1.0
NOT_ASKED = -1


@dataclass(frozen=True, slots=True)
class StudioSetup:
    """What the door tells the studio: the stage's port and this studio's token, the generator, the moods' points."""

    port: int
    token: str
    generator: GeneratorSection
    affects: tuple[Affect, ...]

    def to_json(self) -> str:
        """The setup as text for the studio's standard input."""
        points = [[affect.valence, affect.arousal] for affect in self.affects]
        section = self.generator.model_dump(mode="json")
        return json.dumps({"port": self.port, "token": self.token, "generator": section, "affects": points})

    @classmethod
    def from_json(cls, text: str) -> "StudioSetup":
        """The setup of a text.

        Raises:
            ValueError: it is not what `to_json` writes.
        """
        try:
            fields = json.loads(text)
            section = GeneratorSection.model_validate(fields["generator"])
            affects = tuple(Affect(*point) for point in fields["affects"])
            return cls(int(fields["port"]), str(fields["token"]), section, affects)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a setup: {error}") from None


class Studio:
    """One generator serving one stage: orders first, then the moods whose pool is emptiest, then slow renewal."""

    def __init__(self, generator: Generator, setup: StudioSetup, connection: socket.socket) -> None:
        self._generator = generator
        self._pool = setup.generator.pool
        self._sent = dict.fromkeys(setup.affects, 0)
        self._connection = connection
        self._rest = b""
        self._wanted: deque[Want | Vary] = deque(maxlen=MAX_WANTED)
        self._learned: Melody | None = None
        self._is_ending = False
        self._sending = Lock()
        seed = setup.generator.seed
        self._seeds = count(SystemRandom().randrange(1 << 31) if seed is None else seed)

    def run(self) -> None:
        """Serve until the stage hangs up."""
        self._send(Loaded(self._generator.name, self._generator.device))
        Thread(target=self._show_life, daemon=True).start()
        while not self._is_ending:
            self._listen()
            if self._wanted:
                self._serve(self._wanted.popleft())
            elif not self._is_ending and self._sent:
                self._restock()

    def _listen(self) -> None:
        """Read orders; wait for one only while there is nothing else to do."""
        is_idle = not self._wanted and min(self._sent.values(), default=self._pool) >= self._pool
        wait_s = REFRESH_S if is_idle else 0.0
        while not self._is_ending and select.select([self._connection], [], [], wait_s)[0]:
            wait_s = 0.0
            data = self._connection.recv(1 << 16)
            self._is_ending = not data
            *lines, self._rest = (self._rest + data).split(b"\n")
            for line in lines:
                self._read(line)

    def _read(self, line: bytes) -> None:
        try:
            message = decode(line)
        except ValueError as error:
            self._send(Failed(str(error)))
            return
        if isinstance(message, Want | Vary):
            self._wanted.append(message)
        if isinstance(message, Learn):
            self._learn(message.melody)
        if isinstance(message, Finish):
            self._is_ending = True

    def _learn(self, melody: Melody | None) -> None:
        """Compose around a melody from now on, or freely, and fill every pool with what comes of it."""
        if melody is not None and len(melody.notes) < FEWEST_NOTES:
            self._send(Failed(f"{len(melody.notes)} notes are too few to learn from; play {FEWEST_NOTES} or more"))
            return
        self._learned = melody
        self._sent = dict.fromkeys(self._sent, 0)

    def _serve(self, order: Want | Vary) -> None:
        amount = max(1, min(MAX_COUNT, order.count))
        if isinstance(order, Want):
            self._compose(order.affect, amount, order.ticket)
            return
        moved, seed = max(0.0, min(1.0, order.amount)), next(self._seeds)
        vary = partial(self._generator.vary, order.melody, order.latent, order.affect, moved, amount, seed)
        self._answer(vary, order.affect, order.ticket)

    def _restock(self) -> None:
        """Compose for the mood that has had least so far."""
        affect = min(self._sent, key=lambda point: self._sent[point])
        missing = self._pool - self._sent[affect]
        amount = max(1, min(BATCH, missing))
        self._sent[affect] += amount
        self._compose(affect, amount, NOT_ASKED)

    def _compose(self, affect: Affect, amount: int, ticket: int) -> None:
        seed = next(self._seeds)
        make = partial(self._generator.compose, affect, amount, seed)
        if self._learned is not None:
            moved = Random(seed).uniform(*AROUND)
            theme = near_octave(self._learned, affect)
            make = partial(self._generator.vary, theme, "", affect, moved, amount, seed)
        self._answer(make, affect, ticket)

    def _answer(self, make: Callable[[], list[Composed]], affect: Affect, ticket: int) -> None:
        try:
            composed = make()
        except MemoryError:  # the next process has all of its memory again
            self._send(Failed("out of memory", ticket))
            self._is_ending = True
            return
        except Exception as error:  # a generator may fail in any way, and the studio must answer and go on
            self._send(Failed(f"{type(error).__name__}: {error}"[:500], ticket))
            return
        if not composed:
            self._send(Failed("the generator found no melody", ticket))
        for made in composed:
            self._send(Ready(made.melody, affect, made.measured, made.distance, made.seed, ticket, made.latent))

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
    setup = StudioSetup.from_json(sys.stdin.read())
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with socket.create_connection(("127.0.0.1", setup.port), timeout=CONNECT_S) as connection:
        connection.settimeout(None)
        connection.sendall(setup.token.encode() + b"\n")
        try:
            generator = build(setup.generator)
        except EmoOscError as error:
            connection.sendall(encode(Failed(str(error))))
            return 2
        try:
            Studio(generator, setup, connection).run()
        except (ConnectionError, BrokenPipeError):  # the stage has gone, and we with it
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
