"""Starts the stage process, monitors it, and restarts it with its saved state where it hangs or ends.

The stage shows four times a second that it is alive, and says where it stands where that has changed. One that falls
silent is killed; what it left on is switched off from outside, and the next goes on in the same bar of the same phrase.
"""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.message_codec import decode, encode
from emo_osc.protocol.messages import MAX_LINE_BYTES, Alive, StageState, SupervisorToStage
from emo_osc.protocol.stage_setup import Report, Setup
from emo_osc.supervisor.child_process import GOODBYE_S, Worker, end, start
from emo_osc.supervisor.liveness import Liveness
from emo_osc.supervisor.log import Log

PROGRAM = ("-m", "emo_osc.stage.loop")
START_S = 20.0  # to open every port, on a slow machine too
AGAIN_S = 8.0  # to do so again, when everything was read from the disk before
HANG_S, LOOK_S = 1.2, 0.1  # five signs of life are missed
QUICK_S = 5.0  # a stage that failed so soon may have failed for the place it was to go on from
STEADY_S = 30.0  # a stage that lived this long begins the count anew
BACK_OFF_S = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Before each new start in a row; the last before all that follow."""
MAX_CRASHES = 5  # in a row, of stages that ended by themselves; one that hangs is tried again for ever
TRUSTED = 2  # quick failures in a row before that place is left out
KILLED_S = 2.0


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a stage, in words that follow `the stage`: it crashed, hung, or had no ports opened to it."""

    text: str
    is_crash: bool = False
    is_stuck: bool = False


class Surroundings(Protocol):
    """What the supervisor has around the stage."""

    def opened(self, report: Report) -> None:
        """A stage has come: the first, or another one."""

    def heard(self, line: bytes) -> None:
        """It asks for something."""

    def lost(self) -> None:
        """It has gone, or is about to be ended; there will be another."""

    def renewed(self, setup: Setup) -> Setup:
        """The set-up for the next stage, after one that was started with `setup`."""


class StageKeeper:
    """Keeps the stage alive until it is asked to close, or the stage keeps crashing."""

    def __init__(self, setup: Setup, log: Log, around: Surroundings, program: tuple[str, ...] = PROGRAM) -> None:
        """`program` is the stage's command after `python`."""
        self._setup = setup
        self._program = program
        self._log = log
        self._around = around
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._watchdog = Liveness(HANG_S, LOOK_S)
        self._silencing: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Start the stage again and again; returns when it keeps crashing.

        Raises:
            EmoOscError: the first stage cannot open a port of its set-up.
        """
        failures = crashes = quick = 0
        while True:
            began_s = _now_s()
            fate = await self._life()
            if _now_s() - began_s > STEADY_S:
                failures = crashes = 0
            quick = quick + 1 if _now_s() - began_s < QUICK_S else 0
            failures, crashes = failures + 1, crashes + fate.is_crash
            self._setup = replace(self._around.renewed(self._setup), is_stuck=fate.is_stuck)
            if quick == TRUSTED and not fate.is_stuck:
                self._setup = replace(self._setup, resume="")
            self._silence()
            if crashes > MAX_CRASHES:
                self._tell(f"the stage {fate.text}; all notes off; too many crashes, giving up")
                await asyncio.gather(*self._silencing)
                return
            back_off_s = BACK_OFF_S[min(failures, len(BACK_OFF_S)) - 1]
            when = f"in {back_off_s:g} s" if back_off_s else "at once"
            self._tell(f"the stage {fate.text}; all notes off, starting it again {when}")
            await asyncio.sleep(back_off_s)

    def send(self, message: SupervisorToStage) -> None:
        """Tell the stage something; dropped while there is none, since the next one gets everything at its start."""
        if self._writer and not self._writer.is_closing():
            self._writer.write(_line(message, self._log))

    async def close(self) -> None:
        """Hang up, upon which the stage switches its notes off and ends; where it does not, do it from outside.

        A signal would cut that short on Windows.
        """
        process = self._process
        if self._writer:
            self._writer.close()
        if process and self._writer:
            await asyncio.wait((asyncio.create_task(process.wait()),), timeout=GOODBYE_S)
        if process and process.returncode is None:
            await end(process)
            self._silence()
        await asyncio.gather(*self._silencing)

    async def _life(self) -> Fate:
        """One stage from its start to its end; what became of it."""
        try:
            worker = Worker("stage", self._program, self._setup.to_json())
            self._process = await start(worker, self._log, is_heard=True)
            report = await self._read_report(self._process)
        except OSError as error:
            return Fate(f"cannot be started ({error.strerror or error})")
        if isinstance(report, Fate):
            await self._kill()
            return report
        try:
            fate = await self._listen(self._process, report)
        except OSError as error:
            await self._kill()
            fate = Fate(f"cannot be reached ({error.strerror or error})", is_crash=True)
        self._writer = None  # but not where we are cancelled: to close needs it
        return fate

    async def _read_report(self, process: asyncio.subprocess.Process) -> Report | Fate:
        """What a stage has opened, or what became of it instead.

        Raises:
            EmoOscError: it is the first stage, and could not open a port of its set-up.
        """
        assert process.stdout is not None  # a pipe was asked for
        patience_s = AGAIN_S if self._setup.hub else START_S
        try:
            async with asyncio.timeout(patience_s):
                line = await process.stdout.readline()
        except TimeoutError:
            return Fate(f"has opened no ports within {patience_s:g} s; does the MIDI system hang?", is_stuck=True)
        if not line:
            return Fate(f"has ended with code {await process.wait()} before it had started", is_crash=True)
        try:
            report = Report.from_json(line)
        except ValueError:
            return Fate(f"sent an invalid report: {line[:80]!r}", is_crash=True)
        if not report.fault:
            return report
        await process.wait()
        if self._setup.hub:  # there was a stage before: it is tried again
            return Fate(f"could not begin ({report.fault})", is_crash=True)
        raise EmoOscError(report.fault)

    async def _listen(self, process: asyncio.subprocess.Process, report: Report) -> Fate:
        """Hear a stage until it ends or hangs."""
        reader, self._writer = await asyncio.open_connection("127.0.0.1", report.hub, limit=MAX_LINE_BYTES)
        self._writer.write(self._setup.tokens["supervisor"].encode() + b"\n")
        self._setup = replace(self._setup, port=report.osc_port, hub=report.hub)
        self._watchdog = Liveness(HANG_S, LOOK_S)
        self._around.opened(report)
        hanging, hearing = asyncio.create_task(self._hang()), asyncio.create_task(self._hear(reader))
        gone = asyncio.create_task(process.wait())
        try:
            await asyncio.wait((gone, hanging, hearing), return_when=asyncio.FIRST_COMPLETED)
            self._around.lost()
            return await self._end_of(gone, is_hanging=hanging.done())
        finally:
            for task in (hanging, hearing, gone):
                task.cancel()
            await asyncio.gather(hanging, hearing, gone, return_exceptions=True)
            if process.returncode is not None:  # else we are to close, and the line says so to the stage
                self._writer.close()

    async def _end_of(self, gone: asyncio.Task[int], *, is_hanging: bool) -> Fate:
        """What became of a stage that hangs, has hung up, or has ended."""
        if not is_hanging:  # who hangs up is about to end
            await asyncio.wait((gone,), timeout=GOODBYE_S)
        if gone.done():
            return Fate(f"has ended with code {gone.result()}", is_crash=True)
        await self._kill()
        return Fate(f"hangs, no sign of life for {HANG_S:g} s" if is_hanging else "closed its connection")

    async def _hang(self) -> None:
        """Until the stage has been silent for too long."""
        while not self._watchdog.is_silent(_now_s()):
            await asyncio.sleep(LOOK_S)

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        """Take every line of the stage's until it hangs up."""
        with suppress(ConnectionError):
            while not reader.at_eof():
                try:
                    line = await reader.readline()
                except ValueError:  # the reader has dropped it
                    self._tell(f"the stage sent a line of over {MAX_LINE_BYTES:,} bytes; it was ignored")
                else:
                    if line:
                        self._take(line)

    def _take(self, line: bytes) -> None:
        self._watchdog.seen()
        if not line.startswith(_OURS):
            self._around.heard(line)
            return
        with suppress(ValueError):
            message = decode(line)
            if isinstance(message, Alive):
                self._watchdog.seen(message.patience_s)
            elif isinstance(message, StageState):
                self._setup = replace(self._setup, resume=message.text)

    async def _kill(self) -> None:
        """A stopped or wedged process hears nothing gentler."""
        assert self._process is not None  # it was started
        with suppress(ProcessLookupError):
            self._process.kill()
        await asyncio.wait((asyncio.create_task(self._process.wait()),), timeout=KILLED_S)

    def _silence(self) -> None:
        """Send all notes off through the port's owner while the next stage starts."""
        task = asyncio.create_task(_silence(self._setup.midi_out, self._log))
        self._silencing.add(task)
        task.add_done_callback(self._silencing.discard)

    def _tell(self, text: str) -> None:
        self._log.tell("stage", text, logging.ERROR)


_OURS = tuple(b'{"kind": "%s"' % kind.__name__.encode() for kind in (Alive, StageState))
"""How the lines begin that concern nobody but us."""


async def _silence(port: str, log: Log) -> None:
    try:
        process = await start(Worker("all notes off", ("-m", "emo_osc.midi.all_notes_off", port)), log)
    except OSError as error:
        text = f"notes cannot be switched off from outside ({error.strerror or error}); press panic on the instrument"
        log.tell("stage", text, logging.ERROR)
        return
    try:
        await asyncio.wait((asyncio.create_task(process.wait()),), timeout=GOODBYE_S)
    finally:
        await end(process)


def _line(message: SupervisorToStage, log: Log) -> bytes:
    """A message as a line for the stage, which hangs up on a longer one; nothing where it is too long."""
    line = encode(message)
    if len(line) <= MAX_LINE_BYTES:
        return line
    log.tell(
        "supervisor", f"{type(message).__name__}: over {MAX_LINE_BYTES:,} bytes; not sent to the stage", logging.ERROR
    )
    return b""


def _now_s() -> float:
    return asyncio.get_running_loop().time()
