import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_packet import OscPacket

from emo_osc.errors import EmoOscError
from emo_osc.stage.osc import MAX_REPLY_BYTES, MalformedError, Message, OscSocket, OscValue, decode, encode

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)
INTS = st.integers(-(2**31), 2**31 - 1)
TYPED = st.one_of(
    st.tuples(st.just("i"), INTS),
    st.tuples(st.just("f"), FLOATS),
    st.tuples(st.just("d"), st.floats(allow_nan=False)),
    st.tuples(st.just("h"), st.integers(-(2**63), 2**63 - 1)),
    st.tuples(st.just("s"), TEXTS),
    st.tuples(st.just("b"), st.binary(min_size=1, max_size=40)),
    st.tuples(st.just("T"), st.just(True)),
    st.tuples(st.just("F"), st.just(False)),
    st.tuples(st.just("N"), st.none()),
)
ADDRESSES = st.text("abcdefghijklmnopqrstuvwxyz_0123456789/", max_size=30).map(lambda text: f"/{text}")


def built(address: str, arguments: list[tuple[str, OscValue]]) -> OscMessage:
    builder = OscMessageBuilder(address)
    for tag, value in arguments:
        builder.add_arg(value, tag)
    return builder.build()


@given(ADDRESSES, st.lists(TYPED, max_size=8))
def test_what_python_osc_builds_is_read_as_python_osc_reads_it(address: str, typed: list[tuple[str, OscValue]]) -> None:
    oracle = built(address, typed)

    assert decode(oracle.dgram) == [Message(address, tuple(oracle.params))]


@given(ADDRESSES, st.lists(st.one_of(INTS, FLOATS, TEXTS), max_size=8))
def test_what_we_build_is_what_python_osc_builds(address: str, arguments: list[float | str]) -> None:
    tags = ["s" if isinstance(a, str) else "i" if isinstance(a, int) else "f" for a in arguments]

    assert encode(address, *arguments) == built(address, list(zip(tags, arguments, strict=True))).dgram


@given(st.binary(max_size=200))
def test_garbage_is_refused_and_nothing_else(packet: bytes) -> None:
    read_or_refused(packet)


@given(ADDRESSES, st.lists(TYPED, max_size=5), st.data())
def test_a_damaged_packet_is_read_or_refused(
    address: str, typed: list[tuple[str, OscValue]], data: st.DataObject
) -> None:
    packet = bytearray(built(address, typed).dgram)
    packet[data.draw(st.integers(0, len(packet) - 1))] = data.draw(st.integers(0, 255))

    read_or_refused(bytes(packet[: data.draw(st.integers(0, len(packet)))]))


def read_or_refused(packet: bytes) -> None:
    try:
        messages = decode(packet)
    except MalformedError:
        return
    assert all(message.address.startswith("/") for message in messages)


def test_bundles_are_unfolded_in_order_with_their_times() -> None:
    inner = OscBundleBuilder(1_000_000)
    inner.add_content(built("/b", []))
    outer = OscBundleBuilder(IMMEDIATELY)
    outer.add_content(built("/a", []))
    outer.add_content(inner.build())
    packet = outer.build().dgram

    assert decode(packet) == [Message("/a"), Message("/b", (), 1_000_000.0)]
    assert [timed.message.address for timed in OscPacket(packet).messages] == ["/a", "/b"]


def bundle(size: int, content: bytes = b"/a\0\0,\0\0\0") -> bytes:
    return b"#bundle\0" + struct.pack(">Qi", 1, size) + content


def nested(depth: int) -> bytes:
    packet = encode("/a")
    for _ in range(depth):
        packet = bundle(len(packet), packet)
    return packet


MALFORMED = {
    "nothing": b"",
    "a size of -4, which hangs python-osc": bundle(-4),
    "a size of 0": bundle(0),
    "a size past the end": bundle(400),
    "a bundle cut in its size": bundle(8)[:18],
    "an odd length": b"/a\0\0,\0\0\0x",
    "no address": b"abc\0,\0\0\0",
    "a text without its end": b"/abc/abcd"[:8],
    "not UTF-8": b"/\xff\xff\0,\0\0\0",
    "no comma": b"/a\0\0if\0\0",
    "an unknown tag": b"/a\0\0,Q\0\0",
    "a missing argument": b"/a\0\0,i\0\0",
    "an argument too many": b"/a\0\0,\0\0\0\0\0\0\1",
    "a blob of negative size": b"/a\0\0,b\0\0\xff\xff\xff\xff",
    "a blob past the end": b"/a\0\0,b\0\0\0\0\1\0",
    "nested too deep": nested(9),
    "too long": b"/a\0\0,b\0\0" + struct.pack(">i", 9000) + bytes(9000),
}


@pytest.mark.parametrize("packet", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_packets_are_refused(packet: bytes) -> None:
    with pytest.raises(MalformedError):
        decode(packet)


def test_eight_bundles_inside_each_other_are_read() -> None:
    assert decode(nested(8)) == [Message("/a")]


def test_arrays_and_the_rarer_types_are_read() -> None:
    packet = b"/a\0\0,[ci]tI\0" + b"\0\0\0x" + struct.pack(">iQ", 7, 9)

    assert decode(packet) == [Message("/a", (b"\0\0\0x", 7, 9, True))]


def test_a_reply_is_cut_to_one_frame() -> None:
    packet = encode("/emo/state/x", "밝" * 2000, 1)

    assert len(packet) <= MAX_REPLY_BYTES
    assert decode(packet)[0].arguments[1] == 1


def test_numbers_beyond_their_type_are_clamped() -> None:
    assert decode(encode("/a", 2**40, 1e300))[0].arguments == (2**31 - 1, 3.4028234663852886e38)


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
