"""Ableton Live's key and scale, followed through AbletonOSC: the conversation on our own clock, and a real daemon."""

import socket
import sys
from collections.abc import Callable
from math import inf, nan

import pytest

from emo_osc.clients.ableton_song import (
    ASK_S,
    LISTEN_S,
    MAX_COMPLAINTS,
    PATIENCE_S,
    SILENCE_S,
    TOPICS,
    Asked,
    LiveSong,
)
from emo_osc.core.scales import KEYS, LIVE_SCALES
from emo_osc.core.scales import SCALES as OURS
from emo_osc.protocol.commands import SetValue
from emo_osc.protocol.osc import Message, OscValue
from emo_osc.protocol.parsing import parse
from tests.abletonosc import AbletonOsc
from tests.serving import TIMEOUT_S, Daemon, free_port

TEST, HEARTBEAT = ("/live/test", ()), ("/live/song/get/tempo", ())
LISTENING = [(f"/live/song/start_listen/{topic}", ()) for topic in TOPICS]


def told(song: LiveSong, topic: str, value: OscValue, now_s: float = 1.0) -> list[Asked]:
    """What the stage is told when Live says this."""
    return list(song.hear(Message(f"/live/song/get/{topic}", (value,)), now_s))


def new_song(*follow: str) -> LiveSong:
    return LiveSong("here:11000", follow or ("key", "scale"), 0.0)


def test_a_stranger_is_tested_and_a_friend_asked_for_what_its_user_does_not_see() -> None:
    song = new_song()
    first = [list(song.ask(0.0)), list(song.ask(ASK_S / 2)), list(song.ask(ASK_S))]
    list(song.hear(Message("/live/test", ("ok",)), ASK_S + 0.1))

    assert first == [[TEST], [], [TEST]]
    assert list(song.ask(ASK_S + 0.2)) == LISTENING
    assert list(song.ask(2 * ASK_S)) == [HEARTBEAT]
    told(song, "tempo", 120.0, LISTEN_S)
    assert list(song.ask(ASK_S + 0.2 + LISTEN_S)) == [HEARTBEAT, *LISTENING]


def test_key_and_scale_reach_the_stage_as_it_knows_them() -> None:
    song = new_song()

    assert told(song, "root_note", 9) == [("/emo/key", ("A",))]
    assert told(song, "scale_name", "Minor") == [("/emo/scale", ("minor",))]
    assert told(song, "root_note", 10.0) == [("/emo/key", ("A#",))]
    assert told(song, "scale_name", "Minor") == [], "what the player has set in between stays"
    assert told(song, "scale_name", "Hirajoshi") == [("/emo/scale", ("hirajoshi",))]
    assert told(song, "scale_name", "A Scale of Tomorrow") == [("/emo/scale", ("auto",))]
    assert told(song, "tempo", 97.0) == [], "the tempo is the clock's"


@pytest.mark.parametrize("root", range(12))
def test_every_key_of_lives_is_one_of_ours(root: int) -> None:
    ((address, (key,)),) = told(new_song(), "root_note", root)

    assert parse(address, (key,)) == SetValue("key", (key,))
    assert KEYS[str(key)] == root


@pytest.mark.parametrize("name", LIVE_SCALES)
def test_every_scale_of_lives_that_we_name_is_one_of_ours(name: str) -> None:
    ((address, (scale,)),) = told(new_song(), "scale_name", name)

    assert parse(address, (scale,)) == SetValue("scale", (scale,))
    assert scale in OURS


def test_only_what_shall_be_followed_is() -> None:
    song = new_song("key")

    assert told(song, "scale_name", "Minor") == []
    assert told(song, "root_note", 2) == [("/emo/key", ("D",))]
    assert song.lines == ["Live      here:11000: D Minor; following its key"]


def test_the_song_is_told_in_one_line_that_a_moving_tempo_does_not_repeat() -> None:
    song = new_song()
    for topic, value in (("tempo", 97.0), ("root_note", 9), ("scale_name", "Minor"), ("tempo", 98.0), ("root_note", 9)):
        told(song, topic, value)
    told(song, "scale_name", "Tomorrow")

    assert song.lines == [
        "Live      here:11000: A Minor, 97.0 bpm; following its key and scale",
        "Live      here:11000: A Tomorrow, which is not one of ours: its tones are left free, 98.0 bpm; "
        "following its key and scale",
    ]


def test_a_live_that_is_not_there_is_told_once_and_asked_for_ever() -> None:
    song = new_song()
    asked = [list(song.ask(now_s)) for now_s in range(0, 600, 2)]

    assert asked == [[TEST]] * 300
    assert len(song.lines) == 1
    assert "does not answer; choose AbletonOSC as a control surface" in song.lines[0]
    assert PATIENCE_S < 5


def test_a_live_that_goes_is_told_and_greeted_when_it_comes_back() -> None:
    song = new_song()
    told(song, "root_note", 9)
    list(song.ask(1.1))
    gone = list(song.ask(1.1 + SILENCE_S))
    again = told(song, "root_note", 4, 60.0)

    assert gone == [TEST]
    assert song.lines == ["Live      here:11000 no longer answers; trying again, the key stays"]
    assert again == [("/emo/key", ("E",))]
    assert list(song.ask(60.1)) == [HEARTBEAT, *LISTENING]


def test_a_live_that_was_started_again_is_listened_to_again_at_once() -> None:
    song = new_song()
    told(song, "root_note", 9)
    assert set(LISTENING) <= set(song.ask(1.1))
    list(song.hear(Message("/live/startup", ()), 2.0))

    assert set(LISTENING) <= set(song.ask(2.1))


def test_a_refusal_is_told_once_and_nonsense_ignored() -> None:
    song = new_song()
    for _ in range(3):
        list(song.hear(Message("/live/error", ("no root_note",)), 1.0))
    list(song.hear(Message("/other", ("x",)), 1.0))

    assert song.lines == ["Live      here:11000 refuses: no root_note; a newer AbletonOSC may know better"]
    for topic in TOPICS:
        for nonsense in (None, b"x", "Bogus", -5, 1e9, inf, nan):
            told(song, topic, nonsense)
        assert list(song.hear(Message(f"/live/song/get/{topic}", ()), 1.0)) == []


def test_what_live_calls_things_is_shown_in_short_lines_and_errors_do_not_fill_the_screen() -> None:
    song = new_song()
    told(song, "root_note", 9)
    told(song, "scale_name", "odd\n\x1b[2J" + "x" * 8000)
    for number in range(100):
        list(song.hear(Message("/live/error", (f"no {number}\r\x07" + "y" * 8000,)), 1.0))

    assert all(line.isprintable() and len(line) < 250 for line in song.lines)
    assert len(song.lines) == 1 + MAX_COMPLAINTS


def following(port: int, reply_port: int) -> str:
    """A generator for the daemon's preset, and behind it the section that follows Live."""
    live = f"live: {{enabled: true, port: {port}, reply_port: {reply_port}}}"
    return f"{{name: canned, seed: 1, pool: 1}}\n{live}"


def state(one: Daemon, name: str, value: str) -> None:
    """Wait until the daemon tells this."""
    one.receive_until(lambda message: (message.address, message.arguments) == (f"/emo/state/{name}", (value,)))


@pytest.mark.slow
def test_a_daemon_follows_a_live_that_comes_changes_and_is_started_again(daemon: Callable[..., Daemon]) -> None:
    port, reply_port = free_port(), free_port()
    one = daemon(generator=following(port, reply_port))
    one.wait_for_line("does not answer; choose AbletonOSC")
    for name in ("key", "scale"):
        one.send(f"/emo/start_listen/{name}")
    with AbletonOsc(port, reply_port, root_note=9, scale_name="Minor", tempo=97.0) as live:
        assert "A Minor, 97.0 bpm; following its key and scale" in one.wait_for_line("following")
        state(one, "scale", "minor")
        while live.asked.get(timeout=TIMEOUT_S) != "/live/song/start_listen/tempo":
            continue
        one.send("/emo/key", "D")
        state(one, "key", "D")
        live.set("scale_name", "Dorian")
        state(one, "scale", "dorian")
        one.send("/emo/get/key")
        state(one, "key", "D")
    with AbletonOsc(port, reply_port, root_note=4, scale_name="Major", tempo=97.0) as live:
        live.send("/live/startup")
        state(one, "scale", "major")
        one.send("/emo/get/key")
        state(one, "key", "E")


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="children are looked up in /proc")
def test_a_port_that_is_taken_is_told_in_one_line_and_the_music_goes_on(daemon: Callable[..., Daemon]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        reply_port = taken.getsockname()[1]
        one = daemon(generator=following(free_port(), reply_port))
        line = one.wait_for_line("Live ")

        one.send("/emo/start_listen/note")
        assert one.receive_until(lambda message: message.address == "/emo/note")
    assert f"answers to port {reply_port}: Address already in use; its key is not followed" in line
