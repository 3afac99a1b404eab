"""How the voices of the band move under melodies, and how they meet them: what the stage plays, as it is written.

Arrays: N melodies of 256 steps as tokens (`studio/tokens.py`), with J = 32 chords each, one a half bar. A strong beat
is the first of a half bar. Semitones are those of equal temperament.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emo_osc.evaluate.band import PERFECT, Bools, Sounding, Tokens, band_figures
from emo_osc.stage.player.voice_leading import LEAP, VoiceLeading
from emo_osc.studio.attributes import NoteGrid
from emo_osc.studio.harmony import CLASSES, HALF_STEPS, HALVES, REGULAR, Chords, Until, chords_of
from emo_osc.studio.tokens import melody_of

CLOSE = (1, 13)  # semitones: a minor second or ninth
TRITONE = 6  # semitones, octaves apart
Pitches = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BandVoices:
    """What sounds on each strong beat: `chord` (N, J, 3) from low to high, `bass` (N, J), `melody` (N, J), and whether
    that sounds, (N, J).
    """

    chord: Pitches
    bass: Pitches
    melody: Pitches
    is_on: Bools

    @classmethod
    def of(cls, tokens: Tokens, chords: Chords) -> "BandVoices":
        """The voices of the stage's band under melodies with their chords."""
        led = [
            VoiceLeading(row, melody_of(melody)) for row, melody in zip(chords.tolist(), tokens.tolist(), strict=True)
        ]
        chord = np.array([[each.chord(half) for half in range(HALVES)] for each in led])
        bass = np.array([[each.bass(half)[0] for half in range(HALVES)] for each in led])
        beats = np.arange(0, HALVES * HALF_STEPS, HALF_STEPS)
        heard = Sounding.of(tokens)
        return cls(chord, bass, heard.pitch[:, beats], heard.is_on[:, beats])


def voice_figures(tokens: Tokens, chords: Chords) -> dict[str, float]:
    """The figures of a set of melodies with their chords.

    Fifths or octaves before and after, of changes of chord under a melody that moves: `bass with melody`; `chord with
    melody`, in one voice or more; and of changes in which the bass moves: `chord with bass`. On strong beats with a
    melody: `semitone`, a voice a minor second or ninth from it; `tritone`. `crossed`: of the melody's notes, at or
    below the chord's highest. `moved`: semitones by the three voices of the chord together where it changes; `leaps`:
    of their moves there, more than a major third; `bass moved`: semitones, where it moves.
    """
    voices = BandVoices.of(tokens, chords)
    changes = _moves(chords)
    bass, lead = voices.bass[..., None], np.where(voices.is_on, voices.melody, 0)[..., None]
    under = _moves(lead)[..., 0] & voices.is_on[:, 1:] & voices.is_on[:, :-1] & changes
    over_bass = changes & _moves(bass)[..., 0]
    apart = _apart(voices)
    steps = np.abs(np.diff(voices.chord, axis=1))[changes]
    bass_steps = np.abs(np.diff(voices.bass, axis=1))
    return {
        "bass with melody": _share(parallels(bass, lead), under),
        "chord with melody": _share(parallels(voices.chord, lead), under),
        "chord with bass": _share(parallels(bass, voices.chord), over_bass),
        "semitone": _share(_holds(CLOSE, apart), voices.is_on),
        "tritone": _share(_holds((TRITONE,), apart % CLASSES), voices.is_on),
        "crossed": crossed(tokens, voices.chord),
        "moved": float(steps.sum(axis=-1).mean()) if len(steps) else 0.0,
        "leaps": float((steps > LEAP).mean()) if len(steps) else 0.0,
        "bass moved": float(bass_steps.sum() / max((bass_steps > 0).sum(), 1)),
    }


def whole_band(tokens: Tokens, chords: Chords, until: Until = REGULAR) -> dict[str, float]:
    """The figures of chords and voices together."""
    return band_figures(tokens, chords, until) | voice_figures(tokens, chords)


def fitted_band(tokens: Tokens) -> dict[str, float]:
    """The same for melodies without chords: those that fit are taken, on phrases of four bars."""
    return whole_band(tokens, chords_of(tokens))


def parallels(low: Pitches, high: Pitches) -> Bools:
    """Where voices (N, J, V) or (N, J, 1) both move and are a fifth or octaves apart before and after: (N, J - 1).

    >>> parallels(np.array([[[36], [41], [36]]]), np.array([[[64, 67], [64, 72], [64, 67]]])).tolist()
    [[True, True]]
    """
    apart = high - low
    is_perfect = np.isin(apart[:, :-1] % CLASSES, PERFECT) & ((apart[:, 1:] - apart[:, :-1]) % CLASSES == 0)
    return np.asarray((is_perfect & _moves(low) & _moves(high)).any(axis=2))


def crossed(tokens: Tokens, chord: Pitches) -> float:
    """The share of the melody's notes at or below the highest pitch (N, J, 3) of the chord then."""
    grid = NoteGrid.of(tokens)
    top = np.repeat(chord.max(axis=2), HALF_STEPS, axis=1)
    return _share(grid.pitch <= top, np.asarray(grid.is_onset, dtype=bool))


def _moves(voices: Pitches) -> Bools:
    return np.asarray(voices[:, 1:] != voices[:, :-1])


def _apart(voices: BandVoices) -> Pitches:
    band = np.concatenate([voices.bass[..., None], voices.chord], axis=2)
    return np.asarray(np.abs(voices.melody[..., None] - band))


def _holds(intervals: tuple[int, ...], apart: Pitches) -> Bools:
    """Where any voice lies so far from the melody. (N, J, V) -> (N, J)."""
    return np.asarray(np.isin(apart, intervals).any(axis=2))


def _share(found: Bools, among: Bools) -> float:
    return float((found & among).sum() / max(int(among.sum()), 1))
