"""A stage's studio that orders from a farm, against the farm's service behind a plain server."""

import asyncio
import re
from collections.abc import Callable
from itertools import pairwise
from time import monotonic, sleep

import pytest
from aiohttp import web

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect, Reference
from emo_osc.core.score import Melody, Note
from emo_osc.farm.service import LATEST_S, SOONEST_S, Service
from emo_osc.protocol.farm_wire import (
    ORDERS,
    VERSION,
    About,
    Order,
    Refusal,
    read_order,
    read_refusal,
    write_about,
    write_order,
    write_refusal,
)
from emo_osc.protocol.message_codec import encode
from emo_osc.protocol.messages import Away, ComposeRequest, Learn, Loaded, Ready, SetTargets, Vary
from emo_osc.stage.session.studio_client import StudioClient, StudioState
from emo_osc.studio.aims import Aims
from emo_osc.studio.composer import Composer
from emo_osc.studio.generators import build
from tests.farm.plain_farm import TOKEN, Line, PlainFarm
from tests.twin import make_ready

BRIGHT, GLOOMY = Affect(0.8, 0.35), Affect(-0.7, -0.5)
RIFF = Melody(tuple(Note(480 * beat, 360, pitch) for beat, pitch in enumerate((61, 66, 68, 70))), 1)
OpenFarm = Callable[..., PlainFarm]
OpenLine = Callable[..., Line]


def away(line: Line) -> str:
    message = line.read()
    assert isinstance(message, Away), message
    return message.text


def loaded(line: Line) -> Loaded:
    message = line.read()
    assert isinstance(message, Loaded), message
    return message


def melody(line: Line, affect: Affect = BRIGHT, ticket: int = 5) -> Ready:
    line.send(ComposeRequest(affect, ticket))
    return ready(line)


def ready(line: Line) -> Ready:
    message = line.read()
    assert isinstance(message, Ready), message
    return message


def test_an_order_is_answered_with_its_ticket_and_the_place_is_told(farm: OpenFarm, line: OpenLine) -> None:
    one = farm()
    stage = line(one.url)

    assert loaded(stage) == Loaded("canned", f"cpu at {one.url}")
    answer = melody(stage)
    assert (answer.ticket, answer.affect) == (5, BRIGHT)
    assert answer.melody.notes


def test_a_seed_gives_the_melodies_of_a_local_studio(farm: OpenFarm, line: OpenLine) -> None:
    stage = line(farm().url, seed=7)
    loaded(stage)
    far = [melody(stage, affect, ticket).melody for ticket, affect in enumerate((BRIGHT, GLOOMY, BRIGHT))]
    composer = Composer(build(GeneratorSection(name="canned"), Aims()), 7)

    assert far == [composer.answer(affect, 1)[0].melody for affect in (BRIGHT, GLOOMY, BRIGHT)]


def test_targets_and_what_is_learned_reach_the_farm(farm: OpenFarm, line: OpenLine) -> None:
    one = farm()
    stage = line(one.url)
    loaded(stage)
    references = (Reference(BRIGHT, notes_per_bar=9.0),)
    stage.send(SetTargets(references, 0.5))
    stage.send(Learn(RIFF))
    answer = melody(stage)

    (order,) = one.orders
    assert order.targets == SetTargets(references, 0.5)
    assert isinstance(order.work, Vary)
    assert answer.asked_notes == pytest.approx(float(Aims(references, density=0.5)(BRIGHT)[0]))


def test_a_farm_that_comes_later_is_found(farm: OpenFarm, line: OpenLine) -> None:
    gone = farm()
    gone.close()
    stage = line(gone.url)

    assert re.search("does not answer.*trying again", away(stage))
    farm(port=gone.port)
    loaded(stage)
    assert melody(stage).melody.notes


def test_a_farm_that_goes_is_told_once_and_its_return_too(farm: OpenFarm, line: OpenLine) -> None:
    one = farm()
    stage = line(one.url)
    loaded(stage)
    one.close()
    stage.send(ComposeRequest(BRIGHT, 1))

    assert "does not answer" in away(stage)
    farm(port=one.port)
    assert ready(stage).ticket == 1
    loaded(stage)
    assert melody(stage, ticket=2).ticket == 2


def test_a_slow_farm_answers_and_a_slower_one_is_away(farm: OpenFarm, line: OpenLine) -> None:
    slow = line(farm(slow_s=0.5).url)
    loaded(slow)
    slower = line(farm(slow_s=4.0).url, answer_s=1.0)
    loaded(slower)

    assert melody(slow).melody.notes
    slower.send(ComposeRequest(BRIGHT, 1))
    assert "does not answer within 1 s" in away(slower)


def test_a_full_farm_says_so_and_does_the_order_once_it_can(farm: OpenFarm, line: OpenLine) -> None:
    one = farm(most=2)
    stage = line(one.url)
    loaded(stage)
    one.service.at_work = 2
    stage.send(ComposeRequest(BRIGHT, 1))

    assert re.search("full.*2 orders are at work", away(stage))
    assert not one.orders
    one.service.at_work = 0
    answer = ready(stage)
    assert (answer.ticket, answer.affect) == (1, BRIGHT)
    loaded(stage)
    assert len(one.orders) == 1  # none was composed only to see whether it can


def test_a_wrong_token_is_told_and_is_no_order(farm: OpenFarm, line: OpenLine) -> None:
    one = farm()
    stage = line(one.url, token="guess")

    assert re.search(r"refuses the token.*\$EMO_OSC_STUDIO_TOKEN", away(stage))
    assert not one.orders


def test_another_generator_than_the_presets_is_refused(farm: OpenFarm, line: OpenLine) -> None:
    stage = line(farm().url, name="music_vae")

    assert "composes with canned, not music_vae" in away(stage)


def test_a_farm_that_changes_its_checkpoint_is_told_anew(farm: OpenFarm, line: OpenLine) -> None:
    one = farm()
    stage = line(one.url)
    loaded(stage)
    one.close()
    farm(port=one.port, section=GeneratorSection(name="canned", temperature=0.5))
    stage.send(ComposeRequest(BRIGHT, 1))

    assert re.search(r"canned-\w+-0.5 composes here, not canned-\w+-1", away(stage))
    assert ready(stage).ticket == 1
    loaded(stage)
    assert melody(stage).melody.notes


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"[]", b"[" * 100_000, b'{"version": 1, "about": 7}', b'{"version": 1, "about": {"a": NaN}}'],
    ids=range(6),
)
def test_garbage_is_told_and_never_a_melody(farm: OpenFarm, line: OpenLine, body: bytes) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body)

    assert "cannot be read" in away(line(farm(handler=answer).url))


def test_another_version_is_named(farm: OpenFarm, line: OpenLine) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.json_response({"version": VERSION + 1})

    assert f"speaks version {VERSION + 1}, this one {VERSION}" in away(line(farm(handler=answer).url))


def test_a_local_studio_stands_in_and_gives_way(
    farm: OpenFarm, line: OpenLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emo_osc.studio.remote.worker.LOOK_S", 0.1)
    gone = farm()
    gone.close()
    stage = line(gone.url, fallback="local")
    assert "does not answer" in away(stage)

    assert loaded(stage).device == f"cpu, until {gone.url} is back"
    assert melody(stage).melody.notes
    farm(port=gone.port)
    assert away(stage) == "the farm is back"
    assert loaded(stage).device == f"cpu at {gone.url}"


def test_without_fallback_the_shelf_plays_alone(farm: OpenFarm, line: OpenLine) -> None:
    gone = farm()
    gone.close()
    stage = line(gone.url, fallback_s=0.0)
    away(stage)
    farm(port=gone.port)

    assert loaded(stage).device == f"cpu at {gone.url}"


def test_a_local_studio_waits_for_no_full_farm(farm: OpenFarm, line: OpenLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither before it stands in nor when the farm is back, however long the farm says that it is full."""
    monkeypatch.setattr("emo_osc.studio.remote.worker.LOOK_S", 0.1)
    one = farm(most=2)
    stage = line(one.url, fallback="local")
    loaded(stage)
    one.service.at_work, one.service._took_s = 2, LATEST_S
    begun_s = monotonic()
    stage.send(ComposeRequest(BRIGHT, 1))
    assert "is full" in away(stage)
    assert loaded(stage).device.endswith("is back")
    one.service.at_work = 0
    while not isinstance(message := stage.read(), Away):
        assert isinstance(message, Ready)

    assert message.text == "the farm is back"
    assert loaded(stage).device == f"cpu at {one.url}"
    assert monotonic() - begun_s < LATEST_S


def test_a_full_farm_is_never_tried_before_it_says(farm: OpenFarm, line: OpenLine) -> None:
    tries_s: list[float] = []
    retry_s = 0.7

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.method == "GET":
            return web.Response(body=write_about(About("canned", "cpu", "x")))
        tries_s.append(monotonic())
        return web.Response(status=503, body=write_refusal(Refusal("full", "no place", retry_s)))

    stage = line(farm(handler=answer).url)
    loaded(stage)
    stage.send(ComposeRequest(BRIGHT, 1))
    assert "no place" in away(stage)
    until_s = monotonic() + 60.0
    while len(tries_s) < 3 and monotonic() < until_s:
        sleep(0.02)

    first_s, second_s = (later - sooner for sooner, later in pairwise(tries_s[:3]))
    assert first_s >= retry_s
    assert second_s >= 2 * retry_s


def test_many_stages_get_their_own_answers(farm: OpenFarm, line: OpenLine) -> None:
    one = farm()
    stages = [line(one.url, seed=number) for number in range(20)]
    for number, stage in enumerate(stages):
        loaded(stage)
        stage.send(ComposeRequest(Affect(number / 20, 0.0), number))
    answers = [stage.read() for stage in stages]

    assert [(each.ticket, each.affect.valence) for each in answers if isinstance(each, Ready)] == [
        (number, number / 20) for number in range(20)
    ]


def test_the_stage_asks_again_for_what_an_absent_studio_did_not_make() -> None:
    client = StudioClient()
    client.connected()
    client.receive(encode(Loaded("canned", "cpu at http://farm:7790")))
    client.want(BRIGHT)
    assert isinstance(client.due(0.0), ComposeRequest)
    client.receive(encode(Away("http://farm:7790 does not answer; trying again")))

    assert client.state is StudioState.ABSENT
    assert client.is_down
    assert client.due(1.0) is None
    assert client.summary.endswith("http://farm:7790 does not answer; trying again")
    client.receive(encode(Loaded("canned", "cpu at http://farm:7790")))
    again = client.due(2.0)
    assert isinstance(again, ComposeRequest)
    assert again.affect == BRIGHT


def test_the_stage_asks_not_again_for_what_an_absent_studio_has_made_after_all() -> None:
    client = StudioClient()
    client.connected()
    client.receive(encode(Loaded("canned", "cpu at http://farm:7790")))
    client.want(BRIGHT)
    order = client.due(0.0)
    assert isinstance(order, ComposeRequest)
    client.receive(encode(Away("http://farm:7790 is full; trying again")))
    made = make_ready(60, BRIGHT.valence, BRIGHT.arousal, ticket=order.ticket)
    client.receive(encode(made))

    assert client.is_asked(made)
    client.receive(encode(Loaded("canned", "cpu at http://farm:7790")))
    assert client.due(2.0) is None


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (b'{"version": 1}', "no"),
        (write_order(Order(ComposeRequest(BRIGHT, 1, 65))), "count"),
        (write_order(Order(ComposeRequest(BRIGHT, 1), -1)), "seed"),
        (write_order(Order(Vary(RIFF, "", BRIGHT, 2.0, 1))), "amount"),
        (write_order(Order(Vary(RIFF, "x" * 70_000, BRIGHT, 0.5, 1))), "latent"),
        (write_order(Order(ComposeRequest(BRIGHT, 1))).replace(b"0.8", b"NaN"), "NaN"),
        (write_order(Order(ComposeRequest(BRIGHT, 1))).replace(b"0.8", b"1e999"), "valence"),
        (b"x" * 300_000, "bytes"),
    ],
    ids=range(8),
)
def test_an_order_past_every_measure_is_refused(wrong: bytes, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        read_order(wrong)


def test_a_slower_farm_is_tried_again_later() -> None:
    async def waits() -> list[float]:
        places: list[asyncio.Event] = []

        async def make(_: Order) -> str:
            places.append(asyncio.Event())
            await places[-1].wait()
            return "none"

        service, order = (
            Service(About("canned", "cpu", "x"), TOKEN, make, 1),
            write_order(Order(ComposeRequest(BRIGHT, 1))),
        )
        told = []
        for took_s in (0.0, 30.0):
            service._took_s = took_s
            at_work = asyncio.create_task(service.answer("POST", ORDERS, f"Bearer {TOKEN}", order))
            await asyncio.sleep(0)
            refusal = read_refusal((await service.answer("POST", ORDERS, f"Bearer {TOKEN}", order)).body)
            assert refusal is not None
            told.append(refusal.retry_s)
            places.pop().set()
            await at_work
        return told

    assert asyncio.run(waits()) == [SOONEST_S, LATEST_S]


def test_what_nobody_waits_for_gets_half_of_the_places(farm: OpenFarm) -> None:
    service = farm(most=4).service
    service.at_work = 2
    order = Order(ComposeRequest(BRIGHT, 1), is_awaited=False)
    reply = asyncio.run(service.answer("POST", "/v1/melodies", "Bearer secret", write_order(order)))

    assert reply.status == 503
