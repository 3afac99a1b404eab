"""The supervisor: starts the stage, studio, synth, web pad and other processes, and stops them.

The stage plays on its own: the other processes may crash and restart without a late note. If the supervisor dies, the
stage sees its connection close, switches its notes off and ends; the others follow.
"""

import asyncio
import logging
import secrets
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import SystemRandom
from time import perf_counter
from typing import Any

from emo_osc.clients.ableton import LiveSetup
from emo_osc.config.calibration import calibration_path, read_calibration
from emo_osc.config.check import check
from emo_osc.config.clocks import CLOCKS
from emo_osc.config.paths import preset_files, preset_folders, preset_names
from emo_osc.config.preset import Preset, changed, load_named_preset
from emo_osc.core.affect import MoodBook
from emo_osc.core.errors import EmoOscError
from emo_osc.midi.port_names import input_beside
from emo_osc.protocol.child_setup import USERS_FAULT, HubSetup, SoundSetup
from emo_osc.protocol.messages import MAX_LINE_BYTES, WorkersState
from emo_osc.protocol.stage_setup import Report, Setup, StagePreset
from emo_osc.studio.canned import shelf_path
from emo_osc.studio.setup import StudioSetup
from emo_osc.supervisor.child_process import Keeper, Worker, states_of
from emo_osc.supervisor.log import Log
from emo_osc.supervisor.mapping_store import MappingStore, mapping_path
from emo_osc.supervisor.phrase_store import PhraseStore, phrase_folder
from emo_osc.supervisor.preset_watch import PresetWatch
from emo_osc.supervisor.recorder import Recorder
from emo_osc.supervisor.stage_process import StageKeeper
from emo_osc.supervisor.stage_services import Read, StageServices
from emo_osc.surface.setup import PadMood, WebSetup

Say = Callable[[str], None]
OWN_PRESET = "current"
"""The name under which `/emo/preset` finds the preset the daemon was started with."""

NO_DEVICE = 3
MAX_TOLD = 8  # presets that cannot be used, each in a line
ENDING_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")  # the third: the terminal was closed
IGNORED_SIGNALS = ("SIGUSR1", "SIGUSR2", "SIGALRM")  # would end us, and then the music; our processes inherit it
ROLES = ("supervisor", "studio", "sound", "port monitor", "web", "live")


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
    told = Log(say, log)
    for line in _left_out(setup.presets):
        told.tell("presets", line, logging.WARNING)
    if calibration:
        told.tell("calibration", calibration, level)
    try:
        return asyncio.run(_Supervisor(preset, setup, told, recorder, partial(_named_preset, composer=composer)).run())
    except KeyboardInterrupt:  # asyncio has ended the processes already
        return 0
    finally:
        told.close()


def calibrated(preset: Preset) -> tuple[Preset, str, int]:
    """The preset with the latency that `calibrate` has kept, where it names none; a line that says so, and its level.

    A file that cannot be used is no reason not to play: the line, a warning then, says why.
    """
    if "latency_ms" in preset.values():
        return preset, "", logging.INFO
    try:
        latency_ms = read_calibration(calibration_path())
    except EmoOscError as error:
        return preset, f"{error}; playing without it", logging.WARNING
    if latency_ms is None:
        return preset, "", logging.INFO
    line = f"everything is sent {latency_ms:g} ms earlier, as calibrated ({calibration_path()})"
    return changed(preset, {"performance.latency_ms": latency_ms}, "calibration"), line, logging.INFO


def stage_preset(preset: Preset, name: str) -> StagePreset:
    """What the stage takes from a preset, checked against its tables; `name` is what errors call it.

    Raises:
        EmoOscError: an unknown key, scale, mood, or mapped value: one line naming place, value and remedy.
    """
    check(preset, name)
    performance, book = preset.performance, preset.mood_book()
    values = {**preset.values(), "mood": _mood_id(performance.mood, book, name)}
    return StagePreset(
        values,
        book.moods,
        dict(preset.mapping),
        preset.midi.cc74,
        preset.midi.cc1,
        preset.generator.temperature,
        rules=performance.rules.model_dump(by_alias=True),
        references=preset.references(),
        composer=preset.generator.composer,
    )


def stage_setup(preset: Preset, composer: str = "", *, is_recorded: bool = False) -> Setup:
    """Everything the stage is told, with fresh tokens and every preset of the folders; `composer` composes in all.

    Raises:
        EmoOscError: the preset is wrong for the stage.
    """
    own = {OWN_PRESET: _bounded(stage_preset(preset, "preset"), "preset")}
    path, seed = shelf_path(), preset.generator.seed
    needs_midi_in = CLOCKS[preset.clock.source].needs_midi_in
    return Setup(
        host=preset.osc.host,
        port=preset.osc.port,
        allow=preset.osc.allow,
        midi_out=preset.midi.out,
        midi_in=preset.midi.in_ or (input_beside(preset.midi.out) if needs_midi_in else ""),
        clock=preset.clock.source,
        sends_clock=preset.midi.clock_out,
        clock_runs_free=preset.midi.clock_always,
        starts_itself=preset.clock.autostart,
        is_transport_shared=preset.clock.start_stop_sync,
        is_recorded=is_recorded,
        tokens={role: secrets.token_hex(16) for role in ROLES},
        shelf=str(path or ""),
        seed=SystemRandom().randrange(1 << 31) if seed is None else seed,
        is_playing=preset.clock.play,
        preset=OWN_PRESET,
        presets=own | _named_presets(composer) | own,  # first, and not a file of that name
    )


def web_setup(preset: Preset, report: Report, token: str) -> WebSetup:
    """What the web process is told, where the stage has reported what it opened."""
    return WebSetup(
        host=preset.web.host,
        port=preset.web.port,
        osc_host=preset.osc.host,
        osc_port=report.osc_port,
        hub=report.hub,
        hub_token=token,
        moods=tuple(PadMood.of(mood) for mood in preset.mood_book().moods),
    )


def live_setup(preset: Preset, report: Report, token: str) -> LiveSetup:
    """What the process that follows Ableton Live is told."""
    host, port = web_setup(preset, report, "").stage
    live = preset.live
    return LiveSetup(live.host, live.port, live.reply_port, live.follow, host, port, report.hub, token)


class _Supervisor:
    """One evening: the stage, and the others around it, until a signal or a stage that keeps crashing."""

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
        """Play until told to end; the exit code."""
        known = signal.Signals.__members__  # Windows has few of them
        for name in filter(known.__contains__, ENDING_SIGNALS):
            _on_signal(known[name], self._ending.set)
        for name in filter(known.__contains__, IGNORED_SIGNALS):
            signal.signal(known[name], signal.SIG_IGN)
        asyncio.get_running_loop().set_exception_handler(partial(_tell_fault, self._log))
        keeping, told = asyncio.create_task(self._stage.run()), asyncio.create_task(self._ending.wait())
        try:
            await asyncio.wait((keeping, told), return_when=asyncio.FIRST_COMPLETED)
            if self._ending.is_set():
                return 0
            keeping.result()
            return 1
        finally:
            tasks = [keeping, told, *self._tasks]
            for task in tasks:
                task.cancel()
            closing = asyncio.create_task(self._stage.close())
            await asyncio.gather(*tasks, return_exceptions=True)
            await closing
            self._services.save()

    def opened(self, report: Report) -> None:
        """A stage has come: start all others with the first, and again with each that follows."""
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
        """The stage asks for something."""
        self._services.receive(line)

    def lost(self) -> None:
        """The stage has gone: the others end with it, and begin again with the next."""
        self._lost_s = perf_counter()
        for keeper in self._keepers.values():
            keeper.hold()
        if self._recorder:
            self._recorder.cut(self._lost_s)

    def renewed(self, setup: Setup) -> Setup:
        """The next stage is told the presets as they are by now."""
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
        """Nothing that goes on all evening may end unheard."""
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
    """What asyncio would write to standard error itself, and wait for a terminal that takes nothing."""
    text = f"internal error, please report it: {context.get('message')} ({context.get('exception')!r})"
    log.tell("supervisor", text, logging.ERROR)


def _on_signal(event: signal.Signals, act: Callable[[], None]) -> None:
    try:
        asyncio.get_running_loop().add_signal_handler(event, act)
    except NotImplementedError:  # Windows: Ctrl-C arrives as KeyboardInterrupt instead
        return


def _cache_folder() -> str:
    """Where this system keeps what can be made again; it may not exist yet."""
    from platformdirs import user_cache_path

    return str(user_cache_path("emo_osc"))


def _mood_id(mood: str, book: MoodBook, name: str) -> str:
    try:
        return book.find(mood).id
    except KeyError as error:
        raise EmoOscError(f"{name}.performance.mood: {error.args[0]}") from None


def _named_presets(composer: str) -> dict[str, StagePreset]:
    """Every preset of the folders; a wrong one is told to whoever asks for it."""
    return {name: _named_preset(name, composer) for name in preset_names()}


def _bounded(preset: StagePreset, name: str) -> StagePreset:
    """The preset where a line to the stage holds it, in which every quote is escaped.

    Raises:
        EmoOscError: it is larger.
    """
    if len(preset.to_json()) > MAX_LINE_BYTES // 4:
        raise EmoOscError(
            f"{name}: over {MAX_LINE_BYTES // 4:,} bytes as the stage takes it; leave out moods or aliases"
        )
    return preset


def _left_out(presets: Mapping[str, StagePreset]) -> Iterator[str]:
    """A line for each preset of the folders that cannot be used, and for each file that is none."""
    faults = [*preset_files().faults, *(preset.fault for preset in presets.values() if preset.fault)]
    yield from (f"{fault}; it cannot be loaded" for fault in faults[:MAX_TOLD])
    if len(faults) > MAX_TOLD:
        yield f"{len(faults) - MAX_TOLD} other presets cannot be loaded; emo-osc check NAME says why"


def _named_preset(name: str, composer: str) -> StagePreset:
    """A preset of the folders; `composer` takes the place of its own, where there is one."""
    try:
        preset = load_named_preset(name)
        if composer:
            preset = preset.model_copy(update={"generator": preset.generator.composed_by(composer)})
        return _bounded(stage_preset(preset, name), name)
    except EmoOscError as error:
        return StagePreset({}, fault=str(error))
