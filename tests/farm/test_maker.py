"""What the farm makes of orders with the generator that ships."""

import pytest

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect
from emo_osc.farm.maker import Maker
from emo_osc.protocol.farm_wire import Order
from emo_osc.protocol.messages import ComposeRequest, Ready, SetTargets, Vary
from emo_osc.studio.composer import FEWEST_SOURCES
from emo_osc.studio.interruption import InterruptionError, interruptible
from emo_osc.studio.music_vae import MusicVAE

pytestmark = pytest.mark.torch
BRIGHT, GLOOMY = Affect(0.8, 0.35), Affect(-0.7, -0.5)


@pytest.fixture(scope="module")
def maker() -> Maker:
    return Maker(GeneratorSection(device="cpu"))


def test_a_seed_gives_the_melodies_of_a_local_generator(maker: Maker, shipped: MusicVAE) -> None:
    made, varied = maker.make(
        [
            Order(ComposeRequest(BRIGHT, 1), 5),
            Order(Vary(shipped.compose(GLOOMY, 1, 3)[0].melody, "", BRIGHT, 0.5, 1), 6),
        ]
    )

    assert isinstance(made, list)
    assert isinstance(varied, list)
    local = shipped.compose(BRIGHT, 1, 5)[0]
    assert (made[0].melody, made[0].latent, made[0].chords) == (local.melody, local.latent, local.chords)
    assert varied[0].melody.notes


def test_a_new_maker_does_orders_together_at_once(maker: Maker) -> None:
    assert maker.drawn >= FEWEST_SOURCES


def test_an_order_interrupts_a_draw(maker: Maker) -> None:
    before = maker.drawn
    with interruptible(lambda: True), pytest.raises(InterruptionError):
        maker.draw()

    assert maker.drawn == before


@pytest.mark.slow
def test_orders_of_a_batch_are_refined_together_each_for_its_own_feeling(maker: Maker) -> None:
    denser = SetTargets((), 1.0)
    orders = [Order(ComposeRequest(affect, 1)) for affect in (BRIGHT, GLOOMY)]
    done = maker.make([*orders, Order(ComposeRequest(GLOOMY, 1), targets=denser)])
    melodies = [each[0] for each in done if isinstance(each, list)]

    assert [each.affect for each in melodies] == [BRIGHT, GLOOMY, GLOOMY]
    assert all(isinstance(each, Ready) and each.melody.notes for each in melodies)
    assert melodies[2].asked_notes == pytest.approx(2 * melodies[1].asked_notes)
    assert melodies[0].measured.notes_per_bar > melodies[1].measured.notes_per_bar


def test_an_order_that_fails_harms_no_other(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no melody")

    monkeypatch.setattr(maker._generator, "vary", fail)
    order = Order(Vary(maker._generator.compose(GLOOMY, 1, 3)[0].melody, "", BRIGHT, 0.5, 1), 1)
    failed, made = maker.make([order, Order(ComposeRequest(BRIGHT, 1), 5)])

    assert failed == "ValueError: no melody"
    assert isinstance(made, list)
