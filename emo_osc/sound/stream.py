"""MIDI messages out of a stream of bytes that may be cut anywhere, or be nonsense. Knows no socket."""

SYSTEM_LENGTHS = {0xF1: 2, 0xF2: 3, 0xF3: 2}  # the other system messages are one byte, save system exclusive
CHANNEL_LENGTHS = {0xC: 2, 0xD: 2}  # the other channel messages are three bytes
SYSTEM_EXCLUSIVE, REAL_TIME = 0xF0, 0xF8


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
        if byte >= REAL_TIME:  # may stand inside another message
            return bytes([byte])
        if byte >= 0x80:
            self._message = b"" if byte == SYSTEM_EXCLUSIVE else bytes([byte])
        elif self._message:
            self._message += bytes([byte])
        if not self._message or len(self._message) < _length(self._message[0]):
            return b""
        whole, self._message = self._message, b""
        return whole


def _length(status: int) -> int:
    if status >= SYSTEM_EXCLUSIVE:
        return SYSTEM_LENGTHS.get(status, 1)
    return CHANNEL_LENGTHS.get(status >> 4, 3)
