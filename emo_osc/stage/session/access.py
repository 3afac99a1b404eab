"""The access list: which addresses may send to the stage. Knows no socket and asks no name server."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from emo_osc.core.errors import CommandError
from emo_osc.protocol.parameters import MAX_TEXT

PRIVATE = (
    *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
    *("::1/128", "fc00::/7", "fe80::/10"),
)
"""Networks that no router carries to the world: RFC 1918, RFC 4193, link-local, and this computer."""

THIS_COMPUTER = ("127.0.0.1", "::1")
MAX_REMEMBERED = 1024


class AccessList:
    """The hosts that are heard: those of `allow` (addresses and networks), or every private network where it is empty.

    This computer is always heard, also by the address it listens on.

    >>> access = AccessList("0.0.0.0", ("192.168.0.0/24", "10.0.0.7"))
    >>> [access.may_speak(host) for host in ("192.168.0.9", "::ffff:10.0.0.7", "10.0.0.8", "127.0.0.1")]
    [True, True, False, True]

    Raises:
        ValueError: something in `allow` is no address and no network.
    """

    def __init__(self, host: str, allow: tuple[str, ...] = ()) -> None:
        self._host = host
        self._allow = allow
        self._named = [ip_network(name, strict=False) for name in allow]
        self._heard = self._named or [ip_network(name) for name in PRIVATE]
        self._ours = {_address(one) for one in (*THIS_COMPUTER, host)} - {None}
        self._known: dict[str, bool] = {}

    @property
    def summary(self) -> str:
        """Who can reach us, in one line; empty where nobody outside this computer can."""
        own = _address(self._host)
        if self._host == "localhost" or (own is not None and own.is_loopback):
            return ""
        if self._allow:
            return f"this computer and {', '.join(self._allow)} (osc.allow)"
        return "this computer and everyone on its private networks; name them under osc.allow to let in fewer"

    def may_speak(self, host: str) -> bool:
        """Whether what this host sends is looked at."""
        known = self._known.get(host)
        if known is None:
            if len(self._known) >= MAX_REMEMBERED:
                self._known.clear()
            address = _address(host)
            known = address in self._ours or any(address in network for network in self._heard if address)
            self._known[host] = known
        return known

    def is_named(self, host: str) -> bool:
        """Whether `allow` names this very host, not only a network that it lies in.

        >>> access = AccessList("0.0.0.0", ("192.168.0.0/24", "10.0.0.7"))
        >>> access.is_named("10.0.0.7"), access.is_named("192.168.0.9")
        (True, False)
        """
        address = _address(host)
        return any(address in network for network in self._named if network.num_addresses == 1 and address)

    def may_be_answered(self, host: str, sender: str) -> bool:
        """Whether a sender may have its answers sent to a host: its own, this computer, or one that `allow` names.

        To anyone else we would throw whatever a stranger, or somebody in his name, has us throw.
        """
        address = _address(host)
        if address is None:
            return False
        return address == _address(sender) or address.is_loopback or any(address in network for network in self._named)


def numeric_host(host: str) -> str:
    """A host that needs no look-up, which would block the stage.

    Raises:
        CommandError: 2, it is a name.
    """
    try:
        return "127.0.0.1" if host == "localhost" else str(ip_address(host))
    except ValueError:
        text = f"host must be a numeric address such as 192.168.0.5, got {host[:MAX_TEXT]!r}"
        raise CommandError(CommandError.WRONG_ARGUMENTS, text) from None


@lru_cache(maxsize=MAX_REMEMBERED)
def bare_host(host: str) -> str:
    """A numeric host in the one way that all its spellings share, without its interface.

    >>> [bare_host(host) for host in ("::ffff:10.0.0.2", "fe80::1%3", "FE80:0::1", "10.0.0.2", "nonsense")]
    ['10.0.0.2', 'fe80::1', 'fe80::1', '10.0.0.2', 'nonsense']
    """
    return str(_address(host) or host)


def is_loopback(host: str) -> bool:
    """Whether no other computer can send from this host."""
    address = _address(host)
    return address is not None and address.is_loopback


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """A numeric host without its interface, an IPv4 one as such; None for anything else."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
