"""Who makes melodies for an evaluation: the generator in three ways, and the rules beside it.

`cast` is who plays for the judges. Over the plane, `played` is what the instrument plays, the best of what it composes
for an affect; `pooled` the best of a pool that was drawn before the affect was known; `moved` the actor's own answer to
each source, good or not. `tonal` and `edited` are the baselines.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.affect import MOODS, Affect
from emo_osc.core.targets import tempo_hint
from emo_osc.evaluate.baselines import edited, paced_bpm, taken, tonal
from emo_osc.evaluate.control import Course, Tokens, control_table, course, plane
from emo_osc.evaluate.identity import NINE, identity_table, mood_table
from emo_osc.studio.attributes import Floats
from emo_osc.studio.generators import Composed, Generator
from emo_osc.studio.music_vae import MusicVAE
from emo_osc.studio.pool.latents import Latent
from emo_osc.studio.tokens import tokens_of

Table = dict[str, dict[str, float]]

LOT, MOST_LOTS = 8, 1000


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made: `grid` values an axis, `sources` latents, `kept` melodies where the best are taken, and
    `judged` by each maker for the judges.
    """

    grid: int = 9
    sources: int = 32
    kept: int = 8
    judged: int = 256

    def __post_init__(self) -> None:
        if self.grid < 2 or self.sources < 2 or not 1 <= self.kept <= self.sources:
            raise ValueError(f"a size needs a grid and sources of 2 or more, and some kept of them, got {self}")
        if self.judged < len(MOODS):
            raise ValueError(f"a size needs {len(MOODS)} judged or more, got {self}")


FULL, QUICK = Size(), Size(5, 8, 2, 32)


@dataclass(frozen=True, slots=True)
class Maker:
    """`make(affect, count, seed)` gives melodies (count, 256), `pace` the beats a minute to play them at, (count,)."""

    make: Callable[[Affect, int, int], Tokens]
    pace: Callable[[Tokens, Affect], Floats]


def cast(generator: Generator, human: NDArray[np.integer]) -> dict[str, Maker]:
    """Ours, and the rules beside it; `human` (N, 256), in C, is what `edited` edits.

    Ours are composed a few at a time, as for the stage: the best of many would flatter.
    """

    def ours(affect: Affect, count: int, seed: int) -> Tokens:
        lots = range(0, count, LOT)
        made = [generator.compose(affect, min(LOT, count - at), MOST_LOTS * seed + at // LOT) for at in lots]
        return np.concatenate([_tokens(lot) for lot in made])

    return {
        "ours": Maker(ours, _own_pace),
        "tonal": Maker(lambda affect, count, seed: tonal(affect, _seeds(count, seed)), _own_pace),
        "edited": Maker(lambda affect, count, seed: edited(human, affect, _seeds(count, seed)), paced_bpm),
    }


@dataclass(frozen=True, slots=True)
class Controlled:
    """Each maker's course over the plane and over the nine moods."""

    plane: Mapping[str, Course]
    moods: Mapping[str, Course]

    def tables(self) -> dict[str, Table]:
        """Control, identity and moods by title; `met` judges the first maker."""
        return {
            "control over the plane": control_table(self.plane),
            "still the same tune": identity_table(self.plane),
            "the nine moods": mood_table(self.moods),
        }


def control(generator: MusicVAE, human: NDArray[np.integer] | None, size: Size, seed: int = 0) -> Controlled:
    """Everybody over the plane and the moods; `human` (N, 256), in C, is what `edited` edits, None to go without."""
    seeds = [1000 * seed + index for index in range(size.sources)]
    cast = _Cast(generator, generator.sources(seeds), human, size, seeds)
    return Controlled(cast.courses(plane(size.grid)), cast.courses([mood.affect for mood in NINE]))


@dataclass(frozen=True, slots=True)
class _Cast:
    """Everybody who makes melodies, and from what."""

    generator: MusicVAE
    sources: Sequence[Latent]
    human: NDArray[np.integer] | None
    size: Size
    seeds: Sequence[int]

    def courses(self, affects: Sequence[Affect]) -> dict[str, Course]:
        generator, sources, kept = self.generator, self.sources, self.size.kept
        own = np.stack([generator.again(source) for source in sources])
        made = {
            "played": course(affects, lambda affect: _tokens(generator.compose(affect, kept, self.seeds[0]))),
            "pooled": course(affects, lambda affect: _tokens(generator.refine(sources, affect, kept))),
            "moved": course(affects, lambda affect: _tokens(generator.moved(sources, affect)), own, is_aligned=True),
            "tonal": course(affects, lambda affect: tonal(affect, self.seeds), is_aligned=True),
        }
        return made if self.human is None else made | {"edited": _edited(affects, self.human, self.seeds)}


def _edited(affects: Sequence[Affect], human: NDArray[np.integer], seeds: Sequence[int]) -> Course:
    made = course(affects, lambda affect: edited(human, affect, seeds), taken(human, seeds), is_aligned=True)
    pace = [paced_bpm(tokens, affect) for tokens, affect in zip(made.tokens, affects, strict=True)]
    return replace(made, bpm=np.stack(pace))


def _seeds(count: int, seed: int) -> range:
    return range(LOT * MOST_LOTS * seed, LOT * MOST_LOTS * seed + count)


def _own_pace(tokens: Tokens, affect: Affect) -> Floats:
    return np.full(len(tokens), tempo_hint(affect))


def _tokens(composed: Sequence[Composed]) -> Tokens:
    return np.array([tokens_of(made.melody) for made in composed], dtype=np.int64)
