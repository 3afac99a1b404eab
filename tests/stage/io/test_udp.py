"""The UDP socket of the stage, against real senders."""

import socket
import sys
from collections.abc import Iterator
from time import time

import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.osc import Message, decode, encode
from emo_osc.stage.io import udp
from emo_osc.stage.io.udp import CALM_READS, OscSocket
from tests.serving import TIMEOUT_S


def test_the_socket_gives_at_most_what_is_asked_for() -> None:
    ours = OscSocket("127.0.0.1", 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        for number in range(5):
            client.sendto(encode("/n", number), ("127.0.0.1", ours.port))
        got = [decode(datagram.packet)[0].arguments[0] for datagram in ours.receive(3)]
        rest = list(ours.receive(10))

    assert got == [0, 1, 2]
    assert len(rest) == 2
    ours.close()


def test_a_reply_to_nowhere_is_counted() -> None:
    ours = OscSocket("127.0.0.1", 0)
    ours.send(b"/a\0\0", ("127.0.0.1", 70_000))
    ours.close()

    assert ours.unsent == 1


def test_a_taken_port_is_one_clear_line() -> None:
    first = OscSocket("127.0.0.1", 0)
    with pytest.raises(EmoOscError, match="is another emo_osc running"):
        OscSocket("127.0.0.1", first.port)
    first.close()


def test_a_host_that_is_not_ours_is_one_clear_line() -> None:
    with pytest.raises(EmoOscError, match="osc"):
        OscSocket("192.0.2.1", 7770)


def test_a_datagram_comes_with_the_time_it_came() -> None:
    ours = OscSocket("127.0.0.1", 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        before_s = time()
        client.sendto(encode("/n"), ("127.0.0.1", ours.port))
        (datagram,) = ours.receive(2)
        after_s = time()

    ours.close()
    if sys.platform == "linux":
        assert datagram.wall_s is not None
        assert before_s - 0.001 <= datagram.wall_s <= after_s + 0.001
    assert datagram.sender[0] == "127.0.0.1"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives a sender a queue of its own")
def test_what_a_flooder_sent_before_it_was_set_apart_is_read_first() -> None:
    ours = OscSocket("127.0.0.1", 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flooder:
        flooder.bind(("127.0.0.1", 0))
        for number in range(150):
            if number == 100:
                ours.set_apart(flooder.getsockname())
            flooder.sendto(encode("/n", number), ("127.0.0.1", ours.port))
        read = []
        for _ in range(4):
            read += ours.receive(64) + ours.receive_flood(64)

    ours.close()
    assert [decode(datagram.packet)[0].arguments for datagram in read] == [(number,) for number in range(150)]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives a sender a queue of its own")
def test_a_flooder_has_its_own_queue_until_it_is_calm() -> None:
    ours = OscSocket("127.0.0.1", 0)
    flooder, polite = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    flooder.bind(("127.0.0.1", 0))
    ours.set_apart(flooder.getsockname())
    for number in range(20_000):
        flooder.sendto(encode("/flood", number), ("127.0.0.1", ours.port))
    polite.sendto(encode("/polite"), ("127.0.0.1", ours.port))

    alone, flood = ours.receive(100), ours.receive_flood(20_000)
    flooder.sendto(encode("/flood"), ("127.0.0.1", ours.port))
    flood += ours.receive_flood(20_000)  # the first after a loss tells how many were lost before it
    assert [decode(datagram.packet)[0].address for datagram in alone] == ["/polite"]
    assert len(flood) + ours.overflowed == 20_001
    for _ in range(CALM_READS + 1):
        ours.receive_flood(1)
    assert not ours.is_flooded
    flooder.sendto(encode("/calm"), ("127.0.0.1", ours.port))
    assert decode(ours.receive(1)[0].packet) == [Message("/calm")]
    assert len(flood) + ours.overflowed == 20_001, "what was lost stays counted"
    with pytest.raises(EmoOscError, match="is another emo_osc running"):
        OscSocket("127.0.0.1", ours.port)
    for one in (ours, flooder, polite):
        one.close()


def addresses(datagrams: list[udp.Datagram]) -> list[str]:
    return [message.address for datagram in datagrams for message in decode(datagram.packet)]


@pytest.fixture
def clients() -> Iterator[list[socket.socket]]:
    opened = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(6)]
    for one in opened:
        one.bind(("127.0.0.1", 0))
    yield opened
    for one in opened:
        one.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives a host a queue of its own")
def test_a_flooding_host_has_one_queue_and_each_neighbour_on_it_its_own_until_it_is_calm(
    clients: list[socket.socket],
) -> None:
    ours = OscSocket("127.0.0.1", 0)
    here = ("127.0.0.1", ours.port)
    *flooders, neighbour = clients
    ours.set_apart(("127.0.0.1", udp.ANY_PORT), [neighbour.getsockname()])
    for number in range(4000):  # more than one queue holds
        for flooder in flooders:
            flooder.sendto(encode("/flood", number), here)
    neighbour.sendto(encode("/neighbour"), here)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.2", 0))
        other.sendto(encode("/other"), here)
        alone, flood = addresses(ours.receive(10)), addresses(ours.receive_flood(100))

    assert alone == ["/other", "/neighbour"]
    assert set(flood) == {"/flood"}
    while ours.is_flooded:
        ours.receive_flood(100)
    for one in clients:
        one.sendto(encode("/calm"), here)
    assert addresses(ours.receive(10)) == ["/calm"] * len(clients)
    ours.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives a host a queue of its own")
def test_more_than_two_flooding_ports_of_a_host_share_a_queue(clients: list[socket.socket]) -> None:
    ours = OscSocket("127.0.0.1", 0)
    for flooder in clients:
        ours.set_apart(flooder.getsockname())
    for number, flooder in enumerate(clients):
        flooder.sendto(encode(f"/{number}"), ("127.0.0.1", ours.port))
    ours.receive(10)

    assert sorted(addresses(ours.receive_flood(10))) == [f"/{number}" for number in range(len(clients))]
    assert len(ours._apart) == udp.MAX_FLOODING_PORTS + 1
    ours.close()


@pytest.mark.parametrize(
    ("host", "family", "own"), [("::", socket.AF_INET, "127.0.0.1"), ("::1", socket.AF_INET6, "::1")]
)
def test_ipv6_is_spoken_and_ipv4_through_it(host: str, family: int, own: str) -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        ours = OscSocket(host, 0)
    except EmoOscError:
        pytest.skip("no IPv6 on this machine")
    with socket.socket(family, socket.SOCK_DGRAM) as client:
        client.settimeout(TIMEOUT_S)
        client.sendto(encode("/a"), (own, ours.port))
        (datagram,) = ours.receive(1)
        ours.send(encode("/b"), datagram.sender)
        first = client.recv(100)
        ours.send(encode("/c"), (own, client.getsockname()[1]))

        assert (decode(first), decode(client.recv(100))) == ([Message("/b")], [Message("/c")])
    ours.close()


def test_a_host_of_this_link_keeps_its_interface() -> None:
    assert udp._target(("fe80::1", 9000, 0, 3)) == ("fe80::1%3", 9000)
