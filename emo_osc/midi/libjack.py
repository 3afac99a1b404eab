"""A binding to JACK's C library: one client with MIDI ports and frame-exact events.

Through ctypes, so that nothing need be installed. The process callback runs on a thread of JACK's, with its priority,
and holds the interpreter's lock meanwhile: a program that has other work should run it in another process.
"""

import ctypes
from collections.abc import Callable, Iterator
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint32, c_uint64, c_ulong, c_void_p
from ctypes.util import find_library

MIDI_TYPE = b"8 bit raw midi"
NO_START_SERVER = 1
IS_INPUT, IS_OUTPUT = 1, 2
_Process = ctypes.CFUNCTYPE(c_int, c_uint32, c_void_p)
_Shutdown = ctypes.CFUNCTYPE(None, c_void_p)


class _Event(ctypes.Structure):
    _fields_ = (("time", c_uint32), ("size", c_size_t), ("buffer", POINTER(ctypes.c_ubyte)))


# Function -> what it answers, what it takes.
_PROTOTYPES: dict[str, tuple[object, tuple[object, ...]]] = {
    "jack_client_open": (c_void_p, (c_char_p, c_int, POINTER(c_int))),
    "jack_client_close": (c_int, (c_void_p,)),
    "jack_get_client_name": (c_char_p, (c_void_p,)),
    "jack_activate": (c_int, (c_void_p,)),
    "jack_deactivate": (c_int, (c_void_p,)),
    "jack_set_process_callback": (c_int, (c_void_p, _Process, c_void_p)),
    "jack_on_shutdown": (None, (c_void_p, _Shutdown, c_void_p)),
    "jack_port_register": (c_void_p, (c_void_p, c_char_p, c_char_p, c_ulong, c_ulong)),
    "jack_port_name": (c_char_p, (c_void_p,)),
    "jack_port_get_buffer": (c_void_p, (c_void_p, c_uint32)),
    "jack_port_get_all_connections": (POINTER(c_char_p), (c_void_p, c_void_p)),
    "jack_connect": (c_int, (c_void_p, c_char_p, c_char_p)),
    "jack_get_ports": (POINTER(c_char_p), (c_void_p, c_char_p, c_char_p, c_ulong)),
    "jack_free": (None, (c_void_p,)),
    "jack_get_sample_rate": (c_uint32, (c_void_p,)),
    "jack_get_buffer_size": (c_uint32, (c_void_p,)),
    "jack_last_frame_time": (c_uint32, (c_void_p,)),
    "jack_frames_to_time": (c_uint64, (c_void_p, c_uint32)),
    "jack_get_time": (c_uint64, ()),
    "jack_midi_clear_buffer": (None, (c_void_p,)),
    "jack_midi_event_write": (c_int, (c_void_p, c_uint32, c_char_p, c_size_t)),
    "jack_midi_get_event_count": (c_uint32, (c_void_p,)),
    "jack_midi_event_get": (c_int, (POINTER(_Event), c_void_p, c_uint32)),
}


class JackClient:
    """A client of the JACK server that runs; `process` is called in every cycle with its length in frames.

    Raises:
        OSError: there is no library, or no server.
    """

    def __init__(self, name: str) -> None:
        self._jack = _library()
        status = c_int(0)
        client = self._jack.jack_client_open(name.encode(), NO_START_SERVER, byref(status))
        if not client:
            raise OSError(f"no JACK server lets us in (status 0x{status.value:x})")
        self._client = c_void_p(client)
        self._callbacks: list[object] = []  # the library calls them as long as the client lives
        self._event = _Event()

    @property
    def name(self) -> str:
        """The name it was given, another one than asked for where that was taken."""
        return str(self._jack.jack_get_client_name(self._client).decode(errors="replace"))

    @property
    def rate(self) -> int:
        """Frames per second."""
        return int(self._jack.jack_get_sample_rate(self._client))

    @property
    def period(self) -> int:
        """Frames of a cycle, which may change while it runs."""
        return int(self._jack.jack_get_buffer_size(self._client))

    @property
    def first_frame(self) -> int:
        """The frame with which the present cycle began; it wraps at 2**32."""
        return int(self._jack.jack_last_frame_time(self._client))

    def seconds_at(self, frame: int) -> float:
        """When a frame near the present cycle comes, in seconds of `now_s`, by the rate the server measures."""
        return float(self._jack.jack_frames_to_time(self._client, frame & 0xFFFFFFFF)) * 1e-6

    def now_s(self) -> float:
        """JACK's clock in seconds, which need not be another's."""
        return float(self._jack.jack_get_time()) * 1e-6

    def open_port(self, name: str, *, is_output: bool) -> c_void_p:
        """A MIDI port of our own.

        Raises:
            OSError: the server has no room for it.
        """
        flags = IS_OUTPUT if is_output else IS_INPUT
        port = self._jack.jack_port_register(self._client, name.encode(), MIDI_TYPE, flags, 0)
        if not port:
            raise OSError(f"JACK opens no port {name!r}")
        return c_void_p(port)

    def run(self, process: Callable[[int], None], on_shutdown: Callable[[], None]) -> None:
        """Call `process` from now on in every cycle, and `on_shutdown` when the server has gone.

        Raises:
            OSError: the server does not take us.
        """

        def on_cycle(frames: int, _: object) -> int:
            process(frames)
            return 0

        self._keep(_Process(on_cycle), self._jack.jack_set_process_callback)
        self._keep(_Shutdown(lambda _: on_shutdown()), self._jack.jack_on_shutdown)
        if self._jack.jack_activate(self._client):
            raise OSError("JACK does not take our client into its graph")

    def write(self, port: c_void_p, frames: int, events: list[tuple[int, bytes]]) -> int:
        """Write what leaves a port in this cycle, by frame within it, in order; how many events there was room for."""
        buffer = c_void_p(self._jack.jack_port_get_buffer(port, frames))
        self._jack.jack_midi_clear_buffer(buffer)
        for count, (frame, data) in enumerate(events):
            if self._jack.jack_midi_event_write(buffer, frame, data, len(data)):
                return count
        return len(events)

    def read(self, port: c_void_p, frames: int) -> Iterator[tuple[int, bytes]]:
        """What came to a port in this cycle, by frame within it."""
        buffer = c_void_p(self._jack.jack_port_get_buffer(port, frames))
        event = self._event
        for index in range(self._jack.jack_midi_get_event_count(buffer)):
            if not self._jack.jack_midi_event_get(byref(event), buffer, index):
                yield event.time, ctypes.string_at(event.buffer, event.size)

    def connect(self, source: str, target: str) -> bool:
        """Connect two ports by their full names; whether they are connected now."""
        exists = 17  # errno's EEXIST: they were already
        return self._jack.jack_connect(self._client, source.encode(), target.encode()) in (0, exists)

    def full_name(self, port: c_void_p) -> str:
        """The name of a port of ours, as others see it."""
        return str(self._jack.jack_port_name(port).decode(errors="replace"))

    def connections(self, port: c_void_p) -> list[str]:
        """The full names of what a port of ours is connected to."""
        return self._texts(self._jack.jack_port_get_all_connections(self._client, port))

    def ports(self, *, is_output: bool) -> list[str]:
        """The full names of all MIDI ports that send, or of all that receive."""
        flags = IS_OUTPUT if is_output else IS_INPUT
        return self._texts(self._jack.jack_get_ports(self._client, None, MIDI_TYPE, flags))

    def close(self) -> None:
        """Leave the server; this may take a second, or for ever where it has died."""
        self._jack.jack_deactivate(self._client)
        self._jack.jack_client_close(self._client)

    def _keep(self, callback: object, tell: Callable[..., object]) -> None:
        self._callbacks.append(callback)
        tell(self._client, callback, None)

    def _texts(self, found: "ctypes._Pointer[c_char_p]") -> list[str]:
        texts: list[str] = []
        while found and (text := found[len(texts)]) is not None:
            texts.append(bytes(text).decode(errors="replace"))
        self._jack.jack_free(found)
        return texts


def _library() -> ctypes.CDLL:
    name = find_library("jack") or "libjack.so.0"
    library = ctypes.CDLL(name)
    for function, (answer, arguments) in _PROTOTYPES.items():
        found = getattr(library, function)
        found.restype, found.argtypes = answer, arguments
    return library
