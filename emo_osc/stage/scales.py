"""Keys and scales as tables, and the map from the pitches a generator writes to the pitches that sound."""

from functools import lru_cache

NOTE_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#", "Cb": "B", "Fb": "E", "E#": "F", "B#": "C"}
AUTO = "auto"
KEYS: dict[str, int] = {
    AUTO: 0,
    **{name: index for index, name in enumerate(NOTE_NAMES)},
    **{flat: NOTE_NAMES.index(sharp) for flat, sharp in _FLATS.items()},
}
"""Key name -> pitch class. Melodies are written in C, so `auto` leaves them there."""

SCALES: dict[str, tuple[int, ...]] = {
    AUTO: tuple(range(12)),
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
    "harmonic_minor": (0, 2, 3, 5, 7, 8, 11),
    "melodic_minor": (0, 2, 3, 5, 7, 9, 11),
    "pentatonic": (0, 2, 4, 7, 9),
    "minor_pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "whole_tone": (0, 2, 4, 6, 8, 10),
    "chromatic": tuple(range(12)),
}
"""Scale name -> semitones above the key; `auto` leaves the melody's own tones."""

AS_WRITTEN = (0,) * 12


@lru_cache(maxsize=256)
def pitch_map(key: str, scale: str, semitones: int, moves: tuple[int, ...] = AS_WRITTEN) -> tuple[int, ...]:
    """What sounds for each written pitch 0..127: re-spelled by what `moves` adds to each of the twelve pitch classes,
    moved to the key by the smaller interval (-5..+6), snapped to the nearest tone of the scale (the lower of two), then
    transposed; past 0..127 it folds by octaves.

    >>> pitch_map("A", "auto", 0)[60], pitch_map("F#", "auto", 0)[60]
    (57, 66)
    >>> pitch_map("C", "major", 12)[63]
    74
    """
    root = KEYS[key]
    move = root if root <= 6 else root - 12
    spelled = (written + moves[written % 12] for written in range(128))
    return tuple(_fold(_snap(pitch + move, root, SCALES[scale]) + semitones) for pitch in spelled)


def _snap(pitch: int, root: int, scale: tuple[int, ...]) -> int:
    """The nearest pitch of the scale; no scale here leaves a gap of more than three semitones."""
    return next(p for p in (pitch, pitch - 1, pitch + 1, pitch - 2, pitch + 2) if (p - root) % 12 in scale)


def _fold(pitch: int) -> int:
    while pitch < 0:
        pitch += 12
    while pitch > 127:
        pitch -= 12
    return pitch
