import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.core.midi_standard import FIRST_REAL_TIME
from emo_osc.sound.stream import MidiStream

MESSAGES = [
    bytes([0x90, 60, 100]),
    bytes([0x8F, 60, 0]),
    bytes([0xA0, 60, 1]),
    bytes([0xB0, 74, 127]),
    bytes([0xC3, 5]),
    bytes([0xD0, 9]),
    bytes([0xE0, 0, 64]),
    bytes([0xF1, 3]),
    bytes([0xF2, 1, 2]),
    bytes([0xF3, 4]),
    bytes([0xF6]),
    bytes([0xF8]),
    bytes([0xFF]),
]

UNDEFINED = {0xF4, 0xF5}  # mido reads on over these, we start afresh; at a clock inside a note mido gives up
END_OF_EXCLUSIVE = b"\xf7"


@pytest.mark.parametrize("message", MESSAGES, ids=bytes.hex)
def test_every_kind_of_message_comes_out_whole(message: bytes) -> None:
    assert MidiStream().feed(message) == [message]


@given(st.lists(st.sampled_from(MESSAGES)), st.integers(1, 7))
def test_a_stream_may_be_cut_anywhere(messages: list[bytes], size: int) -> None:
    stream, data = MidiStream(), b"".join(messages)

    cut = [data[start : start + size] for start in range(0, len(data), size)]

    assert [message for piece in cut for message in stream.feed(piece)] == messages


def test_system_exclusive_and_stray_data_are_dropped() -> None:
    assert MidiStream().feed(bytes([1, 2, 0xF0, 1, 2, 3, 0xF7, 4, 0x90, 60, 0x90, 61, 62])) == [
        bytes([0xF7]),
        bytes([0x90, 61, 62]),
    ]


def test_a_clock_may_stand_inside_a_note() -> None:
    assert MidiStream().feed(bytes([0x90, 60, 0xF8, 100])) == [bytes([0xF8]), bytes([0x90, 60, 100])]


@given(st.lists(st.sampled_from([byte for byte in range(FIRST_REAL_TIME) if byte not in UNDEFINED])))
def test_garbage_yields_the_messages_that_mido_finds_in_it(data: list[int]) -> None:
    parser = mido.Parser()
    parser.feed(data)
    wanted = [bytes(message.bytes()) for message in parser if message.type != "sysex"]

    assert [message for message in MidiStream().feed(bytes(data)) if message != END_OF_EXCLUSIVE] == wanted
