"""What the studio process is told at its start. The codec is `protocol/child_setup`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect, Reference
from emo_osc.protocol.child_setup import ChildSetup, check_port

if TYPE_CHECKING:
    from emo_osc.studio.aims import Aims  # numpy, which the supervisor does without


@dataclass(frozen=True, slots=True)
class StudioSetup(ChildSetup):
    """The stage's port and this studio's token, the generator, the moods' points.

    `cache` is the folder in which sources are kept between evenings; empty, nothing is read or written.
    `references` are what the preset knows of its moods' music; the tempo of a host that owns it `is_locked`; `density`
    in [-1, 1] is the preset's.

    Raises:
        ValueError: the port is none, or the density out of its range.
    """

    port: int
    token: str
    generator: GeneratorSection
    affects: tuple[Affect, ...]
    cache: str = ""
    references: tuple[Reference, ...] = ()
    is_locked: bool = False
    density: float = 0.0

    def __post_init__(self) -> None:
        check_port("port", self.port)
        if not -1.0 <= self.density <= 1.0:
            raise ValueError(f"density must be in -1..1, got {self.density:g}")

    @property
    def aims(self) -> "Aims":
        """What an affect asks for."""
        from emo_osc.studio.aims import Aims

        return Aims(self.references, locked=self.is_locked, density=self.density)
