"""The setup that the supervisor hands to the web process: one JSON text, made of frozen values."""

import json
from dataclasses import asdict, dataclass

from emo_osc.core.affect import Mood


@dataclass(frozen=True, slots=True)
class PadMood:
    """A mood as a pad shows it: its id, what it is called in Korean (the id where nobody has said), its point."""

    id: str
    korean: str
    valence: float
    arousal: float
    vocabulary: str

    @classmethod
    def of(cls, mood: Mood) -> "PadMood":
        """The first Korean alias names it.

        >>> from emo_osc.core.affect import MOODS
        >>> PadMood.of(next(mood for mood in MOODS if mood.id == "bright")).korean
        '밝음'
        """
        korean = next((alias for alias in mood.aliases if any("가" <= letter <= "힣" for letter in alias)), mood.id)
        return cls(mood.id, korean, mood.affect.valence, mood.affect.arousal, mood.vocabulary)


@dataclass(frozen=True, slots=True)
class WebSetup:
    """Where to serve, where the stage listens, and how to hear that the daemon has ended.

    `hub` is the stage's loopback port and `hub_token` lets us in; when it hangs up, so do we. `moods` are those of the
    preset the daemon was started with.
    """

    host: str
    port: int
    osc_host: str
    osc_port: int
    hub: int
    hub_token: str
    moods: tuple[PadMood, ...] = ()

    def to_json(self) -> str:
        """The setup as text for the standard input."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "WebSetup":
        """The setup of a text.

        >>> setup = WebSetup("127.0.0.1", 7780, "127.0.0.1", 7770, 1, "x", (PadMood("a", "b", 0.5, 0.0, "moods"),))
        >>> WebSetup.from_json(setup.to_json()) == setup
        True

        Raises:
            ValueError: it is not what `to_json` writes.
        """
        try:
            fields = json.loads(text)
            moods = tuple(PadMood(**mood) for mood in fields.pop("moods"))
            return cls(**fields, moods=moods)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a setup of the web process: {error}") from None

    @property
    def stage(self) -> tuple[str, int]:
        """Where to send OSC: a stage that listens everywhere hears the loopback too.

        >>> WebSetup("127.0.0.1", 7780, "0.0.0.0", 7770, 1, "x").stage
        ('127.0.0.1', 7770)
        """
        return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(self.osc_host, self.osc_host), self.osc_port
