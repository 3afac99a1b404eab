"""What the farm deploys, and the `args` of a config of Ray Serve that describe it. Knows no Ray.

They are the options of `emo-osc farm` by the same names. The token is not among them, since Ray shows a config to
everybody who may ask for its status: it comes from a file or the environment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from emo_osc.config.check import check
from emo_osc.config.explain import explain_all
from emo_osc.config.preset import GeneratorSection, Section
from emo_osc.config.preset_loading import changed, load_preset
from emo_osc.core.errors import EmoOscError
from emo_osc.studio.remote.token_file import TOKEN, token_of

NAME = "args"
MAX_REPLICAS = 256


@dataclass(frozen=True, slots=True)
class Farm:
    """What to deploy: `replicas` at least and at most, each with `cpus` cores and `gpus` of a GPU, in [0, 1].

    A replica takes `most` orders at once and refuses others with a reason.
    """

    section: GeneratorSection
    token: str
    host: str = "127.0.0.1"
    port: int = 7790
    replicas: tuple[int, int] = (1, 1)
    cpus: float = 1.0
    gpus: float = 0.0
    most: int = 32


class Arguments(Section):
    """The `args`; each has the bounds and the default of the command's option."""

    preset: str = "default"
    generator: str | None = None
    device: Literal["auto", "cpu", "cuda", "mps"] | None = None
    replicas: Annotated[tuple[int, int], BeforeValidator(lambda value: _bounds(value))] = (1, 1)
    cpus: Annotated[float, Field(ge=0.1, le=64.0)] = 1.0
    gpus: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0
    most: Annotated[int, Field(ge=1, le=1024)] = 32
    token_file: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, object]) -> "Arguments":
        """The arguments that a config gives.

        Raises:
            EmoOscError: one is unknown or out of range; one line names it.
        """
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise EmoOscError(explain_all(NAME, error.errors(), cls)) from None

    def farm(self) -> Farm:
        """What to deploy. Reads the preset and the token.

        Raises:
            EmoOscError: there is no such preset or generator, or no token.
        """
        return Farm(
            self._section(),
            self._token(),
            replicas=self.replicas,
            cpus=self.cpus,
            gpus=self.gpus,
            most=self.most,
        )

    def _section(self) -> GeneratorSection:
        given = {"generator.name": self.generator, "generator.device": self.device}
        changes = {place: value for place, value in given.items() if value is not None}
        preset = changed(load_preset(self.preset), changes, NAME)
        check(preset, NAME)
        return preset.generator

    def _token(self) -> str:
        token = token_of(self.token_file)
        if not token:
            raise EmoOscError(f"{NAME}: there is no token; name its file as token_file, or set ${TOKEN} on every node")
        return token


def _bounds(value: Any) -> tuple[int, int]:
    """The least and the most; not `1:4`, which YAML may read as 64."""
    if isinstance(value, list | tuple) and len(value) == 2 and all(type(bound) is int for bound in value):
        least, most = value
        if 1 <= least <= most <= MAX_REPLICAS:
            return least, most
    raise ValueError(f"write [LEAST, MOST] with 1 <= LEAST <= MOST <= {MAX_REPLICAS}, such as [1, 4]")
