from collections.abc import Callable
from typing import Any

import pytest

from emo_osc.core.affect import Affect
from emo_osc.core.errors import CommandError
from emo_osc.protocol.commands import (
    DEEDS,
    ROUTES,
    Accompany,
    Again,
    Forget,
    Get,
    Goto,
    Keep,
    Learn,
    Listen,
    MapForget,
    MapLearn,
    Mutate,
    Next,
    Panic,
    Ping,
    Play,
    Recall,
    ReplyTo,
    Route,
    SetValue,
    Tap,
    Unlisten,
)
from emo_osc.protocol.osc import OscValue
from emo_osc.protocol.parameters import VALUES, Argument
from emo_osc.protocol.parsing import parse, read_message

MakeStage = Callable[..., Any]  # the fixtures of tests/conftest.py
MakeReady = Callable[..., Any]

CONTRACT = (
    "/emo/va /emo/va/unit /emo/valence /emo/arousal /emo/mood /emo/goto /emo/next /emo/again /emo/mutate /emo/keep "
    "/emo/recall /emo/learn /emo/midi/learn /emo/quantize /emo/play /emo/stop /emo/panic /emo/tempo /emo/tap /emo/key "
    "/emo/scale /emo/transpose /emo/reply_to /emo/preset /emo/ping /emo/status /emo/latency /emo/version "
    "/emo/start_listen/note /emo/start_listen/bar /emo/start_listen/state /emo/start_listen/latency "
    "/emo/start_listen/* /emo/stop_listen/*"
)
SETTABLE = "density register velocity gate swing humanize temperature evolve intensity latency_ms channel va mood tempo"
SAMPLES: dict[str, OscValue] = {"mood": "밝음", "preset": "other", "host": "127.0.0.1", "binding": "density"}


def sample(argument: Argument) -> OscValue:
    """A value an argument takes."""
    if argument.kind == "s":
        return argument.choices[0] if argument.choices else SAMPLES.get(argument.name, "name")
    return max(1.0, argument.low) if argument.high >= 1.0 else argument.high


def right(route: Route) -> tuple[OscValue, ...]:
    return tuple(sample(argument) for argument in route.forms[0])


def wrong(route: Route) -> tuple[OscValue, ...]:
    """Arguments of a type that no form takes."""
    return (b"x",) * (max(len(form) for form in route.forms) + 1)


@pytest.mark.parametrize("address", CONTRACT.split())
def test_every_address_of_the_contract_is_in_the_table(address: str) -> None:
    assert address in ROUTES


@pytest.mark.parametrize("name", SETTABLE.split())
@pytest.mark.parametrize("verb", ["set", "get", "start_listen", "stop_listen"])
def test_every_value_of_the_contract_is_in_the_table(verb: str, name: str) -> None:
    assert f"/emo/{verb}/{name}" in ROUTES


@pytest.mark.parametrize("route", ROUTES.values(), ids=ROUTES.keys())
def test_a_row_takes_what_it_says(route: Route) -> None:
    assert route.description
    assert all(parse(route.address, tuple(sample(a) for a in form)) is not None for form in route.forms)


@pytest.mark.parametrize("route", ROUTES.values(), ids=ROUTES.keys())
def test_a_row_is_answered_and_its_wrong_message_refused(route: Route, stage: MakeStage, ready: MakeReady) -> None:
    playing = stage((ready(60), ready(64)))
    playing.ask("/emo/play")
    playing.ask("/emo/keep", "name")

    answers = playing.ask(route.address, *right(route))
    refusals = playing.ask(route.address, *wrong(route)) if route.address != "/emo/ping" else []

    assert answers, "never silence"
    assert all(answer[1] == 4 for answer in answers if answer[0] == "/emo/error")
    assert [refusal[:2] for refusal in refusals] == [("/emo/error", 2)] or route.address == "/emo/ping"


COMMANDS = {
    ("/emo/va", (0.5, -0.5)): SetValue("va", (0.5, -0.5)),
    ("/emo/va", (7, -7.0)): SetValue("va", (1.0, -1.0)),
    ("/emo/va", (True, "0.25")): SetValue("va", (1.0, 0.25)),
    ("/emo/va/unit", (1.0, 0.0)): SetValue("va", (1.0, -1.0)),
    ("/emo/mood", ("밝음",)): SetValue("mood", ("밝음",)),
    ("/emo/mood", ("bright", 0.5)): SetValue("mood", ("bright", 0.5)),
    ("/emo/mood", (3,)): SetValue("mood", (3,)),
    ("/emo/mood", (3.0, 0.5)): SetValue("mood", (3, 0.5)),
    ("/emo/mood", ("3",)): SetValue("mood", ("3",)),
    ("/emo/mood/bright", ()): SetValue("mood", ("bright",)),
    ("/emo/mood/bright", (1.0,)): SetValue("mood", ("bright", 1.0)),
    ("/emo/mood/bright", (0.25,)): SetValue("mood", ("bright", 0.25)),
    ("/emo/mood/bright", (127,)): SetValue("mood", ("bright", 1.0)),
    ("/emo/mood/bright", (0.0,)): None,
    ("/emo/mood/bright", ("0.0",)): None,
    ("/emo/mood/밝음", (1,)): SetValue("mood", ("밝음", 1.0)),
    ("/emo/mood/%EB%B0%9D%EC%9D%8C", (1,)): SetValue("mood", ("밝음", 1.0)),
    ("/emo/mood/3", (1,)): SetValue("mood", ("3", 1.0)),
    ("/emo/goto", (3, 4)): Goto(3, 4),
    ("/emo/goto/bright", (4.0,)): Goto("bright", 4),
    ("/emo/goto/bright", (0.0,)): None,
    ("/emo/recall/chorus", (1.0,)): Recall("chorus"),
    ("/emo/quantize", (3,)): SetValue("quantize", ("bar",)),
    ("/emo/quantize", ("3",)): SetValue("quantize", ("bar",)),
    ("/emo/quantize", (0,)): SetValue("quantize", ("now",)),
    ("/emo/quantize/bar", (1,)): SetValue("quantize", ("bar",)),
    ("/emo/quantize/1/16", (1,)): SetValue("quantize", ("1/16",)),
    ("/emo/quantize/bar", (0,)): None,
    ("/emo/key", (1.0,)): SetValue("key", ("C",)),
    ("/emo/key/F#", (1,)): SetValue("key", ("F#",)),
    ("/emo/set/scale", (1.0,)): SetValue("scale", ("major",)),
    ("/emo/scale/dorian", ()): SetValue("scale", ("dorian",)),
    ("/emo/preset/club", (1,)): SetValue("preset", ("club",)),
    ("/emo/get/va", (9913,)): Get("va", 9913),
    ("/emo/get/va", ("9913",)): Get("va", 9913),
    ("/emo/get/va", (1.0,)): Get("va"),
    ("/emo/get/va", (0.0,)): None,
    ("/emo/start_listen/va", (9913.0,)): Listen("va", 9913),
    ("/emo/stop_listen/*", (9913,)): Unlisten("*", 9913),
    ("/emo/quantize", ("2BARS",)): SetValue("quantize", ("2bars",)),
    ("/emo/key", ("bb",)): SetValue("key", ("Bb",)),
    ("/emo/transpose", (2.0,)): SetValue("transpose", (2,)),
    ("/emo/set/channel", ("3",)): SetValue("channel", (3,)),
    ("/emo/play", (1.0,)): Play(),
    ("/emo/play", ()): Play(),
    ("/emo/next", (0.0,)): None,
    ("/emo/panic", (False,)): None,
    ("/emo/next", ("0",)): None,
    ("/emo/next", ("0.0",)): None,
    ("/emo/keep", ("0.00",)): None,
    ("/emo/tap", (0,)): None,
    ("/emo/next", (127,)): Next(),
    ("/emo/again", ()): Again(),
    ("/emo/panic", ()): Panic(),
    ("/emo/tap", ()): Tap(),
    ("/emo/goto", ("bright", 4)): Goto("bright", 4),
    ("/emo/goto", (0.1, 5, "4")): Goto(Affect(0.1, 1.0), 4),
    ("/emo/mutate", ()): Mutate(0.25),
    ("/emo/mutate", (1.0,)): Mutate(1.0),
    ("/emo/mutate", (0.0,)): None,
    ("/emo/keep", ("chorus",)): Keep("chorus"),
    ("/emo/keep", ()): Keep(None),
    ("/emo/keep", (1.0,)): Keep(None),
    ("/emo/keep", (0.0,)): None,
    ("/emo/recall", ("chorus",)): Recall("chorus"),
    ("/emo/learn", ()): Learn(16),
    ("/emo/learn", (4.0,)): Learn(4),
    ("/emo/accompany", ()): Accompany(),
    ("/emo/forget", ()): Forget(),
    ("/emo/midi/learn", ("density",)): MapLearn("density"),
    ("/emo/midi/learn", ("밝음", "Pickup")): MapLearn("밝음", "pickup"),
    ("/emo/midi/forget", ("density",)): MapForget("density"),
    ("/emo/reply_to", (9000,)): ReplyTo(None, 9000),
    ("/emo/reply_to", ("10.0.0.2", 9000)): ReplyTo("10.0.0.2", 9000),
    ("/emo/ping", (b"blob",)): Ping(b"blob"),
    ("/emo/start_listen/*", ()): Listen("*"),
}


@pytest.mark.parametrize(("message", "command"), COMMANDS.items(), ids=[f"{a} {v}" for a, v in COMMANDS])
def test_a_message_makes_its_command(message: tuple[str, tuple[OscValue, ...]], command: object) -> None:
    assert parse(*message) == command


def test_what_a_control_may_call_is_an_address_that_a_press_triggers() -> None:
    assert all(ROUTES[address].is_trigger and parse(address, ()) for address in DEEDS.values())
    assert not DEEDS.keys() & VALUES.keys()


REFUSALS = {
    ("/emo/vaa", (0.1, 0.2)): (1, "did you mean /emo/va?"),
    ("/live/test", ()): (1, "unknown address"),
    ("/emo/va", (0.1,)): (2, "valence"),
    ("/emo/va", (float("nan"), 0.0)): (2, "valence must be a number"),
    ("/emo/va", (float("inf"), 0.0)): (2, "valence must be a number"),
    ("/emo/va", ("loud", 0.0)): (2, "got 'loud'"),
    ("/emo/va", (None, 0.0)): (2, "valence must be a number"),
    ("/emo/va", (b"1", 0.0)): (2, "valence must be a number"),
    ("/emo/tempo", (500,)): (2, "tempo must be in 20..300, got 500"),
    ("/emo/mood", (None,)): (2, "mood must be a name or a number, got None"),
    ("/emo/mood/bright", ("loud",)): (2, "intensity must be a number"),
    ("/emo/mood/", (1,)): (1, "unknown address"),
    ("/emo/mood/" + "x" * 100, (1,)): (2, "at most 64 characters"),
    ("/emo/tempo/bright", (1,)): (1, "unknown address"),
    ("/mood/bright", (1,)): (1, "unknown address"),
    ("/emo/quantize", (8,)): (2, "quantize must be a name or a whole number in 0..7, got 8"),
    ("/emo/quantize", (-1,)): (2, "in 0..7, got -1"),
    ("/emo/quantize", ("99",)): (2, "in 0..7, got 99"),
    ("/emo/quantize", (0.5,)): (2, "in 0..7, got 0.5"),
    ("/emo/quantize", (b"",)): (2, "quantize must be a name or a number"),
    ("/emo/quantize/bra", (1,)): (3, "did you mean 'bar'?"),
    ("/emo/goto/bright", ()): (2, "expected bars"),
    ("/emo/goto", (1, 1, 999)): (2, "bars must be in 1..256"),
    ("/emo/get/va", (80,)): (2, "port must be in 1024..65535, got 80"),
    ("/emo/get/va", ("me",)): (2, "port must be a number"),
    ("/emo/mood", ("x" * 100,)): (2, "got 100 characters"),
    ("/emo/mood", ("",)): (2, "mood must be a text"),
    ("/emo/quantize", ("bra",)): (3, "did you mean 'bar'?"),
    ("/emo/scale", ("dorien",)): (3, "did you mean 'dorian'?"),
    ("/emo/set/densty", (1,)): (3, "did you mean 'density'?"),
    ("/emo/get/xxxxx", ()): (3, "there are"),
    ("/emo/recall", (1.0,)): (2, "name must be a text"),
    ("/emo/learn", (17,)): (2, "bars must be in 1..16, got 17"),
    ("/emo/mutate", (1.5,)): (2, "amount must be in 0..1"),
    ("/emo/play", ("now",)): (2, "pressed must be a number"),
}


@pytest.mark.parametrize(("message", "error"), REFUSALS.items(), ids=[f"{a} {str(v)[:20]}" for a, v in REFUSALS])
def test_a_wrong_message_says_why(message: tuple[str, tuple[OscValue, ...]], error: tuple[int, str]) -> None:
    with pytest.raises(CommandError) as raised:
        parse(*message)

    assert raised.value.code == error[0]
    assert error[1] in str(raised.value)
    assert len(str(raised.value)) < 600


SURPLUS = {
    ("/emo/va", (0.5, -0.5, 0.1)): (SetValue("va", (0.5, -0.5)), 1),
    ("/emo/mood", ("bright", 0.5, 1, 2)): (SetValue("mood", ("bright", 0.5)), 2),
    ("/emo/mood/bright", (0.5, "x")): (SetValue("mood", ("bright", 0.5)), 1),
    ("/emo/next", (1.0, 0.0)): (Next(), 1),
    ("/emo/goto", ("bright", 4, 1)): (Goto("bright", 4), 1),
    ("/emo/goto", ("bright", 4, 1, 1)): (Goto("bright", 4), 2),
    ("/emo/goto", (0.5, 0.5, 4, 1)): (Goto(Affect(0.5, 0.5), 4), 1),
    ("/emo/reply_to", (9000, 1)): (ReplyTo(None, 9000), 1),
    ("/emo/get/va", (9913, 1)): (Get("va", 9913), 1),
}


@pytest.mark.parametrize(("message", "read"), SURPLUS.items(), ids=[f"{a} {v}" for a, v in SURPLUS])
def test_arguments_that_are_not_needed_are_counted(
    message: tuple[str, tuple[OscValue, ...]], read: tuple[object, int]
) -> None:
    assert read_message(*message) == read


def test_values_are_found_under_their_own_name() -> None:
    assert all(name == value.name for name, value in VALUES.items())
