"""How late the instrument is, from inside and outside, beside the machine's floor, with the studio at full load.

A daemon of its own plays fast and dense while a client moves the affect at random moments, so that the studio never
rests. The bare sender and the bare reader of `floor` have the stage's priority and as many events; they
take turns with the notes: meanwhile the daemon plays at 20 bpm, so that two spinning processes do not fall on one core.
"""

import os
import socket
from bisect import bisect_right
from dataclasses import asdict, dataclass, field
from math import inf, nan
from pathlib import Path
from random import Random
from time import perf_counter, sleep

from emo_osc.core.errors import EmoOscError
from emo_osc.core.midi_standard import BRIGHTNESS, CONTROL_CHANGE
from emo_osc.evaluate.bench.floor import Floor, Pair, floor, priority_of
from emo_osc.evaluate.bench.instance import Instance, instance
from emo_osc.midi.probe_port import listening
from emo_osc.stage.session.latency import EDGES_S, Latency

TURN_S = 2.0
FAST, SLOW = 300.0, 20.0  # beats per minute, in the notes' turn and in the bare sender's
LEAST_GAP_S, MEAN_GAP_S = 0.015, 0.04  # between datagrams
AFFECT_SENDS = bytes((CONTROL_CHANGE, BRIGHTNESS))  # with every change
ORDERED = 0.1  # of the datagrams in the reader's turn: enough for the studio never to rest
COUNTED = 4  # delays of the stage
INSIDE = {"OSC received -> MIDI sent": "datagram", "note due -> sent": "schedule", "order -> studio's answer": "studio"}
FIGURES = ("p50_ms", "p95_ms", "p99_ms", "max_ms", "count")
EDGES_MS = (1000 * EDGES_S[0] / 2, *(1000 * edge_s for edge_s in EDGES_S))
PANELS = {
    "an affect by OSC, until its first MIDI message, beside a bare reader of the same priority": (
        "OSC received -> MIDI sent",
        "bare reader: received -> sent",
        "OSC sent -> MIDI heard",
    ),
    "a note, beside a bare sender of the same priority": ("note due -> sent", "bare sender: due -> sent"),
}
COLOURS = ("#b0307f", "#4a7fc1", "#8a8a8a")
Row = dict[str, float]


@dataclass
class Seen:
    """What one run saw, in seconds: sendings, controllers heard, round trips, the bare sender's and reader's pairs."""

    sent_s: list[float] = field(default_factory=list)
    heard_s: list[float] = field(default_factory=list)
    trips_s: list[float] = field(default_factory=list)
    bare: list[Pair] = field(default_factory=list)
    read: list[Pair] = field(default_factory=list)

    def hear(self, at_s: float, message: bytes) -> None:
        """Take what arrived at the MIDI listener."""
        if message[:2] == AFFECT_SENDS:
            self.heard_s.append(at_s)

    @property
    def heard_late_s(self) -> list[float]:
        """From each sending to the first controller heard after it, before the next sending."""
        late_s = []
        for sent_s, next_s in zip(self.sent_s, [*self.sent_s[1:], inf], strict=True):
            at = bisect_right(self.heard_s, sent_s)
            if at < len(self.heard_s) and self.heard_s[at] < next_s:
                late_s.append(self.heard_s[at] - sent_s)
        return late_s


@dataclass(frozen=True)
class Result:
    """Tables for people and files, and the samples behind them: what to count, bins of `EDGES_S`."""

    tables: dict[str, dict[str, Row]]
    spreads: dict[str, tuple[int, ...]]


def bench_latency(seconds: float, generator: str = "music_vae") -> Result:
    """Measures for `seconds`, four at least; delays in milliseconds, and under which conditions they were seen.

    Raises:
        EmoOscError: the daemon does not start or does not answer.
    """
    seen = Seen()
    with instance(generator, FAST) as one, listening(one.name, seen.hear):
        stage, studio = one.process_of("emo_osc.stage.loop"), one.process_of("emo_osc.studio.worker")
        policy, priority = priority_of(stage)
        with floor(policy, priority) as bare:
            one.send("/emo/set/density", 1.0)
            began_s, busy_s = perf_counter(), _cpu_s(studio)
            _take_turns(one, bare, seen, seconds)
            elapsed_s = perf_counter() - began_s
            share = (_cpu_s(studio) - busy_s) / elapsed_s
            return _told(one, seen, {"priority": priority, "studio CPU share": share, "seconds": elapsed_s})


def histogram_png(result: Result, path: Path) -> None:
    """Draws how the delays are spread, the instrument's beside what they are to be measured by.

    Raises:
        EmoOscError: the file cannot be written.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 6.0), layout="constrained")
    for axes, (title, names) in zip(figure.subplots(2, 1, sharex=True), PANELS.items(), strict=True):
        for name, colour in zip(names, COLOURS, strict=False):
            counts = result.spreads.get(name, ())
            if counts:
                shares = [100 * count / sum(counts) for count in counts]
                label = f"{name}, p99 {result.tables['latency'][name]['p99_ms']:.3f} ms"
                axes.stairs(shares, EDGES_MS[: len(counts) + 1], fill=True, alpha=0.45, color=colour, label=label)
        axes.set(title=title, xscale="log", xlim=(0.004, 20), ylabel="% of events")
        if axes.patches:
            axes.legend(frameon=False)
    axes.set_xlabel("ms")
    try:
        figure.savefig(path, dpi=120)
    except OSError as error:
        raise EmoOscError(f"{path}: cannot be written ({error.strerror}); choose another file") from None


def _take_turns(one: Instance, bare: Floor, seen: Seen, seconds: float) -> None:
    """Notes, then the bare sender, then notes; it sends as often as the notes did."""
    random, done = Random(1), 0.0
    while done < seconds:
        before = _notes(one)
        one.send("/emo/tempo", FAST)
        _move_about(one, seen, TURN_S, random)
        events_a_s = max(1.0, (_notes(one) - before) / TURN_S)
        one.send("/emo/tempo", SLOW)
        bare.begin(TURN_S, events_a_s)
        _move_about(one, seen, TURN_S, random)
        seen.bare += bare.end()
        bare.begin(TURN_S, 0.0)
        _talk_to(one, bare.port, TURN_S - LEAST_GAP_S, random)
        seen.read += bare.end()
        done += 3 * TURN_S


def _talk_to(one: Instance, port: int, seconds: float, random: Random) -> None:
    """Send datagrams to the bare reader, as often as the instrument had them, which gets enough to go on composing."""
    ends_s = perf_counter() + seconds
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        while perf_counter() < ends_s:
            sleep(LEAST_GAP_S + random.expovariate(1 / (MEAN_GAP_S - LEAST_GAP_S)))
            client.sendto(b"/emo/va", ("127.0.0.1", port))
            if random.random() < ORDERED:
                one.send("/emo/va", random.uniform(-1, 1), random.uniform(-1, 1))


def _move_about(one: Instance, seen: Seen, seconds: float, random: Random) -> None:
    """Send an affect at random moments, and wait for each answer."""
    ends_s = perf_counter() + seconds
    while (now_s := perf_counter()) < ends_s:
        seen.sent_s.append(now_s)
        one.send("/emo/va", random.uniform(-1, 1), random.uniform(-1, 1))
        while (answer := one.receive(now_s + 1.0)) and answer.arguments[:1] != ("/emo/va",):
            continue
        if answer:
            seen.trips_s.append(perf_counter() - now_s)
        sleep(LEAST_GAP_S + random.expovariate(1 / (MEAN_GAP_S - LEAST_GAP_S)))


def _told(one: Instance, seen: Seen, conditions: Row) -> Result:
    stage = {name: figures for name, *figures in (a.arguments for a in one.ask("/emo/latency", count=COUNTED))}
    told = {name: counts for name, *counts in (a.arguments for a in one.ask("/emo/latency/spread", count=COUNTED))}
    rows: dict[str, Row] = {}
    spreads: dict[str, tuple[int, ...]] = {}
    for title, name in INSIDE.items():
        rows[title] = dict(zip(FIGURES, (float(str(figure)) for figure in stage[name]), strict=True))
        spreads[title] = tuple(int(str(count)) for count in told[name])
    for title, delays_s in _outside(seen).items():
        if delays_s:
            latency = _counted(delays_s)
            rows[title], spreads[title] = asdict(latency.percentiles()), latency.spread()
    ratio = rows["note due -> sent"]["p99_ms"] / rows["bare sender: due -> sent"]["p99_ms"]
    counters = {"note p99 / bare sender p99": ratio, **conditions}
    return Result({"latency": rows, "conditions": {name: {"figure": fact} for name, fact in counters.items()}}, spreads)


def _outside(seen: Seen) -> dict[str, list[float]]:
    return {
        "OSC sent -> MIDI heard": seen.heard_late_s,
        "OSC sent -> acknowledged": seen.trips_s,
        "bare reader: received -> read": [awake_s for awake_s, _ in seen.read],
        "bare reader: received -> sent": [sent_s for _, sent_s in seen.read],
        "bare sender: due -> awake": [awake_s for awake_s, _ in seen.bare],
        "bare sender: due -> sent": [sent_s for _, sent_s in seen.bare],
    }


def _notes(one: Instance) -> float:
    """How many times notes have been sent or switched off so far."""
    counts = {a.arguments[0]: a.arguments[-1] for a in one.ask("/emo/latency", count=COUNTED)}
    return float(str(counts["schedule"]))


def _counted(delays_s: list[float]) -> Latency:
    latency = Latency()
    for delay_s in delays_s:
        latency.add(delay_s)
    return latency


def _cpu_s(process_id: int | None) -> float:
    """Seconds of processor time a process has used; NaN where the system does not tell."""
    path = Path(f"/proc/{process_id}/stat")
    if not path.exists():
        return nan
    user, system = path.read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
