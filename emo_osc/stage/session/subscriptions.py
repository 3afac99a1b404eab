"""Subscriptions: where each client's replies go, what it listens to, until when. Knows no socket."""

from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from emo_osc.core.errors import CommandError
from emo_osc.core.fair_shares import Shares
from emo_osc.protocol.osc import Target

LEASE_S = 60.0
MAX_LISTENERS, MAX_LISTENERS_A_HOST = 256, 128  # a note is sent to 128 in a millisecond
MAX_REDIRECTED_A_HOST = 256  # more than may listen: there is always one that does not, and can be forgotten
MAX_HOSTS = 64  # of redirected clients; the longest silent is forgotten first


@dataclass(frozen=True, slots=True)
class Lease:
    """A client that listens or has its replies sent elsewhere, for another stage to know it by."""

    sender: Target
    target: Target
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Listener:
    topics: frozenset[str]
    until_s: float


class Clients:
    """Clients by the address they send from.

    No client can push another out: where the room of its host is full, a new listener is refused, and of the clients
    whose replies go elsewhere the longest silent of the same host is forgotten, a listener never.
    """

    def __init__(self) -> None:
        self._targets: OrderedDict[str, OrderedDict[Target, Target]] = OrderedDict()
        """Hosts, and where the replies of their clients go, the longest silent first."""
        self._listeners: dict[Target, _Listener] = {}
        self._shares = Shares(MAX_LISTENERS, MAX_LISTENERS_A_HOST)

    def target(self, sender: Target) -> Target:
        """Where this client's replies go."""
        own = self._targets.get(sender[0])
        return own.get(sender, sender) if own else sender

    def reply_to(self, sender: Target, target: Target, now_s: float) -> None:
        """Send this client's replies elsewhere from now on.

        Raises:
            CommandError: 4, clients of too many other hosts have theirs sent elsewhere, and listen.
        """
        if sender[0] not in self._targets and len(self._targets) >= MAX_HOSTS:
            self._forget_host(now_s)
        self._targets.setdefault(sender[0], OrderedDict())[sender] = target
        self._targets.move_to_end(sender[0])
        own = self._targets[sender[0]]
        own.move_to_end(sender)
        if len(own) > MAX_REDIRECTED_A_HOST:
            del own[next(one for one in own if not self._is_listening(one, now_s))]

    def renew(self, sender: Target, now_s: float) -> None:
        """Any message of a listener's renews its lease."""
        if self._is_listening(sender, now_s):
            self._listeners[sender] = _Listener(self._listeners[sender].topics, now_s + LEASE_S)
        own = self._targets.get(sender[0])
        if own and sender in own:
            own.move_to_end(sender)
            self._targets.move_to_end(sender[0])

    def listen(self, sender: Target, topic: str, now_s: float) -> None:
        """Push a topic to this client for 60 s.

        Raises:
            CommandError: 4, too many clients listen already.
        """
        for one in [one for one in self._listeners if not self._is_listening(one, now_s)]:
            self._end(one)
        if sender not in self._listeners and not self._shares.take(sender):
            held = self._shares.held(sender[0])
            text = f"{held} clients of {sender[0]} listen already, {len(self._listeners)} in all; end one of them"
            raise CommandError(CommandError.NOT_NOW, text)
        topics = self._listeners[sender].topics if sender in self._listeners else frozenset()
        self._listeners[sender] = _Listener(topics | {topic}, now_s + LEASE_S)

    def unlisten(self, sender: Target, topic: str) -> None:
        """Push a topic no more; `*` ends every one."""
        listener = self._listeners.get(sender)
        if listener is None:
            return
        topics = frozenset() if topic == "*" else listener.topics - {topic}
        if topics:
            self._listeners[sender] = _Listener(topics, listener.until_s)
        else:
            self._end(sender)

    def listeners(self, topics: frozenset[str], now_s: float) -> list[Target]:
        """Where a push of any of these topics goes now, each place once."""
        if not self._listeners:
            return []
        asked = topics | {"*"}
        heard = [
            one for one, its in self._listeners.items() if its.until_s > now_s and not asked.isdisjoint(its.topics)
        ]
        return list(dict.fromkeys(map(self.target, heard)))

    def leases(self, now_s: float) -> tuple[Lease, ...]:
        """Every client that is known."""
        targets = {sender: target for own in self._targets.values() for sender, target in own.items()}
        heard = {one: its.topics for one, its in self._listeners.items() if its.until_s > now_s}
        return tuple(
            Lease(sender, targets.get(sender, sender), tuple(sorted(heard.get(sender, ()))))
            for sender in {**targets, **heard}
        )

    def restore(self, leases: Iterable[Lease], now_s: float) -> None:
        """Know these clients again; who listened does so for 60 s more."""
        with suppress(CommandError):  # they had room before
            for lease in leases:
                if lease.target != lease.sender:
                    self.reply_to(lease.sender, lease.target, now_s)
                for topic in lease.topics:
                    self.listen(lease.sender, topic, now_s)

    def _is_listening(self, sender: Target, now_s: float) -> bool:
        listener = self._listeners.get(sender)
        return listener is not None and listener.until_s > now_s

    def _end(self, sender: Target) -> None:
        del self._listeners[sender]
        self._shares.give_back(sender)

    def _forget_host(self, now_s: float) -> None:
        for host, own in self._targets.items():
            if not any(self._is_listening(one, now_s) for one in own):
                del self._targets[host]
                return
        raise CommandError(CommandError.NOT_NOW, f"clients of {MAX_HOSTS} hosts have their replies sent elsewhere")
