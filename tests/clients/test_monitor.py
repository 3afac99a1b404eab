"""The monitor: what it knows, what fits the screen, and the whole of it in a terminal beside a real daemon."""

import re
import signal
from collections.abc import Callable
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from emo_osc.cli import main as cli
from emo_osc.clients.monitor_screen import Struck, View, draw, plane, summary
from emo_osc.core.affect import MOODS
from emo_osc.protocol.osc import Message
from emo_osc.protocol.parameters import VALUES
from emo_osc.stage.session.latency import DELAYS
from tests.serving import Daemon, free_port
from tests.terminal import terminal

NOTES = st.builds(Struck, st.floats(90.0, 100.0), st.integers(0, 127), st.integers(1, 127), st.floats(0.0, 20.0))


def drawn(view: View, width: int, height: int) -> list[str]:
    screen = Console(file=StringIO(), width=width, height=height)
    screen.print(draw(view, 100.0, width, height))
    assert isinstance(screen.file, StringIO)
    return screen.file.getvalue().splitlines()


def full_view() -> View:
    view = View("127.0.0.1:7770", is_answered=True)
    view.values = dict.fromkeys(VALUES, ("a rather long text that goes on " * 5,))
    view.delays = dict.fromkeys(DELAYS, (1234.567, 1.0, 2.0, 3.0, 100000.0))
    return view


def test_what_a_daemon_pushes_is_known() -> None:
    view = View("here")

    view.hear(1.0, Message("/emo/state/mood", ("bright", 0.5)))
    view.hear(2.0, Message("/emo/bar", (18,)))
    view.hear(3.0, Message("/emo/note", (60, 100, 250.0, 1)))
    view.hear(4.0, Message("/emo/latency", ("schedule", 0.1, 0.2, 0.3, 0.4, 5)))
    view.hear(5.0, Message("/emo/pong", ()))

    assert view.values == {"mood": ("bright", 0.5), "bar": (18,), "phrase_bar": (2,)}
    assert list(view.notes) == [Struck(3.0, 60, 100, 0.25)]
    assert view.delays == {"schedule": (0.1, 0.2, 0.3, 0.4, 5.0)}


@given(st.lists(NOTES, max_size=30), st.integers(60, 200), st.integers(16, 60))
@settings(max_examples=25)
def test_everything_fits_a_screen(notes: list[Struck], width: int, height: int) -> None:
    view = full_view()
    view.notes.extend(notes)

    lines = drawn(view, width, height)

    assert len(lines) < height
    assert max(map(len, lines)) <= width


def test_a_small_terminal_shows_state_delays_and_notes() -> None:
    view = full_view()
    view.values["mood"] = ("bright", 1.0)
    view.notes.append(Struck(98.0, 60, 100, 1.0))

    screen = "\n".join(drawn(view, 80, 24))

    assert "mood bright 1" in screen
    assert all(name in screen for name in DELAYS)
    assert "1234.6" in screen
    assert len(re.findall("█", screen)) == 9  # one of the 8 seconds that 75 columns show


@pytest.mark.parametrize("is_ascii", [False, True])
def test_the_plane_shows_the_moods_by_name_and_the_point_where_it_is(is_ascii: bool) -> None:
    view = View("here", values={"va": (0.8, 0.35), "mood": ("bright", 1.0)})

    rows = plane(view, 61, 13, is_ascii=is_ascii).plain.splitlines()
    point = "@" if is_ascii else "●"

    assert [(len(row) - 1, row.index(point)) for row in rows if point in row] == [(60, round(0.9 * 60))]
    assert rows[4][54] == point
    assert f"{point}bright" in rows[4]
    assert f"bright{point}" in plane(view, 34, 13, is_ascii=is_ascii).plain, "a name finds room to the left"
    assert sum(mood.id in "\n".join(rows) for mood in MOODS) >= 13
    assert "".join(rows).isascii() == is_ascii


def test_without_room_the_plane_goes_before_the_state() -> None:
    view = full_view()

    assert "bright" in "\n".join(drawn(view, 76, 24))
    assert "bright" not in "\n".join(drawn(view, 75, 24))
    assert "studio" in "\n".join(drawn(view, 75, 16))


def test_what_somebody_should_look_at_is_marked_without_colour_too() -> None:
    view = View("here", is_answered=True)
    view.values |= {"studio": ("down: no checkpoint",), "midi_out": ("lost: Jack has stopped",), "dropped": (0,)}
    view.values |= {"clock": ("midi: lost",), "malformed": (3,), "mood": ("bright", 1.0)}

    screen = "\n".join(drawn(view, 80, 24))

    assert all(f"! {name}" in screen for name in ("studio down", "MIDI out lost", "clock midi: lost", "malformed 3"))
    assert "! mood" not in screen
    assert "dropped" not in screen, "nothing is said of what never happened"


@given(
    st.lists(
        st.builds(
            Message,
            st.sampled_from(["/emo/bar", "/emo/note", "/emo/latency", *(f"/emo/state/{name}" for name in VALUES)]),
            st.lists(st.floats() | st.integers() | st.text(max_size=3) | st.sampled_from(["\x1b[2J", "\r"])).map(tuple),
        ),
        max_size=20,
    )
)
@settings(max_examples=60)
def test_whatever_answers_there_the_screen_stands(messages: list[Message]) -> None:
    view, out = View("here:1", is_answered=True), StringIO()
    for message in messages:
        view.hear(0.0, message)
    Console(file=out, width=100, height=30).print(draw(view, 1.0, 100, 30))

    assert not set(out.getvalue()) & set("\x1b\r\x07")
    assert summary(view).isprintable()


def test_one_line_says_what_is_felt_and_played() -> None:
    view = View("here", values={"mood": ("bright", 1.0), "va": (0.8, 0.35), "bar": (3,), "tempo": (96.5,)})

    assert summary(view) == "bar 3  mood bright 1  va 0.80 0.35  tempo 96.50"


def test_a_higher_note_is_drawn_above_a_lower_one_and_a_later_one_to_the_right() -> None:
    view = full_view()
    view.notes.extend((Struck(93.0, 60, 100, 0.05), Struck(98.0, 72, 100, 0.05)))

    (above, right), (below, left) = [
        (row, line.index("█")) for row, line in enumerate(drawn(view, 80, 24)) if "█" in line
    ]

    assert above < below
    assert left < right


def test_one_picture_of_a_daemon_is_printed(daemon: Callable[..., Daemon], capsys: pytest.CaptureFixture[str]) -> None:
    one = daemon()
    one.wait_for_line("generator ready")

    assert cli.main(["monitor", "--port", str(one.port), "--once"]) == 0

    said = capsys.readouterr().out
    assert f"127.0.0.1:{one.port}  playing" in said
    assert "mood neutral" in said
    assert "tempo 240" in said
    assert "schedule" in said


def test_a_picture_of_nobody_is_refused_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["monitor", "--port", str(free_port()), "--once"]) == 2

    said = capsys.readouterr()
    assert said.out == ""
    assert "did not answer within 3 s; start it with: emo-osc serve" in said.err


@pytest.mark.slow
def test_in_a_terminal_it_shows_notes_as_they_sound_until_q(daemon: Callable[..., Daemon]) -> None:
    one = daemon()
    one.wait_for_line("generator ready")
    with terminal("monitor", "--port", str(one.port)) as screen:
        screen.read_until("q ends", "mood neutral", "schedule", "█", "lively∘")
        one.send("/emo/mood", "밝음")
        screen.read_until("mood bright", "bright●")
        for _ in range(2):
            one.client.sendto(b"not OSC", ("127.0.0.1", one.port))
        screen.read_until("! malformed 2")

        screen.press("q")

        assert screen.wait() == 0
        assert screen.is_as_before()


@pytest.mark.slow
def test_it_says_that_nobody_answers_and_finds_a_daemon_that_comes(daemon: Callable[..., Daemon]) -> None:
    port = free_port()
    with terminal("monitor", "--port", str(port)) as screen:
        screen.read_until("does not answer; trying again")

        one = daemon(port=port)
        screen.read_until("playing", "mood neutral", "█")
        assert one.close() == 0
        screen.read_until("does not answer; trying again")

        screen.process.send_signal(signal.SIGINT)  # as ctrl-C does
        assert screen.wait() == 130
        assert screen.is_as_before()


@pytest.mark.slow
def test_a_terminal_without_colour_gets_none_and_one_that_cannot_be_drawn_on_gets_lines(
    daemon: Callable[..., Daemon],
) -> None:
    one = daemon()
    one.wait_for_line("generator ready")
    with terminal("monitor", "--port", str(one.port), NO_COLOR="1") as screen:
        screen.read_until("mood neutral", "●", "█")
        screen.press("q")
        assert screen.wait() == 0
        assert not re.search(r"\x1b\[[0-9;]*3[0-9]", screen.said_raw), "bold and dim are no colours"
    with terminal("monitor", "--port", str(one.port), TERM="dumb") as screen:
        screen.read_until("mood neutral 1  va 0 0  tempo 240")
        screen.press("q")
        assert screen.wait() == 0
        assert "\x1b" not in screen.said_raw
