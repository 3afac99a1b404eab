"""How long a hand of the audience takes to reach the instrument, and what a crowd costs, through a real broker.

Thousands of simulated phones speak through mosquitto to `emo-osc crowd`; a probe, which counts more than all of them,
moves the point, and the time from its PUBLISH to that point in `/emo/va` is measured.
`python -m emo_osc.evaluate.bench.bench_crowd KIND PORT PHONES RATE SECONDS` runs the phones.
"""

import json
import random
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import IO

from emo_osc.core.child_start import start
from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.bench.mqtt_phones import Phone, publish, web_phones
from emo_osc.evaluate.bench.process_tree import cpu_s
from emo_osc.protocol.osc import decode

HOST, SHOW, PROBE = "127.0.0.1", "bench", "probe"
STEP_S = 0.01  # phones speak in slices of this length
LOST_S = 5.0
PROBE_EVERY_S = 0.06, 0.14  # at random, so as to meet every moment between two points
FLOOD_PACKETS = 64  # in one write
SPARE_FILES = 256
CONF = "listener {port} 127.0.0.1\nallow_anonymous true\nmax_packet_size 512\nlog_type none\nuser root\n"
WEB_CONF = CONF + "listener {web_port} 127.0.0.1\nprotocol websockets\n"
KINDS = ("quiet", "one_connection", "own_connections", "websockets", "flood")
REPORT = re.compile(r"in 10 s ([\d,]+) messages, ([\d,]+) dropped")

Row = dict[str, float]


def bench_crowd(
    phones: int, rate_hz: float, seconds: float, say: Callable[[str], None], kinds: Sequence[str] = KINDS
) -> dict[str, Row]:
    """Measure with `phones` that speak `rate_hz` times a second: kind -> figures.

    `quiet` has the probe alone; `one_connection` all phones through one connection, `own_connections` each through its
    own; `websockets` the same over WebSockets, as the page of the audience does, the probe too; `flood` is
    `own_connections` beside one client that sends as fast as it can. `delay_*_ms` are from the probe's PUBLISH to
    `/emo/va`, 25 ms of it on average waiting for the next of 20 points a second; `*_cpu` are shares of one core.

    Raises:
        EmoOscError: there is no mosquitto, or the crowd does not come.
    """
    _allow_files(phones + SPARE_FILES)
    rows = {}
    for kind in kinds:
        say(kind)
        rows[kind] = _measured(kind, phones, rate_hz, seconds)
    return rows


def _measured(kind: str, phones: int, rate_hz: float, seconds: float) -> Row:
    with ExitStack() as stack:
        patch = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        patch.bind((HOST, 0))
        web_port = free_port()
        hub, port = stack.enter_context(broker(WEB_CONF.replace("{web_port}", str(web_port))))
        _wait_for(web_port)
        crowd = stack.enter_context(_crowd(port, patch.getsockname()[1]))
        spoken_to = web_port if kind == "websockets" else port
        told_to = (kind, str(spoken_to), str(phones), str(rate_hz), str(seconds))
        sender = stack.enter_context(start("emo_osc.evaluate.bench.bench_crowd", *told_to, stdout=subprocess.PIPE))
        assert sender.stdout is not None
        assert crowd.stdout is not None
        sender.stdout.readline()  # it has begun
        before = cpu_s([crowd.pid]), cpu_s([hub.pid]), perf_counter()
        delays = _probed(_phones(kind, spoken_to, [PROBE])[0], patch, seconds)
        crowd_s, broker_s, length_s = (
            cpu_s([crowd.pid]) - before[0],
            cpu_s([hub.pid]) - before[1],
            perf_counter() - before[2],
        )
        sent = json.loads(sender.stdout.readline())
        crowd.terminate()
        reports = REPORT.findall(crowd.stdout.read())
        read, dropped = (float(figure.replace(",", "")) / 10 for figure in (reports or [("0", "0")])[-1])
        row = {"sent_a_s": sent["messages"] / sent["seconds"], "read_a_s": read, "dropped_a_s": dropped}
        return row | _figures(delays) | {"crowd_cpu": crowd_s / length_s, "broker_cpu": broker_s / length_s}


def _probed(probe: Phone, patch: socket.socket, seconds: float) -> list[float]:
    """Delays of points that the probe asks for until the end; `LOST_S` for one that never came."""
    chance, delays, end_s = random.Random(0), list[float](), perf_counter() + seconds
    patch.settimeout(LOST_S)
    while perf_counter() < end_s:
        wanted = chance.randint(-1000, 1000) / 1000, chance.randint(-1000, 1000) / 1000
        begun_s = perf_counter()
        probe.say(f"emo/{SHOW}/va/{PROBE}", f"{wanted[0]:.3f} {wanted[1]:.3f}".encode())
        with suppress(TimeoutError):
            while perf_counter() < begun_s + LOST_S and not _is_there(patch.recv(2048), wanted):
                continue
        delays.append(min(LOST_S, perf_counter() - begun_s))
        sleep(chance.uniform(*PROBE_EVERY_S))
    probe.close()
    return delays


def _is_there(packet: bytes, wanted: tuple[float, float]) -> bool:
    (message,) = decode(packet)
    if message.address != "/emo/va":
        return False
    return all(abs(float(str(told)) - axis) < 1e-4 for told, axis in zip(message.arguments, wanted, strict=True))


def _figures(delays_s: list[float]) -> Row:
    ordered = sorted(delays_s)
    shares = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    figures = {f"delay_{name}_ms": 1000 * ordered[round(share * (len(ordered) - 1))] for name, share in shares.items()}
    return figures | {"probes": float(len(ordered))}


@contextmanager
def broker(conf: str = CONF) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A mosquitto on a free port, until the end.

    Raises:
        EmoOscError: there is none, or it does not listen.
    """
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if not found:
        raise EmoOscError("no MQTT broker here; install one: apt-get install mosquitto")
    with TemporaryDirectory() as folder:
        port = free_port()
        path = Path(folder) / "mosquitto.conf"
        path.write_text(conf.format(port=port))
        process = subprocess.Popen([found, "-c", str(path)], stderr=subprocess.DEVNULL)
        try:
            _wait_for(port)
            yield process, port
        finally:
            process.kill()
            process.wait()


def free_port() -> int:
    """A TCP port that nobody has now."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])


def _wait_for(port: int) -> None:
    end_s = perf_counter() + 30.0
    while perf_counter() < end_s:
        with suppress(OSError):
            socket.create_connection((HOST, port), 1.0).close()
            return
    raise EmoOscError("mosquitto does not listen within 30 s")


@contextmanager
def _crowd(port: int, patch_port: int) -> Iterator[subprocess.Popen[str]]:
    """`emo-osc crowd` with a probe that outweighs everybody, once it listens."""
    options = ("--show", SHOW, "--glide", "0", "--weight", f"{PROBE}=1e6", "--rate", "20")
    where = ("--mqtt", f"mqtt://{HOST}:{port}", "--port", str(patch_port), "--osc-out", f"{HOST}:{patch_port}")
    process = start("emo_osc", "crowd", *where, *options, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if "listening to" in line:
                break
        else:
            raise EmoOscError("emo-osc crowd ended before it listened")
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def _allow_files(count: int) -> None:
    with suppress(ImportError, ValueError):  # Windows has no such limit; ValueError: the system allows fewer
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < count:
            resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def speak(kind: str, port: int, phones: int, rate_hz: float, seconds: float, out: IO[str]) -> None:
    """Speak as so many phones; writes an empty line once all are connected, and counts as JSON at the end."""
    count = 0 if kind == "quiet" else phones
    connections = 1 if kind == "one_connection" else max(1, count)
    opened = _phones(kind, port, [f"phone{number}" for number in range(connections)])
    flooder = Phone(port, "flooder") if kind == "flood" else None
    out.write("\n")
    out.flush()
    begun_s = perf_counter()
    messages = sum(_spoken(opened, count, rate_hz, flooder, begun_s + seconds))
    out.write(json.dumps({"messages": messages, "seconds": perf_counter() - begun_s}) + "\n")


def _phones(kind: str, port: int, identifiers: list[str]) -> list[Phone]:
    if kind == "websockets":
        return web_phones(port, identifiers)
    return [Phone(port, identifier) for identifier in identifiers]


def _spoken(opened: list[Phone], count: int, rate_hz: float, flooder: Phone | None, end_s: float) -> Iterator[int]:
    """Speak in slices; the messages of each. Phones take turns, each moves a little from word to word."""
    chance, said, turn_s = random.Random(1), 0.0, perf_counter()
    flood = publish(f"emo/{SHOW}/va/flooder", b"-1.000 -1.000") * FLOOD_PACKETS
    turn = 0
    while turn_s < end_s:
        said += count * rate_hz * STEP_S
        for _ in range(int(said)):
            turn = (turn + 1) % count
            payload = f"{chance.gauss(0.4, 0.2):.3f} {chance.gauss(-0.2, 0.3):.3f}".encode()
            opened[turn % len(opened)].say(f"emo/{SHOW}/va/phone{turn}", payload)
        yield int(said)
        said -= int(said)
        turn_s += STEP_S
        yield from _flooded(flooder, flood, turn_s)
        sleep(max(0.0, turn_s - perf_counter()))


def _flooded(flooder: Phone | None, flood: bytes, until_s: float) -> Iterator[int]:
    """Send one client's words as fast as the broker takes them, until the next slice."""
    while flooder and perf_counter() < until_s:
        flooder.socket.sendall(flood)
        yield FLOOD_PACKETS


if __name__ == "__main__":
    speak(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5]), sys.stdout)
