"""The `music_transformer` generator: melody and accompaniment, composed bar by bar, conditioned on the affect.

Pieces are in C, major or minor, as all melodies of the studio. There is no pool and no refinement: several pieces are
composed and ranked by their distance from the targets.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import torch
from torch import nn

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect
from emo_osc.core.score import BARS, Melody, tiled
from emo_osc.studio.aims import Aims
from emo_osc.studio.attributes import Floats, distances, flaws, measure, measure_table
from emo_osc.studio.decoding.packed_linear import pack, packing_choice
from emo_osc.studio.events import BAR_STEPS, Sound
from emo_osc.studio.generators import Composed
from emo_osc.studio.harmony import CLASSES, HALF_STEPS, HALVES, shipped
from emo_osc.studio.nets.music_transformer import (
    CONDITION_SIZE,
    Cache,
    Events,
    MusicTransformer,
    MusicTransformerConfig,
)
from emo_osc.studio.phrase_stream import PhraseStream
from emo_osc.studio.sounds_to_notes import backing_of, melody_of_sounds
from emo_osc.studio.streams import USUAL, Choice, Stream, held
from emo_osc.studio.tokens import tokens_of
from emo_osc.studio.variations import exchanged, ranked, unchanged
from emo_osc.weights import checkpoints, precision
from emo_osc.weights.size_checks import fitted, one_line_errors

NAME = "music_transformer"
CANDIDATES = 2  # pieces composed for each one requested
TRIAL_EVENTS = 4


class Transformer:
    """Composes pieces of sixteen bars, or an endless stream."""

    name = NAME
    device = "cpu"

    def __init__(self, net: MusicTransformer, choice: Choice = USUAL, aim: Aims | None = None) -> None:
        self.net, self.choice, self._aim = net.eval(), choice, aim or Aims()

    def stream(self, seed: int) -> Stream:
        """An endless piece."""
        return Stream(self.net, seed, self.choice, self._aim.times)

    def bar_stream(self, seed: int) -> PhraseStream:
        """An endless piece as phrases for the stage, one bar each."""
        return PhraseStream(self.stream, seed)

    def compose(self, affect: Affect, count: int, seed: int) -> list[Composed]:
        """`count` pieces, the nearest to the affect's targets first; same seed, same pieces."""
        seeds = _children(seed, CANDIDATES * count)
        pieces = [self._compose_piece(affect, child) for child in seeds]
        tokens = np.array([tokens_of(melody_of_sounds(bar_stream)) for bar_stream in pieces])
        distance = distances(measure_table(tokens), self._aim(affect)) + flaws(tokens)
        return [
            _composed(pieces[row], float(distance[row]), seeds[row])
            for row in np.argsort(distance, kind="stable")[:count]
        ]

    def vary(self, melody: Melody, latent: str, affect: Affect, amount: float, count: int, seed: int) -> list[Composed]:
        """Variations whose changed bars come from pieces composed for the affect; `latent` is not used."""
        source = tiled(melody)
        if amount <= 0.0:
            return [unchanged(source, latent, self._aim(affect), seed)] * count
        if amount >= 1.0 or not source.notes:
            return self.compose(affect, count, seed)
        seeds = _children(seed, CANDIDATES * count)
        others = [melody_of_sounds(self._compose_piece(affect, child)) for child in seeds]
        varied = [exchanged(source, other, amount, Random(child)) for other, child in zip(others, seeds, strict=True)]
        return ranked(varied, seeds, source, self._aim(affect), amount)[:count]

    def _compose_piece(self, affect: Affect, seed: int) -> list[Sound]:
        stream, sounds = self.stream(seed), list[Sound]()
        for bar in range(BARS):
            at = bar * BAR_STEPS
            sounds += [Sound(s.step + at, s.part, s.pitch, s.length) for s in stream.compose(affect)]
        return held(sounds, BARS)


def build(section: GeneratorSection, aim: Aims | None = None) -> Transformer:
    """The generator of a preset section: its checkpoint, or the shipped one.

    `aim` gives the density of pieces, and their targets in ranking.

    Raises:
        EmoOscError: the checkpoint is missing, or of another generator.
    """
    choice = Choice(temperature=section.temperature, guidance=section.guidance)
    return load(checkpoint_path(section), choice, aim, section.seed is not None)


def checkpoint_path(section: GeneratorSection) -> Path:
    """The checkpoint of a preset, or the shipped one.

    Raises:
        EmoOscError: there is none.
    """
    return Path(section.checkpoint) if section.checkpoint else checkpoints.find(NAME)


def load(path: Path, choice: Choice = USUAL, aim: Aims | None = None, is_repeatable: bool = True) -> Transformer:
    """The generator of a checkpoint file; float32 where `is_repeatable`, else in the precision that is fastest here.

    Raises:
        EmoOscError: the file is not a checkpoint of this generator, or `EMO_OSC_PRECISION` is invalid.
    """
    kept = checkpoints.load(path)
    with one_line_errors(path, f"a {NAME} checkpoint", "train one or use the shipped one"):
        tensors = {name: tensor.to(torch.float32) for name, tensor in kept.tensors.items()}
        net = fitted(MusicTransformer, MusicTransformerConfig, kept.config["transformer"], tensors)
    pack(net, composing_choice(net.config, is_repeatable).precision)
    return Transformer(net, choice, aim)


def composing_choice(config: MusicTransformerConfig, is_repeatable: bool = False) -> precision.Choice:
    """The precision in which a network of this size composes fastest; float32 where `is_repeatable`."""
    work = f"composing, {config.layers} x {config.width}"
    return packing_choice(work, lambda: MusicTransformer(config).eval(), _trial_events, is_repeatable)


def _trial_events(net: nn.Module) -> Callable[[], None]:
    """A trial for the choice: some events with and without condition after half a context."""
    assert isinstance(net, MusicTransformer)
    rows, cache = 2, Cache(net.config, 2)
    number, condition = torch.zeros(rows, 1, dtype=torch.long), torch.zeros(rows, 1, CONDITION_SIZE)
    event = Events(number, number, number, number, number, condition, torch.ones(rows, 1, dtype=torch.bool))

    @torch.inference_mode()
    def run() -> None:
        cache.events = net.config.context // 2
        for _ in range(TRIAL_EVENTS):
            net.step(event, cache)

    return run


def chords_of(sounds: list[Sound]) -> tuple[int, ...]:
    """The likeliest triad of each half bar of sixteen bars, (32 numbers), from all notes that start in it."""
    weights: Floats = np.zeros((1, HALVES, CLASSES))
    for sound in sounds:
        weights[0, sound.step // HALF_STEPS, sound.pitch % CLASSES] += sound.length
    return tuple(shipped().fit(weights)[0].tolist())


def _composed(sounds: list[Sound], distance: float, seed: int) -> Composed:
    melody = melody_of_sounds(sounds)
    measured = measure(np.array([tokens_of(melody)]))
    return Composed(melody, measured, distance, seed, chords=chords_of(sounds), backing=backing_of(sounds))


def _children(seed: int, count: int) -> list[int]:
    """A child seed for each piece, distinct also between neighbouring seeds."""
    return [int(np.random.SeedSequence((seed, at)).generate_state(1, np.uint64)[0] >> 1) for at in range(count)]
