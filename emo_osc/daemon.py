"""The door: it starts the stage, the studio, the synth, the web pad and the like as processes, keeps and ends them.

The stage plays; the door may die or be restarted in its parts without a note being late. If the door goes, the stage
hears the line drop, switches its notes off, and ends; the others follow.
"""

import asyncio
import logging
import secrets
import signal
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from random import SystemRandom
from typing import Any

from emo_osc.affect import MoodBook
from emo_osc.backstage import Backstage, Read
from emo_osc.checks import check
from emo_osc.errors import EmoOscError
from emo_osc.kept import PhraseFolder, phrase_folder
from emo_osc.live import LiveSetup
from emo_osc.log import Log
from emo_osc.mapping_file import MappingFile, mapping_path
from emo_osc.messages import MAX_LINE_BYTES, DoorToStage, WorkersState, encode
from emo_osc.preset import Preset, load_named_preset
from emo_osc.preset_folders import preset_files, preset_folders, preset_names
from emo_osc.preset_watch import PresetWatch
from emo_osc.recorder import Recorder
from emo_osc.stage.port_names import input_beside
from emo_osc.stage.setup import Report, Setup, StagePreset
from emo_osc.stage.values import Scalar
from emo_osc.studio.canned import shelf_path
from emo_osc.studio.worker import StudioSetup
from emo_osc.surface.setup import PadMood, WebSetup
from emo_osc.workers import GOODBYE_S, Keeper, Worker, end, start, states_of

Say = Callable[[str], None]
OWN_PRESET = "current"
"""The name under which `/emo/preset` finds the preset the daemon was started with."""

USERS_FAULT, NO_DEVICE = 2, 3
MAX_TOLD = 8  # presets that cannot be used, each in a line
ROLES = ("door", "studio", "sound", "watch", "web", "live")


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
    setup = stage_setup(preset, composer, is_recorded=record is not None)
    recorder = Recorder(record) if record else None
    told = Log(say, log)
    for line in _left_out(setup.presets):
        told.tell("presets", line, logging.WARNING)
    try:
        return asyncio.run(_Door(preset, setup, told, recorder, partial(_named_preset, composer=composer)).run())
    except KeyboardInterrupt:  # asyncio has ended the processes already
        return 0
    finally:
        told.close()


def stage_preset(preset: Preset, name: str) -> StagePreset:
    """What the stage takes from a preset, checked against its tables; `name` is what errors call it.

    Raises:
        EmoOscError: an unknown key, scale, mood, or mapped value: one line naming place, value and remedy.
    """
    check(preset, name)
    performance, book = preset.performance, preset.mood_book()
    values: dict[str, Scalar] = {
        "tempo": preset.clock.tempo,
        "channel": preset.midi.channel,
        "chords_channel": preset.midi.chords_channel,
        "bass_channel": preset.midi.bass_channel,
        **performance.model_dump(exclude={"mood", "rules"}),
        "mood": _mood_id(performance.mood, book, name),
    }
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
    presets = {OWN_PRESET: _bounded(stage_preset(preset, "preset"), "preset"), **_named_presets(composer)}
    path, seed = shelf_path(), preset.generator.seed
    return Setup(
        host=preset.osc.host,
        port=preset.osc.port,
        allow=preset.osc.allow,
        midi_out=preset.midi.out,
        midi_in=preset.midi.in_ or (input_beside(preset.midi.out) if preset.clock.source == "midi" else ""),
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
        presets=presets,
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


class _Door:
    """One evening: the stage first, then the others around it, until a signal or the stage's end."""

    def __init__(self, preset: Preset, setup: Setup, log: Log, recorder: Recorder | None, read: Read) -> None:
        self._preset = preset
        self._setup = setup
        self._log = log
        self._recorder = recorder
        self._read = read
        self._ending = asyncio.Event()

    async def run(self) -> int:
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # the last: the terminal was closed; Windows has none
            if hasattr(signal, name):
                _on_signal(signal.Signals[name], self._ending.set)
        asyncio.get_running_loop().set_exception_handler(partial(_tell_fault, self._log))
        worker = Worker("stage", ("-m", "emo_osc.stage.loop"), self._setup.to_json())
        stage = await start(worker, self._log, is_heard=True)
        report = await _read_report(stage)
        for line in report.lines:
            self._log.tell("stage", line)
        reader, writer = await asyncio.open_connection("127.0.0.1", report.hub, limit=MAX_LINE_BYTES)
        writer.write(self._setup.tokens["door"].encode() + b"\n")
        keepers: dict[str, Keeper] = {}

        def tell_states() -> None:
            writer.write(encode(WorkersState(states_of(keepers.values()))))

        for worker in self._workers(report):
            keepers[worker.name] = Keeper(worker, self._log, tell_states)
        backstage = Backstage(
            self._log,
            lambda message: writer.write(_line(message, self._log)),
            keepers,
            PhraseFolder(phrase_folder()),
            MappingFile(mapping_path()),
            self._recorder,
            PresetWatch(preset_folders),
            self._read,
        )
        backstage.open()
        tasks = [asyncio.create_task(_hear(reader, backstage, self._log)), asyncio.create_task(backstage.work())]
        tasks += [asyncio.create_task(keeper.run()) for keeper in keepers.values()]
        try:
            return await self._wait(stage)
        finally:
            writer.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            # the closed line has told the stage to switch its notes off; a signal would cut that short on Windows
            await asyncio.wait((asyncio.create_task(stage.wait()),), timeout=GOODBYE_S)
            await end(stage)
            backstage.save()

    def _workers(self, report: Report) -> list[Worker]:
        hub, tokens, sound = report.hub, self._setup.tokens, self._preset.sound
        affects = tuple(mood.affect for mood in self._preset.mood_book().moods)
        studio = StudioSetup(
            hub,
            tokens["studio"],
            self._preset.generator,
            affects,
            _cache_folder(),
            self._preset.references(),
            self._preset.clock.is_locked,
        ).to_json()
        workers = [
            Worker("studio", ("-m", "emo_osc.studio.worker"), studio, (USERS_FAULT,)),
            Worker("watch", ("-m", "emo_osc.port_watch", str(hub)), tokens["watch"] + "\n"),
        ]
        if sound.enabled:
            command = ("-m", "emo_osc.sound", "--connect", str(hub), "--gain", str(sound.gain))
            workers.append(Worker("sound", command, tokens["sound"] + "\n", (USERS_FAULT, NO_DEVICE)))
        if self._preset.web.enabled:
            setup = web_setup(self._preset, report, tokens["web"]).to_json()
            workers.append(Worker("web", ("-m", "emo_osc.surface"), setup, (USERS_FAULT,)))
        if self._preset.live.enabled:
            follower = live_setup(self._preset, report, tokens["live"]).to_json()
            workers.append(Worker("live", ("-m", "emo_osc.live"), follower, (USERS_FAULT,)))
        return workers

    async def _wait(self, stage: asyncio.subprocess.Process) -> int:
        """Until we are told to end, or the stage ends by itself, which it never should."""
        gone = asyncio.create_task(stage.wait())
        told = asyncio.create_task(self._ending.wait())
        await asyncio.wait((gone, told), return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if self._ending.is_set():
            return 0
        self._log.tell("stage", f"the stage has ended with code {gone.result()}; all notes off", logging.ERROR)
        await _hush(self._setup.midi_out, self._log)
        return 1


async def _hear(reader: asyncio.StreamReader, backstage: Backstage, log: Log) -> None:
    """Do what the stage asks, until it hangs up."""
    while not reader.at_eof():
        try:
            line = await reader.readline()
        except ValueError:  # the reader has dropped it
            log.tell("door", f"the stage sent a line of over {MAX_LINE_BYTES:,} bytes; it is left out", logging.ERROR)
        else:
            backstage.receive(line)


def _line(message: DoorToStage, log: Log) -> bytes:
    """A message as a line for the stage, which hangs up on a longer one; nothing where it is too long."""
    line = encode(message)
    if len(line) <= MAX_LINE_BYTES:
        return line
    log.tell("door", f"{type(message).__name__}: over {MAX_LINE_BYTES:,} bytes; the stage is not told", logging.ERROR)
    return b""


def _tell_fault(log: Log, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What asyncio would write to standard error itself, and wait for a terminal that takes nothing."""
    text = f"our own fault, please report it: {context.get('message')} ({context.get('exception')!r})"
    log.tell("door", text, logging.ERROR)


async def _hush(port: str, log: Log) -> None:
    """Let whoever is played through a port switch off what the stage has left on."""
    process = await start(Worker("hush", ("-m", "emo_osc.hush", port)), log)
    await asyncio.wait((asyncio.create_task(process.wait()),), timeout=GOODBYE_S)
    await end(process)


async def _read_report(stage: asyncio.subprocess.Process) -> Report:
    assert stage.stdout is not None  # a pipe was asked for
    line = await stage.stdout.readline()
    if not line:
        await stage.wait()
        raise RuntimeError("the stage did not start; its own words stand above or below")
    report = Report.from_json(line)
    if report.fault:
        await stage.wait()
        raise EmoOscError(report.fault)
    return report


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
