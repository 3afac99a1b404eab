"""Messages to answers, on a virtual clock at 120 bpm: a bar lasts two seconds."""

from collections.abc import Callable
from typing import Any
from unicodedata import normalize

import pytest

from emo_osc.core.affect import MOODS
from emo_osc.protocol.messages import Failed, Loaded, Ready, SwitchGenerator
from emo_osc.protocol.osc import Fault, Message, Target
from emo_osc.protocol.parameters import VALUES
from emo_osc.protocol.stage_setup import StagePreset
from emo_osc.stage.session.dispatcher import MAX_SCHEDULED_A_HOST
from emo_osc.stage.session.replies import MAX_REMEMBERED

MakeStage = Callable[..., Any]
MakeReady = Callable[..., Ready]
PAD, PHONE = ("127.0.0.1", 50_000), ("127.0.0.1", 50_001)


@pytest.fixture
def playing(stage: MakeStage, ready: MakeReady) -> Any:
    """Calm (60), calm too (61), bright (72) and wild (84), playing since 0.5 s."""
    made = stage((ready(60), ready(61), ready(72, 0.8, 0.35), ready(84, 0.0, 0.9)))
    made.ask("/emo/play")
    made.run_until(0.5)
    return made


def test_the_ack_promises_the_bar_and_the_time_that_are_kept(playing: Any) -> None:
    (ack,) = playing.ask("/emo/mood", "밝음")
    sent = playing.run_until(4.0)

    assert ack == ("/emo/ack", "/emo/mood", 2, pytest.approx(1500.0), 0.8, 0.35)
    assert next(at_s for at_s, message in sent if message[:2] == bytes((0x90, 72))) == pytest.approx(2.0)


def test_a_clamped_affect_is_acked_with_what_it_became(playing: Any) -> None:
    (ack,) = playing.ask("/emo/va", 3.0, -9)

    assert ack[4:] == (1.0, -1.0)


def test_the_latency_offset_sends_earlier_and_the_ack_tells_when_it_is_heard(playing: Any) -> None:
    playing.ask("/emo/set/latency_ms", 100)
    (ack,) = playing.ask("/emo/mood", "bright")
    sent = playing.run_until(4.0)

    assert ack[3] == pytest.approx(1500.0)
    assert next(at_s for at_s, message in sent if message[:2] == bytes((0x90, 72))) == pytest.approx(1.9)


def test_before_play_nothing_can_be_promised(stage: MakeStage, ready: MakeReady) -> None:
    waiting = stage((ready(60), ready(72, 0.8, 0.35)))

    assert waiting.ask("/emo/mood", "bright")[0][:4] == ("/emo/ack", "/emo/mood", 1, -1.0)
    waiting.ask("/emo/play")
    assert next(message for _, message in waiting.run_until(0.1) if message[0] == 0x90)[1] == 72


def test_play_while_playing_does_not_start_over(playing: Any) -> None:
    playing.run_until(5.0)

    assert playing.ask("/emo/play") == [("/emo/ack", "/emo/play", 3, 0.0)]
    assert playing.ask("/emo/get/bar") == [("/emo/state/bar", 3)]


def test_stop_is_silence_and_play_begins_anew(playing: Any) -> None:
    playing.ask("/emo/stop")
    silence = playing.run_until(60.0)
    playing.ask("/emo/play")
    begun = playing.run_until(60.1)

    assert [message[0] for _, message in silence] == [0x80]
    assert [round(at_s, 3) for at_s, message in begun if message[0] == 0x90] == [60.0]


def test_one_axis_leaves_the_other(playing: Any) -> None:
    playing.ask("/emo/va", 0.5, 0.25)
    playing.ask("/emo/arousal", -0.5)
    playing.ask("/emo/set/valence", -1)

    assert playing.ask("/emo/get/va") == [("/emo/state/va", -1.0, -0.5)]


def test_a_mood_with_intensity_is_drawn_towards_neutral(playing: Any) -> None:
    playing.ask("/emo/mood", "Bright", 0.5)

    assert playing.ask("/emo/get/va") == [("/emo/state/va", 0.4, 0.175)]
    assert playing.ask("/emo/get/mood") == [("/emo/state/mood", "bright", 0.5)]


@pytest.mark.parametrize("name", [name for mood in MOODS for name in (mood.id, *mood.aliases)])
def test_every_mood_is_found_by_every_name(name: str, playing: Any) -> None:
    assert playing.ask("/emo/mood", name)[0][0] == "/emo/ack"


@pytest.mark.parametrize("name", [normalize("NFD", "밝음"), "BRIGHT", "  bright ", "calm_face"])
def test_a_mood_is_found_however_its_name_was_typed(name: str, playing: Any) -> None:
    (ack,) = playing.ask("/emo/mood", name)

    assert ack[0] == "/emo/ack"
    assert playing.ask("/emo/get/mood")[0][1] in ("bright", "neutral")


def test_a_bare_point_is_called_by_the_nearest_mood_of_the_vocabulary_last_used(playing: Any) -> None:
    playing.ask("/emo/va", -0.75, -0.18)
    as_mood = playing.ask("/emo/get/mood")
    playing.ask("/emo/mood", "joy")
    playing.ask("/emo/va", -0.75, -0.18)

    assert as_mood == [("/emo/state/mood", "gloomy", 1.0)]
    assert playing.ask("/emo/get/mood") == [("/emo/state/mood", "sadness", 1.0)]
    playing.ask("/emo/va", 0.01, 0.0)
    assert playing.ask("/emo/get/mood") == [("/emo/state/mood", "neutral", 1.0)]


def test_an_unknown_mood_is_refused_with_the_nearest_and_changes_nothing(playing: Any) -> None:
    before = playing.ask("/emo/status")

    assert playing.ask("/emo/mood", "brihgt") == [
        ("/emo/error", 3, "no mood 'brihgt', did you mean 'bright'?", "/emo/mood")
    ]
    assert playing.ask("/emo/status") == before


def test_tempo_changes_at_once_and_tapping_sets_it(playing: Any) -> None:
    playing.ask("/emo/tempo", 60)
    for at_s in (1.0, 1.6, 2.2):
        playing.run_until(at_s)
        playing.ask("/emo/tap")

    assert playing.ask("/emo/get/tempo") == [("/emo/state/tempo", pytest.approx(100.0))]


def test_status_tells_every_value(playing: Any) -> None:
    assert [answer[0] for answer in playing.ask("/emo/status")] == [f"/emo/state/{name}" for name in VALUES]


def test_latency_tells_every_delay(playing: Any) -> None:
    playing.session.delays["datagram"].add(0.002)

    assert playing.ask("/emo/latency")[0] == ("/emo/latency", "datagram", 2.0, 2.0, 2.0, 2.0, 1)


def test_ping_brings_its_token_back(playing: Any) -> None:
    assert playing.ask("/emo/ping") == [("/emo/pong",)]
    assert playing.ask("/emo/ping", "hi") == [("/emo/pong", "hi")]
    assert playing.ask("/emo/ping", True) == [("/emo/pong", 1)]


def test_listeners_hear_notes_bars_and_changes_and_others_do_not(playing: Any) -> None:
    playing.ask("/emo/start_listen/note", sender=PHONE)
    playing.ask("/emo/start_listen/bar", sender=PHONE)
    playing.ask("/emo/start_listen/state", sender=PHONE)
    playing.run_until(2.1)
    playing.end_turn(2.1)
    pushed = playing.take_answers()
    playing.ask("/emo/tempo", 90)

    assert {answer.target for answer in pushed} == {PHONE}
    assert ("/emo/bar", (2,)) in [(answer.address, answer.arguments) for answer in pushed]
    assert (pushed[-1].address, pushed[-1].arguments) == ("/emo/note", (60, 68, pytest.approx(440.0, abs=1.0), 1))


def test_a_change_is_echoed_to_all_pads(playing: Any) -> None:
    playing.ask("/emo/start_listen/tempo", sender=PHONE)

    assert playing.ask("/emo/tempo", 90) == [("/emo/ack", "/emo/tempo", 1, 0.0, 90.0), ("/emo/state/tempo", 90.0)]
    playing.ask("/emo/stop_listen/tempo", sender=PHONE)
    assert len(playing.ask("/emo/tempo", 91)) == 1


def test_listeners_are_told_each_change_once(playing: Any) -> None:
    playing.ask("/emo/start_listen/state", sender=PHONE)
    told = []
    for address, *arguments in (
        ("/emo/tempo", 90),
        ("/emo/next",),
        ("/emo/play",),
        ("/emo/tempo", 90),
        ("/emo/tempo", 91),
    ):
        told += [answer[1:] for answer in playing.ask(address, *arguments) if answer[0] == "/emo/state/tempo"]
        playing.run_until(playing.now_s + 0.1)
        told += [answer.arguments for answer in playing.take_answers() if answer.address == "/emo/state/tempo"]

    assert told == [(90.0,), (91.0,)]


def test_a_change_back_to_what_was_told_before_somebody_came_is_told(playing: Any) -> None:
    playing.ask("/emo/start_listen/tempo", sender=PHONE)
    playing.ask("/emo/tempo", 90)
    playing.ask("/emo/stop_listen/tempo", sender=PHONE)
    playing.run_until(1.0)
    playing.ask("/emo/tempo", 91)
    playing.ask("/emo/start_listen/tempo", sender=PHONE)
    playing.run_until(1.5)

    assert ("/emo/state/tempo", 90.0) in playing.ask("/emo/tempo", 90)


def test_who_begins_to_listen_is_told_the_present_value(playing: Any) -> None:
    assert playing.ask("/emo/start_listen/va")[1:] == [("/emo/state/va", 0.0, 0.0)]
    assert len(playing.ask("/emo/start_listen/*")) == 1 + len(VALUES) + 4  # two parts of two rolls


def test_reply_to_sends_replies_elsewhere(playing: Any) -> None:
    playing.ask("/emo/reply_to", 9000)
    playing.receive(Message("/emo/ping"), PAD, 1.0, 1.0)

    assert [answer.target for answer in playing.take_answers()] == [("127.0.0.1", 9000)]


def test_messages_that_cannot_be_read_are_answered_once_a_second_and_never_answers(playing: Any) -> None:
    for at_s, address in ((1.0, "/a"), (1.5, "/b"), (2.0, ""), (2.0, "/emo/error"), (2.0, "/c")):
        playing.complain(Fault(address, "no"), PAD, at_s)
    playing.complain(Fault("/d", "no"), PHONE, 2.0)

    assert [(answer.target, answer.arguments) for answer in playing.take_answers()] == [
        (PAD, (2, "no", "/a")),
        (PAD, (2, "no", "/c")),
        (PHONE, (2, "no", "/d")),
    ]


def test_of_a_crowd_that_sends_what_cannot_be_read_few_are_answered(playing: Any) -> None:
    for port in range(2000):
        playing.complain(Fault("/a", "no"), ("10.0.0.2", port), 1.0)

    assert len(playing.take_answers()) == MAX_REMEMBERED


def test_a_sender_without_a_port_of_its_own_is_answered_at_the_one_it_names(playing: Any) -> None:
    heard_at = ("127.0.0.1", 9913)
    asked_s = playing.now_s
    for port, address in ((40_001, "/emo/get/tempo"), (40_002, "/emo/start_listen/tempo")):
        playing.receive(Message(address, (9913,)), ("127.0.0.1", port), asked_s, asked_s)
    playing.receive(Message("/emo/tempo", (90,)), PHONE, asked_s, asked_s)
    playing.receive(Message("/emo/stop_listen/tempo", (9913,)), ("127.0.0.1", 40_003), asked_s, asked_s)
    playing.receive(Message("/emo/tempo", (91,)), PHONE, asked_s, asked_s)

    assert [(a.target, a.address) for a in playing.take_answers()] == [
        (heard_at, "/emo/state/tempo"),
        (heard_at, "/emo/ack"),
        (heard_at, "/emo/state/tempo"),
        (PHONE, "/emo/ack"),
        (heard_at, "/emo/state/tempo"),
        (heard_at, "/emo/ack"),
        (PHONE, "/emo/ack"),
    ]


def test_a_named_port_listens_for_a_lease_that_only_it_renews(playing: Any) -> None:
    playing.ask("/emo/start_listen/tempo", 9913)
    for at_s in (30.0, 59.0):
        playing.run_until(at_s)
        playing.ask("/emo/ping")
    before = playing.ask("/emo/tempo", 90)
    playing.run_until(61.0)
    after = playing.ask("/emo/tempo", 91)

    assert [len(before), len(after)] == [2, 1]


@pytest.mark.parametrize(
    ("address", "arguments", "values"),
    [
        ("/emo/va", (0.5, 0.25, 1), (0.5, 0.25)),
        ("/emo/next", (1, 1), ()),
        ("/emo/get/tempo", (9913, 1), ()),
        ("/emo/panic", (1, 1), ()),
    ],
)
def test_arguments_that_are_not_needed_are_ignored_and_the_ack_says_so(
    playing: Any, address: str, arguments: tuple[float, ...], values: tuple[float, ...]
) -> None:
    ack = next(answer for answer in playing.ask(address, *arguments) if answer[0] == "/emo/ack")

    assert (ack[1], ack[4:]) == (address, (*values, "1 more argument(s) than needed, ignored"))


def test_a_mood_is_called_by_its_place_and_by_its_path(playing: Any) -> None:
    called = []
    for address, *arguments in (("/emo/mood", 3), ("/emo/mood", "4"), ("/emo/mood/%EB%B0%9D%EC%9D%8C", 1.0)):
        assert playing.ask(address, *arguments)[0][:2] == ("/emo/ack", address)
        called.append(playing.ask("/emo/get/mood")[0][1])

    assert called == [MOODS[3].id, MOODS[4].id, "bright"]
    assert playing.ask("/emo/goto", 3, 4)[0][0] == "/emo/ack"


@pytest.mark.parametrize("place", [len(MOODS), -1, 1.5, "99"])
def test_a_place_where_no_mood_is_is_refused_with_the_range(playing: Any, place: float | str) -> None:
    (error,) = playing.ask("/emo/mood", place)

    assert error[:3] == ("/emo/error", 2, f"mood must be a name or a whole number in 0..15, got {place}")


def test_reply_to_looks_no_name_up(playing: Any) -> None:
    assert playing.ask("/emo/reply_to", "example.org", 9000)[0][:2] == ("/emo/error", 2)
    assert playing.ask("/emo/reply_to", "localhost", 9000)[0][0] == "/emo/ack"


def test_a_preset_is_loaded_by_name(playing: Any) -> None:
    playing.ask("/emo/preset", "other")

    assert playing.ask("/emo/get/tempo") == [("/emo/state/tempo", 90.0)]
    assert playing.ask("/emo/get/mood") == [("/emo/state/mood", "bright", 1.0)]
    assert playing.ask("/emo/get/preset") == [("/emo/state/preset", "other")]


@pytest.mark.parametrize(("name", "code"), [("../../etc/passwd", 3), ("othr", 3), ("broken", 4)])
def test_a_preset_that_cannot_be_used_is_refused(name: str, code: int, playing: Any) -> None:
    assert playing.ask("/emo/preset", name)[0][:2] == ("/emo/error", code)
    assert playing.ask("/emo/get/preset") == [("/emo/state/preset", "current")]


def test_a_timetag_in_the_future_waits(playing: Any) -> None:
    playing.receive(Message("/emo/tempo", (90,), 1_000_002.0), PAD, 1.0, 1_000_000.0)
    early = playing.take_answers()
    done = [playing.do_scheduled(at_s) for at_s in (2.9, 3.0, 3.1)]

    assert [(answer.address, answer.arguments) for answer in early] == [
        ("/emo/ack", ("/emo/tempo", 2, 2000.0, "scheduled"))
    ]
    assert (done, playing.next_s) == ([False, True, False], float("inf"))
    assert [answer.arguments for answer in playing.take_answers()] == [("/emo/tempo", 2, 0.0, 90.0)]


def test_what_could_never_be_done_is_not_scheduled(playing: Any) -> None:
    for address, argument in (("/emo/tempo", 500), ("/emo/vaa", 1), ("/emo/next", 0)):
        playing.receive(Message(address, (argument,), 1_000_002.0), PAD, 1.0, 1_000_000.0)

    assert [answer.arguments[0] for answer in playing.take_answers()] == [2, 1]
    assert playing.next_s == float("inf")


def test_a_timetag_of_the_past_is_now(playing: Any) -> None:
    playing.receive(Message("/emo/ping", (), -2_208_988_800.0), PAD, 1.0, 1_000_000.0)

    assert [answer.address for answer in playing.take_answers()] == ["/emo/pong"]


def test_a_timetag_too_far_ahead_is_refused(playing: Any) -> None:
    playing.receive(Message("/emo/ping", (), 1_000_061.0), PAD, 1.0, 1_000_000.0)

    (answer,) = playing.take_answers()
    assert answer.arguments == (4, "the timetag lies 61 s ahead, at most 60", "/emo/ping")


def scheduled(playing: Any, count: int, sender: Target, ahead_s: float = 40.0) -> list[object]:
    """Codes of the errors that so many messages for one instant are answered."""
    for _ in range(count):
        playing.receive(Message("/emo/ping", (), 1_000_000.0 + ahead_s), sender, 1.0, 1_000_000.0)
    return [answer.arguments[0] for answer in playing.take_answers() if answer.address == "/emo/error"]


def test_what_is_scheduled_is_bounded_and_the_reason_is_told(playing: Any) -> None:
    half = MAX_SCHEDULED_A_HOST // 2

    assert scheduled(playing, half, PAD) == []
    playing.receive(Message("/emo/ping", (), 1_000_001.0), PAD, 1.0, 1_000_000.0)
    (answer,) = playing.take_answers()
    text = f"{half} messages of 127.0.0.1 are scheduled already, which leaves no more for one client"
    assert answer.arguments == (4, text, "/emo/ping")


def test_a_clock_that_is_wrong_fills_nobody_elses_agenda(playing: Any) -> None:
    wrong = scheduled(playing, 1200, ("127.0.0.1", 1))
    neighbour, another = scheduled(playing, 100, ("127.0.0.1", 2), 0.2), scheduled(playing, 100, ("10.0.0.2", 1), 0.2)

    assert (len(wrong), neighbour, another) == (1200 - MAX_SCHEDULED_A_HOST // 2, [], [])


def test_of_many_messages_for_one_instant_others_are_done_in_turns(playing: Any) -> None:
    flooder, neighbour, another = ("127.0.0.1", 1), ("127.0.0.1", 2), ("10.0.0.2", 1)
    for sender, count in ((flooder, 1000), (neighbour, 1), (another, 2)):
        scheduled(playing, count, sender)
    for _ in range(5):
        playing.do_scheduled(41.0)

    assert [answer.target for answer in playing.take_answers()] == [
        flooder,
        another,
        neighbour,
        another,
        flooder,
    ]


def studio_says(playing: Any, message: Loaded | Ready | Failed) -> None:
    playing.receive_studio(message, playing.now_s)


def test_an_answer_of_the_studio_is_booked_when_it_is_nearer(playing: Any, ready: MakeReady) -> None:
    studio_client = playing.instrument.studio_client
    studio_client.connected()
    studio_says(playing, Loaded("canned", "cpu"))
    playing.ask("/emo/va", 0.4, -0.6)
    studio_client.want(playing.performer.wanted)
    want = studio_client.due(playing.now_s)

    studio_says(playing, ready(90, 0.4, -0.6, ticket=want.ticket))
    sent = playing.run_until(4.0)

    assert next(at_s for at_s, message in sent if message[:2] == bytes((0x90, 90))) == pytest.approx(2.0)


def test_what_nobody_asked_for_goes_to_the_shelf(playing: Any, ready: MakeReady) -> None:
    studio_says(playing, ready(90))

    assert playing.performer.cued is None
    assert playing.ask("/emo/get/shelf") == [("/emo/state/shelf", 5)]


def test_who_composes_in_a_preset_is_called_once(playing: Any) -> None:
    for name in ("other", "other", "current"):
        playing.ask("/emo/preset", name)

    called = [message.text for message in playing.told if isinstance(message, SwitchGenerator)]
    assert called == ["another", ""]


def test_next_without_another_melody_says_who_is_down(stage: MakeStage, ready: MakeReady) -> None:
    lonely = stage((ready(60),))
    lonely.ask("/emo/play")

    assert lonely.ask("/emo/next")[0][:2] == ("/emo/error", 5)
    studio_says(lonely, Loaded("canned", "cpu"))
    assert lonely.ask("/emo/next")[0][:2] == ("/emo/error", 4)


def test_listeners_are_told_how_the_studio_is(playing: Any) -> None:
    playing.ask("/emo/start_listen/studio")
    studio_says(playing, Loaded("canned", "cpu"))

    assert [answer.arguments for answer in playing.take_answers()] == [("ready canned on cpu",)]


def test_controllers_and_programs_play_what_the_preset_says(stage: MakeStage, ready: MakeReady) -> None:
    mapped = stage((ready(60),))
    mapped.instrument._presets["map"] = StagePreset({}, MOODS, {"cc20": "valence", "cc21": "quantize"})
    mapped.ask("/emo/preset", "map")
    for message in (b"\xb0\x14\x7f", b"\xb3\x15\x00", b"\xb0\x16\x7f", b"\xb0\x17\x7f", b"\xb0\x63\x7f", b"\xf8"):
        mapped.receive_midi(message, 0.0)

    assert mapped.ask("/emo/get/valence") == [("/emo/state/valence", 1.0)]
    assert mapped.ask("/emo/get/quantize") == [("/emo/state/quantize", "now")]
    mapped.receive_midi(b"\xc0\x01", 0.0)
    mapped.receive_midi(b"\xc0\x7f", 0.0)
    assert mapped.ask("/emo/get/mood") == [("/emo/state/mood", "bright", 1.0)]
