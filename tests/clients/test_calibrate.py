"""Calibration: what taps tell, and how sure it is; then real keys in a terminal beside a real daemon."""

from collections.abc import Callable
from math import floor
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.cli import main as cli
from emo_osc.clients.calibrate import is_here
from emo_osc.clients.tapping import ANTICIPATION_S, LEAST_TAPS, Beats, Offset, offset_of, unwrapped
from emo_osc.config.calibration import read_calibration
from tests.serving import Daemon, free_port
from tests.terminal import Terminal, terminal

TEMPO = 120.0
BEAT_S = 60.0 / TEMPO
LATE_S = 0.08  # how late this person taps

TAPS = st.lists(st.floats(-0.025, 0.025), min_size=LEAST_TAPS, max_size=40)
TRUE_S = st.floats(-0.2, 0.2)
PERIODS_S = st.floats(0.45, 1.5)


@given(TAPS, TRUE_S)
def test_taps_that_lie_together_give_their_median_inside_its_interval(errors_s: list[float], true_s: float) -> None:
    told = offset_of([true_s + error_s for error_s in errors_s])

    assert told.low_s <= told.offset_s <= told.high_s
    assert abs(told.offset_s - true_s) <= 0.025 + 1e-9
    assert told.taps == len(errors_s)


@given(TAPS, TRUE_S)
def test_everybody_later_by_as_much_moves_the_offset_by_as_much(errors_s: list[float], later_s: float) -> None:
    before, after = offset_of(errors_s), offset_of([error_s + later_s for error_s in errors_s])

    assert after.offset_s - before.offset_s == pytest.approx(later_s, abs=1e-9)


@given(TAPS, st.lists(st.floats(0.2, 0.25), max_size=2))
def test_a_few_taps_beside_the_beat_change_little(errors_s: list[float], wrong_s: list[float]) -> None:
    plain = offset_of(errors_s * 2)

    told = offset_of(errors_s * 2 + wrong_s)

    assert plain.low_s - 1e-9 <= told.offset_s <= plain.high_s + 1e-9


def test_taps_far_from_all_others_are_left_out() -> None:
    told = offset_of([0.05, 0.06, 0.055, 0.05, 0.065, 0.06, -0.2, 0.24])

    assert (told.taps, told.left_out) == (8, 2)
    assert (told.low_s, told.high_s) == (0.05, 0.065)
    assert told.offset_s == pytest.approx(0.0575)


@given(TAPS, TRUE_S, PERIODS_S, st.floats(0.0, 1e5))
def test_the_beat_before_or_after_is_as_good_as_the_right_one(
    errors_s: list[float], true_s: float, period_s: float, start_s: float
) -> None:
    beats = Beats(start_s, period_s)
    taps_s = [start_s + n * period_s + true_s + error_s for n, error_s in enumerate(errors_s)]

    told = unwrapped([tap_s - beats.nearest(tap_s) for tap_s in taps_s], period_s)

    assert told == pytest.approx([true_s + error_s for error_s in errors_s], abs=1e-6)


@pytest.mark.parametrize("offsets_s", [[], [0.1] * (LEAST_TAPS - 1), [0.1 * n for n in range(-3, 3)][:5]])
def test_too_few_taps_tell_nothing(offsets_s: list[float]) -> None:
    with pytest.raises(ValueError, match="are needed"):
        offset_of(offsets_s)


@pytest.mark.parametrize("count", [8, 16, 31])
def test_the_interval_holds_the_truth_as_often_as_it_says(count: int) -> None:
    random, held = Random(count), 0
    for _ in range(2000):
        told = offset_of([0.04 + random.gauss(0.0, 0.02) for _ in range(count)])
        held += told.low_s <= 0.04 <= told.high_s

    assert held >= 0.92 * 2000


def test_more_taps_make_it_surer() -> None:
    random = Random(1)
    widths_s = []
    for count in (8, 32, 128):
        told = [offset_of([random.gauss(0.0, 0.02) for _ in range(count)]) for _ in range(200)]
        widths_s.append(median(one.high_s - one.low_s for one in told))

    assert widths_s[0] > 1.5 * widths_s[1] > 1.5 * 1.5 * widths_s[2]


def test_a_reference_takes_the_persons_habits_out() -> None:
    random, habit_s, latency_s = Random(2), -0.045, 0.06
    click = offset_of([habit_s + random.gauss(0.0, 0.01) for _ in range(40)])
    heard = offset_of([habit_s + latency_s + random.gauss(0.0, 0.01) for _ in range(40)])

    told = heard.beyond(click)

    assert told.low_s < latency_s < told.high_s
    assert told.offset_s == pytest.approx(latency_s, abs=0.01)
    assert told.high_s - told.low_s < 0.03


def test_without_a_reference_the_doubt_about_people_is_told() -> None:
    told = Offset(0.05, 0.045, 0.055).unanticipated()

    assert told.offset_s == pytest.approx(0.05 + ANTICIPATION_S)
    assert told.high_s - told.low_s == pytest.approx(0.07)


def bar_of(one: Daemon) -> float:
    """When a bar begins, as the daemon tells."""
    one.send("/emo/start_listen/bar")
    one.receive_until(lambda message: message.address == "/emo/bar")
    return perf_counter()


def tap_along(screen: Terminal, bar_s: float, count: int, late_s: float) -> None:
    """Press the space bar `late_s` after each beat."""
    for _ in range(count):
        beats = floor((perf_counter() - bar_s - late_s) / BEAT_S) + 1
        while (left_s := bar_s + beats * BEAT_S + late_s - perf_counter()) > 0:
            screen.read(left_s)
        screen.press(" ")


def slow_daemon(daemon: Callable[..., Daemon]) -> Daemon:
    one = daemon()
    one.wait_for_line("generator ready")
    one.send("/emo/tempo", TEMPO)
    one.receive_until(lambda message: message.arguments[:1] == ("/emo/tempo",))
    return one


@pytest.mark.slow
def test_taps_in_a_terminal_are_measured_and_made_up_for(daemon: Callable[..., Daemon]) -> None:
    one = slow_daemon(daemon)
    bar_s = bar_of(one)
    with terminal("calibrate", "--port", str(one.port), "--taps", "8", "--apply", "--no-keep") as screen:
        screen.read_until("12 times")
        tap_along(screen, bar_s, 13, LATE_S)
        said = screen.read_until("95 % confidence", "/emo/ack /emo/set/latency_ms")

        assert screen.wait() == 0
        assert screen.is_as_before()
    one.send("/emo/get/latency_ms")
    told = one.receive_until(lambda message: message.address == "/emo/state/latency_ms").arguments[0]
    assert isinstance(told, float)
    assert f"Heard {told:.0f} ms" in said
    assert told == pytest.approx(1000 * (LATE_S + ANTICIPATION_S), abs=45)


@pytest.mark.slow
def test_a_measured_latency_that_the_user_keeps_is_set_and_written(
    daemon: Callable[..., Daemon], tmp_path: Path
) -> None:
    one = slow_daemon(daemon)
    bar_s = bar_of(one)
    with terminal("calibrate", "--port", str(one.port), "--taps", "8", XDG_CONFIG_HOME=str(tmp_path)) as screen:
        screen.read_until("12 times")
        tap_along(screen, bar_s, 13, LATE_S)
        said = screen.read_until("Heard", "y/n")
        screen.press("y")
        screen.read_until("Kept for the next start", "/emo/ack /emo/set/latency_ms")

        assert screen.wait() == 0
    kept_ms = read_calibration(tmp_path / "emo_osc" / "calibration.yaml")
    assert kept_ms == float(said.split("Heard ")[1].split(" ms")[0])


@pytest.mark.slow
def test_with_a_reference_only_the_difference_counts(daemon: Callable[..., Daemon]) -> None:
    one = slow_daemon(daemon)
    bar_s = bar_of(one)
    with terminal("calibrate", "--port", str(one.port), "--taps", "8", "--reference", "--no-keep") as screen:
        screen.read_until("along with the click")
        tap_along(screen, bar_s, 12, -0.06)
        screen.read_until("as you hear it")
        tap_along(screen, bar_s, 13, 0.12)
        said = screen.read_until("To make up for it: emo-osc send /emo/set/latency_ms")

        assert screen.wait() == 0
    heard_ms = float(said.split("Heard ")[1].split(" ms")[0])
    assert heard_ms == pytest.approx(180.0, abs=45)


@pytest.mark.slow
def test_giving_up_changes_nothing(daemon: Callable[..., Daemon]) -> None:
    one = slow_daemon(daemon)
    with terminal("calibrate", "--port", str(one.port), "--apply") as screen:
        screen.read_until("q gives up")
        screen.press("q")

        assert screen.wait() == 130
        assert screen.is_as_before()
    one.send("/emo/get/latency_ms")
    assert one.receive_until(lambda message: message.address == "/emo/state/latency_ms").arguments == (0.0,)


@pytest.mark.slow
def test_where_nothing_can_be_measured_it_says_why(daemon: Callable[..., Daemon]) -> None:
    one = daemon()  # it plays at 240
    one.wait_for_line("generator ready")
    with terminal("calibrate", "--port", str(one.port)) as screen:
        screen.read_until("240 bpm is too fast", "emo-osc send /emo/tempo 100")
        assert screen.wait() == 2
    one.send("/emo/stop")
    one.receive_until(lambda message: message.arguments[:1] == ("/emo/stop",))
    with terminal("calibrate", "--port", str(one.port)) as screen:
        screen.read_until("nothing plays", "emo-osc send /emo/play")
        assert screen.wait() == 2
    with terminal("calibrate", "--port", str(free_port())) as screen:
        screen.read_until("did not answer within 3 s")
        assert screen.wait() == 2


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])  # documentation: nobody's
def test_a_figure_of_another_computer_is_not_kept_on_this_one(
    host: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    assert cli.main(["calibrate", "--host", host, "--keep"]) == 2
    assert f"--keep is for this computer, not for {host}; run it there" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_an_address_of_this_computer_is_here(host: str) -> None:
    assert is_here(host)


def test_without_a_terminal_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["calibrate"]) == 2
    assert "there is no keyboard to tap on; run it in a terminal" in capsys.readouterr().err
