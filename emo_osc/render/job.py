"""The work of `emo-osc render`: composes, plays with the stage's performer, and writes the files asked for."""

from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom

from emo_osc.config.preset import Preset
from emo_osc.core.affect import Affect, Mood
from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import BARS
from emo_osc.render.accompanied import accompanied, check_parts
from emo_osc.render.melody_file import Tune
from emo_osc.render.offline import Take, takes, timed, write_json, write_midi
from emo_osc.studio.aims import Aims
from emo_osc.studio.generators import Generator, build


@dataclass(frozen=True, slots=True)
class Order:
    """What to compose and where to write it: moods or an affect, the preset's mood where neither is named.

    `count` melodies of each mood, `bars` (1..16) of each melody, 16 by default. With `tune` that is accompanied
    instead, its first `bars`, all by default.
    """

    out: Path
    moods: tuple[str, ...] = ()
    va: tuple[float, float] | None = None
    bars: int | None = None
    count: int = 1
    wav: Path | None = None
    png: Path | None = None
    json_out: Path | None = None
    tune: Tune | None = None


def write(order: Order, preset: Preset) -> str:
    """Writes the files; answers one line that says what was made, and the seed that makes it again.

    Raises:
        EmoOscError: no such mood, an affect off the plane, no generator, or a file that cannot be written.
    """
    wanted = _moods(order, preset)
    seed = SystemRandom().randrange(1 << 31) if preset.generator.seed is None else preset.generator.seed
    if order.tune:
        check_parts(preset)
    generator = build(preset.generator.repeatable(seed), Aims.of(preset))
    played = [(mood.id, take) for mood in wanted for take in _takes(order, generator, preset, mood, seed)]
    _write_files(order, played, preset, seed)
    moods = ", ".join(f"{mood.id} ({mood.affect.valence:+.2f} {mood.affect.arousal:+.2f})" for mood in wanted)
    notes = sum(len(take.played.notes) for _, take in played)
    bars = sorted({take.bars for _, take in played}, reverse=True)
    size = f"{len(played)} x {' or '.join(map(str, bars))} bars, {notes} notes"
    faults = "".join(f"; read in part: {fault}" for fault in (order.tune.faults[:1] if order.tune else ()))
    return f"{order.out}: {moods}; {size}, {preset.clock.tempo:g} bpm, seed {seed}{faults}"


def _takes(order: Order, generator: Generator, preset: Preset, mood: Mood, seed: int) -> list[Take]:
    if order.tune:
        return accompanied(generator, preset, order.tune.phrases(order.bars), mood.affect, order.count, seed)
    return takes(generator, preset, mood.affect, order.count, seed, order.bars or BARS, mood.colour)


def _moods(order: Order, preset: Preset) -> list[Mood]:
    """What is wanted; a bare affect is a mood without a colour."""
    if order.moods and order.va:
        raise EmoOscError("--mood and --va: name one of them")
    if order.va:
        try:
            return [Mood("affect", Affect(*order.va))]
        except ValueError as error:
            raise EmoOscError(f"--va: {error}") from None
    try:
        return [preset.mood_book().find(name) for name in order.moods or (preset.performance.mood,)]
    except KeyError as error:
        raise EmoOscError(f"--mood: {error.args[0]}") from None


def _write_files(order: Order, played: list[tuple[str, Take]], preset: Preset, seed: int) -> None:
    tempo, whole = preset.clock.tempo, [take for _, take in played]
    write_midi(whole, tempo, order.out)
    if order.json_out:
        write_json(whole, tempo, seed, order.json_out)
    if order.wav:
        from emo_osc.sound.render import render_wav  # numpy

        render_wav(timed(whole, tempo), order.wav, gain=preset.sound.gain)
    if order.png:
        from emo_osc.render.piano_roll import piano_roll_png  # matplotlib

        piano_roll_png([take.played for take in whole], order.png, [name for name, _ in played])
