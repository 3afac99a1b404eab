"""Bar by bar for the stage: at their places in a phrase, taken back, begun anew, and through a studio."""

import socket
from threading import Thread

import pytest
import torch

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect
from emo_osc.core.score import BARS, TICKS_PER_BAR, Melody, Note
from emo_osc.protocol.message_codec import decode, encode
from emo_osc.protocol.messages import (
    Alive,
    AnyMessage,
    ComposeBar,
    ComposeRequest,
    Finish,
    Loaded,
    Ready,
    ToStudio,
    Vary,
)
from emo_osc.studio.composer import Composer
from emo_osc.studio.events import MELODY, Sound
from emo_osc.studio.generators import Composed
from emo_osc.studio.interruption import advanced
from emo_osc.studio.music_transformer import NAME, Transformer
from emo_osc.studio.nets.music_transformer import MusicTransformer, MusicTransformerConfig
from emo_osc.studio.phrase_stream import PhraseStream, placed
from emo_osc.studio.setup import StudioSetup
from emo_osc.studio.streams import Stream
from emo_osc.studio.worker import Studio

pytestmark = pytest.mark.torch

TIMEOUT_S = 60.0
GLAD, SAD = Affect(0.9, 0.8), Affect(-0.9, -0.8)
TUNE = Melody(tuple(Note(480 * beat, 480, (60, 64, 67, 64)[beat % 4]) for beat in range(4 * BARS)))


@pytest.fixture(scope="module")
def net() -> MusicTransformer:
    torch.manual_seed(5)
    net = MusicTransformer(MusicTransformerConfig(width=32, layers=1, heads=2, context=256, feeling=8)).eval()
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return net


def bar_stream(net: MusicTransformer) -> PhraseStream:
    return PhraseStream(lambda seed: Stream(net, seed), 3)


def bars_of(made: Composed) -> set[int]:
    return {note.start_tick // TICKS_PER_BAR for note in (*made.melody.notes, *made.backing)}


def test_every_bar_lies_at_its_place_in_the_phrase(net: MusicTransformer) -> None:
    endless = bar_stream(net)

    for bar in range(5, 24):
        assert bars_of(endless.go_on(GLAD, bar, 120.0)) <= {bar % BARS}


def test_a_bar_that_is_asked_for_again_is_composed_for_the_new_feeling(net: MusicTransformer) -> None:
    changed, straight = bar_stream(net), bar_stream(net)
    for bar in (1, 2):
        changed.go_on(GLAD, bar, 120.0)
    changed.go_on(GLAD, 3, 120.0)
    for bar in (1, 2):
        straight.go_on(GLAD, bar, 120.0)

    assert changed.go_on(SAD, 3, 120.0) == straight.go_on(SAD, 3, 120.0)
    assert changed.go_on(SAD, 4, 120.0) == straight.go_on(SAD, 4, 120.0)


def test_what_is_composed_depends_on_the_tempo_it_will_be_heard_at(net: MusicTransformer) -> None:
    slow, fast, faster = (bar_stream(net).go_on(GLAD, 0, tempo_bpm) for tempo_bpm in (60.0, 165.0, 300.0))

    assert slow.melody != fast.melody
    assert fast.melody == faster.melody


def test_after_a_jump_another_piece_begins(net: MusicTransformer) -> None:
    jumped = bar_stream(net)
    jumped.go_on(GLAD, 1, 120.0)

    assert (
        jumped.go_on(GLAD, 40, 120.0).melody
        == PhraseStream(lambda seed: Stream(net, seed), 4).go_on(GLAD, 40, 120.0).melody
    )


def test_what_is_held_past_the_phrase_ends_with_it() -> None:
    assert placed([Sound(12, MELODY, 60, 16)], 15) == [Sound(252, MELODY, 60, 4)]
    assert placed([Sound(12, MELODY, 60, 16)], 3) == [Sound(60, MELODY, 60, 16)]


def test_only_a_generator_that_can_goes_on(net: MusicTransformer) -> None:
    composer = Composer(Transformer(net), seed=1)
    made = composer.go_on(ComposeBar(GLAD, 7, 120.0, 1))

    assert composer.streams_bars
    assert len(made) == 1
    assert bars_of(made[0]) <= {7}


def said_by_studio(net: MusicTransformer, *requests: ToStudio, answers: int) -> list[AnyMessage]:
    """What a studio says once it is loaded, of requests that have come together."""
    setup = StudioSetup(0, "token", GeneratorSection(name=NAME, seed=1), (GLAD,))
    ours, theirs = socket.socketpair()
    ours.settimeout(TIMEOUT_S)
    studio = Studio(Transformer(net), setup.aims, setup, theirs)
    thread = Thread(target=studio.run, daemon=True)
    said: list[AnyMessage] = []
    with theirs, ours, ours.makefile("rb") as lines:
        ours.sendall(b"".join(map(encode, requests)))
        thread.start()
        while len(said) <= answers:
            message = decode(lines.readline())
            said += [] if isinstance(message, Alive) else [message]
        ours.sendall(encode(Finish()))
        thread.join(TIMEOUT_S)
    assert not thread.is_alive()
    return said


def test_a_studio_says_that_it_goes_on_and_does(net: MusicTransformer) -> None:
    loaded, first, second = said_by_studio(net, *(ComposeBar(SAD, bar, 120.0, bar) for bar in (4, 5)), answers=2)

    assert loaded == Loaded(NAME, "cpu", goes_on=True)
    assert isinstance(first, Ready)
    assert isinstance(second, Ready)
    assert [(each.bar, each.ticket, each.affect) for each in (first, second)] == [(4, 4, SAD), (5, 5, SAD)]
    assert all(note.start_tick // TICKS_PER_BAR == 4 for note in (*first.melody.notes, *first.backing))


def accompany(ticket: int) -> Vary:
    return Vary(TUNE, "", GLAD, 0.0, ticket)


def test_what_is_awaited_comes_before_an_accompaniment_and_that_before_the_shelf(net: MusicTransformer) -> None:
    requests = (ComposeRequest(GLAD, 1), accompany(2), Vary(TUNE, "", GLAD, 0.3, 3), ComposeBar(SAD, 4, 120.0, 4))

    _, *said = said_by_studio(net, *requests, answers=4)

    assert [message.ticket for message in said if isinstance(message, Ready)] == [4, 3, 2, 1]


def test_an_accompaniment_takes_the_place_of_the_one_before(net: MusicTransformer) -> None:
    _, *said = said_by_studio(net, accompany(1), accompany(2), ComposeRequest(GLAD, 3), answers=2)

    assert [message.ticket for message in said if isinstance(message, Ready)] == [2, 3]


def test_bars_between_the_steps_of_an_accompaniment_change_neither(net: MusicTransformer) -> None:
    generator = Transformer(net)
    alone = generator.vary(TUNE, "", GLAD, 0.0, 1, 5)
    straight, between = bar_stream(net), bar_stream(net)
    bars: list[Composed] = []

    steps = generator.vary_in_steps(TUNE, "", GLAD, 0.0, 1, 5)
    taken = 0
    while not (made := advanced(steps)):
        taken += 1
        if taken % 5 == 0:
            bars.append(between.go_on(SAD, len(bars), 120.0))

    assert made == [alone]
    assert taken > BARS, "no bar is one step"
    assert bars == [straight.go_on(SAD, bar, 120.0) for bar in range(len(bars))]
