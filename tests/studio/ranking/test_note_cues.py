"""Cues of valence and arousal: each measures what its row says, and ranking takes melodies towards the affect."""

import numpy as np
import pytest

from emo_osc.core.affect import NEUTRAL, Affect
from emo_osc.studio.ranking.note_cues import CUES, FARTHEST, Notes, fit

C = 41  # the class of middle C


def line(*semitones: int, wait: int = 4, sounds: int | None = None) -> np.ndarray:
    """Melodies (1, 256) that repeat notes so many semitones above middle C, `wait` steps apart."""
    tokens = np.zeros((1, 256), np.int64)
    for place, at in enumerate(range(0, 256, wait)):
        tokens[0, at] = C + semitones[place % len(semitones)]
        if sounds is not None:
            tokens[0, at + sounds] = 1
    return tokens


def measured(name: str, tokens: np.ndarray) -> float:
    return float(CUES[name].measure(Notes(tokens))[0])


MAJOR, MINOR = line(0, 4, 7, 9, 5, 2, 11, 0), line(0, 3, 7, 8, 5, 2, 10, 0)
OFF = np.roll(line(0, 2), 2, axis=1)  # every note on the half beat, held over the next beat

MORE = {
    "major less minor fit": (MAJOR, MINOR),
    "tonal strength": (MAJOR, line(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)),
    "notes off the scale": (line(0, 1, 2, 3), MAJOR),
    "brightness of degrees": (line(0, 4, 11, 9), line(0, 3, 10, 8)),
    "major less minor third": (line(0, 4), line(0, 3)),
    "flat sixths": (line(0, 8), line(0, 9)),
    "leading tones": (line(0, 11), line(0, 10)),
    "mean interval": (line(0, 7), line(0, 2)),
    "minor seconds": (line(0, 1), line(0, 2)),
    "fourths and fifths": (line(0, 7, 2), line(0, 6)),
    "leaps": (line(0, 5), line(0, 4)),
    "span": (line(0, 12), line(0, 11)),
    "rising moves": (line(0, 1, 2, 3), line(3, 2, 1, 0)),
    "falling ends": (line(5, 4, 3, 2, wait=8), line(2, 3, 4, 5, wait=8)),
    "repetition": (line(0, 2, 4, 5), line(*range(7), 0, 4)),
    "rhythmic variety": (np.where(np.arange(256) % 7 < 6, line(0, 2), 0), line(0, 2)),
    "syncopation": (OFF, line(0, 2)),
    "off the beat": (line(0, 2, wait=2), line(0, 2)),
    "sixteenths": (line(0, 2, wait=1), line(0, 2, wait=2)),
    "repeated notes": (line(0, 0, 2), line(0, 2)),
    "legato": (line(0, 2), line(0, 2, sounds=1)),
}


@pytest.mark.parametrize("name", CUES)
def test_each_cue_is_higher_where_its_row_says(name: str) -> None:
    more, less = MORE[name]
    assert measured(name, more) > measured(name, less)


@pytest.mark.parametrize("name", CUES)
def test_each_cue_has_a_source_and_counts_within_bounds(name: str) -> None:
    cue, odd = CUES[name], np.concatenate([np.zeros((1, 256), np.int64), np.eye(1, 256, 40, dtype=np.int64) * C])
    assert cue.source
    assert {abs(cue.valence), abs(cue.arousal)} <= {0.0, 0.5, 1.0}
    for tokens in (odd, np.concatenate(MORE[name])):
        values = cue.standardised(Notes(tokens))
        assert np.isfinite(values).all()
        assert np.abs(values).max() <= FARTHEST


def test_opposite_affects_want_opposite_cues_and_a_neutral_one_none() -> None:
    tokens = np.concatenate([MAJOR, MINOR, line(0, 0, 2, wait=1, sounds=None)])
    for valence, arousal in ((0.8, 0.0), (0.0, 0.8), (0.5, -0.3)):
        towards, away = fit(tokens, Affect(valence, arousal)), fit(tokens, Affect(-valence, -arousal))
        assert np.allclose(towards, -away)
        assert not np.allclose(towards, 0.0)
    assert fit(tokens, NEUTRAL).tolist() == [0.0, 0.0, 0.0]


def test_the_fit_grows_with_the_affect() -> None:
    difference = [np.subtract(*fit(np.concatenate([MAJOR, MINOR]), Affect(v, 0.0))) for v in (-0.5, 0.25, 0.5, 1.0)]
    assert difference == sorted(difference)
    assert difference[1] * 4 == pytest.approx(difference[3])


def test_a_melody_fits_alike_alone_and_among_others() -> None:
    tokens = np.concatenate([MAJOR, MINOR, line(0, 4, wait=1)])
    assert fit(tokens, Affect(0.7, 0.7))[1] == fit(MINOR, Affect(0.7, 0.7))[0]
