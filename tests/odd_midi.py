"""MIDI files as they are found in the wild: each plays the same tune, or is no MIDI file at all.

`PLAYED` are files that players read, `READ_IN_PART` damaged ones of which the tune can be saved, `REFUSED` others
with the reason that must be told.
"""

import os
import struct
from collections.abc import Callable
from pathlib import Path

RESOLUTION = 96
BARS = 8
TUNE = tuple(60 + step for step in (0, 4, 7, 12, 7, 4, 2, 5)) * (BARS // 2)  # quarters
TEMPO_140 = b"\x00\xff\x51\x03\x06\x8a\x1b"
END = b"\x00\xff\x2f\x00"


def number(value: int) -> bytes:
    """A variable-length number."""
    groups = [value & 127]
    while value := value >> 7:
        groups.append(value & 127 | 128)
    return bytes(reversed(groups))


def notes(gap: int = RESOLUTION, pitches: tuple[int, ...] = TUNE, channel: int = 0) -> bytes:
    """The tune's note-ons and note-offs, each note `gap` ticks long."""
    return b"".join(
        bytes([0, 0x90 | channel, pitch, 90]) + number(gap) + bytes([0x80 | channel, pitch, 64]) for pitch in pitches
    )


def chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack(">I", len(content)) + content


def smf(
    *tracks: bytes, format: int = 1, count: int | None = None, division: int = RESOLUTION, more: bytes = b""
) -> bytes:
    """A file of tracks, each given without its end."""
    header = struct.pack(">HHH", format, len(tracks) if count is None else count, division) + more
    return chunk(b"MThd", header) + b"".join(chunk(b"MTrk", track + END) for track in tracks)


HEAD = chunk(b"MThd", struct.pack(">HHH", 1, 1, RESOLUTION))
BODY = TEMPO_140 + notes()
PLAIN = smf(BODY)


def running() -> bytes:
    """The tune in running status, a note-on of velocity 0 for each off."""
    first, *rest = TUNE
    events = bytes([0, 0x90, first, 90, RESOLUTION, first, 0])
    return TEMPO_140 + events + b"".join(bytes([0, pitch, 90, RESOLUTION, pitch, 0]) for pitch in rest)


def before_third(event: bytes) -> bytes:
    """The tune with an event before its third note."""
    return smf(TEMPO_140 + notes(pitches=TUNE[:2]) + event + notes(pitches=TUNE[2:]))


def within_running(event: bytes) -> bytes:
    body = running()
    at = len(TEMPO_140) + 7 + 6
    return smf(body[:at] + event + body[at:])


PLAYED: dict[str, bytes] = {
    "plain": PLAIN,
    "running status": smf(running()),
    "running status over a meta event": within_running(b"\x00\xff\x01\x02hm"),
    "running status over a sysex": within_running(b"\x00\xf0\x03\x01\x02\xf7"),
    "no end of track": HEAD + chunk(b"MTrk", BODY),
    "zeros behind the end of track": HEAD + chunk(b"MTrk", BODY + END + bytes(64)),
    "zeros behind the last chunk": PLAIN + bytes(7),
    "too few tracks counted": smf(TEMPO_140, notes(), count=1),
    "too many tracks counted": smf(BODY, count=9),
    "no track counted": smf(BODY, count=0),
    "a longer header": smf(BODY, more=b"more"),
    "a header of a wrong length": PLAIN[:4] + struct.pack(">I", 60) + PLAIN[8:],
    "RIFF": b"RIFF" + struct.pack("<I", len(PLAIN) + 12) + b"RMIDdata" + struct.pack("<I", len(PLAIN)) + PLAIN,
    "MacBinary": b"\0\x04tune" + bytes(122) + PLAIN,
    "an unknown chunk first": PLAIN[:14] + chunk(b"XFIH", b"12345") + PLAIN[14:],
    "an unknown chunk last": PLAIN + chunk(b"LIST", b"INFO"),
    "a track of no bytes": HEAD + chunk(b"MTrk", b"") + PLAIN[14:],
    "a track length too small": PLAIN[:18] + struct.pack(">I", 10) + PLAIN[22:],
    "a track length too large": PLAIN[:18] + struct.pack(">I", 1 << 31) + PLAIN[22:],
    "a first track's length too large": HEAD + b"MTrk\0\0\xff\xff" + TEMPO_140 + END + chunk(b"MTrk", notes()),
    "tempo on the second track": smf(notes(), TEMPO_140),
    "tempo 0": before_third(b"\x00\xff\x51\x03\0\0\0"),
    "an empty tempo": before_third(b"\x00\xff\x51\x00"),
    "a tempo of two bytes": before_third(b"\x00\xff\x51\x02\x01\x02"),
    "a tempo of four bytes": smf(TEMPO_140[:3] + b"\x04" + TEMPO_140[4:] + b"\0" + notes()),
    "a key of 26 sharps": before_third(b"\x00\xff\x59\x02\x1a\x00"),
    "an empty key": before_third(b"\x00\xff\x59\x00"),
    "a signature of 0/4": before_third(b"\x00\xff\x58\x04\x00\x02\x18\x08"),
    "a signature in 2 ** 255ths": before_third(b"\x00\xff\x58\x04\x04\xff\x18\x08"),
    "a short signature": before_third(b"\x00\xff\x58\x01\x04"),
    "an unknown meta event": before_third(b"\x00\xff\x6e\x02\xff\xff"),
    "a sysex of bytes over 127": before_third(b"\x00\xf0\x05\x41\xff\x80\x90\xf7"),
    "an escape": before_third(b"\x00\xf7\x02\xf3\x01"),
    "system messages": before_third(b"\x00\xf1\x10\x00\xf2\x10\x10\x00\xf3\x01\x00\xf6\x00\xf8\x00\xfe\x00\xf4"),
    "a name in Latin-1": before_third(b"\x00\xff\x03\x04Mod\xe0"),
    "a name in cp949": before_third(b"\x00\xff\x03\x04\xb9\xe0\xc0\xbd"),
    "a pitch over 127": before_third(b"\x00\x90\xc8\x40"),
    "format 0 of two tracks": smf(TEMPO_140, notes(), format=0),
    "format 7": smf(BODY, format=7),
    "format 2, one pattern": smf(BODY, format=2),
    "drums beside it": smf(BODY, notes(pitches=(36,) * len(TUNE), channel=9)),
}

READ_IN_PART: dict[str, bytes] = {
    "cut in the last event": PLAIN[: -len(END) - 2],
    "data before any status": smf(TEMPO_140 + b"\x00\x3c\x40" + notes()[1:]),
    "a number that never ends": smf(BODY + b"\xff\xff\xff\xff\xff\xff\x90\x3c\x40"),
    "a meta event longer than its track": smf(BODY + b"\x00\xff\x01\xff\xff\x7f12"),
    "a second track cut short": smf(BODY) + b"MTrk\0\0\0\x09\x00\x90",
}

REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "it is empty"),
    "zeros": (bytes(1000), "it holds 1000 zero bytes"),
    "text": (b"no music here", "it begins with b'no music' and has no MThd header"),
    "a header alone": (HEAD, "no track follows its header"),
    "half a header": (b"MThd\0\0", "its header is cut short after 6 of 14 bytes"),
    "film frames": (smf(BODY, division=0xE728), "its time is in film frames, not in beats"),
    "no ticks": (smf(BODY, division=0), "gives a beat no ticks"),
    "no notes": (smf(TEMPO_140), "no notes"),
    "drums alone": (smf(notes(channel=9)), "no notes but drums"),
}

NO_FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "pipe": (os.mkfifo, "cannot be read (a FIFO, not a file)"),
    "link to nothing": (lambda path: path.symlink_to("gone.mid"), "cannot be read (a link that leads nowhere)"),
    "link to itself": (lambda path: path.symlink_to(path.name), "cannot be read (Too many levels of symbolic links)"),
    "endless": (lambda path: path.symlink_to("/dev/zero"), "cannot be read (a device, not a file)"),
}


def write_all(folder: Path) -> None:
    """Every odd file, as `NAME.mid`, and a folder that is named as one."""
    contents = PLAYED | READ_IN_PART | {name: content for name, (content, _) in REFUSED.items()}
    for name, content in contents.items():
        (folder / f"{name}.mid".replace("/", " ")).write_bytes(content)
    for name, (make, _) in NO_FILES.items():
        make(folder / f"{name}.mid")
    (folder / "folder.mid").mkdir()
