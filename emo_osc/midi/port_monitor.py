"""The port monitor: a small process that lists MIDI systems and ports twice a second.

It tells the stage, whose one thread has no time to look. Run as `python -m
emo_osc.midi.port_monitor` with a setup on standard input; it ends when the stage hangs up.
"""

import ctypes
import os
import re
import select
import socket
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any, Protocol

from emo_osc.midi.port_names import Offered, is_ours
from emo_osc.midi.rtmidi_ports import silence_driver_output
from emo_osc.protocol.child_setup import HubSetup
from emo_osc.protocol.line_buffer import Lines
from emo_osc.protocol.message_codec import decode, encode
from emo_osc.protocol.messages import Alive, Ports

LOOK_S = 0.5
STALLED_S = 1.5  # JACK counts a cycle every few milliseconds; one that counts none for so long is dead or wedged
CONNECT_S = 5.0
CLIENT = "emo_osc watch"
_NO_START_SERVER = 1
_IS_INPUT, _IS_OUTPUT = 1, 2
_IS_CONNECTED = 17  # errno's EEXIST
_MIDI_TYPE = b"8 bit raw midi"

Offer = tuple[list[str], list[str]]


class System(Protocol):
    """One MIDI system of this machine."""

    name: str

    def look(self, now_s: float) -> Offer | None:
        """The ports one can write to and those one can read from; None while the system does not run."""

    @property
    def is_at_work(self) -> bool:
        """Whether the last look left no doubt that what is sent arrives, or that the system does not run."""


class RtSystem:
    """A system that python-rtmidi knows; one client is kept as long as it answers."""

    is_at_work = True

    def __init__(self, api: int) -> None:
        import rtmidi

        self.name = str(rtmidi.get_api_display_name(api))
        self._open: Callable[[], tuple[Any, Any]] = lambda: (
            rtmidi.MidiOut(api, name=CLIENT),
            rtmidi.MidiIn(api, name=CLIENT),
        )
        self._clients: tuple[Any, Any] | None = None

    def look(self, now_s: float) -> Offer | None:
        """The ports one can write to and those one can read from; None while the system does not run."""
        try:
            self._clients = self._clients or self._open()
            return self._clients[0].get_ports(), self._clients[1].get_ports()
        except OSError:  # rtmidi's way to say that this system does not run
            self._clients = None
            return None


class Jack:
    """JACK, asked directly: a client of rtmidi reads from memory and never learns that the server has died."""

    name = "Jack"

    def __init__(self, library: ctypes.CDLL) -> None:
        self._jack = library
        self._jack.jack_client_open.restype = ctypes.c_void_p
        self._jack.jack_get_ports.restype = ctypes.POINTER(ctypes.c_char_p)
        self._jack.jack_get_ports.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong)
        self._jack.jack_free.argtypes = (ctypes.c_void_p,)
        self._jack.jack_port_by_name.restype = ctypes.c_void_p
        self._jack.jack_port_by_name.argtypes = (ctypes.c_void_p, ctypes.c_char_p)
        self._jack.jack_port_get_all_connections.restype = ctypes.POINTER(ctypes.c_char_p)
        self._jack.jack_port_get_all_connections.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
        self._jack.jack_connect.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p)
        self._client: ctypes.c_void_p | None = None
        self._stale: ctypes.c_void_p | None = None
        self._frame, self._moved_s = 0, 0.0
        self.is_at_work = True

    def look(self, now_s: float) -> Offer | None:
        """The ports one can write to and those one can read from; None while the server does not run."""
        if self._stale is not None:  # only now, after its end was told: a wedged server lets nobody go
            self._jack.jack_client_close(self._stale)
            self._stale = None
        if self._client is None and not self._connect(now_s):
            return None
        frame = self._jack.jack_last_frame_time(self._client)
        self.is_at_work = frame != self._frame or now_s - self._moved_s > STALLED_S
        if frame != self._frame:
            self._frame, self._moved_s = frame, now_s
        if now_s - self._moved_s > STALLED_S:
            self._stale, self._client = self._client, None
            return None
        return self._ports(_IS_INPUT), self._ports(_IS_OUTPUT)

    def links(self) -> str:
        """What is connected to the inputs of an emo_osc, as `Ports` writes it."""
        if self._client is None:
            return ""
        ours = [port for port in self._ports(_IS_INPUT) if is_ours(Offered(self.name, port))]
        return "\n".join(f"{source}\t{port}" for port in ours for source in self._connected_to(port))

    def link(self, wanted: str) -> str:
        """Connect those of the links whose ports are there; those that are left."""
        lines = (line for line in wanted.split("\n") if "\t" in line)
        return "\n".join(line for line in lines if not self._is_linked(*line.split("\t", 1)))

    def _is_linked(self, source: str, target: str) -> bool:
        if self._client is None:
            return False
        return self._jack.jack_connect(self._client, source.encode(), target.encode()) in (0, _IS_CONNECTED)

    def _connected_to(self, port: str) -> list[str]:
        found = self._jack.jack_port_by_name(self._client, port.encode())
        return self._taken(self._jack.jack_port_get_all_connections(self._client, found)) if found else []

    def _connect(self, now_s: float) -> bool:
        status = ctypes.c_int(0)
        client = self._jack.jack_client_open(CLIENT.encode(), _NO_START_SERVER, ctypes.byref(status))
        if client is None:
            return False
        self._client, self._moved_s = ctypes.c_void_p(client), now_s
        return True

    def _ports(self, flags: int) -> list[str]:
        return self._taken(self._jack.jack_get_ports(self._client, None, _MIDI_TYPE, flags))

    def _taken(self, found: Any) -> list[str]:
        """The texts of a list that JACK has made, which is given back."""
        names: list[str] = []
        while found and found[len(names)]:
            names.append(found[len(names)].decode(errors="replace"))
        self._jack.jack_free(found)
        return names


def look(systems: list[System], now_s: float) -> Ports:
    """What every system offers now."""
    offers = {system.name: offer for system in systems if (offer := system.look(now_s)) is not None}
    outputs = "\n".join(f"{name}: {port}" for name, offer in offers.items() for port in offer[0])
    inputs = "\n".join(f"{name}: {port}" for name, offer in offers.items() for port in offer[1])
    links = "\n".join(filter(None, (system.links() for system in systems if isinstance(system, Jack))))
    return Ports("\n".join(offers), outputs, inputs, links)


def all_systems() -> list[System]:
    """Every system the driver was built for, running or not."""
    import rtmidi

    systems: list[System] = []
    for api in rtmidi.get_compiled_api():
        library = _libjack() if api == rtmidi.API_UNIX_JACK else ""
        systems.append(Jack(ctypes.CDLL(library)) if library else RtSystem(api))
    return systems


def main() -> int:
    """Look and tell until the stage hangs up; the exit code."""
    silence_driver_output()
    return HubSetup.run(_serve)


def _serve(setup: HubSetup) -> int:
    known = None
    with suppress(ConnectionError), socket.create_connection(("127.0.0.1", setup.hub), CONNECT_S) as connection:
        connection.sendall(setup.hub_token.encode() + b"\n")
        systems, stage = all_systems(), Stage(connection)
        while stage.hear(LOOK_S):
            stage.wanted = linked(systems, stage.wanted)
            found = look(systems, monotonic())
            if found != known or all(system.is_at_work for system in systems):
                connection.sendall(encode(Alive() if found == known else found))
            known = found
    return 0


class Stage:
    """The stage at the other end: it says how its inputs were connected before, and hangs up at the end."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = Lines()
        self.wanted = ""
        """What is still to be connected."""

    def hear(self, wait_s: float) -> bool:
        """Take what it says within a time; whether it is still there."""
        if not select.select([self._connection], [], [], wait_s)[0]:
            return True
        data = self._connection.recv(1 << 16)
        for line in self._lines.feed(data):
            message = decode(line)
            self.wanted = message.links if isinstance(message, Ports) else self.wanted
        return bool(data)


def linked(systems: list[System], wanted: str) -> str:
    """Connect what is to be connected and is there; what is left."""
    for system in systems if wanted else ():
        wanted = system.link(wanted) if isinstance(system, Jack) else wanted
    return wanted


def _libjack() -> str:
    """The path of the very library that rtmidi has loaded, empty where there is none or no telling."""
    with suppress(OSError), open("/proc/self/maps", encoding="utf-8") as maps:
        found = re.search(r"/\S*libjack\S*", maps.read())
        return found.group() if found else ""
    return ""


if __name__ == "__main__":
    os._exit(main())  # the usual way out would close clients of a JACK server that may have died
