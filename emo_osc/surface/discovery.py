"""Announces OSCQuery and OSC by mDNS, where the extra `discovery` is installed."""

import socket
from ipaddress import ip_address
from typing import Protocol

TYPES = ("_oscjson._tcp.local.", "_osc._udp.local.")


class Announcement(Protocol):
    """What has been announced."""

    async def async_close(self) -> None:
        """Take it back."""


async def announce(host: str, web_port: int, osc_port: int) -> Announcement | None:
    """Announces both services on the interface of `host`, or every one; None where zeroconf is not installed.

    Raises:
        OSError: the network has no multicast.
    """
    try:
        from zeroconf import InterfaceChoice
        from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf
    except ImportError:
        return None
    everywhere = ip_address(host).is_unspecified
    zeroconf = AsyncZeroconf(interfaces=InterfaceChoice.All if everywhere else [host])
    name = f"emo_osc {web_port}"
    address = ip_address(lan_address() if everywhere else host)
    for kind, port in zip(TYPES, (web_port, osc_port), strict=True):
        info = AsyncServiceInfo(
            kind, f"{name}.{kind}", port=port, addresses=[address.packed], server=f"emo-osc-{web_port}.local."
        )
        await zeroconf.async_register_service(info)
    return zeroconf


def lan_address() -> str:
    """The address by which others on the network reach this computer, as far as the system knows; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address (RFC 5737): only the route is asked for
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
