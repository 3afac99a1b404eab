"""Who may open the pad: the Host, the Origin and the token of a request. Knows no socket and no web library.

A page of the World Wide Web may have its name lead to this computer (DNS rebinding), or open a WebSocket to it; a
numeric Host cannot be rebound, and a foreign Origin gives itself away.
"""

import secrets
import socket
from dataclasses import dataclass
from hmac import compare_digest
from ipaddress import ip_address
from pathlib import Path

TOKEN_BYTES = 12  # 96 bits: not to be guessed over a network, and still a small picture for a camera


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules of one server: `host` it is bound to, names of this computer, and the token where one is needed.

    >>> guard = Guard("0.0.0.0", "secret", frozenset({"stage.local"}))
    >>> [guard.knows_host(host) for host in ("192.168.0.5:7780", "stage.local:7780", "localhost", "evil.example:7780")]
    [True, True, True, False]
    >>> guard.admits("127.0.0.1", ""), guard.admits("192.168.0.9", ""), guard.admits("192.168.0.9", "secret")
    (True, False, True)
    """

    host: str
    token: str = ""
    names: frozenset[str] = frozenset()

    def knows_host(self, host: str) -> bool:
        """Whether a Host header names this computer: a numeric address, `localhost`, or a name of ours."""
        name = _without_port(host).casefold().rstrip(".")
        return name in self.names | {"localhost", self.host.casefold()} or _is_numeric(name)

    def knows_origin(self, origin: str | None, host: str) -> bool:
        """Whether a page may open a WebSocket: one of ours, or a program, which has no Origin.

        >>> guard = Guard("127.0.0.1")
        >>> [guard.knows_origin(o, "127.0.0.1:7780") for o in (None, "http://127.0.0.1:7780", "null", "http://a.b")]
        [True, True, False, False]
        """
        return origin is None or origin in (f"http://{host}", f"https://{host}")

    def admits(self, peer: str, token: str) -> bool:
        """Whether a peer may come in: from this computer, or with the token."""
        if not self.token or _is_loopback(peer):
            return True
        return compare_digest(self.token.encode(), token.encode())


def guard_of(host: str, token_file: Path) -> Guard:
    """The rules for a bind to `host`: a token where others can reach it, the one of the file, made where there is none.

    Raises:
        OSError: the file cannot be read or written.
    """
    own = socket.gethostname().casefold()
    names = frozenset({own, f"{own}.local"}) - {".local", ""}
    return Guard(host, "" if is_local(host) else _token(token_file), names)


def is_local(host: str) -> bool:
    """Whether only this computer reaches a bind to `host`.

    >>> [is_local(host) for host in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "192.168.0.5")]
    [True, True, True, False, False]
    """
    return host == "localhost" or _is_loopback(host)


def _token(path: Path) -> str:
    """The same every evening, so that a tablet need not be shown the picture again."""
    if path.exists() and (known := path.read_text(encoding="ascii").strip()):
        return known
    token = secrets.token_urlsafe(TOKEN_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(token + "\n", encoding="ascii")
    return token


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host


def _is_numeric(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return bool((getattr(address, "ipv4_mapped", None) or address).is_loopback)
