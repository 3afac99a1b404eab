"""The instrument as a sound card's callback plays it, fed from another thread. Reads no clock and opens no device."""

from collections import deque
from math import inf
from threading import Event

from emo_osc.sound.instrument import Instrument
from emo_osc.sound.tone import Samples

INBOX = 4096  # messages a block; a flood beyond loses its oldest and never grows


class Player:
    """Keeps messages until the next block; a message sounds one block after it came, whenever in the block that was.

    Appending to and popping from a deque is atomic: the callback never waits for the thread that feeds it.
    """

    def __init__(self, instrument: Instrument) -> None:
        self._instrument = instrument
        self._inbox: deque[tuple[float, bytes]] = deque(maxlen=INBOX)
        self.filled_s = -inf  # when the sound card last asked
        self.silent = Event()  # set by each block that leaves nothing to hear

    def push(self, message: bytes, now_s: float) -> None:
        """Takes one complete MIDI message that came at `now_s`."""
        self._inbox.append((now_s, message))

    def fill(self, block: Samples, now_s: float) -> None:
        """Fills the block (frames, 2) that the sound card asks for at `now_s`, on the same clock as `push`."""
        frames, rate = len(block), self._instrument.sample_rate
        began_s = now_s - frames / rate  # so that notes keep their distance: a constant delay, no jitter
        waiting = [self._inbox.popleft() for _ in range(len(self._inbox))]
        messages = [(round((came_s - began_s) * rate), message) for came_s, message in waiting]
        self.filled_s = now_s
        block[:] = self._instrument.render(frames, messages)
        if self._instrument.is_silent:
            self.silent.set()
        else:
            self.silent.clear()
