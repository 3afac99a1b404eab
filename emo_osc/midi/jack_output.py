"""A frame-exact JACK output, played by the process `emo_osc.midi.jack_port`.

The stage hands each message over a cycle before it is due, and never waits for the process.
"""

import select
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace

from emo_osc.core.child_start import start
from emo_osc.midi.jack_setup import MAX_PACKET, SHUT_DOWN, TIME, JackSetup, JackState
from emo_osc.midi.port_names import CLIENT, Place

SYSTEM = "Jack"
MARGIN_S = 0.002  # more than a cycle ahead: how late the stage itself may be, and the way to the other process
OPEN_S = 5.0  # a new process on a busy machine
FAREWELL_S = 0.5
MAX_LOOKS = 15
"""At its process, which speaks twice a second: three a second, or one where nobody watches the ports. They are counted
and not timed, for a stage that was stopped has not looked."""
_ABANDONED: list[subprocess.Popen[str]] = []


class JackOut:
    """An output that is opening, open, or has failed: then `fault` says why; `place` says where it leads.

    It connects to the port it joins, else to those `targets` that are there, and tells which these are as people
    connect and disconnect it.
    """

    def __init__(self, place: Place, port: str, targets: list[str]) -> None:
        self.place = place
        self.targets = [place.name] if place.name else targets
        self.fault = ""
        self.is_open = False
        self.failures = 0
        """The number of messages that were not taken."""
        self._looks = 0  # since its process has last said something
        self.lead_s = 0.0
        """How long before its time a message should be sent."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        self._socket = ours
        ours.send(JackSetup(CLIENT, port, place.name, tuple(self.targets)).to_json().encode())
        passed = theirs.fileno()
        self._process = start("emo_osc.midi.jack_port", str(passed), pass_fds=(passed,), start_new_session=True)
        theirs.close()

    def send(self, message: bytes, at_s: float) -> None:
        """Let a MIDI message leave at its time; one that nobody takes is counted, and the music goes on."""
        try:
            self._socket.send(TIME.pack(at_s) + message)
        except OSError:
            self.failures += 1

    def poll(self) -> None:
        """Take in what the process says of itself, and its end."""
        self._looks += 1
        while not self.fault:
            try:
                packet = self._socket.recv(MAX_PACKET)
            except BlockingIOError:
                if self._looks > MAX_LOOKS:
                    self.fault = "its process shows no sign of life"
                return
            except OSError:
                packet = b""
            self._looks = 0
            self._take(_state(packet) if packet else JackState(fault=self._last_words()))

    def wait(self) -> None:
        """Wait until it is open or has failed."""
        while not self.is_open and not self.fault:
            if not select.select([self._socket], [], [], OPEN_S)[0]:
                self.fault = f"its process does not answer within {OPEN_S:g} s"
            self.poll()

    def close(self) -> None:
        """Let the process switch off what sounds, and end."""
        self._socket.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(FAREWELL_S + 2 * self.lead_s)

    def abandon(self) -> None:
        """End the process at once: its server has died, and it may wait for it for ever."""
        self._socket.close()
        self._process.kill()
        _ABANDONED.append(self._process)
        _ABANDONED[:] = [process for process in _ABANDONED if process.poll() is None]

    leave = abandon

    def _take(self, state: JackState) -> None:
        self.fault = state.fault
        if self.fault:
            return
        self.lead_s = lead_s(state.period, state.rate)
        self.targets = list(state.targets)
        self.is_open = True
        exact = f"on the frame, {1000 * self.lead_s:.1f} ms ahead; period {state.period} at {state.rate} Hz"
        text, _, _ = self.place.text.partition(f" ({SYSTEM}")
        self.place = replace(self.place, text=f"{text} ({SYSTEM}, {exact})")

    def _last_words(self) -> str:
        """Why the process has gone."""
        try:
            code = self._process.wait(FAREWELL_S)
        except subprocess.TimeoutExpired:
            return "its process has hung up"
        return f"{SYSTEM} has stopped" if code == SHUT_DOWN else f"its process has ended with code {code}"


def _state(packet: bytes) -> JackState:
    """What the process says; a packet that is not a state is a fault of the process."""
    try:
        return JackState.from_json(packet)
    except ValueError as error:
        return JackState(fault=f"its process sends no state ({error})")


def lead_s(period: int, rate: int) -> float:
    """How far ahead a message must be sent to leave on its frame, in a cycle of `period` frames at `rate` a second.

    >>> round(lead_s(1024, 48000), 4)
    0.0233
    """
    return period / rate + MARGIN_S


def is_possible() -> bool:
    """Whether this system is one of those on which it was tried."""
    return sys.platform == "linux"
