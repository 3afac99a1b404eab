"""A studio process for benchmarks, with the stage's end of its socket."""

import socket
from collections.abc import Sequence
from contextlib import closing
from types import TracebackType

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect
from emo_osc.core.child_start import ONE_THREAD, start_with
from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.message_codec import decode, encode
from emo_osc.protocol.messages import ComposeRequest, Failed, Finish, Loaded, Ready, StudioToStage
from emo_osc.studio.setup import StudioSetup

START_TIMEOUT_S = 60.0  # a large model may take long to load on a busy machine
END_TIMEOUT_S = 10.0


class StudioProcess:
    """A studio process and its connection; as a context manager it ends with the block."""

    def __init__(self, section: GeneratorSection, affects: Sequence[Affect], cache: str = "") -> None:
        """Start it and wait until it can compose.

        Raises:
            EmoOscError: it does not start.
        """
        with closing(socket.create_server(("127.0.0.1", 0))) as server:
            server.settimeout(START_TIMEOUT_S)
            setup = StudioSetup(server.getsockname()[1], "bench", section, tuple(affects), cache)
            self.process = start_with(setup.to_json(), "emo_osc.studio.worker", ONE_THREAD)
            self._connection, _ = server.accept()
        self._connection.settimeout(START_TIMEOUT_S)
        self._lines = self._connection.makefile("rb")
        self._lines.readline()  # its token
        self._tickets = 0
        self._read(Loaded)

    def order(self, affect: Affect) -> Ready:
        """A melody for an affect.

        Raises:
            EmoOscError: the studio failed.
        """
        self._tickets += 1
        self._connection.sendall(encode(ComposeRequest(affect, self._tickets)))
        while True:
            ready = self._read(Ready)
            if isinstance(ready, Ready) and ready.ticket == self._tickets:
                return ready

    def __enter__(self) -> "StudioProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._connection.sendall(encode(Finish()))
            while self._lines.read(1 << 16):
                continue
        except OSError:  # it has gone already
            pass
        self._lines.close()
        self._connection.close()
        self.process.wait(END_TIMEOUT_S)

    def _read(self, kind: type[Ready] | type[Loaded]) -> StudioToStage:
        while line := self._lines.readline():
            message = decode(line)
            if isinstance(message, kind):
                return message
            if isinstance(message, Failed):
                raise EmoOscError(f"the studio: {message.text}")
        raise EmoOscError("the studio does not start; `emo-osc serve` says why")
