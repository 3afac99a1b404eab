"""The process that plays a frame-exact JACK MIDI output.

The stage runs it as `python -m emo_osc.midi.jack_port DESCRIPTOR`.
The descriptor is a socket: a first packet says what to open, each further one is a time on `perf_counter`, in seconds,
and a MIDI message. The stage sends them a cycle ahead. JACK calls us in every cycle, on a thread of its own; nothing
else runs here meanwhile, and no garbage is collected. We answer with what is open, twice a second. When the stage
hangs up, whatever it has left on is switched off.
"""

import gc
import os
import select
import socket
import sys
from contextlib import suppress
from time import monotonic, perf_counter

from emo_osc.core.midi_standard import all_off
from emo_osc.midi.frame_times import ClockGap, Cycle, Queue
from emo_osc.midi.jack_setup import MAX_PACKET, NO_JACK, SHUT_DOWN, TIME, JackSetup, JackState
from emo_osc.midi.libjack import JackClient

LOOK_S = 0.5
DRAIN_S = 0.3
AT_ONCE = 256  # messages that are taken in in one cycle: more would not be done within a short one
MIN_PERIOD = 64
"""Frames. At 16 the server ran late 38 times in 6 s with us and 5 times without, at 64 once in 10 s either way; and
with so short a period the grid is under a millisecond."""


class JackPort:
    """The client and its port.

    Raises:
        OSError: there is no server, it has no room for us or too short a period, or what is to be joined is not there.
    """

    def __init__(self, stage: socket.socket, setup: JackSetup) -> None:
        self._stage = stage
        self._queue, self._gap = Queue(), ClockGap()
        self._client = JackClient(setup.client)
        if self.fault:
            raise OSError(self.fault)
        self._port = self._client.open_port(setup.port, is_output=True)
        self._client.run(self._process, lambda: os._exit(SHUT_DOWN))
        self._connect(setup.joins, setup.targets)

    @property
    def fault(self) -> str:
        """Why the port cannot be played, empty while it can."""
        period = self._client.period
        return "" if period >= MIN_PERIOD else f"its period of {period} frames is too short for a program in Python"

    def tell(self) -> None:
        """Say what is open, and thereby that we are alive."""
        state = JackState(
            self._client.full_name(self._port),
            self._client.period,
            self._client.rate,
            tuple(self._client.connections(self._port)),
            self.fault,
        )
        with suppress(OSError):  # it does not listen now
            self._stage.send(state.to_json().encode(), socket.MSG_DONTWAIT)

    def end(self) -> None:
        """Switch off what may sound, and let it leave."""
        for message in all_off():
            self._queue.put(perf_counter(), message)
        until_s = monotonic() + DRAIN_S
        while len(self._queue) and monotonic() < until_s:
            select.select([], [], [], 0.005)
        select.select([], [], [], 2 * self._client.period / self._client.rate)

    def _connect(self, joined: str, targets: tuple[str, ...]) -> None:
        name = self._client.full_name(self._port)
        lost = [target for target in targets if not self._client.connect(name, target)]
        if joined in lost:  # of the others, some may have gone
            raise OSError(f"JACK does not connect us to {joined!r}")

    def _process(self, frames: int) -> None:
        """One cycle, on JACK's thread."""
        first = self._client.first_frame
        gap_s = self._gap.seen(perf_counter() - self._client.now_s())
        self._take_in()
        begin_s, end_s = self._client.seconds_at(first) + gap_s, self._client.seconds_at(first + frames) + gap_s
        events = self._queue.take(Cycle(begin_s, end_s, frames))
        written = self._client.write(self._port, frames, events)
        if written < len(events):
            self._queue.put_back([message for _, message in events[written:]])

    def _take_in(self) -> None:
        for _ in range(AT_ONCE):
            try:
                packet = self._stage.recv(MAX_PACKET, socket.MSG_DONTWAIT)
            except OSError:
                return
            if not packet:  # the stage has hung up
                return
            self._queue.put(TIME.unpack_from(packet)[0], packet[TIME.size :])


def main() -> int:
    """Open what the first packet says and play it until the stage hangs up; the exit code."""
    stage = socket.socket(fileno=int(sys.argv[1]))
    try:
        port = JackPort(stage, JackSetup.from_json(stage.recv(MAX_PACKET)))
    except (OSError, ValueError) as error:
        stage.send(JackState(fault=str(error)).to_json().encode())
        return NO_JACK
    gc.collect()
    gc.freeze()
    gc.disable()
    hang_up = select.poll()
    hang_up.register(stage, select.POLLHUP)
    port.tell()  # at once: the stage waits for it before its first note
    while not hang_up.poll(1000 * LOOK_S):
        port.tell()
    port.end()
    return 0


if __name__ == "__main__":
    os._exit(main())  # the usual way out would close a client of a JACK server that may have died
