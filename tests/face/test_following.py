"""From probabilities to the point that is told: the table, the filter, doubt, several faces, nobody."""

from itertools import pairwise
from random import Random

import pytest

from emo_osc.core.affect import NEUTRAL, Affect
from emo_osc.face.feeling import POINTS, affect_of, strongest
from emo_osc.face.follower import Follower, Manners
from emo_osc.face.smoothing import OneEuro, Smooth
from emo_osc.face.vgg16 import EXPRESSIONS

PUBLISHED = {
    "anger": (-0.60, 0.85),
    "disgust": (-0.30, 0.45),
    "fear": (-0.62, 0.10),
    "happiness": (0.60, 0.85),
    "sadness": (-0.70, -0.20),
    "surprise": (0.05, 0.50),
    "neutral": (0.00, 0.00),
}
STEP_S = 0.1


def face(**shares: float) -> list[float]:
    return [shares.get(name, 0.0) for name in EXPRESSIONS]


def sure(name: str) -> list[float]:
    return face(**{name: 1.0})


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_a_sure_face_is_the_published_point(name: str) -> None:
    assert affect_of(sure(name)) == Affect(*PUBLISHED[name])
    assert strongest(sure(name)) == (name, 1.0)


def test_an_even_face_lies_in_the_middle_of_all_points() -> None:
    middle = affect_of([1 / 7] * 7)

    assert middle.valence == pytest.approx(sum(point.valence for point in POINTS) / 7)
    assert middle.arousal == pytest.approx(sum(point.arousal for point in POINTS) / 7)


@pytest.mark.parametrize("wrong", [[1.0], [0.0] * 7, [0.5] * 7, [1.5, -0.5, 0, 0, 0, 0, 0]])
def test_what_are_no_shares_are_refused(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match="must be 7 shares"):
        affect_of(wrong)


def test_a_resting_value_is_smoothed_and_a_moving_one_is_followed() -> None:
    noisy, jump = OneEuro(), OneEuro()
    noise = [0.05 * (-1) ** step for step in range(60)]
    rested = [noisy.step(value, step * STEP_S) for step, value in enumerate(noise)]
    jumped = [jump.step(float(step >= 5), step * STEP_S) for step in range(20)]

    assert max(rested[30:]) - min(rested[30:]) < 0.05
    assert jumped[4] == 0.0
    assert jumped[10] > 0.75
    assert jumped == sorted(jumped)


def test_a_stray_value_moves_a_smooth_path_little_and_a_step_is_followed_within_half_a_second() -> None:
    stray, step = Smooth(), Smooth()
    strayed = [stray.step(float(look == 10), look * STEP_S) for look in range(40)]
    stepped = [step.step(float(look >= 10), look * STEP_S) for look in range(40)]

    assert max(strayed) < 0.4
    assert abs(strayed[-1]) < 0.01
    assert max(later - before for before, later in pairwise(stepped)) < 0.4
    assert stepped[14] > 0.9
    assert stepped == sorted(stepped)


def test_a_smooth_path_jitters_less_than_half_as_much_as_what_it_follows_and_does_not_pass_it() -> None:
    random, smooth = Random(1), Smooth()
    morph = [min(1.0, max(0.0, look / 20 - 1)) for look in range(60)]  # two seconds between two rests
    noisy = [value + random.gauss(0, 0.03) for value in morph]
    path = [smooth.step(value, look * STEP_S) for look, value in enumerate(noisy)]

    def jitter(values: list[float]) -> float:
        return sum(
            (after - 2 * here + before) ** 2
            for before, here, after in zip(values, values[1:], values[2:], strict=False)
        )

    assert jitter(path) < 0.1 * jitter(noisy)
    assert max(path) < max(noisy)
    assert all(path[look] > morph[look - 3] - 0.1 for look in range(3, 60))


def test_a_quick_filter_is_quicker_and_one_without_speed_is_a_plain_low_pass() -> None:
    plain, quick = OneEuro(beta=0.0), OneEuro(beta=2.0)
    for filter_ in (plain, quick):
        filter_.start(0.0, 0.0)

    assert plain.step(1.0, 1.0) == pytest.approx(1 / (1 + 1 / (2 * 3.14159265 * 0.6)))
    assert quick.step(1.0, 1.0) > plain.step(1.0, 1.0)


def test_time_that_stands_still_changes_nothing() -> None:
    one = OneEuro()
    one.start(0.2, 5.0)

    assert one.step(1.0, 5.0) == 0.2
    assert one.step(1.0, 4.0) == 0.2


@pytest.mark.parametrize("wrong", [{"rest_hz": 0.0}, {"beta": -1.0}, {"speed_hz": 0.0}])
def test_a_filter_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="cutoffs"):
        OneEuro(**wrong)


@pytest.mark.parametrize("wrong", [{"sure": 1.5}, {"hold_s": -1.0}, {"drift_s": 0.0}])
def test_manners_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="sure must be"):
        Manners(**wrong)


def followed(follower: Follower, faces: list[list[float]], looks: range) -> list[Affect | None]:
    return [follower.follow(faces, look * STEP_S) for look in looks]


def test_nothing_is_told_before_the_first_face() -> None:
    assert followed(Follower(), [], range(20)) == [None] * 20


def test_the_first_face_is_told_at_once_and_another_expression_soon() -> None:
    follower = Follower()

    assert follower.follow([sure("happiness")], 0.0) == Affect(0.60, 0.85)
    later = followed(follower, [sure("sadness")], range(1, 21))
    assert later[0] != Affect(0.60, 0.85)
    assert later[-1]
    assert later[-1].distance(Affect(-0.70, -0.20)) < 0.1


def test_a_doubtful_face_moves_nothing() -> None:
    follower, doubtful = Follower(), [1 / 7] * 7
    before = follower.follow([sure("happiness")], 0.0)

    assert followed(follower, [doubtful], range(1, 40)) == [before] * 39
    assert Follower().follow([doubtful], 0.0) is None


def test_after_doubt_the_point_goes_on_without_a_jump() -> None:
    follower, doubtful = Follower(), [1 / 7] * 7
    before = follower.follow([sure("happiness")], 0.0)
    followed(follower, [doubtful], range(1, 40))

    after = follower.follow([sure("sadness")], 40 * STEP_S)

    assert before
    assert after
    assert before.distance(after) < 0.4 * before.distance(Affect(-0.70, -0.20))


def test_a_doubtful_face_among_sure_ones_is_passed_over() -> None:
    assert Follower().follow([sure("anger"), [1 / 7] * 7], 0.0) == Affect(-0.60, 0.85)


def test_two_faces_are_told_as_their_middle() -> None:
    told = Follower().follow([sure("happiness"), sure("anger")], 0.0)

    assert told == Affect(0.0, 0.85)


def test_without_a_face_it_holds_then_drifts_to_neutral_then_is_silent() -> None:
    follower = Follower(Manners(hold_s=1.0, drift_s=2.0))
    start = follower.follow([sure("happiness")], 0.0)
    assert start

    held = followed(follower, [], range(1, 11))
    drifted = followed(follower, [], range(11, 200))

    assert held == [start] * 10
    assert drifted[19]
    assert drifted[19].arousal == pytest.approx(0.85 * 2.718281828**-1, abs=0.01)
    told = [affect for affect in drifted if affect]
    assert told[-1] == NEUTRAL
    assert [affect.arousal for affect in told] == sorted((affect.arousal for affect in told), reverse=True)
    assert drifted[len(told) :] == [None] * (len(drifted) - len(told))
    assert len(told) < len(drifted)


def test_a_face_that_comes_back_goes_on_from_where_the_drift_was() -> None:
    follower = Follower()
    follower.follow([sure("happiness")], 0.0)
    gone = followed(follower, [], range(1, 31))[-1]

    back = follower.follow([sure("happiness")], 3.1)

    assert gone
    assert back
    assert gone.arousal < back.arousal < 0.85
