"""The machine's floor: a bare sender that sleeps, spins and sends one MIDI message, and does nothing else.

Run as `python -m emo_osc.lab.floor POLICY PRIORITY` it reads orders, `seconds events_a_second`, one a line, and
answers each with a JSON list of pairs: how late it was awake, and how late the message was sent, in seconds.
"""

import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from time import perf_counter, sleep
from typing import Any

from emo_osc.lab.midi_port import lonely_output

SPIN_S = 0.0005  # as the stage does
NOTE = b"\x90\x3c\x40"
Pair = tuple[float, float]


class Floor:
    """A bare sender in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def begin(self, seconds: float, events_a_s: float) -> None:
        """Let it send for so long, at this rate on average."""
        assert self._process.stdin is not None  # a pipe was asked for
        self._process.stdin.write(f"{seconds} {events_a_s}\n")
        self._process.stdin.flush()

    def end(self) -> list[Pair]:
        """How late each of its events was awake, and sent, in seconds."""
        assert self._process.stdout is not None  # a pipe was asked for
        return [(awake_s, sent_s) for awake_s, sent_s in json.loads(self._process.stdout.readline())]


@contextmanager
def floor(policy: int, priority: int) -> Iterator[Floor]:
    """A bare sender with a scheduling policy and priority of `sched_setscheduler`, until the context ends."""
    command = [sys.executable, "-m", "emo_osc.lab.floor", str(policy), str(priority)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Floor(process)
        finally:
            process.terminate()


def priority_of(process_id: int | None) -> tuple[int, int]:
    """Policy and priority of a process; 0 and 0, which is what everybody has, where the system does not tell."""
    if process_id is None or not hasattr(os, "sched_getscheduler"):
        return 0, 0
    return os.sched_getscheduler(process_id), os.sched_getparam(process_id).sched_priority


def send_bare(seconds: float, events_a_s: float, port: Any, random: Random) -> list[Pair]:
    """Send at moments half to one and a half mean gaps apart."""
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


def main() -> None:
    """Do what standard input orders, until it ends."""
    policy, priority = map(int, sys.argv[1:])
    port, random = lonely_output(), Random(1)
    if policy:
        os.sched_setscheduler(0, policy, os.sched_param(priority))
    gc.collect()
    gc.freeze()
    gc.disable()
    for order in sys.stdin:
        seconds, events_a_s = map(float, order.split())
        sys.stdout.write(json.dumps(send_bare(seconds, events_a_s, port, random)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
