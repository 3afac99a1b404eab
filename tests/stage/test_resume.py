"""A stage that goes on where another one stopped, on a virtual clock: what sounds is what would have sounded."""

from itertools import pairwise

import pytest

from emo_osc.core.affect import Affect
from emo_osc.core.score import TICKS_PER_BAR
from emo_osc.protocol.message_codec import encode
from emo_osc.protocol.messages import Loaded, Ready, SetTargets, StageState
from emo_osc.stage.clock.clock import Move, Timeline
from emo_osc.stage.clock.midi_clock_out import ClockOut
from emo_osc.stage.clock.midi_slave import MidiSlave
from emo_osc.stage.io.midi_ports import Before
from emo_osc.stage.resume import MAX_WAITS, Diary, left_by, resume
from emo_osc.stage.session.subscriptions import Clients, Lease
from emo_osc.stage.snapshot import Snapshot
from tests.twin import PAD, MakeReady, VirtualStage, make_stage

CONTINUE, STOP = b"\xfb", b"\xfc"
OTHER = ("127.0.0.1", 50_001)


@pytest.fixture
def seeds(ready: MakeReady) -> tuple[Ready, ...]:
    return ready(60), ready(62, 0.8, 0.35), ready(64, -0.5, -0.5), ready(65, -0.5, 0.8)


def snapshot_of(stage: VirtualStage) -> str:
    news = Diary(stage.instrument, stage.session.clients).news(stage.now_s, has_time=True)
    assert isinstance(news, StageState)
    return news.text


def resumed(seeds: tuple[Ready, ...], text: str, now_s: float) -> VirtualStage:
    """Another stage that goes on from a snapshot at a time."""
    other = make_stage(seeds)
    other.now_s = now_s
    other.apply(resume(other.instrument, other.session.clients, text, now_s), now_s)
    return other


def notes(sent: list[tuple[float, bytes]]) -> list[tuple[float, int]]:
    return [(round(at_s, 6), message[1]) for at_s, message in sent if message[0] & 0xF0 == 0x90]


ASKED: list[tuple[str, tuple[float | str, ...]]] = [
    ("/emo/tempo", (97.0,)),
    ("/emo/quantize", ("4bars",)),
    ("/emo/key", ("F#",)),
    ("/emo/scale", ("dorian",)),
    ("/emo/transpose", (3,)),
    ("/emo/set/velocity", (0.5,)),
    ("/emo/set/gate", (0.4,)),
    ("/emo/set/latency_ms", (12.0,)),
    ("/emo/set/channel", (7,)),
    ("/emo/set/evolve", (0.0,)),
    ("/emo/mood", ("bright",)),
]


def test_a_stage_that_resumes_plays_what_the_other_would_have_played(seeds: tuple[Ready, ...]) -> None:
    first = make_stage(seeds)
    for address, arguments in ASKED:
        first.ask(address, *arguments)
    first.ask("/emo/play")
    first.run_until(17.3)

    second = resumed(seeds, snapshot_of(first), 18.1)
    first.run_until(18.1)

    assert notes(second.run_until(60.0)) == notes(first.run_until(60.0))
    for name in (
        "va",
        "mood",
        "tempo",
        "quantize",
        "key",
        "scale",
        "transpose",
        "velocity",
        "channel",
        "bar",
        "playing",
    ):
        assert second.ask(f"/emo/get/{name}") == first.ask(f"/emo/get/{name}"), name


def test_what_was_asked_for_and_waits_enters_where_it_would_have(seeds: tuple[Ready, ...]) -> None:
    first = make_stage(seeds)
    for address, arguments in (("/emo/quantize", ("8bars",)), ("/emo/play", ()), ("/emo/mood", ("bright",))):
        first.ask(address, *arguments)
    first.run_until(3.0)
    assert first.performer.cued

    second = resumed(seeds, snapshot_of(first), 4.1)
    first.run_until(4.1)

    cues = [stage.performer.cued for stage in (first, second)]
    assert len({(cue.ready, cue.tick) for cue in cues if cue}) == 1
    assert notes(second.run_until(30.0)) == notes(first.run_until(30.0))


def test_a_pinned_phrase_a_point_and_a_glide_stay(seeds: tuple[Ready, ...]) -> None:
    first = make_stage(seeds)
    first.ask("/emo/play")
    first.ask("/emo/va", 0.31, -0.42)
    first.run_until(5.0)
    first.ask("/emo/keep", "mine")
    first.run_until(6.0)
    second = resumed(seeds, snapshot_of(first), 7.0)

    assert second.ask("/emo/get/pinned") == [("/emo/state/pinned", 1)]
    assert second.performer.phrase == first.performer.phrase
    assert second.performer.affect == Affect(0.31, -0.42)

    first.ask("/emo/goto", 0.9, 0.9, 8)
    first.run_until(10.0)
    third = resumed(seeds, snapshot_of(first), 11.0)
    for stage in (first, third):
        stage.run_until(12.0)
    assert third.performer.affect == first.performer.affect
    for stage in (first, third):
        stage.run_until(40.0)
    assert third.performer.affect == Affect(0.9, 0.9)


def test_a_stage_that_stood_stands_and_goes_on_where_it_stood(seeds: tuple[Ready, ...]) -> None:
    first = make_stage(seeds)
    first.ask("/emo/play")
    first.run_until(5.0)
    first.ask("/emo/stop")
    second = resumed(seeds, snapshot_of(first), 9.0)

    assert notes(second.run_until(12.0)) == []
    second.ask("/emo/continue")
    second.run_until(12.1)
    assert second.ask("/emo/get/bar") == [("/emo/state/bar", 3)]


def test_another_preset_stays_with_what_was_changed_in_it(seeds: tuple[Ready, ...]) -> None:
    first = make_stage(seeds)
    first.ask("/emo/preset", "other")
    first.ask("/emo/set/velocity", 0.7)
    second = resumed(seeds, snapshot_of(first), 1.0)

    assert [second.instrument.read(name, 1.0) for name in ("preset", "tempo", "velocity", "mood")] == [
        ("other",),
        (90.0,),
        (0.7,),
        ("bright", 1.0),
    ]


def test_those_who_listened_are_told_on(seeds: tuple[Ready, ...]) -> None:
    first = make_stage(seeds)
    first.ask("/emo/start_listen/bar")
    first.ask("/emo/reply_to", 50_002, sender=OTHER)
    second = resumed(seeds, snapshot_of(first), 100.0)

    assert second.session.clients.leases(100.0) == first.session.clients.leases(0.0)
    assert second.session.clients.listeners(frozenset({"bar"}), 159.0) == [PAD]
    assert second.session.clients.target(OTHER) == ("127.0.0.1", 50_002)
    assert Clients().leases(0.0) == ()
    assert Lease(PAD, PAD, ("bar",)) in first.session.clients.leases(0.0)


def test_what_was_learned_is_composed_around(seeds: tuple[Ready, ...]) -> None:
    first = make_stage(seeds)
    first.instrument.studio_client.learn(seeds[0].melody)

    assert resumed(seeds, snapshot_of(first), 1.0).instrument.studio_client.learned == seeds[0].melody


def test_a_held_density_is_told_to_the_studio_of_the_next_stage(seeds: tuple[Ready, ...]) -> None:
    first = make_stage(seeds)
    first.ask("/emo/set/density", 0.5)

    studio_client = resumed(seeds, snapshot_of(first), 1.0).instrument.studio_client
    studio_client.connected()
    studio_client.receive(encode(Loaded("canned", "cpu")))
    assert studio_client.due(1.0) == SetTargets((), 0.5)


def test_a_text_that_is_no_snapshot_begins_anew_and_says_so(seeds: tuple[Ready, ...]) -> None:
    for text in ("", "nonsense", "{}", "[]", '{"phrase": 3}'):
        stage = resumed(seeds, text, 1.0)

        assert stage.instrument.transport.clock.is_running
        assert "starting from the preset" in str(stage.told[0])


def test_a_snapshot_survives_its_way(seeds: tuple[Ready, ...]) -> None:
    first = make_stage(seeds)
    for address, arguments in (*ASKED, ("/emo/play", ()), ("/emo/start_listen/note", ()), ("/emo/goto", ("calm", 4))):
        first.ask(address, *arguments)
    snapshot = Snapshot.from_json(snapshot_of(first))

    assert Snapshot.from_json(snapshot.to_json()) == snapshot
    assert snapshot.line == Snapshot.from_json(snapshot.to_json()).line


def test_what_the_ports_were_connected_to_is_known_before_they_are_opened(seeds: tuple[Ready, ...]) -> None:
    first = make_stage(seeds)
    first.instrument.counters.targets, first.instrument.counters.links = ("synth:in",), "keys:out\temo_osc in:a"
    text = snapshot_of(first)

    assert left_by(text, is_stuck=True) == Before(("synth:in",), "keys:out\temo_osc in:a", is_stuck=True)
    assert left_by("", is_stuck=False) == left_by("nonsense", is_stuck=False) == Before()


def test_nothing_is_told_twice_and_a_melody_waits_for_a_pause(seeds: tuple[Ready, ...]) -> None:
    stage = make_stage(seeds)
    diary = Diary(stage.instrument, stage.session.clients)
    assert diary.news(0.0, has_time=True)
    assert diary.news(0.25, has_time=True) is None

    stage.ask("/emo/play")
    waits = [diary.news(0.0, has_time=False) for _ in range(MAX_WAITS + 1)]
    assert [news is None for news in waits] == [True] * MAX_WAITS + [False]
    stage.run_until(10.0)
    assert diary.news(10.0, has_time=True) is None, "the place was foretold"
    stage.ask("/emo/tempo", 121.0)
    assert diary.news(10.0, has_time=True)


def test_a_follower_goes_on_with_the_masters_next_clock_and_without_one() -> None:
    line = Timeline(120.0, 100.0, 3 * TICKS_PER_BAR + 5.0, is_running=True)
    follower = MidiSlave()
    move = follower.take_over(line, 102.0)
    period_s = 60.0 / 120.0 / 24
    first_s = 102.0 - 102.0 % period_s + 2 * period_s + 0.001
    stamps = [first_s + n * period_s for n in range(96)]
    ticks = []
    for stamp_s in stamps:
        follower.receive(b"\xf8", stamp_s)
        ticks.append(follower.tick_at(stamp_s))

    assert move == Move(int(line.tick_at(102.0)), is_running=True)
    assert ticks[-1] == pytest.approx(line.tick_at(stamps[-1]), abs=10.0), "no clock was lost"
    assert all(later > sooner for sooner, later in pairwise(ticks))
    alone = MidiSlave()
    alone.take_over(line, 102.0)
    alone.on_time(alone.next_s)
    assert alone.is_running
    assert alone.summary.startswith("midi: lost, free-running at 120.0")
    assert alone.tick_at(110.0) == pytest.approx(line.tick_at(110.0), abs=0.5)


def test_a_follower_whose_master_stood_waits_for_it() -> None:
    follower = MidiSlave()

    assert follower.take_over(Timeline(120.0, 100.0, 960.0), 102.0) is None
    assert not follower.is_running
    assert follower.receive(b"\xfb", 103.0) == Move(960, is_running=True)


def test_those_who_follow_our_clock_are_told_the_place(seeds: tuple[Ready, ...]) -> None:
    first = make_stage(seeds)
    first.ask("/emo/play")
    first.run_until(5.0)
    other = make_stage(seeds)
    other.instrument.transport.clock_out = ClockOut()
    resume(other.instrument, other.session.clients, snapshot_of(first), 6.03)
    sent: list[bytes] = []
    for n in range(10):
        sent += [message for _, message in other.instrument.transport.take_clocks(6.03 + n / 50)]

    assert sent[0] == STOP
    assert sent[1][0] == 0xF2
    assert CONTINUE in sent
