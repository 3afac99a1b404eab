"""How much each performance rule counts, as one frozen value."""

from dataclasses import dataclass, field, fields

from emo_osc.stage.player.kth_rules import SHAPES, Shape

MAX_WEIGHT = 2.0


@dataclass(frozen=True, slots=True)
class RuleWeights:
    """The weight of each performance rule: 0 turns it off, 1 is the amount of its source, 2 twice as much.

    `docs/performance.md` says what each does. `register` and `spelling` are on at any weight above 0.

    Raises:
        ValueError: a weight is outside [0, 2].
    """

    level: float = 1.0
    accent: float = 1.0
    articulation: float = 1.0
    variation: float = 1.0
    timing: float = 1.0
    phrase_arch: float = 1.0
    phrase_end: float = 1.0
    duration_contrast: float = 1.0
    high_loud: float = 0.5  # the full amount is for singers and violins
    melodic_charge: float = 0.0
    brightness: float = 1.0
    modulation: float = 1.0
    register: float = 1.0
    spelling: float = 1.0
    shapes: tuple[tuple[float, Shape], ...] = field(init=False, repr=False, compare=False)
    """The rules of `SHAPES` with a weight above 0, so that no other is computed for a note."""

    def __post_init__(self) -> None:
        for name in RULE_NAMES:
            if not 0.0 <= getattr(self, name) <= MAX_WEIGHT:
                raise ValueError(f"{name} must be in 0..{MAX_WEIGHT:g}, got {getattr(self, name)!r}")
        weighed = tuple((getattr(self, name), shape) for name, shape in SHAPES.items() if getattr(self, name))
        object.__setattr__(self, "shapes", weighed)


RULE_NAMES = tuple(field.name for field in fields(RuleWeights) if field.init)
ALL_RULES = RuleWeights()
