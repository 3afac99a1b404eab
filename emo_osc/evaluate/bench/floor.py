"""The latency floor of this machine: a process that only sends MIDI on time, or only answers datagrams with MIDI.

The bare sender sleeps, busy-waits and sends one MIDI message; the bare reader answers each datagram with one. `python
-m emo_osc.evaluate.bench.floor POLICY PRIORITY` prints its UDP port, then reads lines of `seconds events_per_second`
(0: read). For each it prints a line at the start, and at the end a JSON list of pairs in seconds: delay until awake,
delay until sent.
"""

import gc
import json
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from select import select
from time import perf_counter, sleep, time
from typing import Any

from emo_osc.core.child_start import start
from emo_osc.core.midi_standard import NOTE_ON
from emo_osc.midi.probe_port import lonely_output

SPIN_S = 0.0005  # as the stage does
STAMP = 35  # SO_TIMESTAMPNS, which Python does not name (socket(7))
NOTE = bytes((NOTE_ON, 60, 64))
Pair = tuple[float, float]


class Floor:
    """Handle of the floor process; its reader takes datagrams on the loopback `port`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        assert process.stdout is not None  # a pipe was asked for
        self.port = int(process.stdout.readline())

    def begin(self, seconds: float, events_a_s: float) -> None:
        """Start sending for `seconds` at a mean rate, or reading where the rate is 0; returns once it has started."""
        assert self._process.stdin is not None  # pipes were asked for
        assert self._process.stdout is not None
        self._process.stdin.write(f"{seconds} {events_a_s}\n")
        self._process.stdin.flush()
        self._process.stdout.readline()

    def end(self) -> list[Pair]:
        """Wait for the end; the pairs (delay until awake, delay until sent) of all events, in seconds."""
        assert self._process.stdout is not None  # a pipe was asked for
        return [(awake_s, sent_s) for awake_s, sent_s in json.loads(self._process.stdout.readline())]


@contextmanager
def floor(policy: int, priority: int) -> Iterator[Floor]:
    """Run the floor process with a policy and priority of `sched_setscheduler` until the context ends."""
    pipe, module = subprocess.PIPE, "emo_osc.evaluate.bench.floor"
    with start(module, str(policy), str(priority), stdin=pipe, stdout=pipe) as process:
        try:
            yield Floor(process)
        finally:
            process.terminate()


def priority_of(process_id: int | None) -> tuple[int, int]:
    """Scheduling policy and priority of a process; (0, 0), the default, where the system does not tell."""
    if process_id is None or not hasattr(os, "sched_getscheduler"):
        return 0, 0
    return os.sched_getscheduler(process_id), os.sched_getparam(process_id).sched_priority


def send_bare(seconds: float, events_a_s: float, port: Any, random: Random) -> list[Pair]:
    """Send at random times, 0.5 to 1.5 mean intervals apart; delays until awake and until sent, in seconds."""
    pairs: list[Pair] = []
    due_s = perf_counter()
    ends_s = due_s + seconds
    while (due_s := due_s + random.uniform(0.5, 1.5) / events_a_s) < ends_s:
        sleep(max(0.0, due_s - SPIN_S - perf_counter()))
        while (awake_s := perf_counter()) < due_s:
            continue
        if port:
            port.send_message(NOTE)
        pairs.append((awake_s - due_s, perf_counter() - due_s))
    return pairs


def read_bare(seconds: float, udp: socket.socket, port: Any) -> list[Pair]:
    """Answer datagrams; delays from the kernel's receive stamp until read and until sent, in seconds. Linux only."""
    pairs: list[Pair] = []
    ends_s = time() + seconds
    while (left_s := ends_s - time()) > 0:
        if not select([udp], (), (), left_s)[0]:
            break
        _, extras, _, _ = udp.recvmsg(2048, 64)
        awake_s = time()
        if port:
            port.send_message(NOTE)
        sent_s = time()
        pairs += [(awake_s - at_s, sent_s - at_s) for at_s in map(_stamp_s, extras) if at_s]
    return pairs


def _stamp_s(extra: tuple[int, int, bytes]) -> float:
    """The kernel's receive time of a datagram in Unix time; 0 where there is none."""
    level, kind, data = extra
    if (level, kind) != (socket.SOL_SOCKET, STAMP):
        return 0.0
    seconds, nanoseconds = struct.unpack("@ll", data)
    return float(seconds + nanoseconds * 1e-9)


def _open_udp() -> socket.socket:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    if sys.platform == "linux":
        udp.setsockopt(socket.SOL_SOCKET, STAMP, 1)
    return udp


def _drain(udp: socket.socket) -> None:
    """Discard datagrams left from the previous turn."""
    while select([udp], (), (), 0.0)[0]:
        udp.recv(2048)


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Execute the lines of standard input until it ends."""
    policy, priority = map(int, sys.argv[1:])
    port, random, udp = lonely_output(), Random(1), _open_udp()
    _print_line(str(udp.getsockname()[1]))
    if policy:
        os.sched_setscheduler(0, policy, os.sched_param(priority))
    gc.collect()
    gc.freeze()
    gc.disable()
    for line in sys.stdin:
        seconds, events_a_s = map(float, line.split())
        reads = events_a_s == 0.0
        _drain(udp)
        _print_line("begun")
        pairs = read_bare(seconds, udp, port) if reads else send_bare(seconds, events_a_s, port, random)
        _print_line(json.dumps(pairs))


if __name__ == "__main__":
    main()
