"""A network that delays and loses packets, for a thread in a network namespace of its own.

What is sent to `FAR` comes back to this computer's own ports at `NEAR`, as if from another computer: source and
destination of each packet are exchanged, which keeps all its checksums.
"""

import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import threading
from contextlib import suppress
from time import monotonic

import pytest

NEAR, FAR = "10.9.0.1", "10.9.0.2"
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
ADDRESSES = slice(12, 20)  # of an IPv4 header: source, destination
LOOK_S = 0.005


class BadNetwork:
    """Each packet takes `delay_s` each way, or is lost with a probability of `loss`; while `is_cut` all are lost."""

    def __init__(self, delay_s: float, loss: float) -> None:
        self._delay_s, self._loss = delay_s, loss
        self.is_cut = False
        self.passed = self.lost = 0
        try:
            self._tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(self._tun, TUNSETIFF, struct.pack("16sH22x", b"bad0", IFF_TUN | IFF_NO_PI))
        except OSError as error:
            pytest.skip(f"no network of one's own to lose packets in: {error}")
        subprocess.run(["ip", "addr", "add", f"{NEAR}/30", "dev", "bad0"], check=True)
        subprocess.run(["ip", "link", "set", "bad0", "up"], check=True)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take the network away."""
        self._ended.set()
        self._thread.join()
        os.close(self._tun)

    def _run(self) -> None:
        chance, waiting, order = random.Random(0), list[tuple[float, int, bytes]](), 0
        while not self._ended.is_set():
            if select.select([self._tun], [], [], LOOK_S)[0]:
                packet = os.read(self._tun, 65_536)
                if self.is_cut or chance.random() < self._loss:
                    self.lost += 1
                else:
                    order += 1
                    heapq.heappush(waiting, (monotonic() + self._delay_s, order, packet))
            while waiting and waiting[0][0] <= monotonic():
                packet = heapq.heappop(waiting)[2]
                self.passed += 1
                with suppress(OSError):
                    os.write(self._tun, _turned(packet))


def _turned(packet: bytes) -> bytes:
    """A packet of IPv4 from its destination to its source; others as they are."""
    if packet[0] >> 4 != 4:
        return packet
    return packet[: ADDRESSES.start] + packet[16:20] + packet[12:16] + packet[ADDRESSES.stop :]
