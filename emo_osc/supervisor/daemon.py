"""The supervisor: starts the stage, studio, synth, web pad and other processes, and stops them.

The stage plays on its own: the other processes may crash and restart without a late note. If the supervisor dies, the
stage sees its connection close, switches its notes off and ends; the others follow.
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from emo_osc.config.paths import preset_folders
from emo_osc.config.preset import Preset
from emo_osc.protocol.child_setup import USERS_FAULT, HubSetup, SoundSetup
from emo_osc.protocol.messages import WorkersState
from emo_osc.protocol.stage_setup import Report, Setup
from emo_osc.studio.setup import StudioSetup
from emo_osc.supervisor.child_process import Keeper, Worker, states_of
from emo_osc.supervisor.child_setups import (
    OWN_PRESET,
    calibrated,
    left_out,
    live_setup,
    named_preset,
    stage_setup,
    web_setup,
)
from emo_osc.supervisor.log import Log
from emo_osc.supervisor.mapping_store import MappingStore, mapping_path
from emo_osc.supervisor.phrase_store import PhraseStore, phrase_folder
from emo_osc.supervisor.preset_watch import PresetWatch
from emo_osc.supervisor.recorder import Recorder
from emo_osc.supervisor.stage_process import StageKeeper
from emo_osc.supervisor.stage_services import Read, StageServices

Say = Callable[[str], None]
NO_DEVICE = 3
ENDING_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")  # the third: the terminal was closed
IGNORED_SIGNALS = ("SIGUSR1", "SIGUSR2", "SIGALRM")  # would end us, and then the music; our processes inherit it


def serve(
    preset: Preset,
    say: Say | None = None,
    record: Path | None = None,
    log: Path | None = None,
    *,
    keeps_composer: bool = False,
) -> int:
    """Play until SIGINT or SIGTERM; the exit code.

    `say` takes the lines for people (default: standard output), `record` is the MIDI file to write what was played to,
    `log` the file for JSON lines; where it `keeps_composer` no other preset can change who composes.

    Raises:
        EmoOscError: the preset asks for something that is not there: a port, a clock, a mood, a scale; or a file
            cannot be written.
    """
    composer = preset.generator.composer if keeps_composer else ""
    preset, calibration, level = calibrated(preset)
    setup = stage_setup(preset, composer, is_recorded=record is not None)
    recorder = Recorder(record) if record else None
    lines = Log(say, log)
    for line in left_out(setup.presets):
        lines.tell("presets", line, logging.WARNING)
    if calibration:
        lines.tell("calibration", calibration, level)
    try:
        return asyncio.run(_Supervisor(preset, setup, lines, recorder, partial(named_preset, composer=composer)).run())
    except KeyboardInterrupt:  # asyncio has ended the processes already
        return 0
    finally:
        lines.close()


class _Supervisor:
    """Runs all processes until a signal comes or the stage keeps crashing."""

    def __init__(self, preset: Preset, setup: Setup, log: Log, recorder: Recorder | None, read: Read) -> None:
        self._preset = preset
        self._tokens = setup.tokens
        self._log = log
        self._recorder = recorder
        self._ending = asyncio.Event()
        self._stage = StageKeeper(setup, log, self)
        self._keepers: dict[str, Keeper] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._lost_s = 0.0
        self._services = StageServices(
            log,
            self._stage.send,
            self._keepers,
            PhraseStore(phrase_folder()),
            MappingStore(mapping_path()),
            recorder,
            PresetWatch(preset_folders),
            read,
        )

    async def run(self) -> int:
        """Play until a signal or a fault ends it; the exit code."""
        known = signal.Signals.__members__  # Windows has few of them
        for name in filter(known.__contains__, ENDING_SIGNALS):
            _on_signal(known[name], self._ending.set)
        for name in filter(known.__contains__, IGNORED_SIGNALS):
            signal.signal(known[name], signal.SIG_IGN)
        asyncio.get_running_loop().set_exception_handler(partial(_tell_fault, self._log))
        keeping, ending = asyncio.create_task(self._stage.run()), asyncio.create_task(self._ending.wait())
        try:
            await asyncio.wait((keeping, ending), return_when=asyncio.FIRST_COMPLETED)
            if self._ending.is_set():
                return 0
            keeping.result()
            return 1
        finally:
            tasks = [keeping, ending, *self._tasks]
            for task in tasks:
                task.cancel()
            closing = asyncio.create_task(self._stage.close())
            await asyncio.gather(*tasks, return_exceptions=True)
            await closing
            self._services.save()

    def opened(self, report: Report) -> None:
        """A stage has started: start the other processes, with the first stage and with each that follows."""
        if not self._keepers:
            for line in report.lines:
                self._log.tell("stage", line)
            self._begin(report)
            self._services.open()
            return
        for keeper in self._keepers.values():
            keeper.renew()
        self._services.open()
        self._tell_states()
        took_s = perf_counter() - self._lost_s
        self._log.tell("stage", f"the stage runs again after {took_s:.1f} s; the music goes on")

    def heard(self, line: bytes) -> None:
        """Handle a line from the stage."""
        self._services.receive(line)

    def lost(self) -> None:
        """The stage has ended: the other processes end too, and start again with the next stage."""
        self._lost_s = perf_counter()
        for keeper in self._keepers.values():
            keeper.hold()
        if self._recorder:
            self._recorder.cut(self._lost_s)

    def renewed(self, setup: Setup) -> Setup:
        """The set-up of the next stage, with the presets as they are now."""
        own = {OWN_PRESET: setup.presets[OWN_PRESET]}
        return replace(setup, presets=setup.presets | self._services.presets | own)

    def _begin(self, report: Report) -> None:
        for worker in self._workers(report):
            self._keepers[worker.name] = Keeper(worker, self._log, self._tell_states)
        works = [self._services.work(), *(keeper.run() for keeper in self._keepers.values())]
        self._tasks = [asyncio.create_task(work) for work in works]
        for task in self._tasks:
            task.add_done_callback(self._on_done)

    def _tell_states(self) -> None:
        self._stage.send(WorkersState(states_of(self._keepers.values())))

    def _on_done(self, task: asyncio.Task[None]) -> None:
        """Log a background task that ended by an error."""
        if not task.cancelled() and task.exception():
            error = task.exception()
            text = f"internal error, please report it: {type(error).__name__}: {error}; the music goes on without it"
            self._log.tell("supervisor", text, logging.ERROR)

    def _workers(self, report: Report) -> list[Worker]:
        hub, tokens, sound = report.hub, self._tokens, self._preset.sound
        affects = tuple(mood.affect for mood in self._preset.mood_book().moods)
        studio = StudioSetup(
            hub,
            tokens["studio"],
            self._preset.generator,
            affects,
            _cache_folder(),
            self._preset.references(),
            self._preset.clock.is_locked,
            float(self._preset.values()["density"]),
        ).to_json()
        workers = [
            Worker("studio", ("-m", "emo_osc.studio.worker"), studio, (USERS_FAULT,)),
            Worker(
                "port monitor", ("-m", "emo_osc.midi.port_monitor"), HubSetup(hub, tokens["port monitor"]).to_json()
            ),
        ]
        if sound.enabled:
            synth = SoundSetup(hub, tokens["sound"], sound.gain).to_json()
            workers.append(Worker("sound", ("-m", "emo_osc.sound"), synth, (USERS_FAULT, NO_DEVICE)))
        if self._preset.web.enabled:
            setup = web_setup(self._preset, report, tokens["web"]).to_json()
            workers.append(Worker("web", ("-m", "emo_osc.surface"), setup, (USERS_FAULT,)))
        if self._preset.live.enabled:
            follower = live_setup(self._preset, report, tokens["live"]).to_json()
            workers.append(Worker("live", ("-m", "emo_osc.clients.ableton"), follower, (USERS_FAULT,)))
        return workers


def _tell_fault(log: Log, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what asyncio would write to standard error, where a stopped terminal would block it."""
    text = f"internal error, please report it: {context.get('message')} ({context.get('exception')!r})"
    log.tell("supervisor", text, logging.ERROR)


def _on_signal(event: signal.Signals, act: Callable[[], None]) -> None:
    try:
        asyncio.get_running_loop().add_signal_handler(event, act)
    except NotImplementedError:  # Windows: Ctrl-C arrives as KeyboardInterrupt instead
        return


def _cache_folder() -> str:
    """The user's cache folder on this system; it may not exist yet."""
    from platformdirs import user_cache_path

    return str(user_cache_path("emo_osc"))
