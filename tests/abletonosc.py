"""A stand-in for AbletonOSC, the remote script inside Ableton Live: what it answers, where to, and what it pushes.

After ideoforms/AbletonOSC, abletonosc/osc_server.py and handler.py: answers go to one fixed port of whoever asked, at
the address that was asked; what is listened to is pushed to whoever spoke last; unknown addresses are never answered.
"""

import queue
import socket
import threading
from types import TracebackType

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

Value = float | int | str


class AbletonOsc:
    """Live with a song, listening at `port` and answering to `reply_port`."""

    def __init__(self, port: int, reply_port: int, **song: Value) -> None:
        self._song = song
        self._reply_port = reply_port
        self._last = "127.0.0.1"
        self._listened: set[str] = set()
        self.asked: queue.Queue[str] = queue.Queue()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", port))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self) -> "AbletonOsc":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def set(self, name: str, value: Value) -> None:
        """Somebody changes the song in Live."""
        self._song[name] = value
        if name in self._listened:
            self.send(f"/live/song/get/{name}", value)

    def send(self, address: str, *arguments: Value) -> None:
        builder = OscMessageBuilder(address)
        for argument in arguments:
            builder.add_arg(argument)
        self._socket.sendto(builder.build().dgram, (self._last, self._reply_port))

    def close(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", self._socket.getsockname())
        self._thread.join(10)
        self._socket.close()

    def _run(self) -> None:
        while True:
            packet, (host, _) = self._socket.recvfrom(65_536)
            if not packet:
                return
            self._last = host
            self._answer(OscMessage(packet).address)

    def _answer(self, address: str) -> None:
        verb, _, name = address.removeprefix("/live/song/").partition("/")
        if address == "/live/test":
            self.send(address, "ok")
        elif verb == "get" and name in self._song:
            self.send(address, self._song[name])
        elif verb == "start_listen" and name in self._song:
            self._listened.add(name)
            self.send(f"/live/song/get/{name}", self._song[name])
        self.asked.put(address)
