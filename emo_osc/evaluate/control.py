"""Does a melody do as the affect asked? Control and leakage over the plane (emotion reference, section 5).

A `Course` is what one maker made over a grid of affects. Realised attributes come from the code that defines the
targets. A figure that a maker cannot have is NaN, and left out of the table.
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
"""Of ln notes per bar, mean pitch and belief in major, over the test split: what consistency is measured in."""

ATTRIBUTES = ("density", "register", "mode")
STILL = ("valence", "arousal", "arousal")
"""The axis along which each attribute should not move beyond what its target asks."""

CHORD_SHARE = (0.60, 0.82)


@dataclass(frozen=True, slots=True)
class Course:
    """What one maker made: `tokens` (K, S, 256) for `affects`.

    `measured` and `wanted` (K, S, 3) hold ln notes per bar, mean pitch and belief or share of major. `is_aligned`
    says that melody s comes from source s at every affect; `own` (S, 256) are the sources' own melodies; `bpm` (K, S)
    the tempo each is played at.
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


def course(affects: Sequence[Affect], make: Maker, own: Tokens | None = None, is_aligned: bool = False) -> Course:
    """Has a maker make melodies (S, 256) for every affect, and measures them. They sound at the affect's tempo."""
    tokens = np.stack([make(affect) for affect in affects])
    measured = _logged(measure_table(tokens.reshape(-1, tokens.shape[-1]))).reshape(*tokens.shape[:2], 3)
    wanted = np.repeat(_logged(np.stack([targets(affect) for affect in affects]))[:, None], tokens.shape[1], axis=1)
    bpm = np.repeat(np.array([[tempo_hint(affect)] for affect in affects]), tokens.shape[1], axis=1)
    return Course(tuple(affects), tokens, measured, wanted, bpm, is_aligned, own)


def _logged(table: Floats) -> Floats:
    return np.stack([np.log(np.maximum(table[..., 0], 0.05)), table[..., 1], table[..., 2]], axis=-1)


def spearman(one: Floats, other: Floats) -> float:
    """Rank correlation, -1..1; NaN where one side never moves.

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
    """R2 of a line from target to realised; NaN where one side never moves."""
    if np.ptp(target) < 1e-12 or np.ptp(realised) < 1e-12:
        return float("nan")
    return float(np.corrcoef(target, realised)[0, 1] ** 2)


def asked_and_given(course: Course, attribute: int) -> tuple[Floats, Floats]:
    """Target and realised, of every melody; for mode of every affect, the share of its melodies in major."""
    wanted, measured = course.wanted[..., attribute], course.measured[..., attribute]
    if ATTRIBUTES[attribute] == "mode":  # a melody is in one mode: a share is a matter of many
        return wanted[:, 0], (measured > 0.5).mean(axis=1)
    return wanted.ravel(), measured.ravel()


def correlation(attribute: int) -> Callable[[Course], float]:
    """Spearman of target and realised."""
    return lambda course: spearman(*asked_and_given(course, attribute))


def linearity(attribute: int) -> Callable[[Course], float]:
    """R2 of a line from target to realised."""
    return lambda course: line_fit(*asked_and_given(course, attribute))


def consistency(attribute: int) -> Callable[[Course], float]:
    """1 minus the spread over melodies of one affect, mean over affects, in the corpus' spreads."""
    return lambda course: float(1.0 - (course.measured[..., attribute].std(axis=1) / CORPUS_SD[attribute]).mean())


def restrictiveness(attribute: int) -> Callable[[Course], float]:
    """1 minus the spread, within a source and along the other axis, of what the target does not ask for."""

    def told(course: Course) -> float:
        if not course.is_aligned:
            return float("nan")
        gap = (course.measured - course.wanted)[..., attribute] / CORPUS_SD[attribute]
        other = course.axis("arousal" if STILL[attribute] == "valence" else "valence")
        lines = [gap[other == place] for place in np.unique(other)]
        return float(1.0 - np.mean([line.std(axis=0).mean() for line in lines]))

    return told


def monotonicity(attribute: int) -> Callable[[Course], float]:
    """R2 of a line from target to realised for each source, mean over sources."""

    def told(course: Course) -> float:
        if not course.is_aligned:
            return float("nan")
        pairs = zip(course.wanted[..., attribute].T, course.measured[..., attribute].T, strict=True)
        fits = [line_fit(target, realised) for target, realised in pairs]
        return float(np.nanmean(fits)) if np.isfinite(fits).any() else float("nan")

    return told


def leakage(attribute: int) -> Callable[[Course], float]:
    """How much more an attribute follows the axis that should not move it than its target does: |rho - rho|."""

    def told(course: Course) -> float:
        axis = np.repeat(course.axis(STILL[attribute]), course.tokens.shape[1])
        given, asked = (spearman(axis, table[..., attribute].ravel()) for table in (course.measured, course.wanted))
        return abs(given - asked)

    return told


def error(attribute: int) -> Callable[[Course], float]:
    """Mean distance from the target, in ln or semitones."""
    return lambda course: float(np.abs(course.measured - course.wanted)[..., attribute].mean())


def within(attribute: int, most: float) -> Callable[[Course], float]:
    """Share of melodies no farther than that from their target."""
    return lambda course: float((np.abs(course.measured - course.wanted)[..., attribute] <= most).mean())


def pace_error(course: Course) -> float:
    """Mean |ln| of notes per second over what is asked at the asked tempo."""
    asked = np.log([tempo_hint(affect) for affect in course.affects])[:, None] + course.wanted[..., 0]
    return float(np.abs(course.measured[..., 0] + np.log(course.bpm) - asked).mean())


def chord_share(course: Course) -> float:
    """Share of melodies whose notes lie on the tones of fitting chords neither too rarely nor too often."""
    ratio = chord_tone_ratio(course.flat, chords_of(course.flat))["count"]
    return float(((ratio >= CHORD_SHARE[0]) & (ratio <= CHORD_SHARE[1])).mean())


def scale_share(course: Course) -> float:
    """Share of notes in the major or minor scale that holds most, mean over melodies."""
    return float(1.0 - outside_key(NoteGrid.of(course.flat)).mean())


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of control, with what it should be: at `least`, at `most`, or neither."""

    tell: Callable[[Course], float]
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


def control_table(courses: Mapping[str, Course]) -> dict[str, dict[str, float]]:
    """Every figure for every maker, what it should be, and whether the first maker meets it; NaN is left out."""
    return {name: _row(figure, courses) for name, figure in FIGURES.items()}


def _row(figure: Figure, courses: Mapping[str, Course]) -> dict[str, float]:
    told = {maker: figure.tell(each) for maker, each in courses.items()}
    row = {maker: value for maker, value in told.items() if np.isfinite(value)}
    return row | judged(next(iter(told.values())), figure.least, figure.most)


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
