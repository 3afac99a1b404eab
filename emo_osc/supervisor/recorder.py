"""Records what is played to a Standard MIDI File aligned to bars: `emo-osc serve --record FILE.mid`."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import mido

from emo_osc.core.errors import EmoOscError
from emo_osc.core.midi_standard import NOTE_OFF, RELEASE_VELOCITY
from emo_osc.core.score import TICKS_PER_BEAT
from emo_osc.core.small_file import write_whole
from emo_osc.protocol.messages import Played


class Recorder:
    """Collects what the stage sent and writes it down, now and then and at the end.

    An existing file is never written over: the next free name beside it is taken.

    Raises:
        EmoOscError: the folder cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = _free(path)
        self._track = mido.MidiTrack()
        self._last: Played | None = None
        self._sounding: set[tuple[int, int]] = set()
        self._tick = 0.0
        self._written_tick = 0
        try:
            self.save()
        except OSError as error:
            reason = error.strerror or str(error)
            raise EmoOscError(f"--record: {self.path} cannot be written ({reason}); name another file") from None

    def add(self, played: Played) -> None:
        """Take messages that were sent together."""
        if self._last:
            self._tick += max(0.0, played.at_s - self._last.at_s) * self._last.tempo * TICKS_PER_BEAT / 60.0
        if self._last is None or played.tempo != self._last.tempo:
            self._append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(played.tempo)))
        self._last = played
        for message in mido.parse_all(bytes.fromhex(played.data)):
            self._append(message)
            if message.type == "note_on":
                self._sounding.add((message.channel, message.note))
            elif message.type == "note_off":
                self._sounding.discard((message.channel, message.note))

    def cut(self, at_s: float) -> None:
        """End every note that sounds, because the stage has ended. `at_s` is on the stage's clock."""
        if self._last and self._sounding:
            notes = sorted(self._sounding)
            offs = b"".join(bytes((NOTE_OFF | channel, pitch, RELEASE_VELOCITY)) for channel, pitch in notes)
            self.add(replace(self._last, at_s=at_s, data=offs.hex()))

    def save(self) -> None:
        """Write the file, every note in it switched off; a crash leaves the one written before.

        Raises:
            OSError: the disk is full.
        """
        file = mido.MidiFile(type=0, ticks_per_beat=TICKS_PER_BEAT)
        offs = [mido.Message("note_off", channel=channel, note=pitch) for channel, pitch in sorted(self._sounding)]
        file.tracks.append(mido.MidiTrack([*self._track, *offs, mido.MetaMessage("end_of_track")]))
        self.path.parent.stat()  # a missing folder is a mistyped name: it is not made
        content = BytesIO()
        file.save(file=content)
        write_whole(self.path, content.getvalue())

    def _append(self, message: Any) -> None:
        tick = round(self._tick)
        self._track.append(message.copy(time=tick - self._written_tick))
        self._written_tick = tick


def _free(path: Path) -> Path:
    names = (path, *(path.with_stem(f"{path.stem}-{n}") for n in range(2, 10_000)))
    return next((name for name in names if not name.exists()), path)
