"""A point on the valence-arousal plane, with the moods that name such points."""

from dataclasses import dataclass
from difflib import get_close_matches
from math import hypot
from unicodedata import normalize


@dataclass(frozen=True, slots=True)
class Affect:
    """A point on the valence-arousal plane; both axes in [-1, 1] (Russell 1980).

    >>> Affect(0.5, 1.0).distance(Affect(0.5, 0.25))
    0.75

    Raises:
        ValueError: an axis is outside [-1, 1], or is NaN.
    """

    valence: float
    arousal: float

    def __post_init__(self) -> None:
        for axis in ("valence", "arousal"):
            if not -1.0 <= getattr(self, axis) <= 1.0:
                raise ValueError(f"{axis} must be in [-1, 1], got {getattr(self, axis)!r}")

    @classmethod
    def clamped(cls, valence: float, arousal: float) -> "Affect":
        """The nearest point of the plane, axis by axis.

        >>> Affect.clamped(3, -0.5)
        Affect(valence=1.0, arousal=-0.5)

        Raises:
            ValueError: an axis is NaN.
        """
        return cls(_clamp(valence), _clamp(arousal))

    def distance(self, other: "Affect") -> float:
        """How far two feelings lie apart, 0 to 2 sqrt 2."""
        return hypot(self.valence - other.valence, self.arousal - other.arousal)

    def scaled(self, intensity: float) -> "Affect":
        """The same feeling, drawn towards neutral; `intensity` in [0, 1].

        >>> Affect(0.8, -0.4).scaled(0.5)
        Affect(valence=0.4, arousal=-0.2)
        """
        return Affect.clamped(self.valence * intensity, self.arousal * intensity)


NEUTRAL = Affect(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Colour:
    """What a mood has that no point of the plane says (wonder, tenderness, ..: Zentner, Grandjean and Scherer 2008).

    `scale` is the name of a scale, empty for none; `register` in semitones, -24..24; `brightness` is added to
    CC74, -64..63. It never moves the point.

    Raises:
        ValueError: the register or the brightness is out of range.
    """

    scale: str = ""
    register: int = 0
    brightness: int = 0

    def __post_init__(self) -> None:
        for name, least, most in (("register", -24, 24), ("brightness", -64, 63)):
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name} must be in {least}..{most}, got {getattr(self, name)!r}")


PLAIN = Colour()


@dataclass(frozen=True, slots=True)
class Reference:
    """What music that people call by a feeling measures on average (Jang, Son and Lee); None where nobody knows.

    `notes_per_bar` 0.25..16; `mean_pitch` a MIDI pitch, 21..108; `major` the share of it that is in major, 0..1.

    Raises:
        ValueError: a value is out of range.
    """

    affect: Affect
    notes_per_bar: float | None = None
    mean_pitch: float | None = None
    major: float | None = None

    def __post_init__(self) -> None:
        for name, (least, most) in REFERENCE_RANGES.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise ValueError(f"{name} must be in {least:g}..{most:g}, got {value!r}")


REFERENCE_RANGES = {"notes_per_bar": (0.25, 16.0), "mean_pitch": (21.0, 108.0), "major": (0.0, 1.0)}
"""Attribute -> its least and most: a note every four bars to one every 16th; the piano."""


@dataclass(frozen=True, slots=True)
class Mood:
    """A named affect: an id, the names a performer may use for it, its point and its colour.

    `vocabulary` is `moods` (the nine of Jang, Son and Lee), `expressions` (the seven of Yoon et al.) or `preset`;
    the nearest mood is looked up inside one vocabulary, since the two overlap.
    """

    id: str
    affect: Affect
    aliases: tuple[str, ...] = ()
    vocabulary: str = "preset"
    colour: Colour = PLAIN


def _mood(id: str, valence: float, arousal: float, vocabulary: str, *aliases: str) -> Mood:
    return Mood(id, Affect(valence, arousal), aliases, vocabulary, _COLOURS.get(id, PLAIN))


_COLOURS = {
    "mysterious": Colour("lydian", 0, 6),
    "gloomy": Colour("phrygian", -5, -12),
    "clear": Colour("pentatonic", 5, 10),
    "refreshing": Colour("", 0, 8),
}
"""The four moods that differ from their neighbours by colour more than by their points, a design choice."""

_A, _B, OWN = "moods", "expressions", "preset"
MOODS: tuple[Mood, ...] = (
    _mood("intense", -0.15, 0.85, _A, "격렬함", "격렬한", "격렬하다", "강렬한", "fierce", "passionate", "stormy"),
    _mood("bright", 0.80, 0.35, _A, "밝음", "밝은", "밝다", "환한", "cheerful", "radiant", "sunny"),
    _mood("lively", 0.70, 0.70, _A, "발랄함", "발랄한", "발랄하다", "경쾌한", "playful", "perky", "bouncy"),
    _mood("peaceful", 0.75, -0.65, _A, "평화로움", "평화로운", "평온한", "잔잔한", "calm", "tranquil", "gentle"),
    _mood("refreshing", 0.60, 0.00, _A, "청량함", "청량한", "상쾌한", "시원한", "fresh", "breezy", "crisp"),
    _mood(
        "mysterious", 0.15, 0.25, _A, "신비로움", "신비로운", "신비한", "몽환적인", "mystic", "enigmatic", "ethereal"
    ),
    _mood("melancholy", -0.60, -0.45, _A, "우울함", "우울한", "우울하다", "쓸쓸한", "melancholic", "wistful", "blue"),
    _mood("clear", 0.50, -0.40, _A, "맑음", "맑은", "맑다", "투명한", "pure", "limpid", "serene"),
    _mood("gloomy", -0.80, -0.15, _A, "암울함", "암울한", "암울하다", "어두운", "bleak", "grim", "dark"),
    _mood("happiness", 0.60, 0.85, _B, "행복", "기쁨", "happy", "joy"),
    _mood("surprise", 0.05, 0.50, _B, "놀람", "surprised"),
    _mood("anger", -0.60, 0.85, _B, "분노", "화남", "angry"),
    _mood("disgust", -0.30, 0.45, _B, "혐오", "역겨움", "disgusted"),
    _mood("fear", -0.62, 0.10, _B, "공포", "두려움", "afraid"),
    _mood("sadness", -0.70, -0.20, _B, "슬픔", "sad"),
    _mood("neutral", 0.00, 0.00, _B, "무표정", "중립", "calm face"),
)
"""Sixteen moods: nine of Jang et al. (points: lexicon blend, moved by design), seven of Yoon et al. (as published)."""


@dataclass(frozen=True, slots=True)
class MoodBook:
    """All moods a performer can call, found by id or alias as `name_key` reads it.

    >>> MoodBook(MOODS).find("밝음").id
    'bright'
    >>> MoodBook(MOODS).nearest(Affect(0.62, 0.8), "moods").id
    'lively'
    """

    moods: tuple[Mood, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every id and alias, as they are written."""
        return tuple(name for mood in self.moods for name in (mood.id, *mood.aliases))

    def by_key(self) -> dict[str, Mood]:
        """The mood of every id and alias, under its `name_key`; an id comes before an alias."""
        aliases = {name_key(alias): mood for mood in self.moods for alias in mood.aliases}
        return aliases | {name_key(mood.id): mood for mood in self.moods}

    def find(self, name: str) -> Mood:
        """The mood of that id or alias.

        Raises:
            KeyError: no mood has that name; the message names the nearest one.
        """
        found = self.by_key().get(name_key(name))
        if found:
            return found
        written = {name_key(known): known for known in self.names}
        near = get_close_matches(name_key(name), written, n=1, cutoff=0.5)
        hint = f", did you mean {written[near[0]]!r}?" if near else f"; moods are {', '.join(m.id for m in self.moods)}"
        raise KeyError(f"no mood {name!r}{hint}")

    def nearest(self, affect: Affect, vocabulary: str) -> Mood:
        """The mood whose point lies nearest, among those of one vocabulary, the preset's own, and neutral.

        Neutral is where the plane begins, whatever its other points are called.
        """
        shared = [mood for mood in self.moods if mood.vocabulary in (vocabulary, OWN) or mood.affect == NEUTRAL]
        return min(shared, key=lambda mood: mood.affect.distance(affect))


def name_key(name: str) -> str:
    """A name as it is compared: whatever its case, its spaces, hyphens and underscores.

    Systems differ in how they send Hangul: macOS takes syllables apart, NFC puts them together again.

    >>> name_key(" Calm-Face "), name_key(normalize("NFD", "밝음")) == "밝음"
    ('calmface', True)
    """
    return "".join(normalize("NFKC", name).casefold().replace("_", "").replace("-", "").split())


def _clamp(value: float) -> float:
    return min(1.0, max(-1.0, float(value))) if value == value else float(value)
