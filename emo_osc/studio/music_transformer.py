"""The `music_transformer` generator: an accompaniment for a melody, composed bar by bar, conditioned on the affect.

The melody is the first generator's, a given one, or the network's own. Pieces are in C, major or minor, as all melodies
of the studio; a given melody in another key is accompanied in C and moved back.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect
from emo_osc.core.score import BARS, Melody, Note, tiled
from emo_osc.studio import music_vae
from emo_osc.studio.aims import Aims
from emo_osc.studio.attributes import Floats, distances, flaws, measure, measure_table
from emo_osc.studio.decoding.packed_linear import pack, packing_choice
from emo_osc.studio.duet.first_melody import FirstMelody
from emo_osc.studio.duet.given_melody import GivenMelody, GivenSong, MelodySource, phrase_of
from emo_osc.studio.duet.look_back import moved_chord
from emo_osc.studio.events import BAR_STEPS, Sound
from emo_osc.studio.generators import Composed
from emo_osc.studio.harmony import CLASSES, HALF_STEPS, HALVES, shipped
from emo_osc.studio.interruption import Steps, all_of, finished
from emo_osc.studio.nets.music_transformer import (
    CONDITION_SIZE,
    Cache,
    Events,
    MusicTransformer,
    MusicTransformerConfig,
)
from emo_osc.studio.phrase_stream import PhraseStream
from emo_osc.studio.pool.latents import Latent
from emo_osc.studio.proposers import SamplingParameters
from emo_osc.studio.sounds_to_notes import backing_of, melody_of_sounds
from emo_osc.studio.streams import USUAL, Choice, Stream, held
from emo_osc.studio.tokens import tokens_of
from emo_osc.studio.variations import exchanged, home_lift, lifted, ranked, unchanged
from emo_osc.weights import checkpoints, precision
from emo_osc.weights.size_checks import fitted, one_line_errors

NAME = "music_transformer"
CANDIDATES = 2  # pieces composed for each one requested, where the network writes the melody
TRIAL_EVENTS = 4
FIRST = "first"  # `generator.melody` of a preset: the first generator's


class Transformer:
    """Composes pieces of sixteen bars, or an endless stream; accompanies melodies.

    `first` is the model whose melodies it accompanies; None where the network writes its own.
    """

    name = NAME
    device = "cpu"

    def __init__(
        self,
        net: MusicTransformer,
        choice: Choice = USUAL,
        aim: Aims | None = None,
        first: music_vae.MusicVAE | None = None,
    ) -> None:
        self.net, self.choice, self._aim, self.first = net.eval(), choice, aim or Aims(), first

    def guided(self, guidance: float) -> "Transformer":
        """The same with another scale of guidance."""
        return Transformer(self.net, replace(self.choice, guidance=guidance), self._aim, self.first)

    def stream(self, seed: int, melody: MelodySource | None = None) -> Stream:
        """An endless piece, its melody a given one or as in `compose`."""
        if melody is None and self.first is not None:
            melody = FirstMelody(self.first, seed)
        return Stream(self.net, seed, self.choice, self._aim.times, melody)

    def bar_stream(self, seed: int) -> PhraseStream:
        """An endless piece as phrases for the stage, one bar each."""
        return PhraseStream(self.stream, seed)

    def compose(self, affect: Affect, count: int, seed: int) -> list[Composed]:
        """`count` pieces, the nearest to the affect's targets first; same seed, same pieces."""
        return finished(self.compose_in_steps(affect, count, seed))

    def compose_in_steps(self, affect: Affect, count: int, seed: int) -> Steps[list[Composed]]:
        """`compose` in steps."""
        if self.first is not None:
            return (yield from self._all_accompanied(self.first.compose(affect, count, seed), affect))
        seeds = _children(seed, CANDIDATES * count)
        pieces = yield from self._pieces(seeds, affect)
        tokens = np.array([tokens_of(melody_of_sounds(piece)) for piece in pieces])
        distance = distances(measure_table(tokens), self._aim(affect)) + flaws(tokens)
        return [
            _composed(pieces[row], float(distance[row]), seeds[row])
            for row in np.argsort(distance, kind="stable")[:count]
        ]

    def vary(self, melody: Melody, latent: str, affect: Affect, amount: float, count: int, seed: int) -> list[Composed]:
        """Variations with an accompaniment; an amount of 0 accompanies the melody as it is, to the tick."""
        return finished(self.vary_in_steps(melody, latent, affect, amount, count, seed))

    def vary_in_steps(
        self, melody: Melody, latent: str, affect: Affect, amount: float, count: int, seed: int
    ) -> Steps[list[Composed]]:
        """`vary` in steps."""
        source = tiled(melody)
        if amount >= 1.0 or not source.notes:
            return (yield from self.compose_in_steps(affect, count, seed))
        if amount <= 0.0:
            same = unchanged(source, latent, self._aim(affect), seed)
            return (yield from self._all_accompanied([same], affect)) * count
        if self.first is not None:
            varied = self.first.vary(source, latent, affect, amount, count, seed)
        else:
            seeds = _children(seed, CANDIDATES * count)
            varied = (yield from self._exchanged(source, affect, amount, seeds))[:count]
        return (yield from self._all_accompanied(varied, affect))

    def _exchanged(self, source: Melody, affect: Affect, amount: float, seeds: list[int]) -> Steps[list[Composed]]:
        """Variations whose changed bars come from pieces that the network composes."""
        others = [melody_of_sounds(piece) for piece in (yield from self._pieces(seeds, affect))]
        varied = [exchanged(source, other, amount, Random(child)) for other, child in zip(others, seeds, strict=True)]
        return ranked(varied, seeds, source, self._aim(affect), amount)

    def _pieces(self, seeds: list[int], affect: Affect) -> Steps[list[list[Sound]]]:
        """A piece of each seed, with its own melody."""
        return all_of(_piece(self.stream(seed), affect) for seed in seeds)

    def _all_accompanied(self, melodies: list[Composed], affect: Affect) -> Steps[list[Composed]]:
        return all_of(self._accompanied(melody, affect) for melody in melodies)

    def _accompanied(self, made: Composed, affect: Affect) -> Steps[Composed]:
        """A melody with an accompaniment, and the chords that both follow."""
        tokens = np.array(tokens_of(made.melody))
        until = self._until(made.latent)
        lift = home_lift(tokens) if until is None else 0
        given = GivenMelody.of(lifted(tokens, lift), None if until is None else phrase_of(until))
        sounds = yield from _piece(self.stream(made.seed, given), affect)
        return _under(made, given, sounds, lift)

    def accompany(self, phrases: Sequence[Melody], affect: Affect, seed: int) -> list[Composed]:
        """A song's phrases, sixteen bars each but the last, with one accompaniment; no note of theirs is changed."""
        whole = [replace(phrase, bars=BARS) for phrase in phrases]
        tokens = [np.array(tokens_of(phrase)) for phrase in whole]
        lift = home_lift(np.concatenate(tokens))
        song = GivenSong(tuple(GivenMelody.of(lifted(each, lift)) for each in tokens))
        stream, accompanied = self.stream(seed, song), []
        for phrase, source, given in zip(phrases, whole, song.parts, strict=True):
            sounds = finished(_piece(stream, affect, phrase.bars))
            accompanied.append(_under(unchanged(source, "", self._aim(affect), seed), given, sounds, lift))
        return accompanied

    def _until(self, latent: str) -> NDArray[np.int64] | None:
        """Bars to the end of the phrase (16,) as a latent's plan says; None without one, or where it is another's."""
        if self.first is None or not latent:
            return None
        try:
            numbers = Latent.from_text(latent, self.first.proposer.shape).numbers
        except ValueError:
            return None
        return np.asarray(self.first.proposer.until(numbers[None])[0])


def build(section: GeneratorSection, aim: Aims | None = None) -> Transformer:
    """The generator of a preset section: its checkpoint, or the shipped one.

    `aim` gives the density of pieces, and their targets in ranking.

    Raises:
        EmoOscError: the checkpoint is missing, or of another generator.
    """
    choice, is_repeatable = Choice(temperature=section.temperature, guidance=section.guidance), section.seed is not None
    transformer = load(checkpoint_path(section), choice, aim, is_repeatable)
    if section.melody != FIRST:
        return transformer
    sampling = SamplingParameters(temperature=section.temperature, aim=aim or Aims())
    melodies = checkpoints.find(music_vae.NAME)
    first = music_vae.load(melodies, torch.device(Transformer.device), sampling, is_repeatable)
    return Transformer(transformer.net, choice, aim, first)


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
    plan = torch.zeros(rows, 1, net.config.columns, dtype=torch.long)
    event = Events(number, number, number, number, number, condition, torch.ones(rows, 1, dtype=torch.bool), plan)

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


def _piece(stream: Stream, affect: Affect, bars: int = BARS) -> Steps[list[Sound]]:
    """The next bars of a stream, sixteen at most."""
    sounds = []
    for bar in range(bars):
        at, composed = bar * BAR_STEPS, (yield from stream.compose_in_steps(affect))
        sounds += [Sound(s.step + at, s.part, s.pitch, s.length) for s in composed]
    return held(sounds, bars)


def _under(made: Composed, given: GivenMelody, sounds: list[Sound], lift: int) -> Composed:
    """A melody with the accompaniment that was composed for it `lift` semitones higher, and the chords of both."""
    backing = (Note(n.start_tick, n.duration_tick, n.pitch - lift, n.velocity) for n in backing_of(sounds))
    chords = tuple(moved_chord(chord, -lift) for chord in given.chords)
    return replace(made, chords=chords, backing=tuple(sorted(backing)))


def _composed(sounds: list[Sound], distance: float, seed: int) -> Composed:
    melody = melody_of_sounds(sounds)
    measured = measure(np.array([tokens_of(melody)]))
    return Composed(melody, measured, distance, seed, chords=chords_of(sounds), backing=backing_of(sounds))


def _children(seed: int, count: int) -> list[int]:
    """A child seed for each piece, distinct also between neighbouring seeds."""
    return [int(np.random.SeedSequence((seed, at)).generate_state(1, np.uint64)[0] >> 1) for at in range(count)]
