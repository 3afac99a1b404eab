"""Measures the output delay by tapping, for `latency_ms`.

The daemon tells when each bar line leaves its port; the taps come from this terminal's keyboard. Measuring the sound
itself, through a loopback into an audio input, is not done here.
"""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from emo_osc.clients.keys import Wait, has_keyboard, keys
from emo_osc.clients.send import exchange
from emo_osc.clients.subscription import Listener
from emo_osc.clients.tapping import Beats, Offset, offset_of, unwrapped
from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.osc import Message

TOPICS = ("bar", "tempo", "playing", "latency_ms")
LEAD_IN = 4  # taps that find the beat
MAX_TEMPO = 140.0  # beats must lie further apart than twice 200 ms, or nobody knows which one was meant
LIMIT_MS = 200.0
PATIENCE_S, BAR_PATIENCE_S, PAUSE_S = 3.0, 13.0, 20.0  # a bar lasts 12 s at 20 bpm
TAP_KEYS, END_KEYS = " \r\n", "qQ\x1b"
YES_KEYS, NO_KEYS = "yY", "nN" + END_KEYS

HEARD = "Tap the beat of what emo_osc plays, as you hear it, on the space bar: {} times. q gives up."
REFERENCE = (
    "First a click that you trust and that follows the same clock, such as your DAW's metronome; mute emo_osc for that."
    "\nTap along with the click on the space bar: {} times. q gives up."
)
ALONE = (
    "People tap a little before the beat, 20 to 80 ms, musicians less: 30 ms are added for that, and it is the larger "
    "part of the doubt. --reference measures yours instead."
)
Say = Callable[[str], None]
Store = Callable[[int], str]
"""Keeps whole milliseconds for the next start; the place where they are kept."""


@dataclass
class _Daemon:
    """What is known of the daemon, and the way to learn more."""

    listener: Listener
    wait: Wait
    bar_s: float | None = None
    tempo: float = 0.0
    latency_s: float = 0.0
    is_playing: bool | None = None

    def hear(self, seconds: float) -> list[tuple[float, str]]:
        """Listen for so long at most; the keys that were pressed meanwhile."""
        pressed = self.wait(self.listener.socket, seconds)
        for at_s, message in self.listener.receive():
            self._take(at_s, message)
        return pressed

    def _take(self, at_s: float, message: Message) -> None:
        value = message.arguments[0] if message.arguments else None
        if message.address == "/emo/bar":
            self.bar_s = at_s
        elif isinstance(value, int | float):
            if message.address == "/emo/state/tempo":
                self.tempo = float(value)
            elif message.address == "/emo/state/latency_ms":
                self.latency_s = value / 1000
            elif message.address == "/emo/state/playing":
                self.is_playing = bool(value)


def calibrate(
    host: str,
    port: int,
    taps: int,
    say: Say,
    store: Store,
    *,
    reference: bool = False,
    apply: bool = False,
    keep: bool | None = None,
) -> None:
    """Says how late the instrument is heard, and how to make up for it; with `apply` it is made up for.

    What was measured is kept with `store` where `keep` says so; None asks. What is kept is set, too. A figure of a
    daemon on another computer belongs there: it is not kept here, and nobody is asked.

    Raises:
        EmoOscError: there is no terminal or no daemon, nothing plays, it is too fast, the taps do not agree, or `keep`
            asks to keep here what is true of another computer.
        KeyboardInterrupt: the user gave up.
    """
    if keep and not is_here(host):
        raise EmoOscError(f"calibrate: --keep is for this computer, not for {host}; run it there, or use --apply")
    if not has_keyboard():
        raise EmoOscError("calibrate: there is no keyboard to tap on; run it in a terminal")
    listener = Listener(host, port, TOPICS)
    try:
        with keys() as wait:
            daemon = _Daemon(listener, wait)
            _meet(daemon, f"{host}:{port}")
            latency_ms = _measure_ms(daemon, taps, say, reference=reference)
            is_kept = keep if keep is not None else is_here(host) and _is_wanted(daemon, say)
    finally:
        listener.close()
    if is_kept:
        say(f"Kept for the next start of emo-osc serve on this computer: {store(latency_ms)}")
    if apply or is_kept:
        _apply(host, port, latency_ms, say)
    else:
        say(f"To make up for it: emo-osc send /emo/set/latency_ms {latency_ms}{_options(host, port)}")


def _measure_ms(daemon: _Daemon, taps: int, say: Say, *, reference: bool) -> int:
    """The measured latency in whole milliseconds; with `reference`, relative to taps on a click."""
    # With latency_ms set, bar lines leave that much before the beat of the clock, which the click follows.
    click = _tapped(daemon, taps, say, REFERENCE, lambda: daemon.latency_s) if reference else None
    sound = _tapped(daemon, taps, say, HEARD, lambda: 0.0)
    return _report(sound.beyond(click) if click else sound.unanticipated(), say, "" if click else ALONE)


def _apply(host: str, port: int, latency_ms: int, say: Say) -> None:
    """Set the latency on the running daemon and report its answer."""
    answers = exchange(host, port, "/emo/set/latency_ms", (str(latency_ms),), 1.0)
    say(next(answers, "no answer: it may not be set"))


def _options(host: str, port: int) -> str:
    """The command-line options that name this daemon; none for the default one."""
    return "" if (host, port) == ("127.0.0.1", 7770) else f" --host {host} --port {port}"


def is_here(host: str) -> bool:
    """Whether a host is this computer: only an address of its own can be bound; False for a name that is unknown.

    >>> is_here("127.0.0.1"), is_here("192.0.2.1")
    (True, False)
    """
    try:
        found = socket.getaddrinfo(host, 0, type=socket.SOCK_DGRAM)
    except OSError:
        return False
    return any(_is_bound(family, address) for family, _, _, _, address in found)


def _is_bound(family: int, address: tuple[object, ...]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind(address)
    except OSError:
        return False
    return True


def _meet(daemon: _Daemon, place: str) -> None:
    """Wait until the daemon has told how it stands, and where its bars are."""
    until_s = perf_counter() + PATIENCE_S
    while daemon.is_playing is None or not daemon.tempo:
        if perf_counter() > until_s:
            raise EmoOscError(f"{place} did not answer within {PATIENCE_S:g} s; start it with: emo-osc serve")
        daemon.hear(0.1)
    if not daemon.is_playing:
        raise EmoOscError("calibrate: nothing plays; start it with: emo-osc send /emo/play")
    if daemon.tempo > MAX_TEMPO:
        text = f"calibrate: {daemon.tempo:.0f} bpm is too fast to tell one beat from the next"
        raise EmoOscError(f"{text}; try: emo-osc send /emo/tempo 100")
    until_s = perf_counter() + BAR_PATIENCE_S
    while daemon.bar_s is None and perf_counter() < until_s:
        daemon.hear(0.1)
    if daemon.bar_s is None:
        raise EmoOscError("calibrate: no bar begins; is the external clock running? emo-osc send /emo/get/clock")


def _tapped(daemon: _Daemon, count: int, say: Say, invitation: str, early_s: Callable[[], float]) -> Offset:
    """Let somebody tap; the offset from the beats, which come `early_s` after their bar line leaves the port."""
    say(invitation.format(LEAD_IN + count))
    offsets_s: list[float] = []
    heard_s = perf_counter()
    while len(offsets_s) < LEAD_IN + count:
        for at_s, key in daemon.hear(0.2):
            heard_s = at_s
            if key in END_KEYS:
                raise KeyboardInterrupt
            assert daemon.bar_s is not None  # `_meet` has waited for it
            if key in TAP_KEYS:
                beats = Beats(daemon.bar_s + early_s(), 60.0 / daemon.tempo)
                offsets_s.append(at_s - beats.nearest(at_s))
                say(f"{len(offsets_s):3d}  {1000 * offsets_s[-1]:+4.0f} ms")
        if perf_counter() - heard_s > PAUSE_S:
            raise EmoOscError(f"calibrate: no tap for {PAUSE_S:g} s; nothing was changed")
    try:
        return offset_of(unwrapped(offsets_s[LEAD_IN:], 60.0 / daemon.tempo))
    except ValueError as error:
        raise EmoOscError(f"calibrate: {error}; tap once on every beat and try again") from None


def _is_wanted(daemon: _Daemon, say: Say) -> bool:
    """Whether the user wants it kept; other keys, such as a tap too many, are no answer."""
    say("Set it now, and keep it for the next start of emo-osc serve on this computer? y/n")
    while True:
        for _, key in daemon.hear(0.2):
            if key in YES_KEYS + NO_KEYS:
                return key in YES_KEYS


def _report(result: Offset, say: Say, doubt: str) -> int:
    """Report the result; whole milliseconds."""
    low, middle, high = (1000 * seconds for seconds in (result.low_s, result.offset_s, result.high_s))
    say(f"Heard {middle:.0f} ms after it is sent: between {low:.0f} and {high:.0f} ms with 95 % confidence.")
    say(f"Single taps spread by {1000 * result.spread_s:.0f} ms; {result.left_out} of {result.taps} were left out.")
    if doubt:
        say(doubt)
    if abs(middle) > LIMIT_MS:
        raise EmoOscError(f"latency_ms reaches {LIMIT_MS:g} ms; make the buffers of the instrument shorter first")
    return round(middle)
