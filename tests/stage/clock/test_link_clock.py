"""The clock of a Link session against a session of ten lines: bars, tempo, transport, joining and leaving."""

from dataclasses import dataclass
from math import floor, inf

import pytest

from emo_osc.core.score import TICKS_PER_BAR, TICKS_PER_BEAT
from emo_osc.stage.clock.clock import Move
from emo_osc.stage.clock.link_clock import FIND_S, LinkClock, Reading


@dataclass
class FakeSession:
    """A session whose beat is `beat` at `at_s`; ours is `offset` more. With peers, only whole bars may part them."""

    is_transport_shared: bool = False
    now_s: float = 100.0
    tempo: float = 120.0
    beat: float = 1.5
    offset: float = 0.0
    is_playing: bool = False
    started_beat: float = 0.0
    peers: int = 0

    def read(self) -> Reading:
        return Reading(self.now_s, self.beat + self.offset, self.tempo, self.is_playing, self.peers)

    def set_tempo(self, tempo: float, now_s: float) -> None:
        self.tempo = tempo

    def start(self, beat: float, now_s: float) -> None:
        apart = beat - self.beat
        self.offset = 4 * floor(apart / 4) if self.peers else apart
        self.is_playing, self.started_beat = self.is_transport_shared, self.beat

    def join_start(self) -> None:
        self.offset = 4 * floor(-self.started_beat / 4)

    def stop(self, now_s: float) -> None:
        self.is_playing = False

    def close(self) -> None:
        self.peers = 0

    def pass_time(self, span_s: float) -> None:
        self.now_s += span_s
        self.beat += span_s * self.tempo / 60.0


def settled(session: FakeSession) -> LinkClock:
    """A clock that knows who is there."""
    clock = LinkClock(session)
    clock.on_time(session.now_s)
    session.pass_time(FIND_S)
    clock.on_time(session.now_s)
    return clock


def test_alone_play_begins_at_once() -> None:
    session = FakeSession()
    clock = settled(session)
    move = clock.play(session.now_s)

    assert move == Move(0, is_running=True)
    assert clock.time_of(0) == pytest.approx(session.now_s)
    assert clock.summary == "link: no peers at 120.0 bpm"


def test_with_peers_play_waits_for_their_bar_line() -> None:
    session = FakeSession(peers=2, beat=4.5)
    clock = settled(session)
    move = clock.play(session.now_s)  # on beat 7.5 of theirs

    assert move == Move(0, is_running=True)
    assert clock.time_of(0) == pytest.approx(session.now_s + 0.25)
    assert clock.tick_at(session.now_s) == 0
    assert clock.tick_at(session.now_s + 0.75) == pytest.approx(TICKS_PER_BEAT)
    assert clock.summary == "link: 2 peers at 120.0 bpm"


def test_who_plays_at_once_waits_until_it_is_known_who_is_there() -> None:
    session = FakeSession()
    clock = LinkClock(session)
    move = clock.play(session.now_s)
    waits = clock.is_running, clock.time_of(0), clock.tick_at(session.now_s + 0.5)
    session.pass_time(0.5)
    session.peers, session.tempo = 1, 97.0
    begun = clock.on_time(session.now_s)

    assert move == begun == Move(0, is_running=True)
    assert waits == (True, inf, 0.0)
    assert (session.beat + (clock.time_of(0) - session.now_s) * 97.0 / 60.0) % 4 == pytest.approx(0)
    assert session.tempo == 97.0


def test_who_finds_nobody_begins_alone() -> None:
    session = FakeSession()
    clock = LinkClock(session)
    clock.play(session.now_s)
    session.pass_time(FIND_S)

    assert clock.on_time(session.now_s) == Move(0, is_running=True)
    assert clock.time_of(0) == pytest.approx(session.now_s)


def test_resume_goes_on_from_its_16th_where_the_bar_has_it() -> None:
    session = FakeSession(peers=1)
    clock = settled(session)
    clock.play(session.now_s)
    session.pass_time(3.13)
    stopped = clock.stop(session.now_s)
    assert stopped is not None
    session.pass_time(10.0)
    resumed = clock.resume(session.now_s)

    assert resumed == Move(stopped.tick - stopped.tick % 120, is_running=True)
    later_s = clock.time_of(resumed.tick) - session.now_s
    assert 0 <= later_s <= 2.0
    assert (session.beat + later_s * 2) % 4 == pytest.approx(resumed.tick / TICKS_PER_BEAT % 4)


def test_a_peers_tempo_is_followed_in_phase() -> None:
    session = FakeSession(peers=1)
    clock = settled(session)
    clock.play(session.now_s)
    session.pass_time(5.0)
    clock.on_time(session.now_s)
    before = clock.tick_at(session.now_s)
    session.tempo = 200.0
    session.pass_time(0.01)

    assert clock.on_time(session.now_s) is None
    assert clock.tempo == 200.0
    assert clock.tick_at(session.now_s) == pytest.approx(before + 0.01 * 1600)


def test_a_tempo_of_ours_is_everybodys() -> None:
    session = FakeSession(peers=1)
    clock = settled(session)
    clock.set_tempo(90.0, session.now_s)

    assert (session.tempo, clock.tempo) == (90.0, 90.0)


def test_to_join_while_playing_is_a_jump_onto_their_bars() -> None:
    session = FakeSession()
    clock = settled(session)
    clock.play(session.now_s)
    session.pass_time(5.0)
    clock.on_time(session.now_s)
    session.peers, session.beat, session.offset = 1, session.beat + 1.25, session.offset
    move = clock.on_time(session.now_s + 0.01)

    assert move == Move(round((5.0 * 2 + 1.25) * TICKS_PER_BEAT), is_running=True)


def test_a_peer_that_leaves_changes_nothing() -> None:
    session = FakeSession(peers=1)
    clock = settled(session)
    clock.play(session.now_s)
    session.pass_time(5.0)
    clock.on_time(session.now_s)
    due_s = clock.time_of(16 * TICKS_PER_BAR)
    session.close()
    session.pass_time(0.01)

    assert clock.on_time(session.now_s) is None
    assert clock.time_of(16 * TICKS_PER_BAR) == pytest.approx(due_s)


def test_a_shared_transport_is_followed_both_ways() -> None:
    session = FakeSession(is_transport_shared=True, peers=1)
    clock = settled(session)
    session.is_playing, session.started_beat = True, session.beat
    session.pass_time(0.02)
    started = clock.on_time(session.now_s)
    wait_s = clock.time_of(0) - session.now_s
    session.pass_time(3.0)
    session.is_playing = False
    stopped = clock.on_time(session.now_s)
    clock.play(session.now_s)

    assert started == Move(0, is_running=True)
    assert 0.0 <= wait_s <= 2.0
    assert stopped is not None
    assert not stopped.is_running
    assert session.is_playing
    assert clock.summary == "link: 1 peer at 120.0 bpm, start and stop shared"


def test_with_a_shared_transport_the_session_decides_whether_we_begin() -> None:
    session = FakeSession(is_transport_shared=True)
    clock = LinkClock(session)
    clock.play(session.now_s)
    session.pass_time(0.5)
    session.peers = 1

    assert clock.on_time(session.now_s) == Move(0, is_running=False)
    assert not session.is_playing
    assert not clock.is_running


def test_a_session_that_plays_already_is_joined_in_its_bar() -> None:
    session = FakeSession(is_transport_shared=True, beat=101.5, started_beat=64.0, is_playing=True)
    clock = LinkClock(session)
    clock.play(session.now_s)
    session.peers = 1

    assert clock.on_time(session.now_s) == Move(round(37.5 * TICKS_PER_BEAT), is_running=True)


def test_without_a_shared_transport_the_session_plays_on_its_own() -> None:
    session = FakeSession(peers=1, is_playing=True)
    clock = settled(session)
    clock.play(session.now_s)
    session.pass_time(1.0)
    session.is_playing = False

    assert clock.on_time(session.now_s) is None
    assert clock.is_running


def test_the_session_is_read_a_hundred_times_a_second() -> None:
    session = FakeSession(peers=1)
    clock = settled(session)

    assert clock.next_s == pytest.approx(session.now_s + 0.01)
    assert clock.on_time(session.now_s + 0.005) is None
    assert clock.receive(b"\xf8", session.now_s) is None
    assert clock.take_deviations() == []
