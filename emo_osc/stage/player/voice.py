"""One monophonic MIDI voice: the note that sounds, controllers, panic. Knows no melody and no clock."""

from dataclasses import dataclass
from math import inf

from emo_osc.core.midi_standard import CONTROL_CHANGE, NOTE_OFF, NOTE_ON, RELEASE_VELOCITY, all_off


@dataclass(frozen=True, slots=True)
class _Sounding:
    pitch: int
    channel: int
    off_tick: float


class Voice:
    """One voice: a note is switched off before the next is switched on, and a controller is sent when it changes.

    >>> voice = Voice()
    >>> voice.strike(60, 100, 1, 480), voice.off_tick
    ([b'\\x90<d'], 480)
    >>> voice.release(479), voice.release(480)
    ([], [b'\\x80<@'])
    """

    def __init__(self) -> None:
        self._sounding: _Sounding | None = None
        self._sent: dict[tuple[int, int], int] = {}

    @property
    def off_tick(self) -> float:
        """When the sounding note ends; infinity in silence."""
        return self._sounding.off_tick if self._sounding else inf

    def strike(self, pitch: int, velocity: int, channel: int, off_tick: float) -> list[bytes]:
        """Switch a note on until `off_tick`; `channel` 1..16."""
        off = self.release()
        self._sounding = _Sounding(pitch, channel, off_tick)
        return [*off, bytes((NOTE_ON | channel - 1, pitch, velocity))]

    def release(self, tick: float = inf) -> list[bytes]:
        """The note-off of the sounding note, if it is due by `tick`."""
        if self._sounding is None or self._sounding.off_tick > tick:
            return []
        sounding, self._sounding = self._sounding, None
        return [bytes((NOTE_OFF | sounding.channel - 1, sounding.pitch, RELEASE_VELOCITY))]

    def control(self, controller: int, value: int, channel: int) -> list[bytes]:
        """A controller's new value, nothing where the far end has it already."""
        if self._sent.get((channel, controller)) == value:
            return []
        self._sent[channel, controller] = value
        return [bytes((CONTROL_CHANGE | channel - 1, controller, value))]

    def forget(self) -> None:
        """Take it that the far end knows no controller any more: it may just have joined."""
        self._sent.clear()

    def panic(self) -> list[bytes]:
        """Switch everything off on every channel: the note that sounds, then all a synthesiser may hold."""
        return self.release() + all_off()
