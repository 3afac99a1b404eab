"""Processes that only listen: who is missed, after how long, and who is not to blame."""

from emo_osc.stage.io.listener_presence import LOADING_S, SILENT_S, Signs


def complaints(
    signs: Signs, first_s: int, seconds: int, there: tuple[str, ...] = ("sound",)
) -> dict[int, dict[str, str]]:
    """What is complained of in each second that passes, where there is something."""
    asked = {n: signs.complaints(float(n), there.__contains__) for n in range(first_s, first_s + seconds)}
    return {n: found for n, found in asked.items() if found}


def test_a_process_that_falls_silent_is_started_again_once() -> None:
    signs = Signs()
    signs.complaints(99.0, lambda _: False)
    signs.heard("sound", 100.0)

    assert complaints(signs, 100, 30) == {101 + int(SILENT_S): {"sound": "no sign of life for 8 s"}}


def test_one_that_speaks_is_left_alone() -> None:
    signs = Signs()
    for second in range(100):
        signs.heard("web", float(second))
        assert signs.complaints(second + 0.5, lambda role: role == "web") == {}


def test_one_that_never_speaks_is_waited_for_longer() -> None:
    assert complaints(Signs(), 100, 90) == {101 + int(LOADING_S): {"sound": "no sign of life for 60 s"}}


def test_one_that_is_not_there_is_not_missed() -> None:
    signs = Signs()
    signs.heard("sound", 100.0)

    assert complaints(signs, 100, 90, there=()) == {}


def test_a_stage_that_was_stopped_blames_nobody() -> None:
    signs = Signs()
    signs.complaints(100.0, lambda _: True)
    for role in ("sound", "web"):
        signs.heard(role, 100.0)

    assert signs.complaints(500.0, lambda _: True) == {}
