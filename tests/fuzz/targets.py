"""What strangers may send, as one string of bytes each: OSC datagrams, MIDI messages, lines of the studio or the door.

Every target plays a fresh stage on a virtual clock. Anything raised is a finding: what is wrong with the input must
have been refused inside.
"""

import struct
from collections.abc import Callable
from contextlib import suppress

from emo_osc.core.affect import Affect
from emo_osc.protocol.commands import ROUTES
from emo_osc.protocol.line_buffer import Lines
from emo_osc.protocol.message_codec import decode, encode
from emo_osc.protocol.messages import Failed, Loaded, PhraseSaved
from emo_osc.protocol.osc import MAX_ARGUMENTS, MAX_ELEMENTS, MAX_REPLY_BYTES, MalformedError, read_datagram
from emo_osc.protocol.osc import decode as decode_osc
from emo_osc.protocol.osc import encode as encode_osc
from emo_osc.protocol.parsing import is_setting
from emo_osc.stage.io.sender_queues import SenderQueues
from emo_osc.stage.session.events import StudioSaid
from tests.twin import VirtualStage, make_ready, make_stage

BETWEEN = b"\xfe\xed"  # in no OSC packet, MIDI message or JSON text that is right, so every piece is one of them
MAX_PIECES = 12
SEEDS_OF_THE_SHELF = (make_ready(60), make_ready(72, 0.8, 0.35), make_ready(84, 0.0, 0.9))
WALL_S = 1.7e9


def read_packets(data: bytes) -> None:
    """One packet, decoded and nothing more, so that there is time for many."""
    with suppress(MalformedError):
        messages, faults = read_datagram(data)
        assert len(messages) + len(faults) <= MAX_ELEMENTS
        assert all(fault.text for fault in faults)
        assert all(message.address.startswith("/") for message in messages)
        assert sum(len(message.arguments) for message in messages) <= MAX_ARGUMENTS


def play_datagrams(data: bytes) -> None:
    """Datagrams of three senders, a quarter of a second apart."""
    stage = _playing()
    inbox = SenderQueues(is_setting)
    for number, packet in enumerate(data.split(BETWEEN)[:MAX_PIECES]):
        sender = ("127.0.0.1", 50_000 + number % 3)
        for fault in inbox.put(packet, sender, stage.now_s):
            stage.complain(fault, sender, stage.now_s)
        while run := inbox.take(64):
            for waiting in run.waiting:
                stage.receive(waiting.message, waiting.sender, stage.now_s, WALL_S + stage.now_s)
        _play_on(stage)


def play_midi(data: bytes) -> None:
    """MIDI messages, a quarter of a second apart."""
    stage = _playing()
    for message in data.split(BETWEEN)[:MAX_PIECES]:
        if message:
            stage.receive_midi(message, stage.now_s)
        _play_on(stage)


def play_lines(data: bytes) -> None:
    """A connection that breaks anywhere: lines of the studio, and the same as lines of the door."""
    stage, lines = _playing(), Lines(1 << 16)
    stage.instrument.studio_client.connected()
    for piece in data.split(BETWEEN)[:MAX_PIECES]:
        with suppress(ValueError):  # the loop shows out whoever sent it
            for line in lines.feed(piece):
                with suppress(ValueError):
                    stage.handle(StudioSaid(stage.instrument.studio_client.receive(line)))
                with suppress(ValueError):
                    stage.receive_supervisor(decode(line), stage.now_s)
        _play_on(stage)


def _playing() -> VirtualStage:
    stage = make_stage(SEEDS_OF_THE_SHELF)
    stage.ask("/emo/play")
    stage.ask("/emo/start_listen/*", sender=("127.0.0.1", 60_000))
    return stage


def _play_on(stage: VirtualStage) -> None:
    stage.run_until(stage.now_s + 0.25)
    stage.on_time()
    stage.end_turn(stage.now_s)
    stage.serve_door()
    for answer in stage.take_answers():
        packet = encode_osc(answer.address, *answer.arguments)
        assert len(packet) < MAX_REPLY_BYTES, answer
        assert [message.address for message in decode_osc(packet)] == [answer.address]


def _datagrams() -> list[bytes]:
    plain = [encode_osc(address) for address in ROUTES if address.count("/") == 2]
    values: list[tuple[str, *tuple[float | str, ...]]] = [
        ("va", 0.5, -1),
        ("mood", "밝음", 0.5),
        ("tempo", "120"),
        ("quantize", "bar"),
        ("goto", "bright", 4),
    ]
    values += [("keep", "a"), ("recall", "a"), ("learn", 4), ("reply_to", 9000), ("set/density", 1), ("get/va",)]
    values += [("reply_to", "127.0.0.1", 9000), ("start_listen/*",), ("stop_listen/state",), ("preset", "../x")]
    packets = [encode_osc(f"/emo/{name}", *arguments) for name, *arguments in values]
    bundles = [_bundle(timetag, packets[:3]) for timetag in (0, 1, (3_908_988_802 << 32), 2**64 - 1)]
    unreadable = [b"/x\0\0,Q\0\0", b"/x\0\0,s\0\0\xff\xff\0\0", b"/x\0\0,s\0\0" + "밝음".encode("cp949") + bytes(4)]
    patterns = (
        "/emo/v?",
        "/emo/{valence,arousal}",
        "/*/[!a-k]*",
        "/emo/get/[a-c]*",
        "/emo/mood/3",
        "/emo/start_listen/{a,b}*",
    )
    packets += [encode_osc(pattern, 0.5) for pattern in patterns]
    bundles.append(_bundle(1, [*unreadable, *packets[:2]]))
    return [
        *plain,
        *packets,
        *unreadable,
        *bundles,
        _bundle(1, bundles[:2]),
        BETWEEN.join(packets[:8]),
        BETWEEN.join(packets[8:]),
    ]


def _bundle(timetag: int, packets: list[bytes]) -> bytes:
    elements = b"".join(struct.pack(">i", len(packet)) + packet for packet in packets)
    return b"#bundle\0" + struct.pack(">Q", timetag) + elements


def _midi() -> list[bytes]:
    messages = [b"\x90\x3c\x40", b"\x80\x3c\x40", b"\xb0\x14\x7f", b"\xc0\x01", b"\xfa", b"\xf8", b"\xf2\x01\x02"]
    return [*messages, BETWEEN.join(messages), BETWEEN.join((b"\xfa", *(b"\xf8" for _ in range(10))))]


def _lines() -> list[bytes]:
    ready = make_ready(60, notes_a_bar=1)
    kept = PhraseSaved("a", ready, Affect(0.0, 0.0), 120.0)
    return [encode(Loaded("canned", "cpu")), encode(ready), encode(Failed("no")), encode(kept)]


TARGETS: dict[str, tuple[Callable[[bytes], None], Callable[[], list[bytes]]]] = {
    "packets": (read_packets, _datagrams),
    "datagrams": (play_datagrams, _datagrams),
    "midi": (play_midi, _midi),
    "lines": (play_lines, _lines),
}
"""Name -> what plays the input, and the inputs to begin with."""
