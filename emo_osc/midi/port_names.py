"""Finds the MIDI port that a name means, and which ports are emo_osc's own. Knows no driver.

Each system writes a port its own way: JACK `client:port`, ALSA `client:port 28:0`, CoreMIDI the port alone, Windows the
port and its place in the list, `loopMIDI Port 1`. A name is looked for as a whole first, then as whole words, then as a
part; all systems are searched for the better match before a worse one is taken.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

CLIENT, CLIENT_IN = "emo_osc", "emo_osc in"
"""What our clients are called wherever a system names clients, whatever their ports are called. A second client of the
same name becomes `emo_osc-01` in JACK and PipeWire."""
OWN_NAMES = (CLIENT, CLIENT_IN)
VIRTUAL = "virtual:"
MAX_SHOWN = 5
NO_RANK = 5
_OURS = re.compile(r"emo_osc(?!\w)")
_ALSA_NUMBERS = re.compile(r" \d+:\d+$")
_WINDOWS_PLACE = re.compile(r" \d+$")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Offered:
    """A port of a system, such as `Jack`, by the name under which the driver lists it.

    >>> Offered.parse("ALSA: UM-ONE:UM-ONE MIDI 1 28:0")
    Offered(system='ALSA', name='UM-ONE:UM-ONE MIDI 1 28:0')
    """

    system: str
    name: str

    @classmethod
    def parse(cls, text: str) -> "Offered":
        """The port of a text that `id` wrote."""
        system, _, name = text.partition(": ")
        return cls(system, name)

    @property
    def id(self) -> str:
        """The port as `messages.Ports` writes it."""
        return f"{self.system}: {self.name}"

    @property
    def lasting_name(self) -> str:
        """The name without the numbers that change when a device is plugged in again."""
        number = _WINDOWS_PLACE if self.system.startswith("Windows") else _ALSA_NUMBERS
        return number.sub("", self.name)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a port leads: a line for people, its system such as `Jack`, the port that was joined.

    `name` is empty for a virtual port, and `system` too where there is none.
    """

    text: str
    system: str = ""
    name: str = ""

    @property
    def id(self) -> str:
        """The joined port as `Ports` writes it."""
        return f"{self.system}: {self.name}"


def virtual_name(name: str) -> str:
    """The virtual port that a name asks for; empty where it names a port to be joined.

    >>> virtual_name("emo_osc"), virtual_name("virtual:strings"), virtual_name("UM-ONE")
    ('emo_osc', 'strings', '')
    """
    if name in OWN_NAMES:
        return name
    return name.removeprefix(VIRTUAL).strip() or CLIENT if name.startswith(VIRTUAL) else ""


def input_beside(out: str) -> str:
    """The virtual input that belongs to an output, for a clock that comes from nowhere else.

    >>> input_beside("emo_osc"), input_beside("virtual:strings"), input_beside("UM-ONE")
    ('virtual:emo_osc in', 'virtual:strings in', 'virtual:emo_osc in')
    """
    return f"{VIRTUAL}{virtual_name(out) or CLIENT} in"


def is_ours(port: Offered) -> bool:
    """Whether a port is one of this or another emo_osc's; a bridge's name for such a port counts too.

    Windows lets no program open ports, so one of that name is a loopback port that somebody made there.

    >>> [is_ours(Offered("Jack", name)) for name in ("emo_osc-01:a", "a2j:emo_osc [128] (capture): a", "a:emo_osc")]
    [True, True, False]
    """
    if port.system.startswith("Windows"):
        return False
    *clients, last = port.lasting_name.split(":")
    return any(_OURS.match(part.strip()) for part in clients or [last])


def find(name: str, offered: Iterable[Offered], own: Iterable[str] = ()) -> Offered | None:
    """The port that a name means, None where it is not there; never one of an emo_osc's, nor one named as in `own`.

    `own` are the virtual ports we have opened, for systems that do not tell whose a port is.
    """
    ranked = [(_rank(name, port), port) for port in _foreign(offered, own)]
    rank, found = min(ranked, key=lambda each: each[0], default=(NO_RANK, None))
    return found if rank < NO_RANK else None


def missing(name: str, offered: Iterable[Offered]) -> str:
    """That a port is not there, and which are, the most similar first.

    >>> missing("UM-ON", [Offered("Jack", "synth:in"), Offered("Jack", "UM-ONE:MIDI 1")])
    "no port 'UM-ON' yet, waiting for it; there are 'UM-ONE:MIDI 1', 'synth:in'"
    """
    there = sorted(_foreign(offered), key=lambda port: -_likeness(name, port))
    names = list(dict.fromkeys(repr(port.name) for port in there))
    shown = ", ".join(names[:MAX_SHOWN]) + (f" and {len(names) - MAX_SHOWN} more" if len(names) > MAX_SHOWN else "")
    return f"no port {name!r} yet, waiting for it; " + (f"there are {shown}" if names else "there are no others")


def _foreign(offered: Iterable[Offered], own: Iterable[str] = ()) -> list[Offered]:
    ours = {name for name in own if name}
    return [port for port in offered if port.name and port.lasting_name not in ours and not is_ours(port)]


def _rank(name: str, port: Offered) -> int:
    """How well a port fits a name: 0 the best, `NO_RANK` not at all."""
    wanted, full = name.strip().casefold(), port.name.casefold()
    lasting, lasting_wanted = port.lasting_name.casefold(), Offered(port.system, wanted).lasting_name
    if not wanted:
        return NO_RANK
    checks = (
        wanted == full,
        wanted in (lasting, *lasting.split(":", 1)),
        lasting_wanted == lasting,
        _has_words(_WORD.findall(full), _WORD.findall(wanted)),
        _has_part(full, wanted),
    )
    return next((rank for rank, fits in enumerate(checks) if fits), NO_RANK)


def _has_words(words: list[str], wanted: list[str]) -> bool:
    size = len(wanted)
    return size > 0 and any(words[at : at + size] == wanted for at in range(len(words) - size + 1))


def _has_part(full: str, wanted: str) -> bool:
    """Whether a name contains a part; a number is not cut, so that `Port 1` is no part of `Port 10`."""
    before, after = r"(?<!\d)" if wanted[0].isdigit() else "", r"(?!\d)" if wanted[-1].isdigit() else ""
    return re.search(before + re.escape(wanted) + after, full) is not None


def _likeness(name: str, port: Offered) -> float:
    wanted = name.casefold()
    forms = (port.name.casefold(), *port.lasting_name.casefold().split(":", 1))
    return max(SequenceMatcher(None, wanted, form.strip()).ratio() for form in forms)
