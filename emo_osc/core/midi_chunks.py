"""The chunks and events of a Standard MIDI File, out of its bytes. Knows no file and no music.

Files in the wild are cut short, count their tracks wrongly, or hold events that break the standard. One event that
cannot be read must not lose the others, so a track is read as far as there are bytes, and what was wrong with it is
said beside its events. Only tempo, time signature and channel messages are kept; everything else is skipped by its
length, whatever it holds. Work and memory grow with the number of bytes, nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from emo_osc.core.midi_standard import (
    DATA_BITS,
    DATA_BYTES,
    END_OF_EXCLUSIVE,
    FIRST_STATUS,
    FIRST_SYSTEM,
    KIND_BITS,
    META,
    SYSTEM_EXCLUSIVE,
)

Event = tuple[int, int, int, int]
"""Tick since the track's start, status byte or meta type, two values: `(480, 0x90, 60, 80)`; a tempo is
`(0, TEMPO, microseconds a quarter, 0)`, a time signature `(0, SIGNATURE, beats, unit)`."""

TEMPO = 0x51
SIGNATURE = 0x58
END_OF_TRACK = 0x2F
SEARCHED_BYTES = 4096  # for the header: behind a RIFF or MacBinary header, or what a download put before it
MOST_NUMBER_BYTES = 4  # of a variable-length number
MORE = 1 << 7  # set in a byte of one: another follows
MOST_EVENTS = 500_000  # a quarter of a million notes; a symphony has some 50,000
MOST_TRACKS = 0xFFFF  # what a header can count
MOST_UNIT_POWER = 6  # a time signature in 64ths
FRAMES_BIT = 0x8000  # of the division: time in frames a second instead of ticks a quarter


class NotMidiError(ValueError):
    """Bytes that are no Standard MIDI File that we read, with the reason."""


class _BrokenError(Exception):
    """A track cannot be read past this place, for a reason."""


@dataclass(frozen=True, slots=True)
class Track:
    """The events of one track in the order they stand in, where it ends, and what was wrong with it."""

    events: list[Event]
    end_tick: int
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunks:
    """A file's format (0, 1 or 2), its ticks a quarter note, and its tracks."""

    format: int
    resolution: int
    tracks: list[Track]


def parse(data: bytes) -> Chunks:
    """The tracks of a file, however many its header counts.

    Raises:
        NotMidiError: there is no header, its time is not in beats, no track follows it, or it has too many events.
    """
    start = data.find(b"MThd", 0, SEARCHED_BYTES)
    if start < 0 or len(data) < start + 14:
        raise NotMidiError(f"not a MIDI file ({_found(data, start)})")
    length, format, _, division = (
        int.from_bytes(data[start + at : start + end]) for at, end in ((4, 8), (8, 10), (10, 12), (12, 14))
    )
    if division & FRAMES_BIT:
        raise NotMidiError("its time is in film frames, not in beats; export it again with a beat resolution")
    if not division:
        raise NotMidiError("its header gives a beat no ticks; export it again with a beat resolution")
    first = start + 8 + length
    if data[first : first + 4] != b"MTrk":  # a header of a wrong length
        first = data.find(b"MTrk", start + 14)
    tracks: list[Track] = []
    room = MOST_EVENTS
    for at, end in islice(_track_spans(data, first), MOST_TRACKS):
        tracks.append(_track(data[at:end], room))
        room -= len(tracks[-1].events)
    if not tracks:
        raise NotMidiError("not a MIDI file (no track follows its header)")
    return Chunks(format, division, tracks)


def _found(data: bytes, start: int) -> str:
    if not data:
        return "it is empty"
    if not data.strip(b"\0"):
        return f"it holds {len(data)} zero bytes"
    if start >= 0:
        return f"its header is cut short after {len(data) - start} of 14 bytes"
    return f"it begins with {data[:8]!r} and has no MThd header"


def _track_spans(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Where the events of each track begin and end; chunks of other kinds are passed over."""
    while 0 <= at <= len(data) - 8:
        end = at + 8 + int.from_bytes(data[at + 4 : at + 8])
        is_track = data[at : at + 4] == b"MTrk"
        if end != len(data) and not _is_chunk(data, end):  # the length is wrong: the next track says where this ends
            end = data.find(b"MTrk", at + 8)
            end = len(data) if end < 0 else end
        if is_track and end > at + 8:
            yield at + 8, end
        at = end


def _is_chunk(data: bytes, at: int) -> bool:
    kind = data[at : at + 4]
    return len(kind) == 4 and kind.isascii() and kind.decode("ascii").isprintable()


def _track(data: bytes, room: int) -> Track:
    reader = _Reader(data, room)
    try:
        reader.read()
    except IndexError:
        reader.faults.append("is cut short")
    except _BrokenError as error:
        reader.faults.append(str(error))
    return Track(reader.events, reader.tick, tuple(dict.fromkeys(reader.faults)))


class _Reader:
    """Walks the bytes of one track, which may have `room` events; past its end an IndexError is raised."""

    def __init__(self, data: bytes, room: int) -> None:
        self.data = data
        self.room = room
        self.at = 0
        self.tick = 0
        self.events: list[Event] = []
        self.faults: list[str] = []

    def read(self) -> None:
        """All events up to the end of track, or of the bytes. Running status outlives what is not of a channel."""
        data, size, running = self.data, len(self.data), 0
        while self.at < size:
            delta = data[self.at]
            if delta < MORE:
                self.at += 1
            else:
                delta = self._number()
            self.tick += delta
            status = data[self.at]
            if status < FIRST_STATUS and not running:
                status = self._next_status()
            if status >= FIRST_SYSTEM:
                self.at += 1
                if self._skipped_system(status):
                    return
                continue
            if status >= FIRST_STATUS:
                running = status
                self.at += 1
            self._channel_event(running)
            if len(self.events) > self.room:
                raise NotMidiError(f"it has more than {MOST_EVENTS:,} events, the most that are read")

    def _channel_event(self, status: int) -> None:
        data, at = self.data, self.at
        first = data[at]
        if DATA_BYTES[status & KIND_BITS] == 1:
            second, self.at = 0, at + 1
        else:
            second, self.at = data[at + 1], at + 2
        if first > DATA_BITS:
            self.faults.append("holds data bytes over 127")
            return
        self.events.append((self.tick, status, first, second if second <= DATA_BITS else DATA_BITS))

    def _skipped_system(self, status: int) -> bool:
        """Passes over a meta event, system exclusive or system message; whether it was the end of the track."""
        if status == META:
            return self._meta()
        if status in (SYSTEM_EXCLUSIVE, END_OF_EXCLUSIVE):
            self._block()
        else:
            self.at += DATA_BYTES.get(status, 0)
        return False

    def _meta(self) -> bool:
        kind = self.data[self.at]
        self.at += 1
        block = self._block()
        if kind == TEMPO and len(block) >= 3 and (microseconds := int.from_bytes(block[:3])):
            self.events.append((self.tick, TEMPO, microseconds, 0))
        elif kind == SIGNATURE and len(block) >= 2 and block[0] and block[1] <= MOST_UNIT_POWER:
            self.events.append((self.tick, SIGNATURE, block[0], 1 << block[1]))
        return kind == END_OF_TRACK

    def _block(self) -> bytes:
        length = self._number()
        end = self.at + length
        if end > len(self.data):
            raise IndexError
        block = self.data[self.at : min(end, self.at + 4)]
        self.at = end
        return block

    def _number(self) -> int:
        value = 0
        for _ in range(MOST_NUMBER_BYTES):
            byte = self.data[self.at]
            self.at += 1
            value = value << 7 | byte & DATA_BITS
            if byte < MORE:
                return value
        raise _BrokenError(f"ends at byte {self.at}, in a number of more than {MOST_NUMBER_BYTES} bytes")

    def _next_status(self) -> int:
        """Passes over data bytes that no status byte came before."""
        self.faults.append("holds data bytes that belong to no event")
        while self.data[self.at] < FIRST_STATUS:
            self.at += 1
        return self.data[self.at]
