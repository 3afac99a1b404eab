"""What of a stage talks to a farm: its own `StudioClient`, and the code of its studio process in a thread."""

import socket
from contextlib import suppress
from threading import Thread
from time import monotonic

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.farm_wire import About, Order
from emo_osc.protocol.message_codec import encode
from emo_osc.protocol.messages import Alive, Away, Failed, Ready, StudioToStage, ToStudio
from emo_osc.stage.session.studio_client import StudioClient
from emo_osc.studio.remote.farm_client import ANSWER_S, FarmClient, FullError
from emo_osc.studio.remote.farm_generator import FarmGenerator
from emo_osc.studio.remote.worker import FALLBACK_S, FarmStudio
from emo_osc.studio.setup import StudioSetup

READ_S = 300.0  # a studio that says nothing for so long, not even that it is alive, hangs


class _CountingClient(FarmClient):
    """Counts the orders that the farm refuses because it is full."""

    refusals = 0

    def compose(self, order: Order) -> tuple[About, tuple[Ready, ...]]:
        try:
            return super().compose(order)
        except FullError:
            self.refusals += 1
            raise


class FarmStage:
    """One stage that orders from a farm; it composes nothing beforehand, and nothing locally."""

    def __init__(self, section: GeneratorSection, url: str, token: str) -> None:
        """Start it and wait until it has found the farm.

        Raises:
            EmoOscError: the farm does not answer, or another generator composes there.
        """
        setup = StudioSetup(1, "", section.model_copy(update={"studio": url}), ())
        aims, self._client = setup.aims, _CountingClient(url, token, ANSWER_S)
        generator = FarmGenerator(self._client, aims, section.name, is_seeded=False)
        self._mine, self._theirs = socket.socketpair()
        self._mine.settimeout(READ_S)
        self._lines, self._orders = self._mine.makefile("rb"), StudioClient()
        self._orders.connected()
        self._studio = FarmStudio(generator, aims, setup, self._theirs, FALLBACK_S)
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()
        self.has_left = False
        """Whether it orders no more."""
        if isinstance(first := self._read(), Away):
            self.close()
            raise EmoOscError(first.text)

    @property
    def refusals(self) -> int:
        """How often the farm was full for it."""
        return self._client.refusals

    def order(self, affect: Affect) -> bool:
        """A melody for an affect, however often the farm is full; False where it was given up.

        Raises:
            EmoOscError: the generator failed.
        """
        self._orders.want(affect)
        while True:
            if (due := self._orders.due(monotonic())) is not None:
                self._send(due)
            message = self._read()
            if isinstance(message, Ready) and message.affect == affect and self._orders.is_asked(message):
                return True
            if isinstance(message, Failed):
                raise EmoOscError(f"the farm: {message.text}")
            if message is None:
                return False

    def leave(self) -> None:
        """End the studio once its order at the farm is answered; an order that waits for another try is given up."""
        self.has_left = True
        with suppress(OSError):  # it has gone already
            self._mine.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """As `leave`, and wait for its end."""
        self.leave()
        self._thread.join(READ_S)
        self._lines.close()
        self._mine.close()

    def _send(self, message: ToStudio) -> None:
        with suppress(OSError):  # it was left
            self._mine.sendall(encode(message))

    def _run(self) -> None:
        with self._theirs:
            self._studio.run()

    def _read(self) -> StudioToStage | None:
        """The next message that is no sign of life; None once the studio has ended."""
        while line := self._lines.readline():
            if not isinstance(message := self._orders.receive(line), Alive):
                return message
        return None
