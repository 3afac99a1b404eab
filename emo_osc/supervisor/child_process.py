"""Child processes that are restarted when they end, with a growing back-off."""

import asyncio
import logging
import subprocess
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from emo_osc.core.child_start import ONE_THREAD, OWN_GROUP, environment, python
from emo_osc.protocol.messages import MAX_LINE_BYTES
from emo_osc.supervisor.log import Log
from emo_osc.supervisor.output_relay import relayed

FIRST_BACK_OFF_S, LONGEST_BACK_OFF_S = 0.5, 20.0
STEADY_S = 30.0  # a process that lived this long starts again with the first back-off
CHANGE_S = 0.2  # before another worker starts: somebody may be leafing through presets
ENCODING = "utf-8:backslashreplace"  # of what a child says, whatever the terminal's
GOODBYE_S = 3.0  # how long a process may take to end before it is killed


@dataclass(frozen=True, slots=True)
class Worker:
    """A process of ours: its name, its command after `python`, what it reads on its input, the exits that are final."""

    name: str
    arguments: tuple[str, ...]
    setup: str = ""
    final: tuple[int, ...] = ()


class Keeper:
    """Keeps one process alive until it is cancelled; after an exit that is final it waits for another worker.

    `state` says in a few words why the process does not run, and is empty while it does; `on_state` is called when it
    changes.
    """

    def __init__(self, worker: Worker, log: Log, on_state: Callable[[], None] = lambda: None) -> None:
        self.worker = worker
        self.state = ""
        self._log = log
        self._on_state = on_state
        self._process: asyncio.subprocess.Process | None = None
        self._back_off_s = FIRST_BACK_OFF_S
        self._is_another = asyncio.Event()
        self._may_run = asyncio.Event()
        self._may_run.set()
        self._farewell: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Start the process again and again, save after an exit that is final; ends it if cancelled."""
        while True:
            await self._may_run.wait()
            self._is_another.clear()
            fate = await self._life()
            if self._is_another.is_set() or not self._may_run.is_set():
                self._back_off_s = FIRST_BACK_OFF_S
                await asyncio.sleep(CHANGE_S)
            else:
                await self._wait(fate)

    def restart(self, reason: str) -> None:
        """Kill a process that no longer answers: a stopped one would not receive SIGTERM."""
        if self._process and self._process.returncode is None:
            self._log.tell(self.worker.name, f"{self.worker.name}: {reason}; ending it", logging.WARNING)
            with suppress(ProcessLookupError):
                self._process.kill()

    def replace(self, worker: Worker) -> None:
        """Replace this worker by another; the old one is asked to end and has `GOODBYE_S` to do so."""
        if worker == self.worker:
            return
        self.worker = worker
        self._begin_anew()

    def hold(self) -> None:
        """Start nothing until `renew`: the stage has ended, and the process ends by itself."""
        self._may_run.clear()

    def renew(self) -> None:
        """Start the process again for a new stage, also where the last exit was final."""
        self._may_run.set()
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._is_another.set()
        if self._process:
            self._farewell = asyncio.create_task(end(self._process))

    async def _life(self) -> str:
        """Start the process and wait for its end; what became of it, in words that follow its name.

        Whatever goes wrong here is tried again: a worker that could not be started once must not be missing for ever.
        """
        started_s = _now_s()
        try:
            code = await self._run_once()
        except OSError as error:  # no descriptor, memory or process is to be had
            return f"cannot be started ({error.strerror or error})"
        except Exception as error:
            return f"failed with an internal error, please report it ({type(error).__name__}: {error})"
        if _now_s() - started_s > STEADY_S:
            self._back_off_s = FIRST_BACK_OFF_S
        if code in self.worker.final and not self._is_another.is_set():
            self._set_state(f"ended with code {code}, not started again")
            await self._is_another.wait()
        return f"has ended with code {code}"

    async def _run_once(self) -> int:
        self._process = await start(self.worker, self._log)
        self._set_state("")
        if self._is_another.is_set():
            await end(self._process)
        try:
            return await self._process.wait()
        finally:
            await end(self._process)

    async def _wait(self, fate: str) -> None:
        back_off_s, name = self._back_off_s, self.worker.name
        self._log.tell(name, f"{name} {fate}; starting it again in {back_off_s:g} s, music goes on", logging.WARNING)
        self._set_state(f"{fate}, trying again in {back_off_s:g} s")
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_another.wait(), back_off_s)
        self._back_off_s = min(LONGEST_BACK_OFF_S, 2 * back_off_s)

    def _set_state(self, state: str) -> None:
        if state != self.state:
            self.state = state
            self._on_state()


def states_of(keepers: Iterable[Keeper]) -> str:
    """The processes that do not run, each with the reason; empty while all do.

    >>> studio = Keeper(Worker("studio", ()), Log())
    >>> studio.state = "has ended with code -9, trying again in 0.5 s"
    >>> states_of([studio])
    'studio: has ended with code -9, trying again in 0.5 s'
    """
    return "; ".join(f"{keeper.worker.name}: {keeper.state}" for keeper in keepers if keeper.state)


async def start(worker: Worker, log: Log, *, is_heard: bool = False) -> asyncio.subprocess.Process:
    """A child with a session of its own, so that Ctrl-C reaches the supervisor alone; its output goes to the log.

    `is_heard` pipes its standard output to us instead, in lines of at most `MAX_LINE_BYTES`.

    Raises:
        OSError: it cannot be started.
    """
    with relayed(worker.name, log) as output:
        process = await asyncio.create_subprocess_exec(
            *python(*worker.arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if is_heard else output,
            stderr=output,
            limit=MAX_LINE_BYTES,
            start_new_session=True,
            creationflags=OWN_GROUP,
            env=environment(ONE_THREAD, {"PYTHONIOENCODING": ENCODING}),
        )
    assert process.stdin is not None  # a pipe was asked for
    process.stdin.write(worker.setup.encode())
    process.stdin.close()
    return process


async def end(process: asyncio.subprocess.Process) -> None:
    """Ask a process to end, then kill it."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), GOODBYE_S)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _now_s() -> float:
    return asyncio.get_running_loop().time()
