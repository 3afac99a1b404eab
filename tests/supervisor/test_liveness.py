"""Who is silent for too long, and who only slept with everybody else, on a virtual clock."""

from emo_osc.supervisor.liveness import Liveness

LIMIT_S, LOOK_S = 1.2, 0.1


def looks(dog: Liveness, first_s: float, seconds: float) -> int | None:
    """How many looks it takes until it is silent; None where it never is."""
    for n in range(round(seconds / LOOK_S)):
        if dog.is_silent(first_s + n * LOOK_S):
            return n
    return None


def test_a_process_is_silent_once_the_limit_has_passed() -> None:
    assert looks(Liveness(LIMIT_S, LOOK_S), 100.0, 5.0) in (12, 13)


def test_whoever_says_something_in_time_is_never_silent() -> None:
    dog = Liveness(LIMIT_S, LOOK_S)
    for second in range(60):
        assert looks(dog, float(second), 1.0) is None
        dog.seen()


def test_a_sleep_of_all_is_no_silence() -> None:
    dog = Liveness(LIMIT_S, LOOK_S)

    assert looks(dog, 100.0, 0.5) is None
    assert not dog.is_silent(5000.0), "we slept too"
    assert looks(dog, 5000.1, 0.5) is None
    assert looks(dog, 5000.6, 2.0) is not None, "and now it is"


def test_who_asks_for_patience_gets_it_once() -> None:
    dog = Liveness(LIMIT_S, LOOK_S)
    dog.seen(patience_s=10.0)

    assert looks(dog, 100.0, 11.0) is None
    dog.seen()
    assert looks(dog, 111.0, 2.0) is not None


def test_a_clock_that_is_set_back_counts_nothing() -> None:
    dog = Liveness(LIMIT_S, LOOK_S)
    dog.is_silent(100.0)

    assert not dog.is_silent(50.0)
    assert looks(dog, 50.1, 1.0) is None
