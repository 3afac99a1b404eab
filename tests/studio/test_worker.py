"""The studio as a real process, and the test in the stage's place at the far end of its connection."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect, Reference
from emo_osc.core.score import Melody, Note, tiled
from emo_osc.protocol.message_codec import decode, encode
from emo_osc.protocol.messages import (
    Alive,
    ComposeRequest,
    Failed,
    Finish,
    Learn,
    Loaded,
    Ready,
    StudioToStage,
    ToStudio,
    Vary,
)
from emo_osc.studio.setup import StudioSetup

TIMEOUT_S = 20.0
AFFECTS = (Affect(0.8, 0.35), Affect(-0.8, -0.15))
RIFF = Melody(tuple(Note(480 * beat, 360, pitch) for beat, pitch in enumerate((61, 66, 68, 70, 73, 70, 68, 66))), 2)


def likeness(ready: Ready) -> float:
    """Which share of the riff's notes, played through sixteen bars, are in a melody, in whatever octave."""
    starts = {(note.start_tick, note.pitch % 12) for note in ready.melody.notes}
    return sum((note.start_tick, note.pitch % 12) in starts for note in tiled(RIFF).notes) / len(tiled(RIFF).notes)


class Studio:
    """A studio process and the line to it."""

    def __init__(self, section: GeneratorSection, affects: tuple[Affect, ...]) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as server:
            server.settimeout(TIMEOUT_S)
            setup = StudioSetup(server.getsockname()[1], "token", section, affects)
            command = [sys.executable, "-m", "emo_osc.studio.worker"]
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
            assert self.process.stdin is not None
            self.process.stdin.write(setup.to_json().encode())
            self.process.stdin.close()
            self.line, _ = server.accept()
        self.line.settimeout(TIMEOUT_S)
        self._lines = self.line.makefile("rb")
        self.token = self._lines.readline()

    def read(self) -> StudioToStage:
        while isinstance(message := decode(self._lines.readline()), Alive):
            continue
        assert isinstance(message, Loaded | Ready | Failed)
        return message

    def send(self, message: ToStudio) -> None:
        self.line.sendall(encode(message))

    def close(self) -> None:
        self._lines.close()
        self.line.close()
        self.process.wait(TIMEOUT_S)
        assert self.process.stderr is not None
        self.process.stderr.close()


@pytest.fixture
def studio() -> Iterator[Callable[..., Studio]]:
    opened: list[Studio] = []

    def open_studio(affects: tuple[Affect, ...] = (), **section: Any) -> Studio:
        opened.append(Studio(GeneratorSection.model_validate({"name": "canned", "seed": 1, **section}), affects))
        return opened[-1]

    yield open_studio
    for one in opened:
        one.close()


def test_it_shows_its_token_and_says_what_it_loaded(studio: Callable[..., Studio]) -> None:
    one = studio()

    assert (one.token, one.read()) == (b"token\n", Loaded("canned", "cpu"))


def test_it_fills_the_pool_of_every_mood_in_turn(studio: Callable[..., Studio]) -> None:
    one = studio(AFFECTS, pool=3)
    one.read()
    made = [one.read() for _ in range(6)]

    assert all(isinstance(message, Ready) and message.ticket == -1 for message in made)
    assert sorted(str(message.affect) for message in made if isinstance(message, Ready)) == sorted(
        str(affect) for affect in AFFECTS * 3
    )


def test_an_accompaniment_takes_the_place_of_one_that_waits(studio: Callable[..., Studio]) -> None:
    one = studio()
    varied = [Vary(RIFF, "", AFFECTS[0], amount, ticket) for ticket, amount in enumerate((0.0, 0.5, 0.0, 0.0))]
    orders: list[ToStudio] = [*varied, ComposeRequest(AFFECTS[0], 9)]
    one.line.sendall(b"".join(encode(order) for order in orders))
    one.read()

    assert [message.ticket for message in (one.read() for _ in range(3)) if isinstance(message, Ready)] == [1, 3, 9]


def test_an_order_is_answered_with_its_ticket_and_affect(studio: Callable[..., Studio]) -> None:
    one = studio()
    one.send(ComposeRequest(Affect(0.3, 0.4), 17, 2))
    one.read()
    answers = [one.read(), one.read()]

    assert [(a.affect, a.ticket) for a in answers if isinstance(a, Ready)] == [(Affect(0.3, 0.4), 17)] * 2


def test_an_order_is_served_before_the_pools(studio: Callable[..., Studio]) -> None:
    one = studio(AFFECTS, pool=400)
    one.send(ComposeRequest(Affect(0.3, 0.4), 17))

    place = 0
    while True:
        message = one.read()
        if isinstance(message, Ready) and message.ticket == 17:
            break
        place += 1
    assert place <= 20, "a few batches may have been on their way"


@pytest.mark.parametrize("line", [b"nonsense\n", b"{}\n", b'{"kind": "Want", "affect": 3, "ticket": 1}\n', b"\xff\n"])
def test_a_bad_order_is_told_and_survived(line: bytes, studio: Callable[..., Studio]) -> None:
    one = studio()
    one.read()
    one.line.sendall(line)
    refused = one.read()
    one.send(ComposeRequest(Affect(0.0, 0.0), 3))

    assert isinstance(refused, Failed)
    answer = one.read()
    assert isinstance(answer, Ready)
    assert answer.ticket == 3


@pytest.mark.parametrize("count", [-5, 0, 10**9])
def test_a_mad_count_is_bounded(count: int, studio: Callable[..., Studio]) -> None:
    one = studio()
    one.read()
    one.send(ComposeRequest(Affect(0.0, 0.0), 3, count))

    assert isinstance(one.read(), Ready)


def test_a_variation_is_answered_with_its_ticket_before_the_pools(studio: Callable[..., Studio]) -> None:
    one = studio(AFFECTS, pool=400)
    one.send(Vary(RIFF, "", Affect(0.3, 0.4), 0.5, 17))

    answer = next(message for message in iter(one.read, None) if isinstance(message, Ready) and message.ticket == 17)
    assert answer.affect == Affect(0.3, 0.4)
    assert 0.25 < likeness(answer) < 0.75


@pytest.mark.parametrize("amount", [-1.0, 0.0, 2.0, float("nan")])
def test_a_mad_amount_is_bounded(amount: float, studio: Callable[..., Studio]) -> None:
    one = studio()
    one.read()
    one.send(Vary(RIFF, "nonsense", Affect(0.3, 0.4), amount, 17))

    answer = one.read()
    assert isinstance(answer, Ready)
    assert (likeness(answer) == 1.0) is (amount <= 0.0)


def test_what_is_learned_is_composed_around_until_it_is_forgotten(studio: Callable[..., Studio]) -> None:
    one = studio()
    one.read()
    found = []
    for learned in (RIFF, None):
        one.send(Learn(learned))
        one.send(ComposeRequest(Affect(0.3, 0.4), 17))
        answer = one.read()
        assert isinstance(answer, Ready)
        found.append(likeness(answer))

    assert found[0] > 0.3
    assert found[1] < 0.1


def test_the_pools_are_filled_again_with_what_is_learned(studio: Callable[..., Studio]) -> None:
    one = studio(AFFECTS, pool=2)
    one.read()
    for _ in range(4):
        one.read()
    one.send(Learn(RIFF))

    around = [message for message in (one.read() for _ in range(5)) if isinstance(message, Ready)][1:]
    assert {message.affect for message in around} == set(AFFECTS)
    assert all(likeness(message) > 0.3 for message in around)


def test_too_few_notes_are_not_learned(studio: Callable[..., Studio]) -> None:
    one = studio()
    one.read()
    one.send(Learn(RIFF))
    for notes in (0, 2):
        one.send(Learn(Melody(RIFF.notes[:notes], 2)))
        refused = one.read()
        assert isinstance(refused, Failed)
        assert f"{notes} notes are too few" in refused.text
    one.send(ComposeRequest(Affect(0.3, 0.4), 17))

    answer = one.read()
    assert isinstance(answer, Ready)
    assert likeness(answer) > 0.3, "what was learned before stays"


def test_it_ends_when_asked(studio: Callable[..., Studio]) -> None:
    one = studio()
    one.read()
    one.send(Finish())

    assert one.process.wait(TIMEOUT_S) == 0


def test_it_ends_when_the_stage_hangs_up(studio: Callable[..., Studio]) -> None:
    one = studio(AFFECTS, pool=2)
    one.read()
    one.line.shutdown(socket.SHUT_RDWR)

    assert one.process.wait(TIMEOUT_S) == 0


@pytest.mark.parametrize("section", [{"name": "nobody"}, {"checkpoint": "/nowhere/shelf.jsonl"}])
def test_a_generator_that_cannot_be_loaded_is_told_and_final(
    section: dict[str, str], studio: Callable[..., Studio]
) -> None:
    one = studio(**section)

    assert isinstance(one.read(), Failed)
    assert one.process.wait(TIMEOUT_S) == 2


def test_the_canned_generator_brings_no_torch() -> None:
    code = "import sys, emo_osc.studio.worker, emo_osc.studio.canned; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_setup_brings_its_references_as_aims() -> None:
    known = (Reference(AFFECTS[0], 5.0, None, 0.25), Reference(AFFECTS[0], mean_pitch=60.0))
    setup = StudioSetup(
        7, "token", GeneratorSection(name="canned", pool=9), AFFECTS, "", known, is_locked=True, density=0.5
    )

    assert StudioSetup.from_json(setup.to_json()) == setup
    assert setup.aims(AFFECTS[0])[0] == pytest.approx(5.0 * 2**0.5)
