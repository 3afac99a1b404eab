import struct
from contextlib import suppress
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_packet import OscPacket

from emo_osc.protocol import osc
from emo_osc.protocol.osc import (
    MAX_HEADS,
    MAX_REPLY_BYTES,
    Fault,
    MalformedError,
    Message,
    OscValue,
    decode,
    encode,
    read_datagram,
)

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


UNREADABLE = {
    "an unknown tag": (b"/a\0\0,Q\0\0", Fault("/a", "type tag 'Q' is unknown; send i f d h s b T F")),
    "text of no encoding": (
        b"/a\0\0,s\0\0\xff\xff\0\0",
        Fault("/a", "a text that is neither UTF-8 nor Korean CP949; send UTF-8"),
    ),
    "an address of no encoding": (
        b"/\xff\xff\0,\0\0\0",
        Fault("", "a text that is neither UTF-8 nor Korean CP949; send UTF-8"),
    ),
    "a missing argument": (b"/a\0\0,ii\0\0\0\0\1", Fault("/a", "there are fewer arguments than type tags")),
    "a missing text": (b"/a\0\0,s\0\0", Fault("/a", "a text without its end")),
    "a missing blob": (b"/a\0\0,b\0\0", Fault("/a", "there are fewer arguments than type tags")),
    "an argument too many": (b"/a\0\0,\0\0\0\0\0\0\1", Fault("/a", "4 bytes after the last argument")),
    "a blob past the end": (
        b"/a\0\0,b\0\0\0\0\1\0",
        Fault("/a", "a blob of 256 bytes where 0 are left"),
    ),
    "no comma": (b"/a\0\0if\0\0", Fault("/a", "type tags must begin with a comma, got 'if'")),
    "no address": (b"abc\0,\0\0\0", Fault("", "neither an address nor a bundle: b'abc\\x00,\\x00\\x00\\x00'")),
    "an odd length": (b"/a\0\0,\0\0\0x", Fault("/a", "a message of 9 bytes, which is no multiple of 4")),
}


@pytest.mark.parametrize(("packet", "fault"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_message_that_cannot_be_read_does_not_take_its_bundle_along(packet: bytes, fault: Fault) -> None:
    around = bundled([encode("/b", 1), bundled([packet, encode("/c")]), encode("/d", "x")])

    assert read_datagram(around) == ([Message("/b", (1,)), Message("/c"), Message("/d", ("x",))], [fault])
    assert read_datagram(packet) == ([], [fault])
    with pytest.raises(MalformedError):
        decode(around)


@given(st.text(st.characters(codec="cp949", exclude_characters="\0"), max_size=20))
def test_text_of_the_korean_code_page_is_read_where_it_is_no_utf_8(name: str) -> None:
    data = name.encode("cp949")
    packet = text("/emo/mood") + text(",s") + data + bytes(4 - len(data) % 4)

    assert decode(packet) == [Message("/emo/mood", (data.decode("utf-8", "ignore") if is_utf_8(data) else name,))]


def is_utf_8(data: bytes) -> bool:
    with suppress(UnicodeDecodeError):
        data.decode()
        return True
    return False


def test_an_address_of_the_korean_code_page_is_read_too() -> None:
    assert decode(bytes.fromhex("2f b9 e0 c0 bd 00 00 00 2c 00 00 00")) == [Message("/밝음")]


def test_eight_bundles_inside_each_other_are_read() -> None:
    assert decode(nested(8)) == [Message("/a")]


def test_arrays_and_the_rarer_types_are_read() -> None:
    packet = b"/a\0\0,[ci]tI\0" + b"\0\0\0x" + struct.pack(">iQ", 7, 9)

    assert decode(packet) == [Message("/a", (b"\0\0\0x", 7, 9, True))]


def test_a_reply_is_cut_to_one_frame() -> None:
    packet = encode("/emo/state/x", "밝" * 2000, 1)

    assert len(packet) < MAX_REPLY_BYTES
    assert decode(packet)[0].arguments[1] == 1


def test_numbers_beyond_their_type_are_clamped() -> None:
    assert decode(encode("/a", 2**40, 1e300))[0].arguments == (2**31 - 1, 3.4028234663852886e38)


NUMBERS_OF_ANY_KIND = st.one_of(
    st.tuples(st.just("f"), st.floats(width=32)),
    st.tuples(st.just("d"), st.floats()),
    st.tuples(st.just("t"), st.integers(0, 2**64 - 1)),
    st.tuples(st.just("I"), st.just(True)),
)
LAYOUTS = {"i": ">i", "f": ">f", "d": ">d", "h": ">q", "t": ">Q", "s": "", "b": "", "T": "", "F": "", "N": "", "I": ""}


def bundled(packets: list[bytes], timetag: int = 1) -> bytes:
    return b"#bundle\0" + struct.pack(">Q", timetag) + b"".join(struct.pack(">i", len(p)) + p for p in packets)


def text(value: str) -> bytes:
    data = value.encode()
    return data + bytes(4 - len(data) % 4)


def written(address: str, typed: list[tuple[str, OscValue]]) -> bytes:
    """A message as the specification says, by hand."""
    packet = text(address) + text("," + "".join(tag for tag, _ in typed))
    for tag, value in typed:
        if isinstance(value, str):
            packet += text(value)
        elif isinstance(value, bytes):
            packet += struct.pack(">i", len(value)) + value + bytes(-len(value) % 4)
        elif LAYOUTS[tag]:
            packet += struct.pack(LAYOUTS[tag], value)
    return packet


def same(one: OscValue, other: OscValue) -> bool:
    return one == other or (one != one and other != other)  # NaN


@given(ADDRESSES, st.lists(st.one_of(TYPED, NUMBERS_OF_ANY_KIND), max_size=8))
def test_every_type_survives_the_way_nan_and_infinity_too(address: str, typed: list[tuple[str, OscValue]]) -> None:
    for _ in range(2):  # the second time it may be a head that is known
        (message,) = decode(written(address, typed))

        assert message.address == address
        assert all(map(same, message.arguments, (value for _, value in typed)))
        assert len(message.arguments) == len(typed)


@given(ADDRESSES, st.lists(TYPED, min_size=1, max_size=8), st.data())
def test_a_packet_cut_anywhere_is_refused_unless_nothing_was_cut_off(
    address: str, typed: list[tuple[str, OscValue]], data: st.DataObject
) -> None:
    packet = written(address, typed)
    end_of_address = len(text(address))
    cut = packet[: data.draw(st.integers(0, len(packet) - 1))]

    if len(cut) == end_of_address:  # a message of old clients, without type tags
        assert decode(cut) == [Message(address)]
    else:
        with pytest.raises(MalformedError):
            decode(cut)


@given(st.recursive(st.builds(encode, ADDRESSES, INTS), lambda inside: st.lists(inside, max_size=4).map(bundled)))
def test_nested_bundles_are_read_as_python_osc_reads_them(packet: bytes) -> None:
    with suppress(MalformedError):  # nested too deep, or too many
        messages = decode(packet)
        oracle = [timed.message for timed in OscPacket(packet).messages]

        assert [(m.address, list(m.arguments)) for m in messages] == [(m.address, m.params) for m in oracle]


@pytest.mark.parametrize(
    ("timetag", "time_s"),
    [(0, None), (1, None), (2 << 32, 2 - 2_208_988_800.0), (2**64 - 1, 2**32 - 2_208_988_800.0)],
    ids=["never", "immediately", "1900", "2036"],
)
def test_timetags_of_any_time_are_read(timetag: int, time_s: float | None) -> None:
    assert decode(bundled([encode("/a")], timetag))[0].time_s == time_s


def test_a_comma_in_an_address_is_not_taken_for_the_type_tags() -> None:
    for packet in (written("/a,b", [("f", 1.0)]), text("/a,b") + text(","), written("/a,b", [("i", 2)])):
        (message,) = decode(packet)

        assert message.address == "/a,b"


def test_known_heads_are_bounded() -> None:
    for number in range(2 * MAX_HEADS):
        decode(encode(f"/{number}", 1))

    assert len(osc._HEADS) <= MAX_HEADS
    assert decode(encode("/new", 2.5)) == [Message("/new", (2.5,))]


CROWDED = {
    "a thousand messages": bundled([b"/a\0\0"] * 900),
    "hundreds of empty bundles": bundled([bundled([])] * 400),
    "eight thousand arguments without data": text("/a") + text("," + "T" * 8000),
    "eight thousand brackets": text("/a") + text("," + "[" * 8000),
    "arguments spread over messages": bundled([text("/a") + text("," + "T" * 50)] * 100),
}
FULL = {
    "300 stars": text("/" + "*" * 300) + text(","),
    "as many messages as may be": bundled([encode("/emo/va", 0.5, 0.5)] * 127),
    "as many bundles as may be": bundled([bundled([encode("/a")])] * 63),
    "as many arguments as may be": text("/a") + text("," + "T" * 512),
    "one long text": written("/a", [("s", "x" * 8100)]),
    "one long blob": written("/a", [("b", bytes(8100))]),
}


@pytest.mark.parametrize("packet", CROWDED.values(), ids=CROWDED.keys())
def test_a_crowded_datagram_is_refused(packet: bytes) -> None:
    assert len(packet) <= 8192
    with pytest.raises(MalformedError, match="more than"):
        decode(packet)


@pytest.mark.parametrize("packet", [*CROWDED.values(), *FULL.values(), *MALFORMED.values()])
def test_no_datagram_takes_longer_than_hundreds_of_plain_ones(packet: bytes) -> None:
    plain = encode("/emo/va", 0.5, -0.5)

    assert time_of(packet) < 600 * time_of(plain)


def time_of(packet: bytes) -> float:
    """The shortest of several, so that nobody else's work is measured."""
    times = []
    for _ in range(20):
        start_s = perf_counter()
        read_or_refused(packet)
        times.append(perf_counter() - start_s)
    return min(times)
