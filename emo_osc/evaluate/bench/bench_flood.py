"""Effect of a flood of OSC messages on notes and on a second client, measured on a daemon.

A sender process floods from one port, from many ports of one host, from another host, or with bundles scheduled for
one instant. `python -m emo_osc.evaluate.bench.bench_flood KIND PORT SECONDS` runs the sender.
"""

import json
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from struct import pack
from tempfile import TemporaryDirectory
from time import perf_counter, sleep, time

from emo_osc.core.child_start import start
from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.bench.instance import HOST, free_port, serving
from emo_osc.protocol.osc import NTP_TO_UNIX_S, Message, decode, encode

OTHER_HOST = "127.0.0.2"
LOST_S = 1.0  # a ping without its answer by then is lost
PING_EVERY_S = 0.005
MESSAGES_A_BUNDLE = 10
SCHEDULED, SCHEDULED_A_BUNDLE, AHEAD_S = 1024, 64, 0.5
MAX_SOCKETS = 200  # more ports are had by closing sockets and opening others
PRESET = """
osc: {{port: {port}}}
midi: {{out: flood_{port}}}
clock: {{tempo: 300}}
generator: {{name: canned, seed: 1, pool: 1}}
sound: {{enabled: false}}
web: {{enabled: false}}
"""

Row = dict[str, float]
Packet = tuple[bytes, int]  # and how many messages are in it


def bench_flood(seconds: float) -> dict[str, Row]:
    """Flood a daemon for `seconds` with each kind in turn; kind -> figures, `quiet` first.

    `sent_a_s`, `accepted_a_s`, `dropped_a_s`: messages per second (dropped: datagrams); `note_*_ms`: lateness of notes;
    `ping_*_ms`: round trips of a second client; `lost_pings`: its pings without an answer.

    Raises:
        EmoOscError: the daemon does not start or does not answer.
    """
    kinds = [kind for kind, flood in FLOODS.items() if _can_bind(flood.host)]
    return {kind: _measured(kind, seconds) for kind in ("quiet", *kinds)}


def _can_bind(host: str) -> bool:
    """Whether this machine can bind an address: not every system has all of 127.0.0.0/8."""
    try:
        _opened(host).close()
    except OSError:
        return False
    return True


def _measured(kind: str, seconds: float) -> Row:
    with _daemon() as port, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect((HOST, port))
        if kind == "quiet":
            return _pinged(client, seconds) | _lateness(client)
        told_to = (kind, str(port), str(seconds))
        with start("emo_osc.evaluate.bench.bench_flood", *told_to, stdout=subprocess.PIPE) as flooder:
            assert flooder.stdout is not None
            flooder.stdout.readline()  # it has begun
            pinged = _pinged(client, seconds)
            reply = json.loads(flooder.stdout.readline())
        counted = {"sent_a_s": reply["messages"] / reply["seconds"]}
        for name, figure in (("received", "accepted_a_s"), ("dropped", "dropped_a_s")):
            counted[figure] = float(str(_ask(client, f"/emo/get/{name}").arguments[0])) / reply["seconds"]
        return counted | _lateness(client) | pinged


@contextmanager
def _daemon() -> Iterator[int]:
    """Start `emo-osc serve` and give its OSC port; stop it on exit."""
    port = free_port()
    with TemporaryDirectory() as folder, serving(PRESET.format(port=port), "ready", Path(folder)):
        yield port


def _pinged(client: socket.socket, seconds: float) -> Row:
    """Round trips of a client that sends about 200 pings per second."""
    client.settimeout(LOST_S)
    trips_s, lost, start_s = list[float](), 0, perf_counter()
    ends_s = start_s + seconds
    while (sent_s := perf_counter()) < ends_s:
        token = f"{sent_s}"
        client.send(encode("/emo/ping", token))
        try:
            while decode(client.recv(2048))[0].arguments != (token,):
                continue
            trips_s.append(perf_counter() - sent_s)
        except TimeoutError:
            lost += 1
        sleep(PING_EVERY_S)
    ordered = sorted(trips_s) or [LOST_S]
    shares = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    figures = {f"ping_{name}_ms": 1000 * ordered[round(share * (len(ordered) - 1))] for name, share in shares.items()}
    return figures | {"lost_pings": lost}


def _lateness(client: socket.socket) -> Row:
    client.send(encode("/emo/latency"))
    while (reply := decode(client.recv(2048))[0]).arguments[:1] != ("schedule",):
        continue
    p50, _, p99, longest, count = (float(str(figure)) for figure in reply.arguments[1:])
    return {"note_p50_ms": p50, "note_p99_ms": p99, "note_max_ms": longest, "notes": count}


def _ask(client: socket.socket, address: str) -> Message:
    """The answer to a query, which is sent up to five times."""
    for _ in range(5):
        client.send(encode(address))
        try:
            while not (answer := decode(client.recv(2048))[0]).address.startswith("/emo/state/"):
                continue
            return answer
        except TimeoutError:
            continue
    raise EmoOscError(f"the daemon does not answer {address}")


def _drags(count: int) -> list[Packet]:
    """A dragged pad: `/emo/va` messages only."""
    return [(encode("/emo/va", (n % 41 - 20) / 20, (n * 7 % 41 - 20) / 20), 1) for n in range(count)]


def _bundles(count: int) -> list[Packet]:
    """A dragged pad in bundles of ten messages."""
    elements = [pack(">i", len(packet)) + packet for packet, _ in _drags(count)]
    head = b"#bundle\0" + pack(">Q", 1)
    groups = range(0, count - MESSAGES_A_BUNDLE, MESSAGES_A_BUNDLE)
    return [(head + b"".join(elements[n : n + MESSAGES_A_BUNDLE]), MESSAGES_A_BUNDLE) for n in groups]


def _mixed(count: int) -> list[Packet]:
    """A dragged pad with other messages between, some of which cannot be coalesced."""
    others = [encode("/emo/set/density", 0.5), encode("/emo/ping", 1), encode("/emo/nonsense"), b"junk"]
    return [packet if n % 4 else (others[n // 4 % 4], 1) for n, packet in enumerate(_drags(count))]


def _pings(count: int) -> list[Packet]:
    """Pings, which cannot be coalesced."""
    return [(encode("/emo/ping", n), 1) for n in range(count)]


@dataclass(frozen=True, slots=True)
class Flood:
    """The packets of a flood, and the number of ports and the host they come from."""

    packets: Callable[[int], list[Packet]]
    ports: int = 1
    host: str = HOST


FLOODS = {
    "drag": Flood(_drags),
    "bundles": Flood(_bundles),
    "mixed": Flood(_mixed),
    "instant": Flood(_drags),
    "drag_100_ports": Flood(_drags, 100),
    "mixed_100_ports": Flood(_mixed, 100),
    "drag_10000_ports": Flood(_drags, 10_000),
    "mixed_10000_ports": Flood(_mixed, 10_000),
    "pings_10000_ports": Flood(_pings, 10_000),
    "other_host_10000_ports": Flood(_mixed, 10_000, OTHER_HOST),
}
"""`instant` schedules 1,024 messages for one instant, over and over; `other_host` is not the client's own."""


def flood(kind: str, port: int, seconds: float) -> None:
    """Send as fast as possible; prints an empty line at the start and counts as JSON at the end."""
    sys.stdout.write("\n")
    sys.stdout.flush()
    start_s = perf_counter()
    sending = _schedule(port) if kind == "instant" else _flood(FLOODS[kind], port)
    messages = 0
    for count in sending:
        messages += count
        if messages % 256 < count and perf_counter() - start_s > seconds:
            break
    sending.close()
    sys.stdout.write(json.dumps({"messages": messages, "seconds": perf_counter() - start_s}) + "\n")


def _flood(kind: Flood, port: int) -> Generator[int, None, None]:
    """Send without end; yields the number of messages in each datagram."""
    senders = deque(_opened(kind.host) for _ in range(min(kind.ports, MAX_SOCKETS)))
    try:
        for packet, count in cycle(kind.packets(4096)):
            senders[0].sendto(packet, (HOST, port))
            yield count
            if kind.ports > len(senders):
                senders.popleft().close()
                senders.append(_opened(kind.host))
            else:
                senders.rotate(-1)
    finally:
        for sender in senders:
            sender.close()


def _schedule(port: int) -> Generator[int, None, None]:
    """Schedule 1,024 messages for one instant; repeat when it has passed."""
    packets = [encode("/emo/set/density", n % 2 / 2) for n in range(SCHEDULED_A_BUNDLE)]
    elements = [pack(">i", len(packet)) + packet for packet in packets]
    with _opened(HOST) as sender:
        while True:
            at_s = time() + AHEAD_S
            bundle = b"#bundle\0" + pack(">Q", int((at_s + NTP_TO_UNIX_S) * 2**32)) + b"".join(elements)
            for _ in range(SCHEDULED // SCHEDULED_A_BUNDLE):
                sender.sendto(bundle, (HOST, port))
            sleep(max(0.0, at_s - time()))
            yield SCHEDULED


def _opened(host: str) -> socket.socket:
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.bind((host, 0))
    return sender


if __name__ == "__main__":
    flood(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
