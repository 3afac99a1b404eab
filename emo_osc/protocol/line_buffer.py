"""Splits a stream into lines of bounded length. Knows no socket."""

from emo_osc.protocol.messages import MAX_LINE_BYTES


class Lines:
    """Bytes in, whole lines out.

    >>> lines = Lines()
    >>> lines.feed(b"one\\ntw"), lines.feed(b"o\\n")
    ([b'one'], [b'two'])
    """

    def __init__(self, limit_bytes: int = MAX_LINE_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that are complete now, without their newline.

        Raises:
            ValueError: a line is longer than the limit.
        """
        if b"\n" not in data:
            self._rest += data
            self._check()
            return []
        *whole, rest = (bytes(self._rest) + data).split(b"\n")
        self._rest = bytearray(rest)
        self._check()
        return whole

    def _check(self) -> None:
        if len(self._rest) > self._limit_bytes:
            raise ValueError(f"a line longer than {self._limit_bytes} bytes")
