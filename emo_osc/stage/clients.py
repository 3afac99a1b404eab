"""Who talks to the stage: where each client's replies go, what it listens to, and until when. Knows no socket."""

from collections import OrderedDict
from dataclasses import dataclass, replace

from emo_osc.errors import CommandError
from emo_osc.stage.osc import Target

LEASE_S = 60.0
MAX_CLIENTS = 256  # the longest silent is forgotten first
MAX_LISTENERS = 64


@dataclass(frozen=True, slots=True)
class _Client:
    target: Target
    topics: frozenset[str] = frozenset()
    until_s: float = 0.0


class Clients:
    """Clients by the address they send from."""

    def __init__(self) -> None:
        self._clients: OrderedDict[Target, _Client] = OrderedDict()

    def target(self, sender: Target) -> Target:
        """Where this client's replies go."""
        client = self._clients.get(sender)
        return client.target if client else sender

    def reply_to(self, sender: Target, target: Target) -> None:
        """Send this client's replies elsewhere from now on."""
        self._put(sender, replace(self._of(sender), target=target))

    def renew(self, sender: Target, now_s: float) -> None:
        """Any message of a listener's renews its lease."""
        client = self._clients.get(sender)
        if client and client.topics and client.until_s > now_s:
            self._put(sender, replace(client, until_s=now_s + LEASE_S))

    def listen(self, sender: Target, topic: str, now_s: float) -> None:
        """Push a topic to this client for 60 s.

        Raises:
            CommandError: 4, too many clients listen already.
        """
        client = self._of(sender)
        topics = client.topics if client.until_s > now_s else frozenset()
        if not topics and sum(bool(c.topics) and c.until_s > now_s for c in self._clients.values()) >= MAX_LISTENERS:
            raise CommandError(CommandError.NOT_NOW, f"{MAX_LISTENERS} clients listen already")
        self._put(sender, replace(client, topics=topics | {topic}, until_s=now_s + LEASE_S))

    def unlisten(self, sender: Target, topic: str) -> None:
        """Push a topic no more; `*` ends every one."""
        client = self._of(sender)
        topics = frozenset() if topic == "*" else client.topics - {topic}
        if client.target == sender and not topics:
            self._clients.pop(sender, None)
        else:
            self._put(sender, replace(client, topics=topics))

    def listeners(self, topics: frozenset[str], now_s: float) -> list[Target]:
        """Where a push of any of these topics goes now, each place once."""
        if not self._clients:
            return []
        asked = topics | {"*"}
        found = (c.target for c in self._clients.values() if c.until_s > now_s and not asked.isdisjoint(c.topics))
        return list(dict.fromkeys(found))

    def _of(self, sender: Target) -> _Client:
        return self._clients.get(sender) or _Client(sender)

    def _put(self, sender: Target, client: _Client) -> None:
        self._clients[sender] = client
        self._clients.move_to_end(sender)
        while len(self._clients) > MAX_CLIENTS:
            self._clients.popitem(last=False)
