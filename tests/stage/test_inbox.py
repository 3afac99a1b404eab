"""Messages that wait: who is served first, who is dropped, and what of a flood is worth doing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.stage.inbox import FEW, MAX_ASKED, MAX_SENDERS, MAX_WAITING, MAX_WAITING_BYTES, Inbox, Run, Waiting, latest
from emo_osc.stage.osc import Message, Target, encode

FLOODER, POLITE = ("10.0.0.66", 1), ("10.0.0.2", 2)


def is_setting(message: Message) -> bool:
    """In these tests: a message in lower case whose argument is not negative."""
    return message.address.islower() and message.arguments[0] != -1


def filled(*counts: tuple[Target, int]) -> Inbox:
    inbox = Inbox(is_setting)
    for sender, count in counts:
        for number in range(count):
            inbox.put(encode("/N", number), sender, float(number))
    return inbox


def numbers(run: Run) -> list[object]:
    return [waiting.message.arguments[0] for waiting in run.waiting]


def waiting(address: str, number: int, time_s: float | None = None) -> Waiting:
    return Waiting(Message(address, (number,), time_s), 8, 0.0)


def test_a_flooder_waits_behind_the_polite() -> None:
    inbox = filled((FLOODER, 500), (POLITE, 1))

    polite, flooder = inbox.take(64)

    assert (polite.sender, numbers(polite)) == (POLITE, [0])
    assert (flooder.sender, numbers(flooder)) == (FLOODER, list(range(63)))
    assert len(inbox) == 437


def test_shares_are_equal() -> None:
    senders = [("10.0.0.1", port) for port in range(4)]
    inbox = filled(*((sender, 100) for sender in senders))

    assert [len(run.waiting) for run in inbox.take(40)] == [10, 10, 10, 10]


def test_the_oldest_of_a_flooder_goes_and_is_counted() -> None:
    inbox = filled((FLOODER, MAX_WAITING + 10), (POLITE, 3))

    polite, flooder = inbox.take(2 * MAX_WAITING)

    assert inbox.dropped == 10
    assert numbers(polite) == [0, 1, 2]
    assert numbers(flooder)[0] == 10
    assert inbox.received == MAX_WAITING + 13


def test_long_messages_are_bounded_by_their_bytes() -> None:
    inbox = Inbox(is_setting)
    packet = b"/A\0\0,b\0\0" + (8000).to_bytes(4, "big") + bytes(8000)
    for _ in range(100):
        inbox.put(packet, FLOODER, 0.0)

    assert len(inbox) == MAX_WAITING_BYTES // len(packet)
    assert len(inbox) + inbox.dropped == 100


def test_senders_are_bounded() -> None:
    inbox = filled(*((("10.0.0.1", port), 2) for port in range(MAX_SENDERS + 5)))

    assert len(inbox.take(10_000)) == MAX_SENDERS
    assert inbox.dropped == 10


def test_who_was_served_may_come_again() -> None:
    inbox = filled(*((("10.0.0.1", port), 1) for port in range(MAX_SENDERS)))
    inbox.take(10_000)
    inbox.put(encode("/N", 7), POLITE, 0.0)

    assert [numbers(run) for run in inbox.take(10)] == [[7]]


def test_what_is_given_back_comes_before_what_came_later() -> None:
    inbox = filled((FLOODER, 4))
    (run,) = inbox.take(3)
    inbox.give_back(Run(run.sender, run.waiting[1:]))
    inbox.give_back(Run(POLITE, []))

    assert [numbers(run) for run in inbox.take(10)] == [[1, 2, 3]]


def test_messages_of_a_bundle_wait_one_by_one_and_junk_is_only_counted() -> None:
    inbox = Inbox(is_setting)
    element = b"\0\0\0\x08/N\0\0,T\0\0"
    inbox.put(b"#bundle\0" + (1).to_bytes(8, "big") + 3 * element, POLITE, 0.5)
    inbox.put(b"#bundle\0" + (1).to_bytes(8, "big"), POLITE, 0.5)
    inbox.put(b"junk", POLITE, 0.5)

    (run,) = inbox.take(10)
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
    done = sum(len(run.waiting) for _ in range(100) for run in inbox.take(64))

    assert done + inbox.dropped == inbox.received == count
