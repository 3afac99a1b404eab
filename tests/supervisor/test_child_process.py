"""The keeping of processes, with real ones."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from queue import Queue

import pytest

from emo_osc.supervisor import child_process as workers
from emo_osc.supervisor.child_process import Keeper, Worker
from emo_osc.supervisor.log import Log
from tests.serving import TIMEOUT_S

HANGS = Worker("studio", ("-c", "import sys; sys.stdin.close(); import signal; signal.pause()"))
DEAF = Worker("studio", ("-c", "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"))


class Told(list[str]):
    """Lines, and a way to wait for one."""

    def __init__(self) -> None:
        super().__init__()
        self._is_new = asyncio.Event()

    def tell(self, line: str) -> None:
        self.append(line)
        self._is_new.set()

    async def is_told(self, part: str, timeout_s: float = TIMEOUT_S) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while not any(part in line for line in self):
                    self._is_new.clear()
                    await self._is_new.wait()
        return any(part in line for line in self)


def play(scene: Callable[[Told], Awaitable[None]]) -> Told:
    told = Told()
    asyncio.run(asyncio.wait_for(scene(told), TIMEOUT_S))
    return told


def test_what_a_process_says_is_told_whole_whatever_the_terminal_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    said: Queue[str] = Queue()

    async def run() -> int:
        process = await workers.start(Worker("x", ("-c", "print('\\ubc1d\\uc74c')")), Log(said.put))
        return await process.wait()

    assert asyncio.run(run()) == 0
    assert said.get(timeout=TIMEOUT_S) == "밝음"


@pytest.mark.parametrize("worker", [HANGS, DEAF], ids=["hangs", "stopped"])
def test_a_process_that_hangs_is_killed_and_started_again(worker: Worker) -> None:
    async def scene(told: Told) -> None:
        keeper = Keeper(worker, Log(told.tell))
        keeping = asyncio.create_task(keeper.run())
        while not await told.is_told("not ready", timeout_s=0.05):  # until there is a process to end
            keeper.restart("not ready to compose after 60 s")
        assert await told.is_told("has ended with code -9")
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)

    told = play(scene)

    assert told[0] == "studio: not ready to compose after 60 s; ending it"
    assert told[1] == "studio has ended with code -9; starting it again in 0.5 s, music goes on"


def test_a_process_that_keeps_dying_is_started_later_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "FIRST_BACK_OFF_S", 0.01)

    async def scene(told: Told) -> None:
        keeper = Keeper(Worker("studio", ("-c", "raise SystemExit(7)")), Log(told.tell))
        keeping = asyncio.create_task(keeper.run())
        assert await told.is_told("in 0.08 s")
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)

    waits_s = [float(line.split(" in ")[1].split(" s")[0]) for line in play(scene)]

    assert waits_s[:4] == [0.01, 0.02, 0.04, 0.08]
    assert all(later == 2 * sooner for sooner, later in pairwise(waits_s))


@contextmanager
def no_descriptors() -> Iterator[None]:
    """No file, pipe or socket can be opened meanwhile; those that are open stay."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_process_that_cannot_be_started_is_tried_again_until_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "FIRST_BACK_OFF_S", 0.05)
    path, states = tmp_path / "said", []

    async def scene(told: Told) -> None:
        keeper = Keeper(writer(path, "a"), Log(told.tell), lambda: states.append(workers.states_of([keeper])))
        with no_descriptors():
            keeping = asyncio.create_task(keeper.run())
            assert await told.is_told("in 0.1 s")
        await written(path, "a")
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)

    lines = play(scene)

    assert lines[0] == "studio cannot be started (Too many open files); starting it again in 0.05 s, music goes on"
    assert states[0] == "studio: cannot be started (Too many open files), trying again in 0.05 s"
    assert states[-1] == ""


def test_a_keeper_outlives_a_fault_of_our_own() -> None:
    async def scene(told: Told) -> None:
        keeping = asyncio.create_task(Keeper(Worker("studio", ("-c", "a\0b")), Log(told.tell)).run())
        assert await told.is_told("failed with an internal error, please report it (ValueError: embedded null byte)")
        assert await told.is_told("in 1 s")
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)

    play(scene)


def test_a_final_exit_is_said_for_as_long_as_it_lasts(tmp_path: Path) -> None:
    async def scene(told: Told) -> None:
        is_new = asyncio.Event()
        keeper = Keeper(writer(tmp_path / "said", "a", "raise SystemExit(3)"), Log(told.tell), is_new.set)
        keeping = asyncio.create_task(keeper.run())
        await is_new.wait()
        assert workers.states_of([keeper]) == "studio: ended with code 3, not started again"
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)

    play(scene)


def writer(path: Path, text: str, then: str = "import signal; signal.pause()") -> Worker:
    """A process that adds to a file that it was there."""
    return Worker("studio", ("-c", f"open({str(path)!r}, 'a').write({text!r}); {then}"), final=(3,))


async def written(path: Path, text: str) -> None:
    while not path.exists() or path.read_text() != text:
        await asyncio.sleep(0.01)


def test_a_final_exit_is_final_until_there_is_another_worker(tmp_path: Path) -> None:
    path = tmp_path / "said"

    async def scene(told: Told) -> None:
        keeper = Keeper(writer(path, "a", "raise SystemExit(3)"), Log(told.tell))
        keeping = asyncio.create_task(keeper.run())
        await written(path, "a")
        await asyncio.sleep(2 * workers.CHANGE_S)
        keeper.replace(writer(path, "b"))
        await written(path, "ab")
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)

    assert play(scene) == []


DEAF_TO_REASON = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"


@pytest.mark.parametrize("then", ["import signal; signal.pause()", DEAF_TO_REASON], ids=["willing", "deaf"])
def test_another_worker_takes_the_place_of_one_at_work(
    tmp_path: Path, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "GOODBYE_S", 0.5)
    path, last = tmp_path / "said", "d" * 9

    async def scene(told: Told) -> None:
        keeper = Keeper(writer(path, "a", then), Log(told.tell))
        keeping = asyncio.create_task(keeper.run())
        await written(path, "a")
        keeper.replace(writer(path, "a", then))  # no other at all
        for name in ("b", "c", last):  # somebody leafs through
            keeper.replace(writer(path, name))
        await written(path, "a" + last)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)

    assert play(scene) == []


def test_another_worker_need_not_wait_for_the_one_that_keeps_dying(tmp_path: Path) -> None:
    path = tmp_path / "said"

    async def scene(told: Told) -> None:
        keeper = Keeper(writer(path, "a", "raise SystemExit(7)"), Log(told.tell))
        keeper._back_off_s = 10 * TIMEOUT_S
        keeping = asyncio.create_task(keeper.run())
        assert await told.is_told("has ended with code 7")
        keeper.replace(writer(path, "b"))
        await written(path, "ab")
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)

    assert len(play(scene)) == 1


def test_a_process_that_ends_with_its_stage_begins_again_with_the_next(tmp_path: Path) -> None:
    path = tmp_path / "said"

    async def scene(told: Told) -> None:
        keeper = Keeper(writer(path, "a", "raise SystemExit(3)"), Log(told.tell))
        keeping = asyncio.create_task(keeper.run())
        keeper.hold()
        await asyncio.sleep(0)
        assert not path.exists(), "there is no stage"
        keeper.renew()
        await written(path, "a")
        keeper.hold()
        await asyncio.sleep(2 * workers.CHANGE_S)
        assert path.read_text() == "a"
        keeper.renew()
        await written(path, "aa")
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)

    assert play(scene) == [], "a final exit is final for one stage alone"
