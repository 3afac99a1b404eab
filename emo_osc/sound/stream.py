"""Parses MIDI messages from a byte stream that may be cut anywhere or contain other bytes. Knows no socket."""

from emo_osc.core.midi_standard import FIRST_REAL_TIME, FIRST_STATUS, SYSTEM_EXCLUSIVE, length_of


class MidiStream:
    """Puts messages together; there is no running status, and whatever belongs to no message is dropped.

    >>> stream = MidiStream()
    >>> stream.feed(bytes([5, 0x90, 60])), stream.feed(bytes([100, 0xF8, 7]))
    ([], [b'\\x90<d', b'\\xf8'])
    """

    def __init__(self) -> None:
        self._message = b""  # begun, and not yet whole

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that these bytes complete, in order."""
        return [message for byte in data if (message := self._next(byte))]

    def _next(self, byte: int) -> bytes:
        if byte >= FIRST_REAL_TIME:  # may stand inside another message
            return bytes([byte])
        if byte >= FIRST_STATUS:
            self._message = b"" if byte == SYSTEM_EXCLUSIVE else bytes([byte])
        elif self._message:
            self._message += bytes([byte])
        if not self._message or len(self._message) < length_of(self._message[0]):
            return b""
        whole, self._message = self._message, b""
        return whole
