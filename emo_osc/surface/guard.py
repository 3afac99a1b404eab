"""Access check for the pad: Host, Origin and token of a request. Knows no socket and no web library.

A page of the World Wide Web may have its name lead to this computer (DNS rebinding), or open a WebSocket to it; a
numeric Host cannot be rebound, and a foreign Origin gives itself away.
"""

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from emo_osc.surface.token_file import kept_token

_HOST = re.compile(
    r"(?:\[(?P<six>[0-9A-Fa-f:.]+)(?:%[\w.~-]+)?\]|(?P<name>[\w-]+(?:\.[\w-]+)*)\.?)(?::(?P<port>\d{1,5}))?"
)
MAX_PORT = 65_535


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
        name = named_host(host)
        return name in self.names | {"localhost", self.host.casefold()} - {""} or _is_numeric(name)

    def knows_origin(self, origin: str | None, host: str) -> bool:
        """Whether a page may open a WebSocket: one of ours, or a program, which has no Origin.

        >>> guard = Guard("127.0.0.1")
        >>> [guard.knows_origin(o, "127.0.0.1:7780") for o in (None, "http://127.0.0.1:7780", "null", "http://a.b")]
        [True, True, False, False]
        """
        return origin is None or origin.casefold() in (f"http://{host}".casefold(), f"https://{host}".casefold())

    def admits(self, peer: str, token: str) -> bool:
        """Whether a peer may come in: from this computer, or with the token."""
        if not self.needs_token(peer):
            return True
        return compare_digest(self.token.encode(), token.encode(errors="replace"))

    def needs_token(self, peer: str) -> bool:
        """Whether a peer is let in by the token alone: from elsewhere, where others can reach us."""
        return bool(self.token) and not is_loopback(peer)


def guard_of(host: str, token_file: Path, tell: Callable[[str], None] = lambda _: None) -> Guard:
    """The rules for a bind to `host`: a token where others can reach it, the one of the file, made where there is none.

    `tell` takes a line about a file that is not as it should be.
    """
    own = socket.gethostname().casefold()
    names = frozenset({own, f"{own}.local"}) - {".local", ""}
    if is_local(host):
        return Guard(host, "", names)
    token, remark = kept_token(token_file)
    if remark:
        tell(remark)
    return Guard(host, token, names)


def is_local(host: str) -> bool:
    """Whether only this computer reaches a bind to `host`.

    >>> [is_local(host) for host in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "192.168.0.5")]
    [True, True, True, False, False]
    """
    return host == "localhost" or is_loopback(host)


def named_host(header: str) -> str:
    """The host that a Host header names, in small letters, without its port and zone; empty where it is malformed.

    >>> [named_host(host) for host in ("[::1]:7780", "[fe80::1%25en0]", "STAGE.local.:80", "[::1].evil.example", "a:b")]
    ['::1', 'fe80::1', 'stage.local', '', '']
    """
    found = _HOST.fullmatch(header)
    if not found or not header.isascii() or int(found["port"] or 0) > MAX_PORT:
        return ""
    if found["six"] is None:
        return found["name"].casefold()
    try:
        return str(IPv6Address(found["six"]))
    except ValueError:
        return ""


def _is_numeric(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether an address is this computer's own, which no other can send from."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return bool((getattr(address, "ipv4_mapped", None) or address).is_loopback)
