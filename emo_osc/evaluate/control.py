"""Control figures: how closely melodies follow the targets of their affects (emotion reference, section 5).

A `Sweep` holds the melodies of one maker over a grid of affects. Attributes are measured by the code that defines the
targets (`studio/attributes`). A figure that is undefined for a maker is NaN and left out of the table.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.affect import Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.core.targets import tempo_hint
from emo_osc.studio.attributes import Floats, NoteGrid, measure_table, outside_key, targets
from emo_osc.studio.harmony import chord_tone_ratio, chords_of

# K affects, S melodies for each

Tokens = NDArray[np.int64]
Maker = Callable[[Affect], Tokens]

CORPUS_SD = np.array([0.35, 5.5, 0.30])
"""Standard deviations of ln notes per bar, mean pitch and belief in major over the test split: units of consistency."""

ATTRIBUTES = ("density", "register", "mode")
OTHER_AXIS = ("valence", "arousal", "arousal")
"""For each attribute the axis that should not change it beyond what its target asks."""

CHORD_SHARE = (0.60, 0.82)


@dataclass(frozen=True, slots=True)
class Sweep:
    """Melodies of one maker over a grid: `tokens` (K, S, 256) for K `affects`.

    `measured` and `wanted` (K, S, 3): ln notes per bar, mean pitch, belief in major. `is_aligned`: melody s is made
    from source s at every affect; `own` (S, 256): the melodies of the sources themselves; `bpm` (K, S): playing tempo.
    """

    affects: tuple[Affect, ...]
    tokens: Tokens
    measured: Floats
    wanted: Floats
    bpm: Floats
    is_aligned: bool = False
    own: Tokens | None = None

    def axis(self, name: str) -> Floats:
        """Valence or arousal of every affect, (K,)."""
        return np.array([getattr(affect, name) for affect in self.affects])

    @property
    def flat(self) -> Tokens:
        """All melodies, (K * S, 256)."""
        return self.tokens.reshape(-1, self.tokens.shape[-1])


def plane(size: int) -> tuple[Affect, ...]:
    """`size` x `size` affects, evenly over the plane.

    >>> [(affect.valence, affect.arousal) for affect in plane(2)]
    [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)]
    """
    ticks = np.linspace(-1.0, 1.0, size).tolist()
    return tuple(Affect(valence, arousal) for valence in ticks for arousal in ticks)


def sweep(affects: Sequence[Affect], make: Maker, own: Tokens | None = None, is_aligned: bool = False) -> Sweep:
    """Make melodies (S, 256) for every affect and measure them; they are played at the tempo of their affect."""
    tokens = np.stack([make(affect) for affect in affects])
    measured = _logged(measure_table(tokens.reshape(-1, tokens.shape[-1]))).reshape(*tokens.shape[:2], 3)
    wanted = np.repeat(_logged(np.stack([targets(affect) for affect in affects]))[:, None], tokens.shape[1], axis=1)
    bpm = np.repeat(np.array([[tempo_hint(affect)] for affect in affects]), tokens.shape[1], axis=1)
    return Sweep(tuple(affects), tokens, measured, wanted, bpm, is_aligned, own)


def _logged(table: Floats) -> Floats:
    return np.stack([np.log(np.maximum(table[..., 0], 0.05)), table[..., 1], table[..., 2]], axis=-1)


def spearman(one: Floats, other: Floats) -> float:
    """Rank correlation, -1..1; NaN where one side is constant.

    >>> spearman(np.array([1.0, 2.0, 3.0]), np.array([1.0, 4.0, 9.0]))
    1.0

    Raises:
        EmoOscError: scipy is not installed.
    """
    try:
        from scipy.stats import spearmanr
    except ImportError:
        raise EmoOscError("eval: ranks need scipy; in the checkout: pip install '.[eval]'") from None
    if np.ptp(one) < 1e-12 or np.ptp(other) < 1e-12:
        return float("nan")
    return round(float(spearmanr(one, other).statistic), 9)


def line_fit(target: Floats, realised: Floats) -> float:
    """R2 of a line from target to realised; NaN where one side is constant."""
    if np.ptp(target) < 1e-12 or np.ptp(realised) < 1e-12:
        return float("nan")
    return float(np.corrcoef(target, realised)[0, 1] ** 2)


def target_and_realised(sweep: Sweep, attribute: int) -> tuple[Floats, Floats]:
    """Targets and realised values of an attribute, one per melody; for mode one per affect: its share in major."""
    wanted, measured = sweep.wanted[..., attribute], sweep.measured[..., attribute]
    if ATTRIBUTES[attribute] == "mode":  # one melody is major or minor; a share needs several
        return wanted[:, 0], (measured > 0.5).mean(axis=1)
    return wanted.ravel(), measured.ravel()


def correlation(attribute: int) -> Callable[[Sweep], float]:
    """Spearman of target and realised."""
    return lambda sweep: spearman(*target_and_realised(sweep, attribute))


def linearity(attribute: int) -> Callable[[Sweep], float]:
    """R2 of a line from target to realised."""
    return lambda sweep: line_fit(*target_and_realised(sweep, attribute))


def consistency(attribute: int) -> Callable[[Sweep], float]:
    """1 minus the spread over melodies of one affect, mean over affects, in standard deviations of the corpus."""
    return lambda sweep: float(1.0 - (sweep.measured[..., attribute].std(axis=1) / CORPUS_SD[attribute]).mean())


def restrictiveness(attribute: int) -> Callable[[Sweep], float]:
    """1 minus the spread of the error of one source along the axis that should not matter; NaN unless aligned."""

    def compute(sweep: Sweep) -> float:
        if not sweep.is_aligned:
            return float("nan")
        gap = (sweep.measured - sweep.wanted)[..., attribute] / CORPUS_SD[attribute]
        other = sweep.axis("arousal" if OTHER_AXIS[attribute] == "valence" else "valence")
        lines = [gap[other == place] for place in np.unique(other)]
        return float(1.0 - np.mean([line.std(axis=0).mean() for line in lines]))

    return compute


def monotonicity(attribute: int) -> Callable[[Sweep], float]:
    """R2 of a line from target to realised for each source, mean over sources; NaN unless aligned."""

    def compute(sweep: Sweep) -> float:
        if not sweep.is_aligned:
            return float("nan")
        pairs = zip(sweep.wanted[..., attribute].T, sweep.measured[..., attribute].T, strict=True)
        fits = [line_fit(target, realised) for target, realised in pairs]
        return float(np.nanmean(fits)) if np.isfinite(fits).any() else float("nan")

    return compute


def leakage(attribute: int) -> Callable[[Sweep], float]:
    """|rho(axis, realised) - rho(axis, target)| for the axis that should not change the attribute."""

    def compute(sweep: Sweep) -> float:
        axis = np.repeat(sweep.axis(OTHER_AXIS[attribute]), sweep.tokens.shape[1])
        given, asked = (spearman(axis, table[..., attribute].ravel()) for table in (sweep.measured, sweep.wanted))
        return abs(given - asked)

    return compute


def error(attribute: int) -> Callable[[Sweep], float]:
    """Mean distance from the target, in ln or semitones."""
    return lambda sweep: float(np.abs(sweep.measured - sweep.wanted)[..., attribute].mean())


def within(attribute: int, most: float) -> Callable[[Sweep], float]:
    """Share of melodies at most `most` from their target."""
    return lambda sweep: float((np.abs(sweep.measured - sweep.wanted)[..., attribute] <= most).mean())


def pace_error(sweep: Sweep) -> float:
    """Mean |ln| of the ratio of played to wanted notes per second."""
    asked = np.log([tempo_hint(affect) for affect in sweep.affects])[:, None] + sweep.wanted[..., 0]
    return float(np.abs(sweep.measured[..., 0] + np.log(sweep.bpm) - asked).mean())


def chord_share(sweep: Sweep) -> float:
    """Share of melodies whose ratio of chord tones lies within `CHORD_SHARE`."""
    ratio = chord_tone_ratio(sweep.flat, chords_of(sweep.flat))["count"]
    return float(((ratio >= CHORD_SHARE[0]) & (ratio <= CHORD_SHARE[1])).mean())


def scale_share(sweep: Sweep) -> float:
    """Share of notes in the best fitting major or minor scale, mean over melodies."""
    return float(1.0 - outside_key(NoteGrid.of(sweep.flat)).mean())


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of control, with its bounds: at `least`, at `most`, or neither."""

    compute: Callable[[Sweep], float]
    least: float | None = None
    most: float | None = None


FIGURES: dict[str, Figure] = {
    "Spearman, density": Figure(correlation(0), least=0.95),
    "Spearman, register": Figure(correlation(1), least=0.95),
    "Spearman, share of major": Figure(correlation(2), least=0.90),
    "linearity, density": Figure(linearity(0), least=0.90),
    "linearity, register": Figure(linearity(1), least=0.90),
    "linearity, share of major": Figure(linearity(2), least=0.90),
    **{f"consistency, {name}": Figure(consistency(index)) for index, name in enumerate(ATTRIBUTES)},
    **{f"restrictiveness, {name}": Figure(restrictiveness(index)) for index, name in enumerate(ATTRIBUTES)},
    **{f"monotonicity, {name}": Figure(monotonicity(index)) for index, name in enumerate(ATTRIBUTES)},
    "leakage, valence to density": Figure(leakage(0), most=0.20),
    "leakage, arousal to mode": Figure(leakage(2), most=0.20),
    "density, |ln ratio|": Figure(error(0), most=0.15),
    "density, share within .15": Figure(within(0, 0.15)),
    "notes per second, |ln ratio|": Figure(pace_error),
    "register, semitones off": Figure(error(1), most=2.0),
    "register, share within 2": Figure(within(1, 2.0)),
    "chord tones in .60 to .82, share": Figure(chord_share, least=0.90),
    "notes in scale": Figure(scale_share, least=0.95),
}


def control_table(sweeps: Mapping[str, Sweep]) -> dict[str, dict[str, float]]:
    """Every figure for every maker, its bounds, and whether the first maker meets them; NaN is left out."""
    return {name: _row(figure, sweeps) for name, figure in FIGURES.items()}


def _row(figure: Figure, sweeps: Mapping[str, Sweep]) -> dict[str, float]:
    values = {maker: figure.compute(each) for maker, each in sweeps.items()}
    row = {maker: value for maker, value in values.items() if np.isfinite(value)}
    return row | judged(next(iter(values.values())), figure.least, figure.most)


def judged(value: float, least: float | None = None, most: float | None = None) -> dict[str, float]:
    """The bounds of a figure, and `met` 1 or 0 where there are any.

    >>> judged(0.97, least=0.95)
    {'at_least': 0.95, 'met': 1.0}
    """
    bounds = {name: bound for name, bound in (("at_least", least), ("at_most", most)) if bound is not None}
    if not bounds:
        return {}
    is_met = (least is None or value >= least) and (most is None or value <= most)
    return bounds | {"met": float(is_met)}
