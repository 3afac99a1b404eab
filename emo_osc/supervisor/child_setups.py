"""Builds from a preset what the stage, the web pad and the Live follower are started with.

Reads preset files and the kept calibration; starts nothing.
"""

import logging
import secrets
from collections.abc import Iterator, Mapping
from random import SystemRandom

from emo_osc.clients.ableton import LiveSetup
from emo_osc.config.calibration import calibration_path, read_calibration
from emo_osc.config.check import check
from emo_osc.config.clocks import CLOCKS
from emo_osc.config.paths import preset_files, preset_names
from emo_osc.config.preset import Preset
from emo_osc.config.preset_loading import changed, load_named_preset
from emo_osc.core.affect import MoodBook
from emo_osc.core.errors import EmoOscError
from emo_osc.midi.port_names import input_beside
from emo_osc.protocol.messages import MAX_LINE_BYTES
from emo_osc.protocol.stage_setup import Report, Setup, StagePreset
from emo_osc.studio.canned import shelf_path
from emo_osc.surface.setup import PadMood, WebSetup

OWN_PRESET = "current"
"""The name under which `/emo/preset` finds the preset the daemon was started with."""

MAX_LISTED = 8  # presets that cannot be used, each in a line
ROLES = ("supervisor", "studio", "sound", "port monitor", "web", "live")
"""The processes that connect to the stage, each with a token of its own."""


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


def stage_setup(preset: Preset, composer: str = "", *, is_recorded: bool = False) -> Setup:
    """The set-up of the stage, with new tokens and every preset of the folders; `composer` composes in all.

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


def named_preset(name: str, composer: str) -> StagePreset:
    """A preset of the folders; `composer` takes the place of its own, where there is one."""
    try:
        preset = load_named_preset(name)
        if composer:
            preset = preset.model_copy(update={"generator": preset.generator.composed_by(composer)})
        return _bounded(stage_preset(preset, name), name)
    except EmoOscError as error:
        return StagePreset({}, fault=str(error))


def left_out(presets: Mapping[str, StagePreset]) -> Iterator[str]:
    """A line for each preset of the folders that cannot be used, and for each file that is not a preset."""
    faults = [*preset_files().faults, *(preset.fault for preset in presets.values() if preset.fault)]
    yield from (f"{fault}; it cannot be loaded" for fault in faults[:MAX_LISTED])
    if len(faults) > MAX_LISTED:
        yield f"{len(faults) - MAX_LISTED} other presets cannot be loaded; emo-osc check NAME says why"


def web_setup(preset: Preset, report: Report, token: str) -> WebSetup:
    """The set-up of the web process, after the stage has reported what it opened."""
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
    """The set-up of the process that follows Ableton Live."""
    host, port = web_setup(preset, report, "").stage
    live = preset.live
    return LiveSetup(live.host, live.port, live.reply_port, live.follow, host, port, report.hub, token)


def _named_presets(composer: str) -> dict[str, StagePreset]:
    """Every preset of the folders; a wrong one holds its fault, for the answer to `/emo/preset`."""
    return {name: named_preset(name, composer) for name in preset_names()}


def _bounded(preset: StagePreset, name: str) -> StagePreset:
    """The preset, if it fits in a line to the stage, in which every quote is escaped.

    Raises:
        EmoOscError: it is larger.
    """
    if len(preset.to_json()) > MAX_LINE_BYTES // 4:
        raise EmoOscError(
            f"{name}: over {MAX_LINE_BYTES // 4:,} bytes as the stage takes it; leave out moods or aliases"
        )
    return preset


def _mood_id(mood: str, book: MoodBook, name: str) -> str:
    try:
        return book.find(mood).id
    except KeyError as error:
        raise EmoOscError(f"{name}.performance.mood: {error.args[0]}") from None
