"""A piece without end: each bar enters at its line, a new feeling with the next; where it is late the shelf plays."""

from dataclasses import dataclass, field, replace

import pytest

from emo_osc.core.affect import Affect
from emo_osc.core.score import BARS, TICKS_PER_BAR, Melody, Note
from emo_osc.protocol.message_codec import encode
from emo_osc.protocol.messages import ComposeBar, ComposeRequest, Failed, Loaded, Measured, Ready, SetTargets, ToStudio
from emo_osc.stage.player.settings import Settings
from emo_osc.stage.session.continuous import joined
from tests.twin import VirtualStage, make_ready, make_stage

BAR_S = 2.0
QUIET = Settings(humanize=0.0, chords=1.0, bass=1.0)
SHELF = (make_ready(60), make_ready(50, -0.8, -0.8))
BACKING_PITCH = 55


def bar_of(pitch: int, order: ComposeBar) -> Ready:
    """Four quarters on one pitch over one long note, in the bar that was asked for."""
    begin = order.bar % BARS * TICKS_PER_BAR
    melody = Melody(tuple(Note(begin + 480 * beat, 480, pitch) for beat in range(4)))
    told = (melody, order.affect, Measured(4, pitch, 0.5), 0.0, 1, order.ticket)
    return Ready(*told, backing=(Note(begin, TICKS_PER_BAR, BACKING_PITCH),), bar=order.bar)


@dataclass
class Duo:
    """A stage, and a studio that plays 70 for the bright and 90 for the dark."""

    stage: VirtualStage
    is_awake: bool = True
    orders: list[ToStudio] = field(default_factory=list)
    unanswered: list[ToStudio] = field(default_factory=list)

    def run(self, seconds: float) -> list[tuple[int, int]]:
        """Play on in steps of 50 ms; bar (from 0) and pitch of each melody note."""
        sent: list[tuple[float, bytes]] = []
        end_s = self.stage.now_s + seconds
        while self.stage.now_s < end_s - 1e-9:
            sent += self.stage.run_until(min(end_s, self.stage.now_s + 0.05))
            self._serve()
        self.sent = [message for _, message in sent]
        return [(int(at_s / BAR_S + 1e-6), message[1]) for at_s, message in sent if message[0] == 0x90]

    def _serve(self) -> None:
        self.stage.end_turn()
        self.orders += self.stage.orders
        self.unanswered += self.stage.orders
        self.stage.orders.clear()
        while self.is_awake and self.unanswered:
            order = self.unanswered.pop(0)
            if isinstance(order, ComposeBar):
                self.stage.receive_studio(bar_of(70 if order.affect.valence >= 0 else 90, order))
            elif isinstance(order, ComposeRequest):
                self.stage.receive_studio(Failed("plays bars alone", order.ticket))


@pytest.fixture
def duo() -> Duo:
    duo = Duo(make_stage(SHELF, QUIET))
    studio_client = duo.stage.instrument.studio_client
    studio_client.connected()
    duo.stage.receive_studio(Loaded("endless", "cpu", goes_on=True))
    duo.stage.ask("/emo/play")
    return duo


def pitches(notes: list[tuple[int, int]], bar: int) -> set[int]:
    return {pitch for at, pitch in notes if at == bar}


def test_the_shelf_plays_the_first_bar_and_the_piece_all_others(duo: Duo) -> None:
    notes = duo.run(20 * BAR_S - 0.1)

    assert pitches(notes, 0) == {60}
    assert {pitch for bar, pitch in notes if bar} == {70}
    assert [order.bar for order in duo.orders if isinstance(order, ComposeBar)] == list(range(1, 21))
    assert all(isinstance(order, ComposeBar) for order in duo.orders)


def test_a_new_feeling_is_heard_at_the_next_bar_line(duo: Duo) -> None:
    before = duo.run(4.5 * BAR_S)
    duo.stage.ask("/emo/va", -0.8, -0.8)
    after = duo.run(2 * BAR_S)

    assert pitches(before, 4) | pitches(after, 4) == {70}
    assert pitches(after, 5) == {90}


def test_a_bar_is_asked_for_at_the_tempo_it_will_be_heard_at(duo: Duo) -> None:
    duo.run(2.5 * BAR_S)
    duo.stage.ask("/emo/tempo", 90.0)
    duo.run(2 * BAR_S)

    tempi = {order.bar: order.tempo_bpm for order in duo.orders if isinstance(order, ComposeBar)}
    assert [tempi[bar] for bar in (1, 2, 3, 4)] == [120.0, 120.0, 120.0, 90.0]


def test_a_studio_that_sleeps_leaves_the_stage_to_the_shelf(duo: Duo) -> None:
    duo.run(4.5 * BAR_S)
    duo.is_awake = False
    duo.stage.ask("/emo/va", -0.8, -0.8)
    asleep = duo.run(3.5 * BAR_S - 0.1)
    duo.is_awake = True
    awake = duo.run(2 * BAR_S)

    assert pitches(asleep, 6) == pitches(asleep, 7) == {50}
    assert pitches(awake, 9) == {90}


def test_a_bar_that_comes_late_is_left_out(duo: Duo) -> None:
    duo.run(2.5 * BAR_S)
    late = bar_of(99, ComposeBar(Affect(0.0, 0.0), 2, 120.0, 1))

    duo.stage.receive_studio(late, duo.stage.now_s)
    notes = duo.run(18 * BAR_S)

    assert 99 not in {pitch for _, pitch in notes}


def test_a_kept_phrase_is_left_alone(duo: Duo) -> None:
    duo.run(3.5 * BAR_S)
    duo.stage.ask("/emo/keep", "this")
    asked = len(duo.orders)
    notes = duo.run(20 * BAR_S)

    assert len(duo.orders) == asked
    assert {pitch for _, pitch in notes} == {60, 70}


def test_a_melody_that_was_asked_for_plays_until_something_else_is_felt(duo: Duo) -> None:
    duo.run(3.5 * BAR_S)
    duo.stage.ask("/emo/next")
    chosen = duo.run(5 * BAR_S)
    duo.stage.ask("/emo/va", -0.8, -0.8)
    felt = duo.run(3 * BAR_S)

    assert pitches(chosen, 6) == {60}
    assert pitches(felt, 10) == {90}


def test_every_note_is_switched_off_and_the_accompaniment_is_on_its_channel(duo: Duo) -> None:
    duo.run(6 * BAR_S)
    sent = duo.sent
    duo.stage.ask("/emo/stop")
    sent += [message for _, message in duo.stage.run_until(duo.stage.now_s + 0.1)]

    balance: dict[tuple[int, int], int] = {}
    for message in sent:
        if message[0] & 0xE0 == 0x80:
            key = (message[0] & 0x0F, message[1])
            balance[key] = balance.get(key, 0) + (1 if message[0] & 0x10 else -1)
    assert not any(balance.values())
    assert balance.keys() >= {(0, 70), (1, BACKING_PITCH)}


def test_a_held_density_is_told_and_the_piece_goes_on_with_it(duo: Duo) -> None:
    duo.run(5 * BAR_S)
    duo.orders.clear()
    duo.stage.ask("/emo/set/density", 0.5)
    notes = duo.run(4 * BAR_S)

    assert duo.orders[0] == SetTargets((), 0.5)
    assert [order.bar for order in duo.orders[1:] if isinstance(order, ComposeBar)][:4] == [6, 7, 8, 9]
    assert all(70 in pitches(notes, bar) for bar in (6, 7, 8))


def test_a_generator_of_whole_melodies_is_never_asked_for_bars() -> None:
    duo = Duo(make_stage(SHELF, QUIET))
    studio_client = duo.stage.instrument.studio_client
    studio_client.connected()
    duo.stage.receive_studio(studio_client.receive(encode(Loaded("whole", "cpu"))), 0.0)
    duo.stage.ask("/emo/play")
    duo.run(4 * BAR_S)

    assert not any(isinstance(order, ComposeBar) for order in duo.orders)


def test_a_bar_takes_its_place_and_leaves_the_others() -> None:
    phrase = replace(make_ready(60), backing=(Note(0, 480, 40), Note(3 * TICKS_PER_BAR, 480, 41)))

    new = joined(phrase, bar_of(70, ComposeBar(Affect(0.5, 0.5), 19, 120.0, 1)))

    assert new.melody.clipped(3, 1).notes == tuple(Note(480 * beat, 480, 70) for beat in range(4))
    assert new.melody.clipped(4, 12) == phrase.melody.clipped(4, 12)
    assert [note.pitch for note in new.backing] == [40, BACKING_PITCH]
