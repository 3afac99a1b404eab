"""Words taken out of an MQTT stream, however it is cut into pieces; what is not a word reaches the library whole."""

from hypothesis import given, settings
from hypothesis import strategies as st

from emo_osc.crowd.bulk_reading import PublishFilter
from emo_osc.evaluate.bench.mqtt_phones import publish

PINGRESP, SUBACK = b"\xd0\x00", b"\x90\x03\x00\x01\x00"
QOS_1 = bytes([0x32]) + publish("emo/s/va/q", b"0 0")[1:]
LONG_TOPIC = publish("emo/s/va/" + "x" * 200, b"1 1")
STREAM = [
    publish("emo/s/va/a", b"0.5 0.5"),
    PINGRESP,
    publish("emo/s/va/a", b"-1 -1", is_retained=True),
    publish("emo/s/mood/b", "밝음".encode()),
    publish("emo/s/va/huge", b"1 " * 50_000),
    LONG_TOPIC,
    SUBACK,
    QOS_1,
    publish(b"emo/s/va/\xff", b"0 0"),
    publish("elsewhere", b"0 0"),
    publish("emo/s/va/c", b""),
    PINGRESP,
]
HEARD = [("va", "a", b"0.5 0.5"), ("mood", "b", "밝음".encode()), ("va", "x" * 200, b"1 1"), ("va", "c", b"")]


class Pieces:
    """A socket that gives what it has piece by piece, nothing in between, and then the end."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self.data, self.sizes, self.is_turn = data, sizes, False

    def recv(self, count: int) -> bytes:
        self.is_turn = not self.is_turn
        if not self.is_turn:
            raise BlockingIOError
        size = min(count, self.sizes.pop(0) if self.sizes else count)
        piece, self.data = self.data[:size], self.data[size:]
        return piece


def passed_on(taken: PublishFilter, count: int) -> bytes:
    """What a library gets that asks for `count` bytes at a time."""
    found = b""
    while True:
        try:
            piece = taken.recv(count)
        except BlockingIOError:
            continue
        if not piece:
            return found
        found += piece


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 300), max_size=60), st.integers(1, 40))
def test_however_the_stream_is_cut_each_packet_goes_where_it_belongs(sizes: list[int], count: int) -> None:
    heard: list[tuple[str, str, bytes]] = []
    taken = PublishFilter(Pieces(b"".join(STREAM), sizes), lambda *word: heard.append(word))

    assert passed_on(taken, count) == PINGRESP + SUBACK + QOS_1 + PINGRESP
    assert heard == HEARD


def test_a_huge_payload_is_never_held() -> None:
    taken = PublishFilter(Pieces(publish("emo/s/va/huge", b"1 " * 2_000_000) + PINGRESP, []), lambda *_: None)
    held = []
    while True:
        try:
            piece = taken.recv(2)
        except BlockingIOError:
            held.append(len(taken._data))
            continue
        break

    assert piece == PINGRESP
    assert max(held) < 512
