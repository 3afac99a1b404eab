"""What the stage tells the supervisor: kept until it is connected, written once a turn."""

from emo_osc.protocol.message_codec import encode
from emo_osc.protocol.messages import ToSupervisor
from emo_osc.stage.io.ipc_server import Hub


class SupervisorLine:
    """Messages in the order they were told."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._waiting: list[ToSupervisor] = []

    def tell(self, message: ToSupervisor) -> None:
        """Have a message written with the next `flush`."""
        self._waiting.append(message)

    def flush(self) -> None:
        """Write what waits, where the supervisor is connected."""
        if self._waiting and self._hub.has("supervisor"):
            waiting, self._waiting = self._waiting, []
            self._hub.write("supervisor", b"".join(map(encode, waiting)))
