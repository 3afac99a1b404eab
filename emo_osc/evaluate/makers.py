"""The makers of melodies that an evaluation compares: the generator in three ways, and two baselines.

Over the plane, `played` is the best of what the generator composes for an affect, as on stage; `pooled` the best of a
pool that was drawn without the affect; `moved` the actor's output for each source, unranked. `tonal` and `edited` are
the baselines. `judged_makers` gives those that judges compare.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.affect import MOODS, Affect
from emo_osc.core.targets import tempo_hint
from emo_osc.evaluate.baselines import edited, paced_bpm, sampled, tonal
from emo_osc.evaluate.control import Sweep, Tokens, control_table, plane, sweep
from emo_osc.evaluate.identity import NINE, identity_table, mood_table
from emo_osc.evaluate.melodies.sounding import sounding
from emo_osc.studio.attributes import Floats
from emo_osc.studio.generators import Composed, Generator
from emo_osc.studio.music_vae import MusicVAE
from emo_osc.studio.pool.latents import Latent
from emo_osc.studio.tokens import tokens_of

Table = dict[str, dict[str, float]]
Make = Callable[[Affect, int, int], Tokens]

BATCH, MOST_BATCHES = 8, 1000


@dataclass(frozen=True, slots=True)
class Size:
    """Sizes of an evaluation: `grid` >= 2 values per axis, `sources` >= 2 latents, `kept` in 1..sources melodies where
    the best are taken, `judged` >= 16 melodies per maker for the judges; for the report `sets` of `each` melodies per
    affect, and `evening` melodies of one affect.

    Raises:
        ValueError: a size is out of range.
    """

    grid: int = 9
    sources: int = 32
    kept: int = 8
    judged: int = 256
    sets: int = 3
    each: int = 8
    evening: int = 200

    def __post_init__(self) -> None:
        if self.grid < 2 or self.sources < 2 or not 1 <= self.kept <= self.sources:
            raise ValueError(f"a size needs a grid and sources of 2 or more, and some kept of them, got {self}")
        if self.judged < len(MOODS):
            raise ValueError(f"a size needs {len(MOODS)} judged or more, got {self}")


FULL, QUICK = Size(), Size(5, 8, 2, 32, sets=1, each=2, evening=16)


@dataclass(frozen=True, slots=True)
class Maker:
    """`make(affect, count, seed)` gives melodies (count, 256) as they sound, in the mode that the stage plays for the
    affect; `pace(melodies, affect)` their tempo in bpm, (count,).
    """

    make: Make
    pace: Callable[[Tokens, Affect], Floats]


def judged_makers(generator: Generator, human: NDArray[np.integer]) -> dict[str, Maker]:
    """The generator and both baselines; `edited` edits the melodies `human` (N, 256), in C.

    The generator composes `BATCH` at a time, as for the stage: the best of many would overstate it.
    """

    def ours(affect: Affect, count: int, seed: int) -> Tokens:
        batches = range(0, count, BATCH)
        made = [generator.compose(affect, min(BATCH, count - at), MOST_BATCHES * seed + at // BATCH) for at in batches]
        return np.concatenate([_tokens(batch) for batch in made])

    return {
        "ours": Maker(_as_played(ours), _own_pace),
        "tonal": Maker(_as_played(lambda affect, count, seed: tonal(affect, _seeds(count, seed))), _own_pace),
        "edited": Maker(_as_played(lambda affect, count, seed: edited(human, affect, _seeds(count, seed))), paced_bpm),
    }


def _as_played(make: Make) -> Make:
    """The same melodies as the stage plays them for the affect."""
    return lambda affect, count, seed: sounding(make(affect, count, seed), [affect] * count)


@dataclass(frozen=True, slots=True)
class Controlled:
    """Each maker's course over the plane and over the nine moods."""

    plane: Mapping[str, Sweep]
    moods: Mapping[str, Sweep]

    def tables(self) -> dict[str, Table]:
        """Tables of control, identity and moods by title; `met` refers to the first maker."""
        return {
            "control over the plane": control_table(self.plane),
            "still the same tune": identity_table(self.plane),
            "the nine moods": mood_table(self.moods),
        }


def control(generator: MusicVAE, human: NDArray[np.integer] | None, size: Size, seed: int = 0) -> Controlled:
    """Sweeps of all makers over the plane and the moods; `human` (N, 256), in C, is edited by `edited`;
    None omits it.
    """
    seeds = [1000 * seed + index for index in range(size.sources)]
    judged_makers = _PlaneMakers(generator, generator.sources(seeds), human, size, seeds)
    return Controlled(judged_makers.sweeps(plane(size.grid)), judged_makers.sweeps([mood.affect for mood in NINE]))


@dataclass(frozen=True, slots=True)
class _PlaneMakers:
    """The makers over the plane, with their inputs."""

    generator: MusicVAE
    sources: Sequence[Latent]
    human: NDArray[np.integer] | None
    size: Size
    seeds: Sequence[int]

    def sweeps(self, affects: Sequence[Affect]) -> dict[str, Sweep]:
        generator, sources, kept = self.generator, self.sources, self.size.kept
        own = generator.decoded(sources)
        made = {
            "played": sweep(affects, lambda affect: _tokens(generator.compose(affect, kept, self.seeds[0]))),
            "pooled": sweep(affects, lambda affect: _tokens(generator.refine(sources, affect, kept))),
            "moved": sweep(affects, lambda affect: _tokens(generator.moved(sources, affect)), own, is_aligned=True),
            "tonal": sweep(affects, lambda affect: tonal(affect, self.seeds), is_aligned=True),
        }
        return made if self.human is None else made | {"edited": _edited(affects, self.human, self.seeds)}


def _edited(affects: Sequence[Affect], human: NDArray[np.integer], seeds: Sequence[int]) -> Sweep:
    made = sweep(affects, lambda affect: edited(human, affect, seeds), sampled(human, seeds), is_aligned=True)
    pace = [paced_bpm(tokens, affect) for tokens, affect in zip(made.tokens, affects, strict=True)]
    return replace(made, bpm=np.stack(pace))


def _seeds(count: int, seed: int) -> range:
    return range(BATCH * MOST_BATCHES * seed, BATCH * MOST_BATCHES * seed + count)


def _own_pace(tokens: Tokens, affect: Affect) -> Floats:
    return np.full(len(tokens), tempo_hint(affect))


def _tokens(composed: Sequence[Composed]) -> Tokens:
    return np.array([tokens_of(made.melody) for made in composed], dtype=np.int64)
