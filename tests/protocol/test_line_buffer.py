import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.protocol.line_buffer import Lines
from emo_osc.stage.io.ipc_peer import MAX_PENDING_BYTES, Peer
from tests.serving import TIMEOUT_S


@given(st.lists(st.binary(max_size=30).map(lambda data: data.replace(b"\n", b""))), st.data())
def test_lines_survive_any_cut(lines: list[bytes], data: st.DataObject) -> None:
    stream, reader, found = b"".join(line + b"\n" for line in lines), Lines(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += reader.feed(stream[:size])
        stream = stream[size:]

    assert found == lines


def test_a_line_without_end_is_refused() -> None:
    lines = Lines(limit_bytes=10)
    lines.feed(b"12345")

    with pytest.raises(ValueError, match="longer than 10"):
        lines.feed(b"678901")


@pytest.fixture
def pair() -> Iterator[tuple[Peer, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    yield Peer(ours), theirs
    ours.close()
    theirs.close()


def test_a_peer_reads_what_has_come_and_sees_the_end(pair: tuple[Peer, socket.socket]) -> None:
    peer, theirs = pair
    nothing = peer.read()
    theirs.sendall(b"one\ntwo\nthr")
    lines = peer.read()
    theirs.close()

    assert (nothing, lines, peer.read()) == ([], [b"one", b"two"], None)


def test_a_peer_that_stops_reading_loses_nothing_until_the_bound(pair: tuple[Peer, socket.socket]) -> None:
    peer, theirs = pair
    block, sent = b"x" * 4096, 0
    while peer.write(block):
        sent += len(block)
        assert sent < 1 << 26
    received = 0
    theirs.settimeout(TIMEOUT_S)
    while received < sent:
        received += len(theirs.recv(1 << 16))
        peer.write(b"")

    assert sent >= MAX_PENDING_BYTES


def test_one_message_larger_than_the_bound_is_not_too_much(pair: tuple[Peer, socket.socket]) -> None:
    peer, theirs = pair
    theirs.settimeout(5.0)
    message, received = b"x" * 40 * MAX_PENDING_BYTES, 0

    assert peer.write(message)
    while received < len(message):
        received += len(theirs.recv(1 << 16))
        peer.write(b"")
    assert received == len(message)


def test_a_peer_that_hung_up_cannot_be_written_to(pair: tuple[Peer, socket.socket]) -> None:
    peer, theirs = pair
    theirs.close()

    assert not peer.write(b"hello")
