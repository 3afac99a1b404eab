"""Takes of a melody that is given, with an accompaniment by the preset's generator."""

from collections.abc import Sequence

from emo_osc.config.preset import Preset
from emo_osc.config.preset_loading import changed
from emo_osc.core.affect import Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import Melody
from emo_osc.protocol.messages import Measured
from emo_osc.render.offline import Take, play, settings_of
from emo_osc.studio.bar_streaming import Accompanying
from emo_osc.studio.generators import Composed, Generator

AS_WRITTEN = {"register": 0.0, "spelling": 0.0}
"""The rules that would move a melody to the octave and mode of an affect."""


def check_parts(preset: Preset) -> None:
    """Refuse to write an accompaniment that would not be heard.

    Raises:
        EmoOscError: the preset has neither chords nor bass.
    """
    settings = settings_of(preset)
    if not settings.chords and not settings.bass:
        text = "performance.chords and performance.bass are 0, so no accompaniment would be heard"
        raise EmoOscError(f"--melody: {text}; set one, or take --preset duet")


def accompanied(
    generator: Generator, preset: Preset, phrases: Sequence[Melody], affect: Affect, count: int, seed: int
) -> list[Take]:
    """`count` accompaniments of a song's phrases, the takes of each one after another; same seed, same takes."""
    felt = affect.scaled(preset.performance.intensity)
    rules = preset.performance.rules.model_dump(by_alias=True) | AS_WRITTEN
    written = changed(preset, {"performance.rules": rules}, "--melody")
    return [
        play(made, affect, written, phrase.bars)
        for version in range(count)
        for phrase, made in zip(phrases, _composed(generator, phrases, felt, seed + version), strict=True)
    ]


def _composed(generator: Generator, phrases: Sequence[Melody], affect: Affect, seed: int) -> list[Composed]:
    """Each phrase with an accompaniment, or with chords for the band by a generator that writes none."""
    if isinstance(generator, Accompanying):
        return generator.accompany(phrases, affect, seed)
    return [
        generator.vary(phrase, "", affect, 0.0, 1, seed)[0]
        if phrase.notes
        else Composed(phrase, Measured(0.0, 0.0, 0.5), 0.0, seed)
        for phrase in phrases
    ]
