from itertools import pairwise
from statistics import correlation, mean, stdev

import pytest

from emo_osc.core.affect import MOODS, Affect
from emo_osc.stage.player.expression import Expression
from emo_osc.stage.player.note_noise import drifting_noise, note_noise

# The table of emotion_reference.md section 3: velocity and gate of each mood.
REFERENCE = {
    "intense": (83, 0.74),
    "bright": (73, 0.75),
    "lively": (80, 0.70),
    "peaceful": (53, 0.94),
    "refreshing": (66, 0.83),
    "mysterious": (71, 0.82),
    "melancholy": (57, 1.00),
    "clear": (58, 0.91),
    "gloomy": (63, 0.97),
    "happiness": (83, 0.68),
    "surprise": (76, 0.79),
    "anger": (83, 0.78),
    "disgust": (75, 0.82),
    "fear": (68, 0.91),
    "sadness": (62, 0.97),
    "neutral": (66, 0.88),
}


@pytest.mark.parametrize("mood", MOODS, ids=lambda mood: mood.id)
def test_a_mood_is_played_as_the_reference_says(mood: object) -> None:
    from emo_osc.core.affect import Mood

    assert isinstance(mood, Mood)
    touch = Expression(mood.affect)
    velocities = [touch.velocity_at(step * 120, note_noise(1, step)) for step in range(1600)]

    assert mean(velocities) == pytest.approx(REFERENCE[mood.id][0], abs=1.5)
    assert touch.gate_share == pytest.approx(REFERENCE[mood.id][1], abs=0.011)


def test_controllers_rise_with_arousal_and_stay_in_range() -> None:
    plane = [Affect(v / 4, a / 4) for v in range(-4, 5) for a in range(-4, 5)]
    touches = [Expression(affect) for affect in plane]

    assert all(0 <= value <= 127 for t in touches for value in (t.brightness, t.modulation))
    column = [Expression(Affect(0.0, a / 4)).brightness for a in range(-4, 5)]
    assert all(low < high for low, high in pairwise(column))


def test_weights_scale_what_the_affect_asks() -> None:
    plain = Expression(humanize=0.0)

    assert Expression(humanize=0.0, velocity=0.5).velocity_at(120, 2.0) == plain.velocity_at(120, -2.0) // 2
    assert Expression(velocity=0.0).velocity_at(0, 1.0) == 1
    assert Expression(gate=0.5).gate_share == pytest.approx(plain.gate_share / 2)
    assert Expression(gate=2.0).gate_share == 1.0


def test_beats_are_accented() -> None:
    touch = Expression()

    bar, beat, eighth, offbeat = (touch.velocity_at(tick, 0.0) for tick in (0, 480, 240, 120))

    assert bar > beat > eighth > offbeat


def test_swing_delays_every_second_16th() -> None:
    assert [Expression(swing=1.0).delay_at(tick) for tick in (0, 120, 240, 360)] == [0, 40, 0, 40]
    assert Expression().delay_at(120) == 0


def test_the_noise_of_notes_has_the_spread_of_people() -> None:
    noise = [note_noise(seed, index) for seed in (0, 1, 2**62, -5) for index in range(500)]

    assert mean(noise) == pytest.approx(0.0, abs=0.1)
    assert stdev(noise) == pytest.approx(1.0, abs=0.1)
    assert len(set(noise)) > 1900


def test_the_noise_of_a_melody_drifts_from_note_to_note_as_people_do() -> None:
    noise = [[drifting_noise(seed, index) for index in range(400)] for seed in (0, 1, 2**62, -5, 77, 1234)]
    whole = [each for melody in noise for each in melody]

    assert mean(whole) == pytest.approx(0.0, abs=0.15)
    assert stdev(whole) == pytest.approx(1.0, abs=0.1)
    beside = [mean(correlation(melody[lag:], melody[:-lag]) for melody in noise) for lag in (1, 2, 9)]
    assert beside == pytest.approx([0.27, 0.135, 0.0], abs=0.06)
