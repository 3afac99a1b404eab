"""The built-in instrument: MIDI messages in, stereo sound out, with no clock, socket or sound card.

Plain numpy, after weighing two other ways: signalflow renders well, but is a beta whose graph exists once a process,
moves notes to its own blocks and comes as a wheel for some Pythons only; tinysoundfont needs a sound font, and none
small enough to ship had a licence we could vouch for. Eight voices of numpy cost a few per cent of one core, start on
the exact frame, sound the same live and in a file, and run wherever Python does.
"""

from collections import deque
from collections.abc import Iterable

import numpy as np

from emo_osc.core.midi_standard import (
    ALL_NOTES_OFF,
    ALL_SOUND_OFF,
    ATTACK_TIME,
    BRIGHTNESS,
    CONTROL_CHANGE,
    EXPRESSION,
    KIND_BITS,
    MODULATION,
    NOTE_OFF,
    NOTE_ON,
    RELEASE_TIME,
    RESET_ALL_CONTROLLERS,
    VOLUME,
)
from emo_osc.sound.chorus import Chorus
from emo_osc.sound.room import Room
from emo_osc.sound.tone import BLOCK_FRAMES, FRAMES, NEVER, Samples, Voice, sound

SAMPLE_RATE = 48_000
VOICES = 8
TAILS = 16  # voices still fading out after they had to make room
WIDTH, WET = 0.25, 0.10  # the shares of the chorus and of the room
KNEE = 0.7  # up to here the limiter leaves the sound alone

TimedMessage = tuple[int, bytes]  # frames from the start of the block, one complete MIDI message

CONTROLLERS = {MODULATION: 64, VOLUME: 127, EXPRESSION: 127, RELEASE_TIME: 64, ATTACK_TIME: 64, BRIGHTNESS: 64}
"""The controllers it follows, with their values until told otherwise. CC1 is the arousal: calm notes linger."""


class Instrument:
    """An electric piano of eight voices that listens on every MIDI channel.

    Velocity makes a note louder and brighter, CC74 brighter, CC1 (arousal) quicker to speak and to end; CC73 and CC72
    scale attack and release, CC7 and CC11 the volume; CC120, CC121 and CC123 do as in the MIDI standard. Whatever
    else arrives is ignored. `gain` in [0, 1]; the output stays inside (-1, 1).

    >>> piano = Instrument()
    >>> block = piano.render(480, [(0, bytes([0x90, 69, 100]))])
    >>> block.shape, block.dtype, piano.is_silent
    ((480, 2), dtype('float32'), False)
    """

    def __init__(self, gain: float = 0.5, sample_rate: int = SAMPLE_RATE) -> None:
        self.sample_rate = sample_rate
        self._gain = gain
        self._chorus = Chorus(sample_rate)
        self._room = Room(sample_rate)
        self._voices: list[Voice] = []
        self._controls = dict(CONTROLLERS)
        self._brightness, self._loudness = self._targets()
        self._frame = 0  # of the next block
        self._is_panicking = False

    @property
    def is_silent(self) -> bool:
        """Whether no voice and no echo is left."""
        return not self._voices and self._room.is_silent

    def render(self, frames: int, messages: Iterable[TimedMessage] = ()) -> Samples:
        """The next frames as float32, (frames, 2). A message outside of them counts at their nearest end."""
        out = np.zeros((frames, 2), np.float32)
        waiting = deque(sorted(messages, key=lambda timed: timed[0]))
        for start in range(0, frames, BLOCK_FRAMES):
            block = out[start : start + BLOCK_FRAMES]
            is_last = start + BLOCK_FRAMES >= frames
            while waiting and (is_last or waiting[0][0] < start + BLOCK_FRAMES):
                offset, message = waiting.popleft()
                self._take(message, self._frame + min(len(block) - 1, max(0, offset - start)))
            self._fill(block)
        return out

    def _take(self, message: bytes, frame: int) -> None:
        if len(message) != 3 or max(message[1:]) > 127:
            return
        kind, first, second = message[0] & KIND_BITS, message[1], message[2]
        if kind == NOTE_ON and second:
            self._strike(first, second, frame)
        elif kind in (NOTE_ON, NOTE_OFF):
            self._release(frame, first)
        elif kind == CONTROL_CHANGE:
            self._control(first, second, frame)

    def _strike(self, pitch: int, velocity: int, frame: int) -> None:
        self._release(frame, pitch)
        self._make_room(frame)
        calm = 1 - self._controls[MODULATION] / 127
        self._voices.append(
            Voice(
                pitch,
                velocity / 127,
                frame,
                attack_s=(0.002 + 0.045 * calm**2) * _scale(self._controls[ATTACK_TIME]),
                release_s=(0.05 + 0.3 * calm**2) * _scale(self._controls[RELEASE_TIME]),
            )
        )

    def _release(self, frame: int, pitch: int | None = None) -> None:
        self._voices = [
            voice.released(frame) if voice.release_frame == NEVER and pitch in (voice.pitch, None) else voice
            for voice in self._voices
        ]

    def _make_room(self, frame: int) -> None:
        """Steals a voice: the one released first, else the oldest."""
        sounding = [voice for voice in self._voices if voice.cut_frame == NEVER]
        if len(sounding) >= VOICES:
            least = min(sounding, key=lambda voice: (voice.release_frame, voice.start_frame))
            self._voices.remove(least)
            if least.start_frame < frame:  # otherwise it has not been heard yet
                self._voices.insert(0, least.cut(frame))
        del self._voices[: max(0, len(self._voices) - VOICES - TAILS)]

    def _control(self, number: int, value: int, frame: int) -> None:
        if number in CONTROLLERS:
            self._controls[number] = value
        elif number == ALL_SOUND_OFF:
            self._voices = [voice.cut(frame) for voice in self._voices if voice.start_frame < frame]
            self._is_panicking = True
        elif number == RESET_ALL_CONTROLLERS:
            self._controls = dict(CONTROLLERS)
        elif number == ALL_NOTES_OFF:
            self._release(frame)

    def _fill(self, block: Samples) -> None:
        frames = len(block)
        brightness, loudness = self._ramps(frames)
        middle = np.zeros(frames, np.float32)
        if self._voices:
            middle = sound(self._voices, self._frame, brightness, self.sample_rate)
        side = WIDTH * self._chorus.side(middle)
        echo = WET * self._room.echo(middle)
        self._frame += frames
        self._voices = [voice for voice in self._voices if not voice.is_over(self._frame, self.sample_rate)]
        if self._is_panicking:
            self._end_panic(side, echo)
        echo += middle
        echo[0] += side
        echo[1] -= side
        block[:] = limited(loudness * echo).T

    def _end_panic(self, side: Samples, echo: Samples) -> None:
        """Fades what chorus and room still hold within this block, then empties them."""
        for rest in (side, echo):
            rest *= _ramp(1, 0, len(side))
        self._chorus.clear()
        self._room.clear()
        self._is_panicking = any(voice.cut_frame < NEVER for voice in self._voices)

    def _ramps(self, frames: int) -> tuple[Samples, Samples]:
        """Brightness and loudness over a block: they glide, so that a controller does not crackle."""
        before = self._brightness, self._loudness
        self._brightness, self._loudness = self._targets()
        if all(voice.start_frame >= self._frame for voice in self._voices):
            before = self._brightness, before[1]  # nothing sounds: the first note starts at the new brightness
        return _ramp(before[0], self._brightness, frames), _ramp(before[1], self._loudness, frames)

    def _targets(self) -> tuple[float, float]:
        volume = self._controls[VOLUME] * self._controls[EXPRESSION] / 127**2
        return self._controls[BRIGHTNESS] / 127, self._gain * volume**2


def limited(sound: Samples) -> Samples:
    """The sound, untouched up to the knee and bent softly above, never at 1 or beyond.

    >>> limited(np.array([0.5, -0.7, 9.0], np.float32)).round(3).tolist()
    [0.5, -0.699999988079071, 0.9990000128746033]
    """
    size = np.abs(sound)
    if size.max(initial=0) <= KNEE:
        return sound
    width = np.float32(0.999 - KNEE)
    bent = np.minimum(size, KNEE) + width * np.tanh(np.maximum(size - KNEE, 0) / width)
    return np.copysign(bent, sound, dtype=np.float32)


def _ramp(before: float, after: float, frames: int) -> Samples:
    """From just after `before` to `after`, in equal steps. (N,)"""
    return np.float32(before) + np.float32((after - before) / frames) * (FRAMES[:frames] + np.float32(1))


def _scale(value: int) -> float:
    """What a CC72 or CC73 multiplies by: 64 leaves the time as it is, 127 makes it 16 times as long."""
    return float(2.0 ** ((value - 64) / 16))
