"""The client's side of an OSC subscription: what to send to a daemon, and when. Knows no socket and no clock.

A daemon pushes a topic for 60 s after the client's last message. The client pings twice a second, which renews that and
shows within 2 s that the daemon has gone. After such a silence it asks for its topics again, for a daemon that was
restarted has forgotten them; and every 10 s besides, for a restart may be shorter than the silence. A daemon pings
too, to learn whether it is heard by another computer, and is answered.
"""

from collections.abc import Sequence
from math import inf

from emo_osc.protocol.osc import Message, encode

PING_S = 0.5
SILENCE_S = 2.0  # a daemon that plays answers pings within a millisecond
AGAIN_S = 10.0
TOPIC = "/emo/start_listen/"


class ListenLease:
    """A subscription to `topics`: values, `note`, `state`, `latency`, a pattern, or `*`. Times are in seconds.

    Without topics nothing is kept: the daemon's pings are answered, no more. `again_s` is after how long a daemon that
    answers is asked for them again.

    >>> lease = ListenLease(["note"])
    >>> lease.due(0.0) == [encode("/emo/ping")]
    True
    >>> lease.hear(Message("/emo/pong"), 0.1) == [encode("/emo/start_listen/note")]
    True
    >>> lease.is_answered(2.0), lease.is_answered(2.2)
    (True, False)
    """

    def __init__(self, topics: Sequence[str], again_s: float = AGAIN_S) -> None:
        self._topics = tuple(topics)
        self._again_s = again_s
        self._answered_s = self._pinged_s = self._asked_s = -inf

    @property
    def is_kept(self) -> bool:
        """Whether there are topics to keep, and so pings of ours that are answered."""
        return bool(self._topics)

    @property
    def next_s(self) -> float:
        """When `due` has something to send; never without topics."""
        return self._pinged_s + PING_S if self._topics else inf

    def is_answered(self, now_s: float) -> bool:
        """Whether the daemon was heard in the last two seconds."""
        return now_s - self._answered_s < SILENCE_S

    def asked(self, now_s: float) -> None:
        """The topics have been asked for by somebody else, at a daemon that is there."""
        self._answered_s = self._asked_s = self._pinged_s = now_s

    def hear(self, message: Message, now_s: float) -> list[bytes]:
        """The packets to send upon a message of the daemon's."""
        is_new = not self.is_answered(now_s)
        self._answered_s = now_s
        answers = [encode("/emo/pong", *_whole(message))] if message.address == "/emo/ping" else []
        return answers + (self._ask(now_s) if is_new else [])

    def due(self, now_s: float) -> list[bytes]:
        """The packets to send now."""
        if now_s < self.next_s:
            return []
        self._pinged_s = now_s
        is_old = self.is_answered(now_s) and now_s - self._asked_s >= self._again_s
        return [encode("/emo/ping"), *(self._ask(now_s) if is_old else [])]

    def end(self) -> list[bytes]:
        """The packets to send at the end."""
        return [encode("/emo/stop_listen/*")] if self._topics else []

    def _ask(self, now_s: float) -> list[bytes]:
        self._asked_s = now_s
        return [encode(TOPIC + topic) for topic in self._topics]


def _whole(message: Message) -> tuple[int, ...]:
    """The token of a daemon's ping, which is a whole number."""
    return tuple(argument for argument in message.arguments if isinstance(argument, int))
