"""The sounds of a listening test as timed MIDI: ours, the same latents unmoved, and people's in the same form.

People's clips are the top lines of labelled pieces, as they were played, through the same instrument: what a single
line can say at all. They are for research and stay on this computer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from emo_osc.config.preset import Preset
from emo_osc.core.affect import NEUTRAL, Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.core.targets import followed_tempo
from emo_osc.evaluate.listening.people import Events, HumanPieces
from emo_osc.evaluate.listening.trials import CHOICES, FIVE, QUESTIONS, TWO, Trial
from emo_osc.render.offline import play, timed
from emo_osc.studio.attributes import measure
from emo_osc.studio.generators import Composed, Generator
from emo_osc.studio.pool.refining import Refining
from emo_osc.studio.tokens import melody_of
from emo_osc.train.naming import table_affect

if TYPE_CHECKING:
    from emo_osc.studio.pool.latents import Latent

APART = 0.6  # from the middle of an axis to either clip of a pair
ENDS: dict[str, tuple[Affect, Affect]] = {
    "valence": (Affect(-APART, 0.0), Affect(APART, 0.0)),
    "arousal": (Affect(0.0, -APART), Affect(0.0, APART)),
}
"""Axis -> what the lower and the higher clip of a pair are made for."""

BEATS_PER_BAR = 4


@dataclass(frozen=True, slots=True)
class Recipe:
    """How much of everything: latents (each in five feelings), pairs an axis, human clips a feeling and axis; `bars`
    of each clip, 1..16.
    """

    latents: int = 3
    pairs: int = 3
    humans: int = 1
    bars: int = 8
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Material:
    """A test: its trials, and what every clip of them plays, by hash."""

    trials: tuple[Trial, ...]
    sounds: dict[str, Events]


def make_material(generator: Generator, preset: Preset, recipe: Recipe, data: Path | None = None) -> Material:
    """Composes a test, the same from the same seed; human clips where there is a corpus folder.

    A generator that has no latents to move has no unmoved clips either.

    Raises:
        EmoOscError: the corpus folder holds no labelled pieces, or the recipe asks for nothing.
    """
    studio = _Studio(generator, preset, recipe)
    trials = [*_feelings(studio), *_pairs(studio)]
    if data and recipe.humans:
        trials += _human(studio, data)
    if not trials:
        raise EmoOscError("listen-test: nothing to ask; --latents or --pairs must be above 0")
    return Material(tuple(dict.fromkeys(trials)), studio.sounds)


class _Studio:
    """Composes, plays, and keeps what was played under its hash."""

    def __init__(self, generator: Generator, preset: Preset, recipe: Recipe) -> None:
        self.generator, self.preset, self.recipe = generator, preset, recipe
        self.sounds: dict[str, Events] = {}
        self._latents: dict[int, Latent] = {}

    @property
    def refines(self) -> bool:
        return isinstance(self.generator, Refining)

    @property
    def length_s(self) -> float:
        return self.recipe.bars * BEATS_PER_BAR * 60.0 / self.preset.clock.tempo

    def made(self, seed: int, affect: Affect) -> str:
        """One latent, moved to an affect and played with its touch."""
        if isinstance(self.generator, Refining):
            composed = self.generator.refine([self._latent(seed)], affect, 1)[0]
        else:
            composed = self.generator.compose(affect, 1, seed)[0]
        return self._played(composed, affect)

    def unmoved(self, seed: int, touch: Affect) -> str:
        """The same latent as it was drawn, played with the touch of an affect."""
        assert isinstance(self.generator, Refining)  # nobody asks where it does not refine
        tokens = self.generator.again(self._latent(seed))
        return self._played(Composed(melody_of(tokens.tolist()), measure(tokens[None]), 0.0, seed), touch)

    def _latent(self, seed: int) -> "Latent":
        assert isinstance(self.generator, Refining)
        if seed not in self._latents:
            self._latents[seed] = self.generator.sources([seed])[0]  # what takes long
        return self._latents[seed]

    def keep(self, events: Events) -> str:
        name = sha256(repr([(round(at_s, 4), message) for at_s, message in events]).encode()).hexdigest()[:16]
        self.sounds[name] = events
        return name

    def _played(self, composed: Composed, affect: Affect) -> str:
        clock, follow = self.preset.clock, self.preset.performance.tempo_follow
        tempo = followed_tempo(clock.tempo, affect, follow)
        bars = min(self.recipe.bars, composed.melody.bars)
        return self.keep(tuple(timed([play(composed, affect, self.preset, bars)], tempo)))


def _feelings(studio: _Studio) -> list[Trial]:
    trials = []
    for seed in _seeds(studio.recipe, studio.recipe.latents, FIVE):
        trials += [
            Trial(FIVE, QUESTIONS[0], "made", (studio.made(seed, table_affect(label)),), label)
            for label in CHOICES[FIVE]
        ]
        if studio.refines:
            meant = Random(seed).choice(CHOICES[FIVE])  # nobody can hear it: the floor
            trials.append(Trial(FIVE, QUESTIONS[0], "unmoved", (studio.unmoved(seed, NEUTRAL),), meant))
    return trials


def _pairs(studio: _Studio) -> list[Trial]:
    trials = []
    for axis, ends in ENDS.items():
        for index, seed in enumerate(_seeds(studio.recipe, studio.recipe.pairs, TWO)):
            makers: dict[str, Callable[[int, Affect], str]] = {"made": studio.made}
            if studio.refines and index == 0:
                makers["unmoved"] = (
                    studio.unmoved
                )  # what the stage does to the same melody is all that tells them apart
            for kind, make in makers.items():
                lower, higher = (make(seed, end) for end in ends)
                if lower != higher:
                    trials.append(Trial(TWO, axis, kind, (lower, higher)))
    return trials


def _human(studio: _Studio, data: Path) -> list[Trial]:
    pieces = HumanPieces.load(data)
    luck = Random(studio.recipe.seed)
    trials = []
    for label in CHOICES[FIVE]:
        rows = [row for row in range(len(pieces.points)) if pieces.label(row) == label]
        for row in luck.sample(rows, min(studio.recipe.humans, len(rows))):
            clip = studio.keep(pieces.events(row, studio.length_s))
            trials.append(Trial(FIVE, QUESTIONS[0], "human", (clip,), label))
    for axis in ENDS:
        for lower, higher in pieces.pairs(axis, studio.recipe.humans, luck):
            clips = tuple(studio.keep(pieces.events(row, studio.length_s)) for row in (lower, higher))
            trials.append(Trial(TWO, axis, "human", clips))
    return trials


def _seeds(recipe: Recipe, count: int, what: str) -> list[int]:
    luck = Random(f"{recipe.seed} {what}")
    return [luck.getrandbits(31) for _ in range(count)]
