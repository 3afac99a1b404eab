"""The latency bench: what it pairs and counts is right, and a whole run tells complete, plausible figures."""

import json
import socket
import sys
from math import isfinite
from pathlib import Path
from random import Random

import pytest

from emo_osc.cli import main as cli
from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.bench.bench_latency import INSIDE, PANELS, Result, Samples, bench_latency, histogram_png
from emo_osc.evaluate.bench.floor import floor, priority_of, send_bare
from emo_osc.evaluate.bench.instance import instance

FIGURES = {"p50_ms": 0.1, "p95_ms": 0.2, "p99_ms": 0.3, "max_ms": 0.4, "count": 3.0}


def test_each_sending_is_paired_with_what_is_heard_before_the_next() -> None:
    samples = Samples(sent_s=[1.0, 2.0, 3.0])
    for at_s, message in (
        (1.25, b"\xb0\x4a\x10"),
        (1.5, b"\xb0\x4a\x11"),
        (2.1, b"\x90\x3c\x40"),
        (3.5, b"\xb0\x4a\x12"),
    ):
        samples.on_midi(at_s, message)

    assert samples.midi_delays_s == [0.25, 0.5]


def test_without_a_listener_nothing_is_paired() -> None:
    assert Samples(sent_s=[1.0, 2.0]).midi_delays_s == []


def test_a_bare_sender_is_never_early_and_sends_at_the_rate_it_is_told() -> None:
    pairs = send_bare(0.5, 100.0, None, Random(1))

    assert all(0.0 <= awake_s <= sent_s for awake_s, sent_s in pairs)
    assert 30 < len(pairs) < 70


def test_a_bare_sender_in_a_process_of_its_own_answers_every_order() -> None:
    with floor(*priority_of(None)) as bare:
        bare.begin(0.2, 50.0)
        first = bare.end()
        bare.begin(0.2, 50.0)
        second = bare.end()

    assert first
    assert second
    assert first != second


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells when a datagram came")
def test_a_bare_reader_tells_how_late_it_read_each_datagram() -> None:
    with floor(*priority_of(None)) as bare, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        bare.begin(1.0, 0.0)
        for _ in range(5):
            client.sendto(b"/emo/va", ("127.0.0.1", bare.port))
        pairs = bare.end()

    assert len(pairs) == 5
    assert all(-0.001 < read_s <= sent_s < 60.0 for read_s, sent_s in pairs)


def test_a_picture_is_drawn_of_what_there_is(tmp_path: Path) -> None:
    names = [name for panel in PANELS.values() for name in panel]
    result = Result({"latency": dict.fromkeys(names, FIGURES)}, dict.fromkeys(names[1:], (0, 1, 2)))

    histogram_png(result, tmp_path / "spread.png")

    assert (tmp_path / "spread.png").read_bytes().startswith(b"\x89PNG")


def test_a_picture_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(EmoOscError, match="cannot be written"):
        histogram_png(Result({"latency": {}}, {}), tmp_path / "nowhere" / "spread.png")


def test_a_daemon_that_does_not_start_is_told() -> None:
    with pytest.raises(EmoOscError, match="does not start"), instance("bach"):
        pytest.fail("there is no such generator")


@pytest.mark.slow
def test_a_run_over_real_midi_tells_every_figure_and_notes_leave_before_their_floor_is_far(jack: str) -> None:
    result = bench_latency(8.0, "canned")

    rows, counters = result.tables["latency"], result.tables["conditions"]
    drawn = {name for panel in PANELS.values() for name in panel}
    histograms = {"OSC sent -> acknowledged", "bare sender: due -> awake", "bare reader: received -> read"}
    assert set(rows) == {*INSIDE, *drawn, *histograms}
    assert all(isfinite(figure) and figure >= 0.0 for row in rows.values() for figure in row.values())
    assert all(row["p50_ms"] <= row["p95_ms"] <= row["p99_ms"] <= row["max_ms"] for row in rows.values())
    assert rows["OSC sent -> MIDI heard"]["count"] > 50
    assert rows["OSC received -> MIDI sent"]["p50_ms"] < rows["OSC sent -> MIDI heard"]["p50_ms"]
    ours, bare = rows["note due -> sent"], rows["bare sender: due -> sent"]
    assert counters["note p99 / bare sender p99"]["figure"] == pytest.approx(ours["p99_ms"] / bare["p99_ms"])
    assert 0.0 < ours["p50_ms"] < 50.0 * bare["p50_ms"]  # medians: a machine that stands still moves any p99
    assert all(sum(counts) > 0 for counts in result.spreads.values())


@pytest.mark.slow
def test_the_command_writes_figures_and_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures, picture = tmp_path / "latency.json", tmp_path / "latency.png"

    code = cli.main(
        ["bench", "latency", "--seconds", "4", "--generator", "canned", "--json", str(figures), "--png", str(picture)]
    )

    assert code == 0
    assert "note due -> sent" in capsys.readouterr().out
    assert json.loads(figures.read_text())["latency"]["note due -> sent"]["count"] > 10
    assert picture.stat().st_size > 1000
