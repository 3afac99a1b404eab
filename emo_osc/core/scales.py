"""Keys and scales as tables, and the map from written pitches to pitches that sound."""

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
    "half_whole_diminished": (0, 1, 3, 4, 6, 7, 9, 10),
    "whole_half_diminished": (0, 2, 3, 5, 6, 8, 9, 11),
    "harmonic_major": (0, 2, 4, 5, 7, 8, 11),
    "dorian_sharp_4": (0, 2, 3, 6, 7, 9, 10),
    "phrygian_dominant": (0, 1, 4, 5, 7, 8, 10),
    "lydian_augmented": (0, 2, 4, 6, 8, 9, 11),
    "lydian_dominant": (0, 2, 4, 6, 7, 9, 10),
    "super_locrian": (0, 1, 3, 4, 6, 8, 10),
    "spanish_8_tone": (0, 1, 3, 4, 5, 6, 8, 10),
    "bhairav": (0, 1, 4, 5, 7, 8, 11),
    "hungarian_minor": (0, 2, 3, 6, 7, 8, 11),
    "hirajoshi": (0, 2, 3, 7, 8),
    "in_sen": (0, 1, 5, 7, 10),
    "iwato": (0, 1, 5, 6, 10),
    "kumoi": (0, 2, 3, 7, 9),
    "pelog_selisir": (0, 1, 3, 7, 8),
    "pelog_tembung": (0, 1, 5, 7, 8),
    "messiaen_3": (0, 2, 3, 4, 6, 7, 8, 10, 11),
    "messiaen_4": (0, 1, 2, 5, 6, 7, 8, 11),
    "messiaen_5": (0, 1, 5, 6, 7, 11),
    "messiaen_6": (0, 2, 4, 5, 6, 8, 10, 11),
    "messiaen_7": (0, 1, 2, 3, 5, 6, 7, 8, 9, 11),
}
"""Scale name -> semitones above the key; `auto` leaves the melody's own tones."""

LIVE_SCALES = {
    "Major": "major",
    "Minor": "minor",
    "Dorian": "dorian",
    "Mixolydian": "mixolydian",
    "Lydian": "lydian",
    "Phrygian": "phrygian",
    "Locrian": "locrian",
    "Whole Tone": "whole_tone",
    "Half-whole Dim.": "half_whole_diminished",
    "Whole-half Dim.": "whole_half_diminished",
    "Minor Blues": "blues",
    "Minor Pentatonic": "minor_pentatonic",
    "Major Pentatonic": "pentatonic",
    "Harmonic Minor": "harmonic_minor",
    "Harmonic Major": "harmonic_major",
    "Dorian #4": "dorian_sharp_4",
    "Phrygian Dominant": "phrygian_dominant",
    "Melodic Minor": "melodic_minor",
    "Lydian Augmented": "lydian_augmented",
    "Lydian Dominant": "lydian_dominant",
    "Super Locrian": "super_locrian",
    "8-Tone Spanish": "spanish_8_tone",
    "Bhairav": "bhairav",
    "Hungarian Minor": "hungarian_minor",
    "Hirajoshi": "hirajoshi",
    "In-Sen": "in_sen",
    "Iwato": "iwato",
    "Kumoi": "kumoi",
    "Pelog Selisir": "pelog_selisir",
    "Pelog Tembung": "pelog_tembung",
    "Messiaen 3": "messiaen_3",
    "Messiaen 4": "messiaen_4",
    "Messiaen 5": "messiaen_5",
    "Messiaen 6": "messiaen_6",
    "Messiaen 7": "messiaen_7",
    "Chromatic": "chromatic",
}
"""Ableton Live's name of a scale (Live 12; the first 35 in Live's order) -> ours."""

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
    """The nearest pitch of the scale; no scale here leaves a gap of more than four semitones."""
    return next(p for p in (pitch, pitch - 1, pitch + 1, pitch - 2, pitch + 2) if (p - root) % 12 in scale)


def _fold(pitch: int) -> int:
    while pitch < 0:
        pitch += 12
    while pitch > 127:
        pitch -= 12
    return pitch
