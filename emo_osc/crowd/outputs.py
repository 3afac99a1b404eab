"""Where the crowd's point goes: to the instrument, and to any other program that reads OSC."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import inf

from emo_osc.clients.subscription import Listener
from emo_osc.core.errors import EmoOscError
from emo_osc.crowd.voices import Opinion
from emo_osc.protocol.osc import Target, encode

REPEAT_S = 1.0  # what has not changed is sent this often: a datagram may be lost, a program may start later
SPREAD_DIGITS = 3  # finer changes are not told the instrument, which acknowledges each
PATIENCE_S = 3.0  # for a first answer of the instrument
TOPICS = ("preset",)  # something rare: the lease on it shows whether the instrument is there


class Outputs:
    """The instrument at `host:port`, and other programs. Times are those of `perf_counter`, in seconds.

    The instrument gets `/emo/va`, or `/emo/mood` while more than half name one mood: its scale and register would not
    outlive the next point. The others get both. All get `/emo/crowd/spread` and `/emo/crowd/count`; the instrument gets
    them where they have changed and once a second, and tells its own listeners.

    Raises:
        EmoOscError: a host is unknown.
    """

    def __init__(self, instrument: Target, others: Sequence[Target] = ()) -> None:
        self._instrument = Listener(*instrument, TOPICS)
        self._others: list[socket.socket] = []
        self._sent_mood, self._mood_s, self._none_s = "", -inf, -inf
        self._figures: dict[str, tuple[float, float]] = {}  # address -> what the instrument was sent, and when
        try:
            for target in others:
                self._others.append(_socket_to(target))
        except EmoOscError:
            self.close()
            raise

    @property
    def is_answered(self) -> bool:
        """Whether the instrument was heard in the last two seconds."""
        return self._instrument.is_answered

    def send(self, opinion: Opinion | None, now_s: float) -> None:
        """Send what the crowd wants; where nobody speaks, no point: the last one stays."""
        if opinion is None:
            self._send_silence(now_s)
            return
        self._none_s = -inf
        point = opinion.affect.valence, opinion.affect.arousal
        self._tell("/emo/va", *point)
        self._send_figures(opinion.spread, opinion.count, now_s)
        if opinion.mood:
            self._send_mood(opinion.mood, now_s)
        else:
            self._instrument.send("/emo/va", *point)
            self._sent_mood = ""

    def faults(self) -> Iterator[str]:
        """What the instrument refuses, as lines; keeps the lease."""
        for _, message in self._instrument.receive():
            if message.address == "/emo/error":
                yield " ".join(str(argument) for argument in message.arguments)

    def close(self) -> None:
        """Tell that nobody speaks any more, and close the sockets."""
        self._send_figures(0.0, 0, inf)
        self._instrument.close()
        for other in self._others:
            other.close()

    def _send_mood(self, mood: str, now_s: float) -> None:
        if mood == self._sent_mood and now_s - self._mood_s < REPEAT_S:
            return
        self._sent_mood, self._mood_s = mood, now_s
        self._instrument.send("/emo/mood", mood)
        self._tell("/emo/mood", mood)

    def _send_silence(self, now_s: float) -> None:
        if now_s - self._none_s < REPEAT_S:
            return
        self._none_s, self._sent_mood = now_s, ""
        self._send_figures(0.0, 0, now_s)

    def _send_figures(self, spread: float, count: int, now_s: float) -> None:
        for address, value in (("/emo/crowd/spread", spread), ("/emo/crowd/count", count)):
            self._tell(address, value)
            shown = round(value, SPREAD_DIGITS)
            sent, sent_s = self._figures.get(address, (None, -inf))
            if shown != sent or now_s - sent_s >= REPEAT_S:
                self._figures[address] = shown, now_s
                self._instrument.send(address, value)

    def _tell(self, address: str, *arguments: float | str) -> None:
        packet = encode(address, *arguments)
        for other in self._others:
            with suppress(OSError):  # nobody listens there now
                other.send(packet)


def target_of(text: str, option: str = "--osc-out") -> Target:
    """The host and port of `HOST:PORT`, or of a port of this computer.

    >>> target_of("192.168.0.7:9000"), target_of("9000")
    (('192.168.0.7', 9000), ('127.0.0.1', 9000))

    Raises:
        EmoOscError: it is neither.
    """
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= 65_535):
        raise EmoOscError(f"{option} {text}: no address; write HOST:PORT, such as 127.0.0.1:9000")
    return host or "127.0.0.1", int(port)


def _socket_to(target: Target) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.connect(target)
    except (OSError, UnicodeError) as error:
        sock.close()
        raise EmoOscError(f"--osc-out {target[0]}:{target[1]}: cannot be reached ({error})") from None
    sock.setblocking(False)
    return sock
