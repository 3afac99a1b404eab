"""Evenings of the offline twin: whatever is asked, one voice, every note off again, every message answered."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emo_osc.core.affect import MOODS
from emo_osc.protocol.messages import Ready
from emo_osc.protocol.midi_control import MODES
from emo_osc.protocol.osc import OscValue, Target
from emo_osc.stage.clock.midi_slave import MidiSlave
from tests.twin import Twin, make_ready, make_twin

Act = tuple[str, tuple[OscValue, ...]]
SEEDS = tuple(
    replace(make_ready(40 + n, mood.affect.valence, mood.affect.arousal), seed=n) for n, mood in enumerate(MOODS)
)
NAMES = [mood.id for mood in MOODS]
ACTS: dict[str, st.SearchStrategy[tuple[OscValue, ...]]] = {
    "/emo/mood": st.tuples(st.sampled_from(NAMES)),
    "/emo/va": st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
    "/emo/goto": st.tuples(st.sampled_from(NAMES), st.integers(1, 40)),
    "/emo/next": st.just(()),
    "/emo/again": st.just(()),
    "/emo/mutate": st.tuples(st.floats(0.01, 1)),
    "/emo/keep": st.tuples(st.sampled_from(["a", "b"])),
    "/emo/recall": st.tuples(st.sampled_from(["a", "b", "c"])),
    "/emo/learn": st.tuples(st.integers(1, 16)),
    "/emo/accompany": st.just(()),
    "/emo/forget": st.just(()),
    "/emo/quantize": st.tuples(st.sampled_from(["now", "beat", "bar", "16bars"])),
    "/emo/tempo": st.tuples(st.floats(20, 300)),
    "/emo/set/swing": st.tuples(st.floats(0, 1)),
    "/emo/set/latency_ms": st.tuples(st.floats(-200, 200)),
    "/emo/set/channel": st.tuples(st.integers(1, 16)),
    "/emo/set/evolve": st.tuples(st.floats(0, 1)),
    "/emo/set/auto_accompany": st.tuples(st.integers(0, 1)),
    "/emo/preset": st.tuples(st.sampled_from(["other", "broken"])),
    "/emo/play": st.just(()),
    "/emo/stop": st.just(()),
    "/emo/continue": st.just(()),
    "/emo/panic": st.just(()),
    "/emo/start_listen/*": st.just(()),
    "studio comes": st.just(()),
    "studio dies": st.just(()),
    "key": st.tuples(st.integers(40, 80)),
    "/emo/midi/learn": st.tuples(
        st.sampled_from(["gate", "arousal", "next", "stop", "bright", "other"]), st.sampled_from(MODES)
    ),
    "/emo/midi/forget": st.tuples(st.sampled_from(["gate", "arousal", "next", "bright"])),
    "knob": st.tuples(st.integers(20, 22), st.integers(0, 127)),
}
SCRIPTS = st.lists(
    st.tuples(st.floats(0.0, 20.0), st.sampled_from(sorted(ACTS))).flatmap(
        lambda step: st.tuples(st.just(step[0]), st.just(step[1]), ACTS[step[1]])
    ),
    max_size=40,
)


class Ears:
    """Listens to what leaves the port: how many notes sound, and how long it was silent."""

    def __init__(self) -> None:
        self.sounding: dict[tuple[int, int], int] = {}
        self.notes = 0
        self.last_s = 0.0
        self.longest_s = 0.0

    def hear(self, sent: list[tuple[float, bytes]]) -> None:
        for at_s, message in sent:
            kind, key = message[0] & 0xF0, (message[0] & 0x0F, message[1])
            if kind == 0x90:
                assert not self.sounding, "one voice"
                self.sounding[key] = 1
                self.notes += 1
                self.longest_s = max(self.longest_s, at_s - self.last_s)
                self.last_s = at_s
            elif kind == 0x80:
                assert self.sounding.pop(key, 0), "a note-off without its note-on"


def act(twin: Twin, name: str, arguments: tuple[OscValue, ...], sender: Target = ("127.0.0.1", 50_000)) -> None:
    if name == "studio comes":
        twin.start_studio()
    elif name == "studio dies":
        twin.kill_studio()
    elif name == "key":
        for status in (0x90, 0x80):
            twin.receive_midi(bytes((status, int(str(arguments[0])), 80)), twin.now_s)
    elif name == "knob":
        twin.receive_midi(bytes((0xB0, *(int(str(number)) for number in arguments))), twin.now_s)
    else:
        answers = twin.ask(name, *arguments, sender=sender)
        is_later = name in ("/emo/mutate", "/emo/accompany", "/emo/keep")
        assert answers or is_later, f"{name} was not answered"


@settings(max_examples=60)
@given(script=SCRIPTS)
def test_whatever_a_performer_does_every_note_ends_and_every_message_is_answered(
    script: list[tuple[float, str, tuple[OscValue, ...]]],
) -> None:
    twin, ears = make_twin(SEEDS), Ears()
    twin.instrument.counters.midi_in = "keyboard"
    twin.ask("/emo/play")
    for wait_s, name, arguments in script:
        ears.hear(twin.turn_until(twin.now_s + wait_s))
        act(twin, name, arguments)
    ears.hear(twin.turn_until(twin.now_s + 3.0))
    twin.ask("/emo/stop")
    ears.hear(twin.turn_until(twin.now_s + 3.0))

    assert not ears.sounding
    waiting = [answer.address for answer in twin.answers]
    assert waiting.count("/emo/error") <= len(script) + 1


def restless(random: Random) -> Iterator[Act]:
    """What a performer asks for, without end."""
    choices: tuple[Callable[[], Act], ...] = (
        lambda: ("/emo/mood", (random.choice(NAMES),)),
        lambda: ("/emo/va", (random.uniform(-1, 1), random.uniform(-1, 1))),
        lambda: ("/emo/goto", (random.choice(NAMES), random.randint(1, 16))),
        lambda: ("/emo/next", ()),
        lambda: ("/emo/mutate", (random.uniform(0.1, 1),)),
        lambda: ("/emo/keep", (f"name {random.randint(1, 40)}",)),
        lambda: ("/emo/recall", (f"name {random.randint(1, 40)}",)),
        lambda: ("/emo/learn", (random.randint(1, 4),)),
        lambda: ("key", (random.randint(50, 80),)),
        lambda: ("/emo/tempo", (random.uniform(60, 200),)),
        lambda: ("/emo/set/swing", (random.random(),)),
        lambda: ("/emo/start_listen/state", ()),
        lambda: ("studio comes", ()),
        lambda: ("studio dies", ()),
        lambda: ("/emo/nonsense", (random.random(),)),
    )
    while True:
        yield random.choice(choices)()


@pytest.mark.no_cover
@pytest.mark.slow
def test_twelve_hours_pass_without_a_gap_and_without_growing() -> None:
    twin, ears, random = make_twin(SEEDS), Ears(), Random(1)
    twin.instrument.counters.midi_in = "keyboard"
    twin.ask("/emo/play")
    acts, blocks = restless(random), {}
    for hour in range(12):
        while twin.now_s < 3600.0 * (hour + 1):
            ears.hear(twin.turn_until(twin.now_s + random.uniform(1.0, 40.0)))
            name, arguments = next(acts)
            act(twin, name, arguments, ("10.0.0.9", random.randint(1024, 65_000)))
            twin.answers.clear()
        blocks[hour] = sys.getallocatedblocks()
    ears.hear(twin.turn_until(twin.now_s + 1.0))
    twin.ask("/emo/stop")
    ears.hear(twin.turn_until(twin.now_s + 1.0))

    assert not ears.sounding
    assert ears.notes > 70_000
    assert ears.longest_s < 16.1, "a phrase that was learned may be one note in four bars, at 60 beats a minute"
    assert (blocks[11] - blocks[2]) * 100 < 1.7e6, "100 bytes a block: less than 190 KB an hour"


@pytest.mark.no_cover
@pytest.mark.slow
def test_an_evening_under_a_master_that_stops_jumps_and_is_unplugged() -> None:
    twin, ears, random = make_twin(SEEDS), Ears(), Random(2)
    twin.instrument.transport.clock = MidiSlave()
    period_s, now_s = 60.0 / 120.0 / 24, 0.0
    for _ in range(120):
        deed = random.choice(
            (b"\xfa", b"\xfb", b"\xfc", bytes((0xF2, random.randint(0, 127), random.randint(0, 7))), b"")
        )
        if deed:
            twin.receive_midi(deed, now_s)
        else:
            now_s += random.uniform(0.5, 4.0)  # the cable
        for _ in range(random.randint(1, 400)):
            now_s += period_s
            ears.hear(twin.turn_until(now_s))
            if random.random() > 0.01:
                twin.receive_midi(b"\xf8", now_s + random.uniform(-0.001, 0.001))
        period_s = 60.0 / random.uniform(40, 240) / 24 if random.random() < 0.3 else period_s
    twin.receive_midi(b"\xfc", now_s)
    ears.hear(twin.turn_until(now_s + 1.0))

    assert ears.notes > 200
    assert not ears.sounding


def test_a_phrase_of_the_virtual_studio_is_played() -> None:
    twin, ears = make_twin(()), Ears()
    twin.start_studio()
    twin.ask("/emo/play")
    ears.hear(twin.turn_until(20.0))

    assert ears.notes > 10, "an empty shelf is filled by the studio"
    assert isinstance(twin.performer.phrase, Ready)
