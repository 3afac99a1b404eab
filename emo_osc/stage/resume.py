"""Saves the state of an instrument and restores it in the next stage process.

The clock of the machine is the same for all its processes, so the bar lines of the new stage are those of the old one.
"""

from dataclasses import replace
from math import floor

from emo_osc.core.errors import CommandError
from emo_osc.core.tempo import MAX_TEMPO, MIN_TEMPO
from emo_osc.protocol.messages import LogLine, StageState, SwitchGenerator
from emo_osc.protocol.parameters import VALUES
from emo_osc.stage.clock.clock import Timeline
from emo_osc.stage.io.midi_ports import Before
from emo_osc.stage.player.settings import SETTING_NAMES
from emo_osc.stage.session.effects import Effects, TellSupervisor
from emo_osc.stage.session.instrument import Instrument
from emo_osc.stage.session.subscriptions import Clients
from emo_osc.stage.snapshot import CUED, PHRASE, Snapshot

_KEPT = tuple(name for name in SETTING_NAMES if name in VALUES)
MAX_WAITS = 3
NEAR_TICKS = 5.0  # a position that was foretold this well, 5 ms at 120 bpm, need not be told


def taken(instrument: Instrument, clients: Clients, now_s: float) -> Snapshot:
    """Where an instrument stands."""
    performer, settings = instrument.performer, instrument.performer.settings
    cue = performer.cued if performer.cued and performer.cued.is_asked else None
    preset, mood, latency = (instrument.read(name, now_s) for name in ("preset", "mood", "latency_ms"))
    pinned = (CUED if performer.cued else PHRASE) if performer.is_pinned else ""
    return Snapshot(
        str(preset[0]),
        {name: getattr(settings, name) for name in _KEPT},
        performer.affect,
        (str(mood[0]), float(mood[1])),
        performer.colour,
        float(latency[0]),
        instrument.transport.guide.asked,
        _line(instrument, now_s),
        performer.phrase,
        cue.ready if cue else None,
        pinned,
        performer.glide,
        instrument.studio_client.learned,
        clients.leases(now_s),
        instrument.counters.targets,
        instrument.counters.links,
    )


def left_by(text: str, *, is_stuck: bool) -> Before:
    """What the text of a snapshot leaves to ports that are not open yet; nothing where it cannot be read."""
    try:
        snapshot = Snapshot.from_json(text)
    except ValueError:  # told when the instrument goes on from it
        return Before(is_stuck=is_stuck)
    return Before(snapshot.targets, snapshot.links, is_stuck)


class Diary:
    """What the supervisor need know of an instrument for another stage to go on from there, each thing told once.

    To write a melody down takes some tenths of a millisecond: it waits for a pause, but not for long.
    """

    def __init__(self, instrument: Instrument, clients: Clients) -> None:
        self._instrument, self._clients = instrument, clients
        self._told: Snapshot | None = None
        self._waits = 0

    def news(self, now_s: float, *, has_time: bool) -> StageState | None:
        """What has changed since this was last asked, None where nothing has, or where there is no time to write."""
        snapshot = taken(self._instrument, self._clients, now_s)
        if self._told and is_foretold(self._told, snapshot):
            return None
        if not has_time and self._waits < MAX_WAITS:
            self._waits += 1
            return None
        self._told, self._waits = snapshot, 0
        return StageState(snapshot.to_json())


def is_foretold(before: Snapshot, now: Snapshot) -> bool:
    """Whether the newer snapshot says nothing that the older one does not."""
    old, new = before.line, now.line
    far = abs(old.tick_at(new.anchor_s) - new.anchor_tick)
    is_steady = (old.is_running, round(old.tempo, 3)) == (new.is_running, round(new.tempo, 3))
    return before == now and is_steady and far <= NEAR_TICKS


def resume(instrument: Instrument, clients: Clients, text: str, now_s: float) -> Effects:
    """Go on from the text of a snapshot: the same settings, the same phrase, at the place where the bars are by now.

    From the start, with a line for people, where the text cannot be read.
    """
    try:
        snapshot = Snapshot.from_json(text)
    except ValueError as error:
        instrument.transport.play(now_s)
        return [TellSupervisor(LogLine("stage", f"{error}; starting from the preset"))]
    clients.restore(snapshot.leases, now_s)
    effects = _restore_values(instrument, snapshot, now_s)
    performer = instrument.performer
    if snapshot.learned:
        instrument.studio_client.learn(snapshot.learned)
        performer.shelf.begin_theme()
    if snapshot.phrase:
        performer.launch(snapshot.phrase, 0, is_pinned=snapshot.pinned == PHRASE)
    transport = instrument.transport
    move = transport.clock.take_over(snapshot.line, now_s)
    if move is None:
        return effects
    move = replace(
        move, tick=max(0, int(instrument.transport.tick_at(now_s)))
    )  # what is sent now is heard a little later
    if transport.clock_out:
        transport.clock_out.cut()
    transport.follow(move)
    if snapshot.cued:
        performer.launch(snapshot.cued, move.tick, is_pinned=snapshot.pinned == CUED)
    if snapshot.glide:
        performer.set_affect(snapshot.glide.at(move.tick))
        performer.glide = snapshot.glide.stepped(move.tick)
    return effects


def _restore_values(instrument: Instrument, snapshot: Snapshot, now_s: float) -> Effects:
    performer = instrument.performer
    effects = _restore_preset(instrument, snapshot.preset, now_s)
    mood = instrument.mood_of(snapshot.mood[0])
    if mood and mood.affect.scaled(snapshot.mood[1]) == snapshot.affect:
        instrument.set("mood", snapshot.mood, now_s)
    else:
        instrument.set("va", (snapshot.affect.valence, snapshot.affect.arousal), now_s)
    performer.set_affect(snapshot.affect, snapshot.colour)
    instrument.set("latency_ms", (snapshot.latency_ms,), now_s)
    if instrument.transport.clock.is_ours:
        instrument.set("tempo", (snapshot.asked_tempo,), now_s)
    kept = {name: value for name, value in snapshot.settings.items() if name in _KEPT}
    instrument.play_by(replace(performer.settings, **kept))  # type: ignore[arg-type]  # JSON has no types to check
    return effects


def _restore_preset(instrument: Instrument, name: str, now_s: float) -> Effects:
    before = instrument.preset.composer
    try:
        instrument.load_preset(name, now_s)
    except CommandError as error:  # its file was broken or taken away meanwhile
        line = f"preset {name}: {error}; its settings stay, its moods do not"
        return [TellSupervisor(LogLine("presets", line))]
    composer = instrument.preset.composer
    return [TellSupervisor(SwitchGenerator(composer))] if composer != before else []


def _line(instrument: Instrument, now_s: float) -> Timeline:
    """Where the transport is; a tempo outside ours, as a Link session's may be, is drawn into our range."""
    clock = instrument.transport.clock
    tempo = min(MAX_TEMPO, max(MIN_TEMPO, clock.tempo))
    return Timeline(tempo, now_s, float(floor(clock.tick_at(now_s) * 1000) / 1000), clock.is_running)
