"""The watch over the MIDI ports as the stage sees it: who is missed, after how long, and who is not to blame."""

from collections.abc import Callable

import pytest

from emo_osc.protocol.messages import Ready
from emo_osc.stage.io.monitor_presence import ABSENT_S, BLIND_S, SILENT_S, UNWATCHED, Watching
from tests.twin import VirtualStage

START_S = 100.0


def complaints(watching: Watching, seconds: int, *, is_there: bool, first: int = 0) -> dict[int, str]:
    """What is complained of in each of the seconds that pass, where there is something."""
    asked = {n: watching.complaint(START_S + n, is_there=is_there) for n in range(first, first + seconds)}
    return {n: text for n, text in asked.items() if text}


def test_a_watch_that_falls_silent_is_started_again_and_once_more_later() -> None:
    assert complaints(Watching(), 13, is_there=True) == {6: "no sign of life", 12: "no sign of life"}


def test_a_watch_that_does_not_come_is_started_again_later_each_time() -> None:
    found = complaints(Watching(), 80, is_there=False)

    assert found == {11: "not at work after 10 s", 32: "not at work after 20 s", 73: "not at work after 40 s"}
    assert next(iter(found)) == ABSENT_S + 1


def test_a_watch_that_shows_life_is_left_alone() -> None:
    watching = Watching()
    for n in range(60):
        watching.seen(START_S + n)
        assert watching.complaint(START_S + n, is_there=True) == ""


def test_a_stage_that_was_stopped_does_not_blame_the_watch() -> None:
    watching = Watching()
    watching.seen(START_S)
    watching.complaint(START_S, is_there=True)

    assert watching.complaint(START_S + 60, is_there=True) == ""
    assert not watching.is_blind(START_S + 60)


def test_people_read_that_nobody_watches() -> None:
    watching = Watching()
    watching.seen(START_S)

    assert not watching.is_blind(START_S + BLIND_S)
    assert watching.is_blind(START_S + BLIND_S + 0.1)
    assert watching.text(START_S + SILENT_S) == ""
    assert watching.text(START_S + SILENT_S + 0.1) == UNWATCHED


@pytest.mark.parametrize(
    ("workers", "unwatched", "shown"),
    [
        ("", "", "all running"),
        ("studio: ended", "", "studio: ended"),
        ("studio: ended", UNWATCHED, f"studio: ended; {UNWATCHED}"),
        ("x" * 2000, "", "x" * 400),
    ],
)
def test_how_the_processes_fare_is_one_line_that_fits_a_packet(
    workers: str, unwatched: str, shown: str, stage: Callable[..., VirtualStage], ready: Callable[..., Ready]
) -> None:
    one = stage((ready(60),))
    counters = one.instrument.counters
    counters.workers, counters.unwatched = workers, unwatched

    assert one.ask("/emo/get/workers") == [("/emo/state/workers", shown)]
