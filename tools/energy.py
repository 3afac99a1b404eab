"""The density loss in two forms, and whether they say the same: heard in rendered sound, and counted in notes.

Jang, Son and Lee compare spectrogram energy in windows of time with a reference. Sound does not differentiate, so
training counts notes instead (`studio/losses.py`). Here both stand side by side (emotion reference, section 4), on a
fixed, dry synthesiser: sines with three overtones that die away within a sixteenth. So the energy of a window is that
of its onsets; with a long decay it would be that of whatever is held (`--decay` shows it).

    python -m tools.energy --data FOLDER
"""

from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from emo_osc.core.affect import Affect
from emo_osc.evaluate.judges.features import Floats, Tokens
from emo_osc.studio.attributes import NoteGrid, targets
from emo_osc.train.corpora.corpus import load_corpus

# N melodies, W = 16 windows of a bar

BARS, BAR = 16, 16
RATE_HZ = 16_000
STEP_S = 60.0 / 110.0 / 4.0  # a sixteenth at the reference's neutral tempo
DECAY_S = 0.05  # in which a note's amplitude falls to 1/e
OVERTONES = (1.0, 0.5, 0.25, 0.125)
FADE_S = 0.005  # at a note's end
FRAME, HOP = 256, 128  # 16 ms: a frame that reaches over a bar line says little about the wrong bar
EPSILON = 0.5  # notes, so that an empty bar has a logarithm
OVERALL = 0.5  # the weight of the whole melody's energy beside the mean over its windows
VELOCITY_SD = 6.0 / 66.0  # how much people vary from note to note (EMOPIA), of their mean
SAMPLES = 1000


class Synthesiser:
    """Renders melodies dry: no room, no attack, no limiter; every note of a pitch has the same waveform."""

    def __init__(self, decay_s: float = DECAY_S) -> None:
        self.decay_s = decay_s
        self._waves: dict[int, NDArray[np.float32]] = {}
        self.unit = float(self.energies(np.array([43, *[0] * 255]), np.ones(256)).sum())
        """The energy of one note of unit velocity, held as long as it sounds."""

    def energies(self, melody: Tokens, velocity: Floats) -> Floats:
        """Spectrogram energy in each bar of a melody (256,) whose notes have these velocities (256,), (W,)."""
        sound = np.pad(self.render(melody, velocity), FRAME)  # so that all frames see a first note, as of any other
        frames = np.lib.stride_tricks.sliding_window_view(sound, FRAME)[::HOP]
        power = np.abs(np.fft.rfft(frames * np.hanning(FRAME).astype(np.float32), axis=1)) ** 2
        bar = (np.arange(len(frames)) * HOP - FRAME / 2) / RATE_HZ / STEP_S // BAR
        return np.asarray(
            np.bincount(bar.clip(0, BARS - 1).astype(int), power.sum(axis=1), minlength=BARS), dtype=float
        )

    def render(self, melody: Tokens, velocity: Floats) -> NDArray[np.float32]:
        """A melody (256,) as sound, 16 kHz, one channel."""
        grid = NoteGrid.of(melody)
        sound = np.zeros(round(BARS * BAR * STEP_S * RATE_HZ), np.float32)
        for step in np.flatnonzero(grid.is_onset[0]):
            start = round(step * STEP_S * RATE_HZ)
            note = self._note(int(grid.pitch[0, step]), int(grid.duration[0, step]))[: len(sound) - start]
            sound[start : start + len(note)] += np.float32(velocity[step]) * note
        return sound

    def _note(self, pitch: int, steps: int) -> NDArray[np.float32]:
        frames = round(steps * STEP_S * RATE_HZ)
        wave = self._wave(pitch)[:frames].copy()
        if len(wave) == frames:  # it still sounds when it is let go
            fade = round(FADE_S * RATE_HZ)
            wave[-fade:] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)
        return wave

    def _wave(self, pitch: int) -> NDArray[np.float32]:
        if pitch not in self._waves:
            seconds = np.arange(round(7 * self.decay_s * RATE_HZ)) / RATE_HZ
            hertz = 440.0 * 2.0 ** ((pitch - 69) / 12)
            sines = (
                loud * np.sin(2 * np.pi * hertz * (above + 1) * seconds)
                for above, loud in enumerate(OVERTONES)
                if hertz * (above + 1) < RATE_HZ / 2
            )
            self._waves[pitch] = (sum(sines) * np.exp(-seconds / self.decay_s)).astype(np.float32)
        return self._waves[pitch]


def heard(tokens: Tokens, velocity: Floats, decay_s: float = DECAY_S) -> Floats:
    """Energy of each bar of rendered melodies (N, 256), in notes of unit velocity, (N, W)."""
    synthesiser = Synthesiser(decay_s)
    rows = (synthesiser.energies(row, loud) for row, loud in zip(tokens, velocity, strict=True))
    return np.array(list(rows)) / synthesiser.unit


def counted(tokens: Tokens, velocity: Floats) -> Floats:
    """The same from the notes: the sum of squared velocities of a bar's onsets, (N, W).

    >>> counted(np.array([[43, 0, 45, 1] + [0] * 252]), np.ones((1, 256)))[0, :2].tolist()
    [2.0, 0.0]
    """
    grid = NoteGrid.of(tokens)
    return np.asarray((grid.is_onset * velocity**2).reshape(len(tokens), BARS, BAR).sum(axis=2))


def windowed(energy: Floats, wanted: Floats) -> Floats:
    """Mean over bars of the Huber distance in logarithms between energies (N, W) and what is wanted (N,), (N,)."""
    gap = np.abs(np.log(EPSILON + energy) - np.log(EPSILON + wanted)[:, None])
    return np.asarray(np.where(gap <= 1.0, 0.5 * gap**2, gap - 0.5).mean(axis=1))


def density_loss(energy: Floats, wanted: Floats) -> Floats:
    """The density loss of melodies whose bars have these energies (N, W), notes per bar `wanted` (N,), (N,)."""
    overall = np.log(np.maximum(energy.mean(axis=1), 0.05) / wanted) ** 2
    return np.asarray(windowed(energy, wanted) + OVERALL * overall)


def agreement(tokens: Tokens, aims: Floats, seed: int = 0, decay_s: float = DECAY_S) -> dict[str, float]:
    """How alike the two forms rank melodies (N, 256) that aim at notes per bar `aims` (N,): Spearman, 1 for the same.

    `seed` draws the velocity of every note. Answers `loss`, the whole density loss; `windows`, its part that looks at
    bars alone; `energy`, the energies of single bars, whatever they aim at; and `melodies`.
    """
    velocity = np.clip(np.random.default_rng(seed).normal(1.0, VELOCITY_SD, tokens.shape), 0.5, 1.5)
    sound, notes = heard(tokens, velocity, decay_s), counted(tokens, velocity)
    return {
        "loss": _rank(density_loss(sound, aims), density_loss(notes, aims)),
        "windows": _rank(windowed(sound, aims), windowed(notes, aims)),
        "energy": _rank(sound.ravel(), notes.ravel()),
        "melodies": float(len(tokens)),
    }


def random_aims(count: int, seed: int = 0) -> Floats:
    """Notes per bar of affects drawn evenly over the plane, (count,)."""
    places = np.random.default_rng(seed).uniform(-1.0, 1.0, (count, 2))
    return np.array([targets(Affect(v, a))[0] for v, a in places])


def _rank(one: Floats, other: Floats) -> float:
    return float(spearmanr(one, other).statistic)


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="the corpus folder")
@click.option("--samples", default=SAMPLES, show_default=True, help="human test melodies to rank")
@click.option("--decay", default=DECAY_S, show_default=True, help="seconds in which a note falls to 1/e")
@click.option("--seed", default=0, show_default=True)
def main(data: Path, samples: int, decay: float, seed: int) -> None:
    """Ranks human test melodies by the density loss in both forms, each melody with an aim of its own."""
    human = load_corpus(data, "test").tokens.astype(np.int64)
    chosen = human[np.random.default_rng(seed).permutation(len(human))[:samples]]
    for name, value in agreement(chosen, random_aims(len(chosen), seed), seed, decay).items():
        click.echo(f"{name:10} {value:.4g}")


if __name__ == "__main__":
    main()
