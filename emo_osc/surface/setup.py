"""The set-up of the web process. The codec is `protocol/child_setup`."""

from dataclasses import dataclass

from emo_osc.core.affect import Mood
from emo_osc.protocol.child_setup import ChildSetup, check_port


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
class WebSetup(ChildSetup):
    """Where to serve, where the stage listens, and how to hear that the daemon has ended.

    `hub` is the stage's loopback port and `hub_token` lets us in; when it hangs up, so do we. `moods` are those of the
    preset the daemon was started with.

    Raises:
        ValueError: a port is none.
    """

    host: str
    port: int
    osc_host: str
    osc_port: int
    hub: int
    hub_token: str
    moods: tuple[PadMood, ...] = ()

    def __post_init__(self) -> None:
        for name in ("port", "osc_port", "hub"):
            check_port(name, getattr(self, name))

    @property
    def stage(self) -> tuple[str, int]:
        """Where to send OSC: a stage that listens everywhere hears the loopback too.

        >>> WebSetup("127.0.0.1", 7780, "0.0.0.0", 7770, 1, "x").stage
        ('127.0.0.1', 7770)
        """
        return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(self.osc_host, self.osc_host), self.osc_port
