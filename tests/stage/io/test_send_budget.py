"""What an address is sent that may not be the sender's: three bytes for each that came, and a first allowance."""

import pytest

from emo_osc.stage.io.send_budget import (
    ASK_S,
    FACTOR,
    FILLS_S,
    FIRST_BYTES,
    HEADER_BYTES,
    MAX_HOSTS,
    PROVEN_S,
    QUESTION_BYTES,
    Credit,
)

TABLET = ("192.168.0.9", 9000)
REQUEST, STATUS = 16, [29] * 48  # bytes of `/emo/status`, and of its answers


def asked(made: Credit, at_s: float, host: str = TABLET[0]) -> int:
    """Bytes, headers too, that a question is answered with, and the question whether they are heard."""
    made.received(host, REQUEST, at_s)
    sent = sum(size + HEADER_BYTES for size in STATUS if made.may_send((host, TABLET[1]), size, at_s))
    return sent + QUESTION_BYTES * len(list(made.questions(at_s)))


def test_who_asks_once_is_answered_wholly() -> None:
    assert asked(Credit(), 0.0) == sum(STATUS) + HEADER_BYTES * len(STATUS) + QUESTION_BYTES


@pytest.mark.parametrize("every_s", [0.01, 1.0, 20.0])
def test_who_never_shows_that_it_hears_us_gets_little_more_than_it_sent(every_s: float) -> None:
    made, count = Credit(), int(600.0 / every_s)

    sent = sum(asked(made, number * every_s) for number in range(count))

    came = count * (REQUEST + HEADER_BYTES)
    assert sent <= FACTOR * came + FIRST_BYTES * (1 + 600.0 / FILLS_S) + QUESTION_BYTES
    assert made.held_back > 0


def test_within_a_lease_one_datagram_costs_no_more_than_an_allowance_and_a_fifth() -> None:
    made = Credit()
    made.received(TABLET[0], 24, 0.0)
    sent = sum(60 + HEADER_BYTES for number in range(60 * 40) if made.may_send(TABLET, 60, number / 40))

    assert sent <= 1.2 * FIRST_BYTES + FACTOR * (24 + HEADER_BYTES)


def test_a_host_that_answers_the_question_is_sent_everything_for_a_while() -> None:
    made = Credit()
    asked(made, 0.0)
    made.received(TABLET[0], REQUEST, ASK_S)
    made.may_send(TABLET, 2000, ASK_S)
    ((target, number),) = made.questions(ASK_S)

    another = made.answered("192.168.0.8", (number,), ASK_S)
    right, again = (made.answered(TABLET[0], (float(number),), ASK_S) for _ in range(2))

    assert target == TABLET
    assert (another, right, again) == (False, True, False)
    assert all(made.may_send(TABLET, 1400, ASK_S + number / 100) for number in range(10_000))
    assert not all(made.may_send(TABLET, 1400, ASK_S + PROVEN_S + 1.0) for _ in range(100))


def test_a_number_cannot_be_guessed_by_trying_one_after_the_other() -> None:
    made = Credit()
    asked(made, 0.0)
    made.received(TABLET[0], REQUEST, ASK_S)
    made.may_send(TABLET, 2000, ASK_S)
    ((_, number),) = made.questions(ASK_S)

    assert [made.answered(TABLET[0], (guess,), ASK_S) for guess in (number ^ 1, number, None)] == [False] * 3


def test_nobody_is_asked_twice_for_one_datagram_nor_twice_a_second() -> None:
    made = Credit()
    asked(made, 0.0)
    questions = []
    for at_s in (0.1, ASK_S, 2 * ASK_S, 3 * ASK_S):
        if at_s < 2 * ASK_S:
            made.received(TABLET[0], REQUEST, at_s)
        made.may_send(TABLET, 1000, at_s)
        questions.append(len(list(made.questions(at_s))))

    assert questions == [0, 1, 0, 0]


def test_polite_clients_are_never_asked() -> None:
    made = Credit()
    for number in range(10_000):  # a pad that is dragged, each message acknowledged
        made.received(TABLET[0], 20, number / 100)
        assert made.may_send(TABLET, 44, number / 100)
        assert list(made.questions(number / 100)) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_the_loopback_need_prove_nothing(host: str) -> None:
    made = Credit()
    made.received(host, REQUEST, 0.0)

    assert all(made.may_send((host, 9), 1400, 0.0) for _ in range(10_000))


@pytest.mark.parametrize("spelling", ["::ffff:192.168.0.9", "::ffff:c0a8:9"])
def test_another_spelling_is_the_same_host(spelling: str) -> None:
    made = Credit()
    made.received(TABLET[0], REQUEST, 0.0)

    assert not all(made.may_send((spelling, 9), 1400, 0.0) for _ in range(10))


def test_a_host_that_never_sent_anything_was_named_by_osc_allow() -> None:
    assert all(Credit().may_send(("192.168.0.7", 9), 1400, 0.0) for _ in range(10))


def test_more_hosts_than_there_is_room_for_have_no_allowance() -> None:
    made = Credit()
    hosts = [f"10.0.{number // 256}.{number % 256}" for number in range(MAX_HOSTS + 100)]
    sent = [asked(made, 0.0, host) for host in hosts]
    later = asked(made, FILLS_S + 1.0, hosts[-1])

    assert len(made._accounts) == MAX_HOSTS
    assert min(sent[:MAX_HOSTS]) == later == sum(STATUS) + HEADER_BYTES * len(STATUS) + QUESTION_BYTES
    assert sum(sent[MAX_HOSTS:]) <= 100 * FACTOR * (REQUEST + HEADER_BYTES)


def test_a_host_that_the_player_has_named_need_not_prove_anything() -> None:
    made = Credit(lambda host: host == "10.0.0.7")
    for host in ("10.0.0.7", "10.0.0.8"):
        made.received(host, 20, 0.0)

    assert all(made.may_send(("10.0.0.7", 9), 1400, 0.0) for _ in range(10))
    assert not all(made.may_send(("10.0.0.8", 9), 1400, 0.0) for _ in range(10))
