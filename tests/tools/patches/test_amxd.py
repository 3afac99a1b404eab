"""The device's container, byte by byte, after the description by those who compared it with files that Live wrote."""

import struct
from pathlib import Path

from tools.patches.live_device import MADE

CONTENT = (Path(__file__).parents[3] / "max_patches" / "emo_osc.amxd").read_bytes()
JSON = 48  # where the patch begins


def test_the_devices_header_says_what_follows() -> None:
    magic, version, kind, about, about_size, meta, chunk, size, inner = struct.unpack("<4sI4s4sII4sI4s", CONTENT[:36])
    sixteen, flags, json_size = struct.unpack(">III", CONTENT[36:JSON])
    end = JSON + json_size - 16

    assert (magic, version, kind) == (b"ampf", 4, b"mmmm")
    assert (about, about_size, meta) == (b"meta", 4, 4)
    assert (chunk, size) == (b"ptch", len(CONTENT) - 32)
    assert (inner, sixteen, flags) == (b"mx@c", 16, 0)
    assert CONTENT[JSON : JSON + 1] == b"{"
    assert CONTENT[end - 1 : end + 4] == b"\0dlst"
    assert CONTENT.index(b"\0", JSON) == end - 1


def chunks(content: bytes) -> dict[bytes, bytes]:
    found = {}
    while content:
        tag, size = struct.unpack(">4sI", content[:8])
        found[tag], content = content[8:size], content[size:]
    return found


def test_the_devices_trailer_lists_the_patch() -> None:
    (json_size,) = struct.unpack(">I", CONTENT[44:JSON])
    listed = chunks(chunks(chunks(CONTENT[JSON + json_size - 16 :])[b"dlst"])[b"dire"])

    assert list(listed) == [b"type", b"fnam", b"sz32", b"of32", b"vers", b"flag", b"mdat"]
    assert listed[b"type"] == b"JSON"
    assert listed[b"fnam"].rstrip(b"\0") == b"emo_osc.amxd"
    assert [struct.unpack(">I", listed[tag])[0] for tag in list(listed)[2:]] == [json_size - 16, 16, 0, 17, MADE]
