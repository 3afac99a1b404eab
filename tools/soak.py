"""A long evening in a hurry: a daemon of its own, a performer who never rests, a studio that is killed now and then.

    python -m tools.soak --minutes 20

Memory must not grow, notes must not come later and later, and none may be left on. Exits with 1 where one does.
"""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from math import sin, sqrt
from pathlib import Path
from random import Random
from time import perf_counter

import click

from emo_osc.core.affect import MOODS
from emo_osc.core.midi_standard import CHANNEL_BITS, KIND_BITS, NOTE_OFF, NOTE_ON
from emo_osc.evaluate.bench.instance import Instance, instance
from emo_osc.evaluate.report import Tables, show, write
from emo_osc.midi.probe_port import listening

SAMPLE_S = 10.0
KILL_S = 240.0
WARM_UP = 0.1  # of the run: caches fill, the shelf too
MAX_GROWTH_MB = 5.0  # of the stage, the issue of a whole run
MAX_SILENCE_S = 10.0  # a calm melody may rest for two bars, at 70 beats a minute 7 s
MAX_TREND_MS = 0.5  # by which the latest one note in a hundred may come later at the end than at the start
PROCESSES = {"stage": "emo_osc.stage.loop", "studio": "emo_osc.studio.worker", "watch": "emo_osc.midi.port_monitor"}
DELAYS = 4  # that the stage tells


@dataclass
class Port:
    """What arrived at the MIDI listener."""

    notes: int = 0
    sounding: set[tuple[int, int]] = field(default_factory=set)
    last_s: float = 0.0
    longest_s: float = 0.0

    def hear(self, at_s: float, message: bytes) -> None:
        """Take one message."""
        kind, key = message[0] & KIND_BITS, (message[0] & CHANNEL_BITS, message[1] if len(message) > 1 else 0)
        if kind == NOTE_ON and message[2]:
            self.notes += 1
            self.sounding.add(key)
            self.longest_s = max(self.longest_s, at_s - self.last_s) if self.last_s else 0.0
            self.last_s = at_s
        elif kind in (NOTE_OFF, NOTE_ON):
            self.sounding.discard(key)

    def rest(self, now_s: float) -> None:
        """Count the silence at the end too."""
        self.longest_s = max(self.longest_s, now_s - self.last_s) if self.last_s else 0.0


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: when, in minutes; memory of each process in MB; the notes' p99 in ms."""

    minute: float
    memory_mb: dict[str, float]
    p99_ms: float


@dataclass
class Evening:
    """Everything that was seen."""

    port: Port = field(default_factory=Port)
    samples: list[Sample] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    kills: int = 0
    is_heard: bool = False


def soak(minutes: float, generator: str, seed: int = 1) -> Evening:
    """Plays for `minutes` and tells what was seen.

    Raises:
        EmoOscError: the daemon does not start or does not answer.
    """
    evening, random = Evening(), Random(seed)
    with instance(generator) as one, listening(one.name, evening.port.hear) as evening.is_heard:
        start_s = perf_counter()
        end_s, sample_s, kill_s = start_s + 60 * minutes, start_s, start_s + min(KILL_S, 20 * minutes)
        while (now_s := perf_counter()) < end_s:
            if now_s >= sample_s:
                evening.samples.append(_sample(one, (now_s - start_s) / 60))
                sample_s = now_s + min(SAMPLE_S, 6 * minutes)
            if now_s >= kill_s:
                kill_s = now_s + KILL_S
                evening.kills += _kill_studio(one)
            random.choice(ACTS)(one, random)
            _listen(one, evening, perf_counter() + random.uniform(0.05, 1.0))
        one.ask("/emo/stop", "/emo/ack")
        one.ask("/emo/ping", "/emo/pong")
        stopped_s = perf_counter()
        _listen(one, evening, stopped_s + 0.5)
    evening.port.rest(stopped_s)
    return evening


def tables_of(evening: Evening) -> Tables:
    """The evening as figures: growth is the slope of memory over the run, by least squares, times its length."""
    samples = evening.samples[int(WARM_UP * len(evening.samples)) :]
    minutes = [sample.minute for sample in samples]
    length = max(minutes[-1] - minutes[0], 1e-9)
    memory = {}
    for name in samples[-1].memory_mb:
        sizes = [sample.memory_mb.get(name, 0.0) for sample in samples]
        memory[name] = {
            "first MB": sizes[0],
            "last MB": sizes[-1],
            "growth MB": slope(minutes, sizes)[0] * length,
        }
    trend, error = slope(minutes, [sample.p99_ms for sample in samples])
    lateness = {"trend ms": trend * length, "standard error ms": error * length}
    lateness |= {f"p99 ms, {name}": part[-1].p99_ms for name, part in (("start", samples[:1]), ("end", samples[-1:]))}
    music = {
        "minutes": evening.samples[-1].minute,
        "MIDI heard": float(evening.is_heard),
        "notes": evening.port.notes,
        "left on": len(evening.port.sounding),
        "longest silence s": evening.port.longest_s,
        "studio killed": evening.kills,
    }
    return {
        "memory": memory,
        "notes due -> sent": {"over the run": lateness},
        "music": {name: {"figure": value} for name, value in music.items()},
        "answers": {name: {"figure": count} for name, count in sorted(evening.answers.items())},
    }


def faults_of(tables: Tables) -> list[str]:
    """What should not have been."""
    growth, late = (
        tables["memory"].get("stage", {"growth MB": 0.0})["growth MB"],
        tables["notes due -> sent"]["over the run"],
    )
    music = {name: row["figure"] for name, row in tables["music"].items()}
    is_later = late["trend ms"] > max(MAX_TREND_MS, 3 * late["standard error ms"])
    found = (
        (growth > MAX_GROWTH_MB, f"the stage grew by {growth:.1f} MB"),
        (is_later, f"notes came {late['trend ms']:.2f} ms later at the end"),
        (music["MIDI heard"] > 0 and music["notes"] == 0, "no note was heard"),
        (music["longest silence s"] > MAX_SILENCE_S, f"it was silent for {music['longest silence s']:.1f} s"),
        (music["left on"] > 0, f"{music['left on']:g} notes were left on"),
        (tables["answers"].get("/emo/ack", {"figure": 0})["figure"] == 0, "nothing was acknowledged"),
    )
    return [text for is_so, text in found if is_so]


def slope(xs: list[float], ys: list[float]) -> tuple[float, float]:
    """The slope of a line by least squares, and its standard error; zeros where there are too few points.

    >>> slope([0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 5.0, 7.0])
    (2.0, 0.0)
    """
    count = len(xs)
    mean_x, mean_y = sum(xs) / count, sum(ys) / count
    spread = sum((x - mean_x) ** 2 for x in xs)
    if count < 3 or spread == 0.0:
        return 0.0, 0.0
    rise = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread
    rest = sum((y - mean_y - rise * (x - mean_x)) ** 2 for x, y in zip(xs, ys, strict=True))
    return rise, sqrt(rest / (count - 2) / spread)


def _sample(one: Instance, minute: float) -> Sample:
    pids = {name: one.process_of(module) for name, module in PROCESSES.items()} | {"supervisor": one.process.pid}
    memory = {name: _memory_mb(pid) for name, pid in pids.items() if pid is not None}
    rows = one.ask("/emo/latency", count=DELAYS)
    schedule = next(row.arguments for row in rows if row.arguments[0] == "schedule")
    return Sample(minute, memory, float(schedule[3] or 0.0))


def _memory_mb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, ValueError):  # it has just ended, or this system tells no memory
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _kill_studio(one: Instance) -> int:
    pid = one.process_of(PROCESSES["studio"])
    if pid is None:
        return 0
    os.kill(pid, signal.SIGKILL)
    return 1


def _listen(one: Instance, evening: Evening, until_s: float) -> None:
    while message := one.receive(until_s):
        name = "/emo/state/.." if message.address.startswith("/emo/state/") else message.address
        evening.answers[name] = evening.answers.get(name, 0) + 1
        if perf_counter() >= until_s:
            return


def _drag(one: Instance, random: Random) -> None:
    """A second on a pad, sixty times a second."""
    phase = random.uniform(0.0, 6.0)
    start_s = perf_counter()
    for step in range(60):
        one.send("/emo/va", sin(phase + step / 20), sin(2 * phase + step / 33))
        one.receive(start_s + (step + 1) / 60)


def _act(address: str, *choices: Callable[[Random], float | str]) -> Callable[[Instance, Random], None]:
    return lambda one, random: one.send(address, *(choose(random) for choose in choices))


def _mood(random: Random) -> str:
    return random.choice(MOODS).id


ACTS: tuple[Callable[[Instance, Random], None], ...] = (
    _drag,
    _act("/emo/mood", _mood),
    _act("/emo/mood", _mood, lambda random: random.random()),
    _act("/emo/goto", _mood, lambda random: random.randint(1, 8)),
    _act("/emo/next"),
    _act("/emo/again"),
    _act("/emo/mutate", lambda random: random.uniform(0.05, 1.0)),
    _act("/emo/keep", lambda random: f"soak {random.randint(1, 9)}"),
    _act("/emo/recall", lambda random: f"soak {random.randint(1, 9)}"),
    _act("/emo/quantize", lambda random: random.choice(("now", "1/16", "beat", "bar", "2bars", "4bars"))),
    _act("/emo/tempo", lambda random: random.uniform(70.0, 220.0)),
    _act("/emo/key", lambda random: random.choice(("C", "F#", "A", "auto"))),
    _act("/emo/set/swing", lambda random: random.random()),
    _act("/emo/set/density", lambda random: random.uniform(-1.0, 1.0)),
    _act("/emo/start_listen/*"),
    _act("/emo/stop_listen/*"),
    _act("/emo/nonsense"),
    _act("/emo/status"),
)


@click.command()
@click.option("--minutes", type=click.FloatRange(min=0.2), default=20.0, show_default=True)
@click.option("--generator", default="music_vae", show_default=True)
@click.option("--json", "json_out", type=click.Path(path_type=Path), metavar="OUT.json")
def main(minutes: float, generator: str, json_out: Path | None) -> None:
    """Play for a while, and say what has grown, what came late, and what was left on."""
    tables = tables_of(soak(minutes, generator))
    show(tables)
    if json_out:
        write(tables, json_out)
    faults = faults_of(tables)
    for fault in faults:
        click.echo(fault, err=True)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
