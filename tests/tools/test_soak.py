"""What the soak makes of an evening: growth, lateness, silence, and which of them is a fault."""

import pytest

from tools.soak import Evening, Port, Sample, faults_of, tables_of


def evening(growth_mb: float = 0.0, later_ms: float = 0.0, **port: float) -> Evening:
    samples = [
        Sample(minute, {"stage": 100 + growth_mb * minute / 20}, 0.1 + later_ms * minute / 20) for minute in range(21)
    ]
    heard = Port(notes=int(port.get("notes", 500)), longest_s=port.get("silence_s", 2.0))
    if port.get("left_on"):
        heard.sounding.add((0, 60))
    return Evening(heard, samples, {"/emo/ack": 9}, 1, is_heard=True)


FAULTS = {
    "the stage grew by": evening(growth_mb=9.0),
    "notes came": evening(later_ms=2.0),
    "no note was heard": evening(notes=0),
    "it was silent for": evening(silence_s=30.0),
    "1 notes were left on": evening(left_on=1),
}


def test_a_good_evening_has_no_faults() -> None:
    assert faults_of(tables_of(evening(growth_mb=1.0))) == []


@pytest.mark.parametrize(("text", "seen"), FAULTS.items())
def test_a_fault_is_named(text: str, seen: Evening) -> None:
    (fault,) = faults_of(tables_of(seen))

    assert fault.startswith(text)


def test_growth_is_that_of_the_whole_run() -> None:
    assert tables_of(evening(growth_mb=4.0))["memory"]["stage"]["growth MB"] == pytest.approx(3.6, abs=0.21)


def test_silence_at_the_end_counts() -> None:
    port = Port()
    port.hear(1.0, b"\x90\x3c\x50")
    port.hear(2.0, b"\x80\x3c\x40")
    port.rest(31.0)

    assert (port.longest_s, port.sounding) == (30.0, set())
