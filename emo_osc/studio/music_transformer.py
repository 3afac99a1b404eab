"""The music transformer as a generator: melody and accompaniment, composed bar by bar for a feeling.

Pieces are in C, major or minor, as all melodies of the studio. Nothing is drawn beforehand and nothing is moved
afterwards: a feeling is told to the network, and of several pieces the nearest to what was asked for comes first.
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
from emo_osc.studio.improviser import Improviser
from emo_osc.studio.nets.music_transformer import TOLD, Cache, Events, MusicTransformer, MusicTransformerConfig
from emo_osc.studio.phrases_of import backing_of, melody_of_sounds
from emo_osc.studio.streams import USUAL, Choice, Stream, held
from emo_osc.studio.tokens import tokens_of
from emo_osc.studio.variations import exchanged, ranked, unchanged
from emo_osc.weights import checkpoints, precision
from emo_osc.weights.size_checks import fitted, told_of

NAME = "music_transformer"
TRIED = 2  # pieces for each that is asked for
TRIAL_EVENTS = 4


class Transformer:
    """Composes pieces of sixteen bars, or a stream without end."""

    name = NAME
    device = "cpu"

    def __init__(self, net: MusicTransformer, choice: Choice = USUAL, aim: Aims | None = None) -> None:
        self.net, self.choice, self._aim = net.eval(), choice, aim or Aims()

    def stream(self, seed: int) -> Stream:
        """A piece that goes on for as long as bars are asked for."""
        return Stream(self.net, seed, self.choice, self._aim.times)

    def piece(self, seed: int) -> Improviser:
        """The same as phrases for the stage, bar after bar."""
        return Improviser(self.stream, seed)

    def compose(self, affect: Affect, count: int, seed: int) -> list[Composed]:
        """`count` pieces, the nearest to the affect's targets first; same seed, same pieces."""
        seeds = _children(seed, TRIED * count)
        pieces = [self._piece(affect, child) for child in seeds]
        tokens = np.array([tokens_of(melody_of_sounds(piece)) for piece in pieces])
        apart = distances(measure_table(tokens), self._aim(affect)) + flaws(tokens)
        return [
            _composed(pieces[row], float(apart[row]), seeds[row]) for row in np.argsort(apart, kind="stable")[:count]
        ]

    def vary(self, melody: Melody, latent: str, affect: Affect, amount: float, count: int, seed: int) -> list[Composed]:
        """Variations whose bars that move come from pieces made for the affect; `latent` plays no part."""
        source = tiled(melody)
        if amount <= 0.0:
            return [unchanged(source, latent, self._aim(affect), seed)] * count
        if amount >= 1.0 or not source.notes:
            return self.compose(affect, count, seed)
        seeds = _children(seed, TRIED * count)
        others = [melody_of_sounds(self._piece(affect, child)) for child in seeds]
        varied = [exchanged(source, other, amount, Random(child)) for other, child in zip(others, seeds, strict=True)]
        return ranked(varied, seeds, source, self._aim(affect), amount)[:count]

    def _piece(self, affect: Affect, seed: int) -> list[Sound]:
        stream, sounds = self.stream(seed), list[Sound]()
        for bar in range(BARS):
            at = bar * BAR_STEPS
            sounds += [Sound(s.step + at, s.part, s.pitch, s.length) for s in stream.compose(affect)]
        return held(sounds, BARS)


def build(section: GeneratorSection, aim: Aims | None = None) -> Transformer:
    """The generator of a preset: its checkpoint, or the shipped one.

    `aim` says how many notes it is to write, and what pieces are ranked by.

    Raises:
        EmoOscError: there is none, or it is not one of this generator.
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
    """The generator of a checkpoint file; what need not be repeatable multiplies in the precision that is fastest here.

    Raises:
        EmoOscError: the file is not a checkpoint of this generator, or `EMO_OSC_PRECISION` is no precision.
    """
    kept = checkpoints.load(path)
    with told_of(path, f"a {NAME} checkpoint", "train one or use the shipped one"):
        tensors = {name: tensor.to(torch.float32) for name, tensor in kept.tensors.items()}
        net = fitted(MusicTransformer, MusicTransformerConfig, kept.config["transformer"], tensors)
    pack(net, composing_choice(net.config, is_repeatable).precision)
    return Transformer(net, choice, aim)


def composing_choice(config: MusicTransformerConfig, is_repeatable: bool = False) -> precision.Choice:
    """The precision in which a network of that size composes fastest; float32 for what a seed must repeat."""
    work = f"composing, {config.layers} x {config.width}"
    return packing_choice(work, lambda: MusicTransformer(config).eval(), _few_events, is_repeatable)


def _few_events(net: nn.Module) -> Callable[[], None]:
    """Some events, told and untold, after half a context."""
    assert isinstance(net, MusicTransformer)
    rows, cache = 2, Cache(net.config, 2)
    number, told = torch.zeros(rows, 1, dtype=torch.long), torch.zeros(rows, 1, TOLD)
    event = Events(number, number, number, number, number, told, torch.ones(rows, 1, dtype=torch.bool))

    @torch.inference_mode()
    def run() -> None:
        cache.events = net.config.context // 2
        for _ in range(TRIAL_EVENTS):
            net.step(event, cache)

    return run


def chords_of(sounds: list[Sound]) -> tuple[int, ...]:
    """The likeliest triad of each half bar of sixteen bars, from all notes that begin there."""
    weights: Floats = np.zeros((1, HALVES, CLASSES))
    for sound in sounds:
        weights[0, sound.step // HALF_STEPS, sound.pitch % CLASSES] += sound.length
    return tuple(shipped().fit(weights)[0].tolist())


def _composed(sounds: list[Sound], apart: float, seed: int) -> Composed:
    melody = melody_of_sounds(sounds)
    measured = measure(np.array([tokens_of(melody)]))
    return Composed(melody, measured, apart, seed, chords=chords_of(sounds), backing=backing_of(sounds))


def _children(seed: int, count: int) -> list[int]:
    """A seed of its own for each piece; neighbouring seeds share none."""
    return [int(np.random.SeedSequence((seed, at)).generate_state(1, np.uint64)[0] >> 1) for at in range(count)]
