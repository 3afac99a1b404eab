"""Limits how much is sent to an address that has not proven that it receives, as UDP senders can be forged.

A host earns three bytes for each that comes from it, as QUIC allows before it has validated an address (RFC 9000,
section 8), headers counted; a client that is polite and asks for little never notices. Beyond that it has a first
allowance, which fits one answer to `/emo/status` and fills again in five minutes. As soon as that is touched the client
is asked, `/emo/ping NUMBER`; a host that answers `/emo/pong NUMBER` is sent everything, for ten minutes, then asked
again. Answers that are not covered are held back. The loopback need not prove anything, nor a host whose own address
`osc.allow` names, nor a host that never sent anything: `osc.allow` includes it, and a client had its answers sent
there. Knows no socket and no clock.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf
from secrets import randbits

from emo_osc.protocol.osc import OscValue, Target
from emo_osc.stage.session.access import bare_host, is_loopback

FACTOR = 3
HEADER_BYTES = 28  # of IPv4 and UDP
QUESTION_BYTES = 48
FIRST_BYTES = 4096  # `/emo/status` is answered with 2,748, `/emo/start_listen/*` with 3,584 at once
FILLS_S = 300.0
PROVEN_S = 600.0
ASK_S = 1.0
NUMBER_BITS = 24  # as many as a 32-bit float carries, which is how TouchOSC and Pd answer
MAX_EARNED = 1 << 16
MAX_HOSTS = 1024


@dataclass(slots=True)
class _Account:
    """What a host has left, in bytes, and until when it need not count, in seconds."""

    earned: float = 0.0
    first: float = FIRST_BYTES
    at_s: float = 0.0
    proven_until_s: float = -inf
    number: int = -1
    asked_s: float = -inf
    may_ask: bool = False


class Credit:
    """Accounts of hosts; the loopback, and hosts that `is_trusted` names, are sent everything.

    >>> credit = Credit()
    >>> credit.received("10.0.0.2", 20, 0.0)
    >>> [credit.may_send(("10.0.0.2", 9), size_bytes, 0.0) for size_bytes in (100, 2000, 2000, 2000)]
    [True, True, True, False]
    >>> ((target, number),) = credit.questions(0.0)
    >>> credit.answered("10.0.0.2", (number,), 0.0), credit.may_send(target, 10**6, 0.0)
    (True, True)
    """

    def __init__(self, is_trusted: Callable[[str], bool] = lambda _: False) -> None:
        self._is_trusted = is_trusted
        self.held_back = 0
        """Answers that were not covered."""
        self.on_held_back: Callable[[str], None] = lambda _: None
        """Takes the host of the first of them."""
        self._accounts: OrderedDict[str, _Account] = OrderedDict()
        self._everybody = _Account(first=0.0)
        """The account of all for whom there is no room."""
        self._asking: dict[str, Target] = {}

    def received(self, host: str, size_bytes: int, now_s: float) -> None:
        """A datagram has come from a host."""
        host = bare_host(host)
        account = self._accounts.get(host) or self._opened(host, now_s)
        if account.proven_until_s < now_s:
            account.earned = min(MAX_EARNED, account.earned + FACTOR * (size_bytes + HEADER_BYTES))
            account.may_ask = True

    def may_send(self, target: Target, size_bytes: int, now_s: float) -> bool:
        """Whether a datagram may be sent to a target; it then counts as sent."""
        account = self._accounts.get(bare_host(target[0]))
        if account is None:
            if len(self._accounts) < MAX_HOSTS:
                return True
            account = self._everybody
        if account.proven_until_s >= now_s:
            return True
        return self._spend(account, target, size_bytes + HEADER_BYTES, now_s)

    def questions(self, now_s: float) -> Iterator[tuple[Target, int]]:
        """Whom to ask now, and with which number; no host more than once a second, and for each datagram of its own."""
        asking, self._asking = self._asking, {}
        for host, target in asking.items():
            account = self._accounts.get(host)
            if account and account.may_ask and now_s - account.asked_s >= ASK_S:
                account.asked_s, account.may_ask = now_s, False
                account.earned -= QUESTION_BYTES
                account.number = randbits(NUMBER_BITS) if account.number < 0 else account.number
                yield target, account.number

    def answered(self, host: str, arguments: tuple[OscValue, ...], now_s: float) -> bool:
        """Whether a host's answer proves that it hears us."""
        account = self._accounts.get(bare_host(host))
        if account is None or account.number < 0:
            return False
        number, account.number = account.number, -1  # nobody can try one after the other
        if arguments[:1] != (number,):
            return False
        account.proven_until_s = max(account.proven_until_s, now_s + PROVEN_S)
        return True

    def _spend(self, account: _Account, target: Target, cost: int, now_s: float) -> bool:
        if account.earned >= cost:
            account.earned -= cost
            return True
        if account is self._everybody:
            return self._hold_back(target)
        host = bare_host(target[0])
        self._asking[host] = target
        self._accounts.move_to_end(host)
        account.first = min(FIRST_BYTES, account.first + (now_s - account.at_s) * FIRST_BYTES / FILLS_S)
        account.at_s = now_s
        if account.first < cost:
            return self._hold_back(target)
        account.first -= cost
        return True

    def _hold_back(self, target: Target) -> bool:
        self.held_back += 1
        if self.held_back == 1:
            self.on_held_back(target[0])
        return False

    def _opened(self, host: str, now_s: float) -> _Account:
        """An account for a host that has none; those that were long unused go."""
        if len(self._accounts) >= MAX_HOSTS:
            oldest = next(iter(self._accounts))
            if now_s - self._accounts[oldest].at_s < FILLS_S:
                return self._everybody
            del self._accounts[oldest]
        account = self._accounts[host] = _Account(at_s=now_s)
        if is_loopback(host) or self._is_trusted(host):
            account.proven_until_s = inf
        return account
