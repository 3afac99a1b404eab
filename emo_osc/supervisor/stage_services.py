"""Services for the stage: log, save, record, read presets, restart. Never blocks it."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic

from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.message_codec import decode
from emo_osc.protocol.messages import (
    AnyMessage,
    LogLine,
    Mapped,
    MappingRead,
    MappingSaved,
    PhraseNotSaved,
    PhraseSaved,
    Played,
    PresetRead,
    Restart,
    SupervisorToStage,
    SwitchGenerator,
)
from emo_osc.protocol.stage_setup import StagePreset
from emo_osc.studio.setup import StudioSetup
from emo_osc.supervisor.child_process import Keeper
from emo_osc.supervisor.log import Log
from emo_osc.supervisor.mapping_store import MappingStore
from emo_osc.supervisor.phrase_store import PhraseStore
from emo_osc.supervisor.preset_watch import PresetWatch
from emo_osc.supervisor.recorder import Recorder

LONGEST_LOOK_S = 0.25  # in one look; the others are read in the next
LOOK_S = 0.5  # how soon a preset that was saved in an editor is known
SAVE_S = 60.0  # what a crash of the whole machine may cost a recording

Read = Callable[[str], StagePreset]


class StageServices:
    """Takes the stage's messages one by one; `send` carries answers back to it, `read` reads a preset by name."""

    def __init__(
        self,
        log: Log,
        send: Callable[[SupervisorToStage], None],
        keepers: Mapping[str, Keeper],
        phrases: PhraseStore,
        mapping: MappingStore,
        recorder: Recorder | None,
        watch: PresetWatch,
        read: Read,
    ) -> None:
        self._log = log
        self._send = send
        self._keepers = keepers
        self._phrases = phrases
        self._mapping = mapping
        self._recorder = recorder
        self._watch = watch
        self._changed: dict[str, None] = {}
        self._read = read
        self.presets: dict[str, StagePreset] = {}
        """Presets that were read again since the start, by name."""

    def open(self) -> None:
        """Hand the stage what was kept and mapped in earlier runs."""
        self._read_mapping()
        for found in self._phrases.load():
            if isinstance(found, PhraseSaved):
                self._send(found)
            else:
                self._log.tell("phrases", str(found), logging.WARNING)

    def receive(self, line: bytes) -> None:
        """Handle one line of the stage; an internal error is logged, and the next line is handled."""
        with self._continuous("what the stage asked for"):
            message = decode(line)
            handler = _HANDLERS.get(type(message))
            if handler:
                handler(self, message)

    async def work(self) -> None:
        """Look after presets and the recording until cancelled."""
        saved_s = now_s = asyncio.get_running_loop().time()
        while True:
            await asyncio.sleep(LOOK_S)
            now_s = asyncio.get_running_loop().time()
            with self._continuous("a look at the presets and the mapping"):
                self.look()
            if now_s - saved_s > SAVE_S:
                saved_s = now_s
                self.save()

    @contextmanager
    def _continuous(self, action: str) -> Iterator[None]:
        """Log an error and continue: without the supervisor the stage would play on, but save and log nothing."""
        try:
            yield
        except Exception as error:  # whatever it is, the next action may succeed
            reason = f"{type(error).__name__}: {error}"
            text = f"internal error, please report it: {action} failed ({reason}); the music goes on"
            self._log.tell("supervisor", text, logging.ERROR)

    def look(self) -> None:
        """Read presets that have changed, for the next time the stage is asked for one, and the player's mapping."""
        until_s = monotonic() + LONGEST_LOOK_S
        self._changed |= dict.fromkeys(self._watch.changed())
        while self._changed and monotonic() < until_s:
            name = next(iter(self._changed))
            del self._changed[name]
            self._read_again(name)
        if self._mapping.has_changed() and self._read_mapping():
            self._log.tell("midi", f"{self._mapping.path}: read again")

    def save(self) -> None:
        """Write the recording down."""
        if self._recorder is None:
            return
        try:
            self._recorder.save()
        except OSError as error:
            reason = error.strerror or str(error)
            self._log.tell("record", f"{self._recorder.path}: cannot be written ({reason})", logging.ERROR)

    def _read_again(self, name: str) -> None:
        preset = self.presets[name] = self._read(name)
        fate = f"wrong, what was loaded stays: {preset.fault}" if preset.fault else "read again"
        self._send(PresetRead(name, preset.to_json()))
        self._log.tell("presets", f"preset {name}: {fate}", logging.ERROR if preset.fault else logging.INFO)

    def _read_mapping(self) -> bool:
        """Hand the stage the player's mapping; whether it could be read."""
        try:
            self._send(MappingRead(self._mapping.read()))
        except EmoOscError as error:
            self._log.tell("midi", f"{error}; it is left alone", logging.ERROR)
            return False
        return True

    def _map(self, message: Mapped) -> None:
        try:
            self._mapping.save(message.text)
        except EmoOscError as error:
            self._log.tell("midi", str(error), logging.ERROR)
            self._send(MappingSaved(str(error)))
        else:
            self._log.tell("midi", f"MIDI mapping saved in {self._mapping.path}")
            self._send(MappingSaved())

    def _said(self, message: LogLine) -> None:
        self._log.tell(message.kind_of, message.text)

    def _restart(self, message: Restart) -> None:
        if message.role in self._keepers:
            self._keepers[message.role].restart(message.reason)

    def _engage(self, message: SwitchGenerator) -> None:
        keeper = self._keepers["studio"]
        setup = StudioSetup.from_json(keeper.worker.setup)
        section = setup.generator.composed_by(message.text)
        worker = replace(keeper.worker, setup=replace(setup, generator=section).to_json())
        if worker != keeper.worker:
            self._log.tell("studio", f"studio: {section.name} starts as the generator; the shelf plays meanwhile")
            keeper.replace(worker)

    def _keep(self, message: PhraseSaved) -> None:
        try:
            path = self._phrases.save(message)
        except EmoOscError as error:
            self._log.tell("phrases", str(error), logging.ERROR)
            self._send(PhraseNotSaved(message.name, str(error)))
        else:
            self._log.tell("phrases", f"kept {message.name!r} in {path}")
            self._send(message)

    def _played(self, message: Played) -> None:
        if self._recorder:
            self._recorder.add(message)


_HANDLERS: dict[type[AnyMessage], Callable[..., None]] = {
    LogLine: StageServices._said,
    Restart: StageServices._restart,
    SwitchGenerator: StageServices._engage,
    PhraseSaved: StageServices._keep,
    Mapped: StageServices._map,
    Played: StageServices._played,
}
