"""Latency of the instrument, measured inside and outside, against the machine's floor, with the studio under load.

A daemon plays fast and dense while a client changes the affect at random times, which keeps the studio busy. The bare
sender and reader of `floor` run with the stage's priority and as many events, in alternation with the notes; the daemon
then plays at 20 bpm, so that two busy-waiting processes do not share a core.
"""

import socket
from bisect import bisect_right
from dataclasses import asdict, dataclass, field
from math import inf
from pathlib import Path
from random import Random
from time import perf_counter, sleep

from emo_osc.core.errors import EmoOscError
from emo_osc.core.midi_standard import BRIGHTNESS, CONTROL_CHANGE
from emo_osc.evaluate.bench.floor import Floor, Pair, floor, priority_of
from emo_osc.evaluate.bench.instance import Instance, instance
from emo_osc.evaluate.bench.process_tree import cpu_s
from emo_osc.midi.probe_port import listening
from emo_osc.stage.session.latency import EDGES_S, Latency

TURN_S = 2.0
FAST, SLOW = 300.0, 20.0  # bpm while notes are measured, and while the bare sender is
LEAST_GAP_S, MEAN_GAP_S = 0.015, 0.04  # between datagrams
AFFECT_SENDS = bytes((CONTROL_CHANGE, BRIGHTNESS))  # with every change
ORDERED = 0.1  # share of datagrams that also go to the daemon while the reader is measured, to keep the studio busy
COUNTED = 4  # latency counters of the stage
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
class Samples:
    """Samples of one run in seconds: send times, MIDI arrivals, round trips, and the bare sender's and
    reader's pairs.
    """

    sent_s: list[float] = field(default_factory=list)
    midi_s: list[float] = field(default_factory=list)
    round_trips_s: list[float] = field(default_factory=list)
    bare: list[Pair] = field(default_factory=list)
    read: list[Pair] = field(default_factory=list)

    def on_midi(self, at_s: float, message: bytes) -> None:
        """Record a MIDI message that arrived; called by the listener."""
        if message[:2] == AFFECT_SENDS:
            self.midi_s.append(at_s)

    @property
    def midi_delays_s(self) -> list[float]:
        """Delay from each send to the first controller received before the next send."""
        late_s = []
        for sent_s, next_s in zip(self.sent_s, [*self.sent_s[1:], inf], strict=True):
            at = bisect_right(self.midi_s, sent_s)
            if at < len(self.midi_s) and self.midi_s[at] < next_s:
                late_s.append(self.midi_s[at] - sent_s)
        return late_s


@dataclass(frozen=True)
class Result:
    """Tables by title, and histograms by name over the bins `EDGES_S`."""

    tables: dict[str, dict[str, Row]]
    spreads: dict[str, tuple[int, ...]]


def bench_latency(seconds: float, generator: str = "music_vae") -> Result:
    """Measure for `seconds` >= 4; delays in milliseconds, and the conditions of the run.

    Raises:
        EmoOscError: the daemon does not start or does not answer.
    """
    samples = Samples()
    with instance(generator, FAST) as daemon, listening(daemon.name, samples.on_midi):
        stage, studio = daemon.process_of("emo_osc.stage.loop"), daemon.process_of("emo_osc.studio.worker")
        pids = [studio] if studio else []
        policy, priority = priority_of(stage)
        with floor(policy, priority) as bare:
            daemon.send("/emo/set/density", 1.0)
            began_s, busy_s = perf_counter(), cpu_s(pids)
            _take_turns(daemon, bare, samples, seconds)
            elapsed_s = perf_counter() - began_s
            share = (cpu_s(pids) - busy_s) / elapsed_s
            return _result(daemon, samples, {"priority": priority, "studio CPU share": share, "seconds": elapsed_s})


def histogram_png(result: Result, path: Path) -> None:
    """Draw histograms of the instrument's delays beside those of the bare sender and reader.

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


def _take_turns(daemon: Instance, bare: Floor, samples: Samples, seconds: float) -> None:
    """Measure notes, the bare sender and the bare reader in turn, with equal event rates."""
    random, done = Random(1), 0.0
    while done < seconds:
        before = _notes(daemon)
        daemon.send("/emo/tempo", FAST)
        _send_affects(daemon, samples, TURN_S, random)
        events_a_s = max(1.0, (_notes(daemon) - before) / TURN_S)
        daemon.send("/emo/tempo", SLOW)
        bare.begin(TURN_S, events_a_s)
        _send_affects(daemon, samples, TURN_S, random)
        samples.bare += bare.end()
        bare.begin(TURN_S, 0.0)
        _send_to_reader(daemon, bare.port, TURN_S - LEAST_GAP_S, random)
        samples.read += bare.end()
        done += 3 * TURN_S


def _send_to_reader(daemon: Instance, port: int, seconds: float, random: Random) -> None:
    """Send datagrams to the bare reader at the instrument's rate, and some to the instrument to keep it composing."""
    ends_s = perf_counter() + seconds
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        while perf_counter() < ends_s:
            sleep(LEAST_GAP_S + random.expovariate(1 / (MEAN_GAP_S - LEAST_GAP_S)))
            client.sendto(b"/emo/va", ("127.0.0.1", port))
            if random.random() < ORDERED:
                daemon.send("/emo/va", random.uniform(-1, 1), random.uniform(-1, 1))


def _send_affects(daemon: Instance, samples: Samples, seconds: float, random: Random) -> None:
    """Send affects at random times and wait for each acknowledgement."""
    ends_s = perf_counter() + seconds
    while (now_s := perf_counter()) < ends_s:
        samples.sent_s.append(now_s)
        daemon.send("/emo/va", random.uniform(-1, 1), random.uniform(-1, 1))
        while (answer := daemon.receive(now_s + 1.0)) and answer.arguments[:1] != ("/emo/va",):
            continue
        if answer:
            samples.round_trips_s.append(perf_counter() - now_s)
        sleep(LEAST_GAP_S + random.expovariate(1 / (MEAN_GAP_S - LEAST_GAP_S)))


def _result(daemon: Instance, samples: Samples, conditions: Row) -> Result:
    stage = {name: figures for name, *figures in (a.arguments for a in daemon.ask("/emo/latency", count=COUNTED))}
    histograms = {
        name: counts for name, *counts in (a.arguments for a in daemon.ask("/emo/latency/spread", count=COUNTED))
    }
    rows: dict[str, Row] = {}
    spreads: dict[str, tuple[int, ...]] = {}
    for title, name in INSIDE.items():
        rows[title] = dict(zip(FIGURES, (float(str(figure)) for figure in stage[name]), strict=True))
        spreads[title] = tuple(int(str(count)) for count in histograms[name])
    for title, delays_s in _outside(samples).items():
        if delays_s:
            latency = _counted(delays_s)
            rows[title], spreads[title] = asdict(latency.percentiles()), latency.spread()
    ratio = rows["note due -> sent"]["p99_ms"] / rows["bare sender: due -> sent"]["p99_ms"]
    counters = {"note p99 / bare sender p99": ratio, **conditions}
    return Result({"latency": rows, "conditions": {name: {"figure": fact} for name, fact in counters.items()}}, spreads)


def _outside(samples: Samples) -> dict[str, list[float]]:
    return {
        "OSC sent -> MIDI heard": samples.midi_delays_s,
        "OSC sent -> acknowledged": samples.round_trips_s,
        "bare reader: received -> read": [awake_s for awake_s, _ in samples.read],
        "bare reader: received -> sent": [sent_s for _, sent_s in samples.read],
        "bare sender: due -> awake": [awake_s for awake_s, _ in samples.bare],
        "bare sender: due -> sent": [sent_s for _, sent_s in samples.bare],
    }


def _notes(daemon: Instance) -> float:
    """The number of note-ons and note-offs sent so far."""
    counts = {a.arguments[0]: a.arguments[-1] for a in daemon.ask("/emo/latency", count=COUNTED)}
    return float(str(counts["schedule"]))


def _counted(delays_s: list[float]) -> Latency:
    latency = Latency()
    for delay_s in delays_s:
        latency.add(delay_s)
    return latency
