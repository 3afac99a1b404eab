"""Work that is stopped in the middle: only where it may be, and only in its own thread."""

from threading import Thread

import pytest

from emo_osc.studio.interruption import InterruptionError, check_interruption, interruptible


def test_work_stops_only_within_the_block_and_only_when_something_is_urgent() -> None:
    check_interruption()
    with interruptible(lambda: False):
        check_interruption()
    with pytest.raises(InterruptionError), interruptible(lambda: True):
        check_interruption()
    check_interruption()


def test_another_thread_is_not_interrupted() -> None:
    reached = []

    def work() -> None:
        check_interruption()
        reached.append(True)

    with interruptible(lambda: True):
        thread = Thread(target=work)
        thread.start()
        thread.join()
    assert reached == [True]
