"""Messages that wait: who is served first, who is dropped, and what of a flood is worth doing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.protocol.osc import Message, Target, encode
from emo_osc.stage.io.sender_queues import (
    FEW,
    MAX_ASKED,
    MAX_HOSTS,
    MAX_PROGRAMS,
    MAX_WAITING,
    MAX_WAITING_BYTES,
    MAX_WAITING_BYTES_OF_HOST,
    MAX_WAITING_OF_HOST,
    SILENCE_S,
    Run,
    SenderQueues,
    Waiting,
    latest,
)

FLOODER, POLITE = ("10.0.0.66", 1), ("10.0.0.2", 2)


def is_setting(message: Message) -> bool:
    """In these tests: a message in lower case whose argument is not negative."""
    return message.address.islower() and message.arguments[0] != -1


def filled(*counts: tuple[Target, int]) -> SenderQueues:
    inbox = SenderQueues(is_setting)
    for sender, count in counts:
        for number in range(count):
            inbox.put(encode("/N", number), sender, 0.0)
    return inbox


def runs(inbox: SenderQueues, limit: int) -> list[Run]:
    """Everything that waits, in turns."""
    taken = []
    while run := inbox.take(limit):
        taken.append(run)
    return taken


def numbers(run: Run | None) -> list[object]:
    return [waiting.message.arguments[0] for waiting in run.waiting] if run else []


def waiting(address: str, number: int, time_s: float | None = None) -> Waiting:
    return Waiting(Message(address, (number,), time_s), FLOODER, 8, 0.0)


def test_a_flooder_and_the_polite_have_turns() -> None:
    inbox = filled((FLOODER, 500), (POLITE, 1))

    taken = [inbox.take(64) for _ in range(3)]

    assert [numbers(run) for run in taken] == [list(range(64)), [0], list(range(64, 128))]
    assert len(inbox) == 500 - 128


def test_hosts_have_turns_however_many_ports_they_send_from() -> None:
    ports = [("10.0.0.66", port) for port in range(1, 10_001)]
    inbox = filled(*((port, 1) for port in ports), (POLITE, 2), (("10.0.0.3", 1), 1))

    assert [run.host for run in (inbox.take(1) for _ in range(5)) if run] == [
        *("10.0.0.66", "10.0.0.2", "10.0.0.3"),
        *("10.0.0.66", "10.0.0.2"),
    ]


def test_who_was_there_before_a_flood_of_ports_has_a_turn_of_its_own() -> None:
    neighbour = ("10.0.0.66", 60_000)
    inbox = filled((neighbour, 1))
    inbox.take(1)
    for port in range(10_000):
        inbox.put(encode("/N", port), ("10.0.0.66", port), 0.0)
    inbox.put(encode("/N", -5), neighbour, 0.0)

    taken = [inbox.take(10**6) for _ in range(MAX_PROGRAMS + 1)]

    assert [-5] in [numbers(run) for run in taken]
    assert inbox.take(1) is None


def test_who_comes_late_to_a_flood_of_ports_is_told_from_it_by_what_it_asks() -> None:
    late = ("10.0.0.66", 60_000)
    inbox = SenderQueues(lambda message: message.address == "/emo/va")
    for port in range(10_000):
        inbox.put(encode("/emo/va", 0.5, port / 10_000), ("10.0.0.66", port), 0.0)
    inbox.put(encode("/emo/ping", 7), late, 0.0)

    taken = runs(inbox, 10**6)

    (asked,) = [one for run in taken for one in run.waiting if one.message.address == "/emo/ping"]
    (crowd,) = [run for run in taken if run.name == "/emo/va"]
    assert asked.sender == late
    assert len(taken) == MAX_PROGRAMS + 2
    assert [one.sender[1] for one in crowd.waiting] == [9999], "of settings of the crowd the last is done"


def test_a_silent_program_makes_room_for_another() -> None:
    inbox = filled(*((("10.0.0.66", port), 1) for port in range(MAX_PROGRAMS)))
    runs(inbox, 10)
    inbox.put(encode("/N", 1), POLITE, SILENCE_S - 1)
    inbox.put(encode("/N", 1), ("10.0.0.66", 3), SILENCE_S - 1)
    inbox.put(encode("/N", 1), ("10.0.0.66", 60_000), SILENCE_S + 1)

    assert inbox.programs("10.0.0.66") == [("10.0.0.66", 3), ("10.0.0.66", 60_000)]


def test_the_oldest_of_a_flooder_goes_and_is_counted() -> None:
    inbox = filled((FLOODER, MAX_WAITING + 10), (POLITE, 3))

    flooder, polite = inbox.take(2 * MAX_WAITING), inbox.take(64)

    assert inbox.dropped == 10
    assert numbers(polite) == [0, 1, 2]
    assert numbers(flooder)[0] == 10
    assert inbox.received == MAX_WAITING + 13


BLOB = b"/A\0\0,b\0\0" + (8000).to_bytes(4, "big") + bytes(8000)


def test_long_messages_are_bounded_by_their_bytes() -> None:
    inbox = SenderQueues(is_setting)
    for _ in range(100):
        inbox.put(BLOB, FLOODER, 0.0)

    assert len(inbox) == MAX_WAITING_BYTES // len(BLOB)
    assert len(inbox) + inbox.dropped == 100


def test_what_waits_of_a_host_is_bounded_and_goes_from_the_longest_queue() -> None:
    inbox = filled((("10.0.0.66", 1), 3), *((("10.0.0.66", port), 300) for port in range(2, 40)))

    assert len(inbox) == MAX_WAITING_OF_HOST
    assert numbers(inbox.take(10)) == [0, 1, 2]


def test_bytes_of_a_host_are_bounded() -> None:
    inbox = SenderQueues(is_setting)
    for number in range(200):
        inbox.put(BLOB, ("10.0.0.66", number % 10), 0.0)

    assert len(inbox) == MAX_WAITING_BYTES_OF_HOST // len(BLOB)
    assert len(inbox) + inbox.dropped == 200


def test_more_hosts_than_there_are_places_for_have_one_turn_together() -> None:
    inbox = filled(*(((f"10.0.{number}.1", 1), 1) for number in range(MAX_HOSTS + 5)))

    taken = runs(inbox, 10)

    assert len(taken) == MAX_HOSTS + 1
    assert len(taken[-1].waiting) == 5
    assert inbox.dropped == 0


def test_what_is_given_back_comes_before_what_came_later() -> None:
    inbox = filled((FLOODER, 4))
    run = inbox.take(3)
    assert run is not None
    inbox.give_back(run._replace(waiting=run.waiting[1:]))
    inbox.give_back(Run(POLITE[0], POLITE[1], []))

    assert [numbers(run) for run in runs(inbox, 10)] == [[1, 2, 3]]


def test_messages_of_a_bundle_wait_one_by_one_and_junk_is_only_counted() -> None:
    inbox = SenderQueues(is_setting)
    element = b"\0\0\0\x08/N\0\0,T\0\0"
    inbox.put(b"#bundle\0" + (1).to_bytes(8, "big") + 3 * element, POLITE, 0.5)
    inbox.put(b"#bundle\0" + (1).to_bytes(8, "big"), POLITE, 0.5)
    inbox.put(b"junk", POLITE, 0.5)

    (run,) = runs(inbox, 10)
    assert [(one.message.address, one.stamp_s) for one in run.waiting] == [("/N", 0.5)] * 3
    assert (inbox.received, inbox.malformed, inbox.dropped) == (3, 1, 0)


def test_a_few_are_all_done() -> None:
    run = [waiting("/va", number) for number in range(FEW)]

    assert latest(run, is_setting) == run


def test_of_many_the_last_of_each_address_is_done() -> None:
    run = [waiting(address, number) for number in range(20) for address in ("/va", "/tempo")]

    assert latest(run, is_setting) == [waiting("/va", 19), waiting("/tempo", 19)]


def test_a_wrong_last_one_does_not_undo_a_right_one() -> None:
    run = [*(waiting("/va", number) for number in range(20)), waiting("/va", -1)]

    assert latest(run, is_setting) == [waiting("/va", 19), waiting("/va", -1)]


def test_what_is_no_setting_is_kept_and_keeps_what_stands_before_it() -> None:
    run = [*(waiting("/va", number) for number in range(9)), waiting("/NEXT", 0), waiting("/va", 9)]

    assert latest(run, is_setting) == [waiting("/va", 8), waiting("/NEXT", 0), waiting("/va", 9)]


def test_what_is_scheduled_is_never_overtaken() -> None:
    run = [*(waiting("/va", number, 1.0e9) for number in range(9)), waiting("/va", 9)]

    assert latest(run, lambda message: message.time_s is None) == run


def test_looking_for_what_is_worth_doing_has_an_end() -> None:
    asked: list[Message] = []

    def ask(message: Message) -> bool:
        asked.append(message)
        return is_setting(message)

    run = [waiting(address, number) for number in range(100) for address in ("/va", "/NEXT")]

    kept = latest(run, ask)

    assert len(asked) == MAX_ASKED
    assert [one for one in kept if one.message.address == "/NEXT"] == run[1::2]


STEPS = st.lists(st.tuples(st.sampled_from(["/va", "/valence", "/tempo", "/NEXT"]), st.integers(-1, 5)), max_size=60)
WRITES = {"/va": ("valence", "arousal"), "/valence": ("valence",), "/tempo": ("tempo",)}


@given(STEPS)
def test_the_end_is_the_same_and_so_is_what_every_trigger_sees(steps: list[tuple[str, int]]) -> None:
    run = [waiting(address, number) for address, number in steps]

    assert seen_by_triggers(latest(run, is_setting)) == seen_by_triggers(run)


def seen_by_triggers(run: list[Waiting]) -> list[dict[str, object]]:
    """The values as each trigger, and at last the end, finds them."""
    values: dict[str, object] = {}
    seen = []
    for one in run:
        if is_setting(one.message):
            values |= dict.fromkeys(WRITES[one.message.address], one.message.arguments[0])
        elif one.message.address == "/NEXT":
            seen.append(dict(values))
    return [*seen, values]


@pytest.mark.parametrize("count", [1, 100, 5000])
def test_nothing_is_lost_uncounted(count: int) -> None:
    inbox = filled((FLOODER, count))
    done = sum(len(run.waiting) for run in runs(inbox, 64))

    assert done + inbox.dropped == inbox.received == count
