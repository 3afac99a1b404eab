"""The life of `emo-osc farm`: deploy, say where, watch until it is told to end."""

import signal
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from threading import Event

from emo_osc.core.errors import EmoOscError
from emo_osc.farm.arguments import Farm
from emo_osc.farm.deployment import close, deploy, start_ray, states

LOOK_S = 2.0
MISSES = 5  # looks in a row that find no cluster
Say = Callable[[str], None]


def run(farm: Farm, say: Say, address: str | None = None) -> int:
    """Serve until SIGINT or SIGTERM: 0; 1 where the cluster has gone.

    Raises:
        EmoOscError: it cannot be deployed.
    """
    ended = Event()
    _end_on_signals(ended)
    say(f"{farm.section.name} starts on Ray; the first start takes a while")
    try:
        start_ray(address, farm)
        _end_on_signals(ended)  # again: Ray's own handler would end us in the middle
        if ended.is_set():
            return 0
        deploy(farm)
        for line in lines_of(farm):
            say(line)
        return _watch(ended, say)
    except (ConnectionError, RuntimeError, TimeoutError, ValueError) as error:
        raise EmoOscError(f"farm: cannot be deployed ({error!s:.300})") from None
    finally:
        close(address)


def lines_of(farm: Farm) -> Iterator[str]:
    """Where stages find it, and who else can reach it."""
    url = f"http://{farm.host}:{farm.port}"
    least, most = farm.replicas
    yield f"farm      {url}: {farm.section.name}, {least} to {most} replicas, health at {url}/-/healthz"
    yield "          Ray's own ports are open on every address of this machine, behind a token in ~/.ray/auth_token:"
    yield "          whoever has that can run programs here; close them with a firewall"
    if is_loopback(farm.host):
        yield f"          port {farm.port} is reached from this machine alone; --host 0.0.0.0 lets others in"
        return
    yield f"          every computer that reaches {farm.host} can try the farm's token, which travels unencrypted:"
    yield "          keep to a network of your own, or put a proxy with TLS in front"


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _end_on_signals(ended: Event) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())


def _watch(ended: Event, say: Say) -> int:
    told, misses = "", 0
    while not ended.wait(LOOK_S):
        found = states()
        misses = 0 if found else misses + 1
        if misses >= MISSES:
            say("the Ray cluster has gone; start emo-osc farm again")
            return 1
        line = ", ".join(f"{number} {state.lower()}" for state, number in sorted(found.items()))
        if line and line != told:
            told = line
            say(f"replicas  {line}")
    return 0
