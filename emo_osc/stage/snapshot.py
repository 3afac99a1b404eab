"""The state that the next stage process needs to continue, as a value and as JSON."""

import json
from dataclasses import asdict, astuple, dataclass, field
from typing import Any

from emo_osc.core.affect import Affect, Colour
from emo_osc.core.score import Melody
from emo_osc.protocol.message_codec import decode, encode
from emo_osc.protocol.messages import Learn, Ready
from emo_osc.protocol.parameters import Scalar
from emo_osc.stage.clock.clock import Timeline
from emo_osc.stage.player.glide import Glide
from emo_osc.stage.session.subscriptions import Lease

PHRASE, CUED = "phrase", "cued"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where the music stands and what was asked for.

    `settings` are values of the table by name; `mood` a mood and its intensity; `line` says where the transport is, on
    the clock of this machine, and is left out where two snapshots are compared. `asked_tempo` in bpm is what the tempo
    follows the affect from. `cued` is what was asked for and enters next; `pinned` is `phrase`, `cued` or empty.
    `learned` is what the studio composes around. `targets` are the ports that our virtual output is connected to,
    `links` the connections of our virtual input, as in `messages.Ports`.
    """

    preset: str
    settings: dict[str, Scalar]
    affect: Affect
    mood: tuple[str, float]
    colour: Colour
    latency_ms: float
    asked_tempo: float
    line: Timeline = field(compare=False)
    phrase: Ready | None = None
    cued: Ready | None = None
    pinned: str = ""
    glide: Glide | None = None
    learned: Melody | None = None
    leases: tuple[Lease, ...] = ()
    targets: tuple[str, ...] = ()
    links: str = ""

    def to_json(self) -> str:
        """The snapshot as text."""
        return json.dumps(
            {
                "preset": self.preset,
                "settings": self.settings,
                "affect": astuple(self.affect),
                "mood": self.mood,
                "colour": asdict(self.colour),
                "latency_ms": self.latency_ms,
                "asked_tempo": self.asked_tempo,
                "line": astuple(self.line),
                "phrase": _text(self.phrase),
                "cued": _text(self.cued),
                "pinned": self.pinned,
                "glide": asdict(self.glide) if self.glide else None,
                "learned": encode(Learn(self.learned)).decode() if self.learned else "",
                "leases": [asdict(lease) for lease in self.leases],
                "targets": self.targets,
                "links": self.links,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "Snapshot":
        """The snapshot of a text.

        Raises:
            ValueError: it is not what `to_json` writes.
        """
        try:
            return _read(json.loads(text))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a snapshot: {error}") from None


def _text(ready: Ready | None) -> str:
    """A melody as text, worked out once: it is sent again with every other change."""
    if ready is None:
        return ""
    if _KNOWN.get(id(ready), (None, ""))[0] is not ready:
        while len(_KNOWN) >= MAX_KNOWN:
            del _KNOWN[next(iter(_KNOWN))]
        _KNOWN[id(ready)] = ready, encode(ready).decode()
    return _KNOWN[id(ready)][1]


MAX_KNOWN = 4
_KNOWN: dict[int, tuple[Ready, str]] = {}


def _ready(text: str) -> Ready | None:
    ready = decode(text.encode()) if text else None
    if not isinstance(ready, Ready | None):
        raise TypeError("a phrase is a melody")
    return ready


def _read(found: dict[str, Any]) -> Snapshot:
    glide, learned = found["glide"], decode(found["learned"].encode()) if found["learned"] else Learn(None)
    if not isinstance(learned, Learn):
        raise TypeError("what was learned is a melody")
    leases = (
        Lease(tuple(lease["sender"]), tuple(lease["target"]), tuple(lease["topics"])) for lease in found["leases"]
    )
    return Snapshot(
        str(found["preset"]),
        dict(found["settings"]),
        Affect(*found["affect"]),
        (str(found["mood"][0]), float(found["mood"][1])),
        Colour(**found["colour"]),
        float(found["latency_ms"]),
        float(found["asked_tempo"]),
        Timeline(*found["line"]),
        _ready(found["phrase"]),
        _ready(found["cued"]),
        str(found["pinned"]),
        Glide(**glide | {"start": Affect(**glide["start"]), "end": Affect(**glide["end"])}) if glide else None,
        learned.melody,
        tuple(leases),
        tuple(map(str, found["targets"])),
        str(found["links"]),
    )
