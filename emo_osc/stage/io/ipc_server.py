"""The loopback socket for the other emo_osc processes; each shows a token that gives it a role."""

import selectors
import socket
from collections.abc import Callable
from hmac import compare_digest
from typing import Any

from emo_osc.core.errors import EmoOscError
from emo_osc.stage.io.ipc_peer import Peer

MAX_PEERS = 8


class Hub:
    """Peers by role. `on_line` takes what a role says, `on_joined` and `on_left` who comes and goes.

    `on_line` may raise ValueError for garbage: its sender is disconnected, and `on_garbage` gets its role.
    `port` is where to listen, 0 for any.

    Raises:
        OSError: the port is taken.
    """

    def __init__(
        self,
        selector: selectors.BaseSelector,
        tokens: dict[str, str],
        on_line: Callable[[str, bytes], None],
        on_joined: Callable[[str], None],
        on_left: Callable[[str], None],
        port: int = 0,
    ) -> None:
        self._selector = selector
        self._tokens = tokens
        self._on_line, self._on_joined, self._on_left = on_line, on_joined, on_left
        self.on_garbage: Callable[[str], None] = lambda _: None
        """Takes the role of a peer that sent what is no message."""
        self._peers: dict[str, Peer] = {}
        self._connected = 0
        self._strangers: list[Peer] = []
        """Those who have not shown a token yet, who came first first."""
        self._socket = socket.create_server(("127.0.0.1", port))
        self._socket.setblocking(False)
        selector.register(self._socket, selectors.EVENT_READ, self._welcome)

    @property
    def port(self) -> int:
        """The port to connect to."""
        return int(self._socket.getsockname()[1])

    def has(self, role: str) -> bool:
        """Whether a process of this role is there."""
        return role in self._peers

    def is_idle(self, role: str) -> bool:
        """Whether a role has taken all that it was sent."""
        return role in self._peers and not self._peers[role].is_behind

    def write(self, role: str, data: bytes) -> None:
        """Send to a role without waiting; nothing happens where it is not there, and one that stopped reading goes."""
        peer = self._peers.get(role)
        if peer and data and not peer.write(data):
            self._lose(peer)

    def close(self) -> None:
        """Hang up on everybody."""
        for peer in list(self._peers.values()):
            peer.connection.close()
        self._socket.close()

    def _welcome(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except OSError:
            return
        if self._connected >= MAX_PEERS and self._strangers:
            self._lose(self._strangers[0])  # one that shows no token must not keep ours out
        if self._connected >= MAX_PEERS:
            connection.close()
            return
        self._connected += 1
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = Peer(connection)
        self._strangers.append(peer)
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._read(peer))

    def _read(self, peer: Peer) -> None:
        try:
            lines = peer.read()
            for line in lines or ():
                self._read_line(peer, line)
        except ValueError:
            lines = None
            self.on_garbage(peer.role)
        if lines is None:
            self._lose(peer)

    def _read_line(self, peer: Peer, line: bytes) -> None:
        if peer.role:
            self._on_line(peer.role, line)
        else:
            self._admit(peer, line)

    def _admit(self, peer: Peer, token: bytes) -> None:
        roles = [role for role, known in self._tokens.items() if compare_digest(known.encode(), token.strip())]
        if not roles:
            raise ValueError("unknown token")
        if roles[0] in self._peers:
            self._lose(self._peers[roles[0]])
        self._strangers.remove(peer)
        peer.role = roles[0]
        self._peers[peer.role] = peer
        self._on_joined(peer.role)

    def _lose(self, peer: Peer) -> None:
        """A peer has gone or must go."""
        if peer.connection.fileno() >= 0:
            self._selector.unregister(peer.connection)
            peer.connection.close()
            self._connected -= 1
            if peer in self._strangers:
                self._strangers.remove(peer)
        if self._peers.get(peer.role) is peer:
            del self._peers[peer.role]
            self._on_left(peer.role)


def open_hub(*arguments: Any) -> Hub:
    """A hub of these arguments, the last of which is the port.

    Raises:
        EmoOscError: the port is taken.
    """
    try:
        return Hub(*arguments)
    except OSError as error:
        reason = error.strerror or str(error)
        raise EmoOscError(f"127.0.0.1:{arguments[-1]} for our own processes cannot be opened ({reason})") from None
