"""The clips of a listening test as timed MIDI: melodies made for a target, the same latents unmoved, human melodies."""

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
from emo_osc.evaluate.listening.human_pieces import Events, HumanPieces
from emo_osc.evaluate.listening.trials import CHOICES, FIVE, QUESTIONS, TWO, Trial
from emo_osc.render.offline import play, timed
from emo_osc.studio.attributes import measure
from emo_osc.studio.generators import Composed, Generator
from emo_osc.studio.pool.refining import Refining
from emo_osc.studio.tokens import melody_of
from emo_osc.train.naming import table_affect

if TYPE_CHECKING:
    from emo_osc.studio.pool.latents import Latent

APART = 0.6  # distance of either clip of a pair from the middle of an axis
ENDS: dict[str, tuple[Affect, Affect]] = {
    "valence": (Affect(-APART, 0.0), Affect(APART, 0.0)),
    "arousal": (Affect(0.0, -APART), Affect(0.0, APART)),
}
"""Axis -> the affects that the lower and the higher clip of a pair are made for."""

BEATS_PER_BAR = 4


@dataclass(frozen=True, slots=True)
class Recipe:
    """The size of a test: `latents`, each moved to five emotions; `pairs` per axis; `humans`, human clips per emotion
    and axis; `bars` of each clip, 1..16.
    """

    latents: int = 3
    pairs: int = 3
    humans: int = 1
    bars: int = 8
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Material:
    """A test: its trials, and the timed MIDI events of every clip by its hash."""

    trials: tuple[Trial, ...]
    sounds: dict[str, Events]


def make_material(generator: Generator, preset: Preset, recipe: Recipe, data: Path | None = None) -> Material:
    """Compose a test; the same seed gives the same test. `data`, a corpus folder, adds human clips.

    A generator without latents gives no unmoved clips.

    Raises:
        EmoOscError: the corpus folder holds no labelled pieces, or the recipe asks for nothing.
    """
    maker = _ClipMaker(generator, preset, recipe)
    trials = [*_emotion_trials(maker), *_pair_trials(maker)]
    if data and recipe.humans:
        trials += _human_trials(maker, data)
    if not trials:
        raise EmoOscError("listen-test: no questions; --latents or --pairs must be above 0")
    return Material(tuple(dict.fromkeys(trials)), maker.sounds)


class _ClipMaker:
    """Composes and plays clips; `sounds` keeps their events by hash."""

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
        """The hash of a clip: a latent moved to an affect and played with the touch of that affect."""
        if isinstance(self.generator, Refining):
            composed = self.generator.refine([self._latent(seed)], affect, 1)[0]
        else:
            composed = self.generator.compose(affect, 1, seed)[0]
        return self._played(composed, affect)

    def unmoved(self, seed: int, touch: Affect) -> str:
        """The hash of a clip: the latent as it was drawn, played with the touch of an affect."""
        assert isinstance(self.generator, Refining)  # callers check `refines`
        tokens = self.generator.again(self._latent(seed))
        return self._played(Composed(melody_of(tokens.tolist()), measure(tokens[None]), 0.0, seed), touch)

    def _latent(self, seed: int) -> "Latent":
        assert isinstance(self.generator, Refining)
        if seed not in self._latents:
            self._latents[seed] = self.generator.sources([seed])[0]  # slow: the latent is kept
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


def _emotion_trials(maker: _ClipMaker) -> list[Trial]:
    trials = []
    for seed in _seeds(maker.recipe, maker.recipe.latents, FIVE):
        trials += [
            Trial(FIVE, QUESTIONS[0], "made", (maker.made(seed, table_affect(label)),), label)
            for label in CHOICES[FIVE]
        ]
        if maker.refines:
            meant = Random(seed).choice(CHOICES[FIVE])  # the clip does not depend on it: chance level
            trials.append(Trial(FIVE, QUESTIONS[0], "unmoved", (maker.unmoved(seed, NEUTRAL),), meant))
    return trials


def _pair_trials(maker: _ClipMaker) -> list[Trial]:
    trials = []
    for axis, ends in ENDS.items():
        for index, seed in enumerate(_seeds(maker.recipe, maker.recipe.pairs, TWO)):
            makers: dict[str, Callable[[int, Affect], str]] = {"made": maker.made}
            if maker.refines and index == 0:
                makers["unmoved"] = maker.unmoved  # the two differ in touch and tempo only
            for kind, make in makers.items():
                lower, higher = (make(seed, end) for end in ends)
                if lower != higher:
                    trials.append(Trial(TWO, axis, kind, (lower, higher)))
    return trials


def _human_trials(maker: _ClipMaker, data: Path) -> list[Trial]:
    pieces = HumanPieces.load(data)
    rng = Random(maker.recipe.seed)
    trials = []
    for label in CHOICES[FIVE]:
        rows = [row for row in range(len(pieces.points)) if pieces.label(row) == label]
        for row in rng.sample(rows, min(maker.recipe.humans, len(rows))):
            clip = maker.keep(pieces.events(row, maker.length_s))
            trials.append(Trial(FIVE, QUESTIONS[0], "human", (clip,), label))
    for axis in ENDS:
        for lower, higher in pieces.pairs(axis, maker.recipe.humans, rng):
            clips = tuple(maker.keep(pieces.events(row, maker.length_s)) for row in (lower, higher))
            trials.append(Trial(TWO, axis, "human", clips))
    return trials


def _seeds(recipe: Recipe, count: int, what: str) -> list[int]:
    rng = Random(f"{recipe.seed} {what}")
    return [rng.getrandbits(31) for _ in range(count)]
