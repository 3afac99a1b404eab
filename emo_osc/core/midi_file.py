"""What a MIDI file plays, note by note in ticks: the one way in for every .mid that we read.

Notes are paired within a track, as note-seq does it: a note-off ends all notes of its pitch that began before it, so
that a file which writes the new note before the old one's end keeps both. Everything else is read as players do:
tempos and signatures count from whatever track they stand in, a pedal holds its channel in all tracks, the patterns of
a format 2 file follow one another, and a note that is switched off where it begins is heard for one tick.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import fsencode
from pathlib import Path

from emo_osc.core.midi_chunks import SIGNATURE, TEMPO, NotMidiError, Track, parse
from emo_osc.core.midi_standard import (
    ALL_NOTES_OFF,
    ALL_SOUND_OFF,
    CHANNEL_BITS,
    CONTROL_CHANGE,
    KIND_BITS,
    NOTE_OFF,
    NOTE_ON,
    PROGRAM_CHANGE,
    RESET_ALL_CONTROLLERS,
    SUSTAIN,
    SWITCHED_ON,
)
from emo_osc.core.small_file import read_small, reason_of

SUFFIXES = (".mid", ".midi", ".kar", ".rmi", ".smf")
MAX_FILE_BYTES = 8 << 20
DRUM_CHANNEL = 9  # counted from 0
NOTES_OFF = {ALL_SOUND_OFF, *range(ALL_NOTES_OFF, 128)}  # those after it are mode messages, which do so too

Place = tuple[int, int, int]
"""Where an event stands: tick, track, number in the track. Events happen in this order."""


@dataclass(frozen=True, slots=True)
class MidiNote:
    """A note, times in ticks: its key goes up at `end_tick`, the pedal lets it sound until `heard_tick`.

    `channel` is 0..15, `program` the one its channel had in its track when the note ended.
    """

    start_tick: int
    end_tick: int
    heard_tick: int
    pitch: int
    velocity: int
    channel: int
    program: int
    track: int


@dataclass(frozen=True, slots=True)
class MidiMusic:
    """Notes track by track in the order in which they end, tempos and signatures in the order of their ticks.

    `resolution` is in ticks a quarter note, `tempos` are (tick, microseconds a quarter), `signatures` (tick, beats,
    unit); `faults` say what of the file could not be read.
    """

    resolution: int
    notes: tuple[MidiNote, ...]
    tempos: tuple[tuple[int, int], ...]
    signatures: tuple[tuple[int, int, int], ...]
    faults: tuple[str, ...] = ()


def read_midi_file(path: Path) -> MidiMusic:
    """What a Standard MIDI File plays, in a RIFF wrapper too; of a damaged one what can be read.

    Raises:
        ValueError: it is no regular file, too large, cannot be read, or is no MIDI file timed in beats; the text names
            the file and the reason.
    """
    try:
        return music_of(read_small(path, MAX_FILE_BYTES))
    except OSError as error:
        raise ValueError(f"{shown(path)}: cannot be read ({reason_of(error)})") from None
    except NotMidiError as error:
        raise ValueError(f"{shown(path)}: {error}") from None


def shown(path: Path | str) -> str:
    """A path as text for people; bytes of its name that are not UTF-8 come out as `\\xe0`."""
    return fsencode(path).decode("utf-8", "backslashreplace")


def music_of(data: bytes) -> MidiMusic:
    """What the bytes of a Standard MIDI File play.

    Raises:
        NotMidiError: they are none, or are not timed in beats.
    """
    chunks = parse(data)
    tracks = _one_after_another(chunks.tracks) if chunks.format == 2 else chunks.tracks
    pedals = _Pedals(tracks)
    return MidiMusic(
        chunks.resolution,
        tuple(note for number, track in enumerate(tracks) for note in _notes(number, track, pedals)),
        tuple((tick, tempo) for tick, tempo, _ in _all_of(tracks, TEMPO)),
        tuple(_all_of(tracks, SIGNATURE)),
        tuple(f"track {number} {fault}" for number, track in enumerate(tracks) for fault in track.faults),
    )


def _one_after_another(tracks: Sequence[Track]) -> list[Track]:
    moved, start_tick = [], 0
    for track in tracks:
        events = [(start_tick + tick, status, first, second) for tick, status, first, second in track.events]
        start_tick += track.end_tick
        moved.append(Track(events, start_tick, track.faults))
    return moved


def _all_of(tracks: Sequence[Track], kind: int) -> Iterator[tuple[int, int, int]]:
    """Tick and values of the meta events of a kind, in the order in which they happen."""
    placed = sorted(
        ((tick, number, index), first, second)
        for number, track in enumerate(tracks)
        for index, (tick, status, first, second) in enumerate(track.events)
        if status == kind
    )
    return ((tick, first, second) for (tick, _, _), first, second in placed)


def _notes(number: int, track: Track, pedals: "_Pedals") -> Iterator[MidiNote]:
    programs: dict[int, int] = defaultdict(int)
    sounding: dict[tuple[int, int], list[tuple[int, int]]] = {}

    def ended(key: tuple[int, int], begun: list[tuple[int, int]], tick: int, index: int) -> Iterator[MidiNote]:
        channel, pitch = key
        for start, velocity in begun:
            end = max(tick, start + 1)
            heard = max(end, pedals.heard_tick(channel, pitch, (tick, number, index)))
            yield MidiNote(start, end, heard, pitch, velocity, channel, programs[channel], number)

    for index, (tick, status, first, second) in enumerate(track.events):
        kind, channel = status & KIND_BITS, status & CHANNEL_BITS
        if kind == NOTE_ON and second:
            sounding.setdefault((channel, first), []).append((tick, second))
        elif kind in (NOTE_ON, NOTE_OFF):
            yield from ended((channel, first), _ended(sounding, (channel, first), tick), tick, index)
        elif kind == PROGRAM_CHANGE:
            programs[channel] = first
        elif kind == CONTROL_CHANGE and first in NOTES_OFF:
            for key in [key for key in sounding if key[0] == channel]:
                yield from ended(key, sounding.pop(key), tick, index)
    for key, begun in sounding.items():
        yield from ended(key, begun, track.end_tick, len(track.events))


def _ended(
    sounding: dict[tuple[int, int], list[tuple[int, int]]], key: tuple[int, int], tick: int
) -> list[tuple[int, int]]:
    """The notes that an off at a tick ends: all that began before it; one that begins right there if it is alone."""
    begun = sounding.pop(key, [])
    before = [note for note in begun if note[0] != tick]
    if before and len(before) < len(begun):
        sounding[key] = [note for note in begun if note[0] == tick]
    return before or begun


class _Pedals:
    """How long each channel's sustain pedal lets a note sound: until it goes up, or the pitch is struck again."""

    def __init__(self, tracks: Sequence[Track]) -> None:
        self._last_tick = max((track.end_tick for track in tracks), default=0)
        self._places: dict[int, list[Place]] = {}  # of a channel: down, up, down, ..
        moves: dict[int, list[tuple[Place, bool]]] = defaultdict(list)
        for place, channel, controller, value in _controllers(tracks):
            if controller in (SUSTAIN, ALL_SOUND_OFF, RESET_ALL_CONTROLLERS):
                moves[channel].append((place, controller == SUSTAIN and value >= SWITCHED_ON))
        for channel, found in moves.items():
            places: list[Place] = []
            for place, is_down in sorted(found):
                if is_down is (len(places) % 2 == 0):
                    places.append(place)
            self._places[channel] = places
        self._strikes = self._found_strikes(tracks)

    def heard_tick(self, channel: int, pitch: int, end: Place) -> int:
        """Until when a note sounds whose key goes up at a place."""
        places = self._places.get(channel, ())
        past = bisect_right(places, end)
        if past % 2 == 0:
            return end[0]
        lifted = places[past][0] if past < len(places) else self._last_tick
        strikes = self._strikes[channel, pitch]
        again = bisect_left(strikes, end[0])
        return min(lifted, strikes[again]) if again < len(strikes) else lifted

    def _found_strikes(self, tracks: Sequence[Track]) -> dict[tuple[int, int], list[int]]:
        strikes: dict[tuple[int, int], list[int]] = defaultdict(list)
        for track in tracks:
            for tick, status, first, second in track.events:
                if status & KIND_BITS == NOTE_ON and second and status & CHANNEL_BITS in self._places:
                    strikes[status & CHANNEL_BITS, first].append(tick)
        for ticks in strikes.values():
            ticks.sort()
        return strikes


def _controllers(tracks: Sequence[Track]) -> Iterator[tuple[Place, int, int, int]]:
    """Place, channel, controller and value of each control change."""
    for number, track in enumerate(tracks):
        for index, (tick, status, first, second) in enumerate(track.events):
            if status & KIND_BITS == CONTROL_CHANGE:
                yield (tick, number, index), status & CHANNEL_BITS, first, second
