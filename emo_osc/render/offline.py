"""Plays melodies offline with the stage's own performer, to files instead of MIDI ports."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import mido

from emo_osc.config.preset import Preset
from emo_osc.core.affect import PLAIN, Affect, Colour
from emo_osc.core.errors import EmoOscError
from emo_osc.core.midi_standard import CHANNEL_BITS, KIND_BITS, NOTE_OFF, NOTE_ON
from emo_osc.core.score import BARS, TICKS_PER_BAR, TICKS_PER_BEAT, Melody, Note
from emo_osc.protocol.messages import Ready
from emo_osc.stage.player.performer import Performer
from emo_osc.stage.player.rule_weights import RuleWeights
from emo_osc.stage.player.settings import Settings
from emo_osc.stage.player.shelf import Shelf
from emo_osc.studio.generators import Composed, Generator

Event = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Take:
    """One melody as composed and as played: MIDI messages at ticks from its start, notes switched off by its end.

    The melody is on `channel` 1..16, the band on others.
    """

    composed: Composed
    affect: Affect
    bars: int
    events: tuple[Event, ...]
    channel: int = 1

    @property
    def length_tick(self) -> int:
        """How long the take lasts, whether or not notes reach its end."""
        return self.bars * TICKS_PER_BAR

    @property
    def played(self) -> Melody:
        """The notes of the melody that sound, with the velocities and lengths they were played with."""
        own = [(tick, message) for tick, message in self.events if message[0] & CHANNEL_BITS == self.channel - 1]
        return Melody(tuple(_notes_of(own)), self.bars)


def takes(
    generator: Generator,
    preset: Preset,
    affect: Affect,
    count: int,
    seed: int,
    bars: int = BARS,
    colour: Colour = PLAIN,
) -> list[Take]:
    """`count` melodies for an affect, played as the preset's performance section says; same seed, same takes."""
    felt = affect.scaled(preset.performance.intensity)
    composed = generator.compose(felt, count, seed)
    return [play(melody, affect, preset, bars, colour) for melody in composed]


def play(composed: Composed, affect: Affect, preset: Preset, bars: int = BARS, colour: Colour = PLAIN) -> Take:
    """The first `bars` (1..16) of a melody as the stage plays it, in a mood's colour; it varies as its seed says."""
    result = (composed.measured, composed.distance, composed.seed)
    ready = Ready(composed.melody, affect, *result, ticket=0, chords=composed.chords, backing=composed.backing)
    performer = Performer(Shelf((ready,)), settings_of(preset), Random(0), affect)
    performer.set_affect(affect, colour)
    performer.play()
    events: list[Event] = [(0, message) for message in performer.take_bytes()]
    end = bars * TICKS_PER_BAR
    while (tick := performer.next_tick) < end:
        events += [(int(tick), message) for message in performer.on_tick(int(tick))]
    performer.stop()
    events += [(end, message) for message in performer.take_bytes()]
    return Take(composed, affect, bars, tuple(events), preset.midi.channel)


def settings_of(preset: Preset) -> Settings:
    """What a preset sets of the stage's settings; the phrase is never changed for another."""
    settings = Settings().holding_all(preset.values())
    rules = RuleWeights(**preset.performance.rules.model_dump(by_alias=True))
    return replace(settings, rules=rules, cc74=preset.midi.cc74, cc1=preset.midi.cc1, evolve=0.0)


def one_after_another(played: Sequence[Take]) -> Iterator[Event]:
    """The messages of all takes with their ticks from the first one's start."""
    start = 0
    for take in played:
        yield from ((start + tick, message) for tick, message in take.events)
        start += take.length_tick


def timed(played: Sequence[Take], tempo_bpm: float) -> list[tuple[float, bytes]]:
    """The same in seconds, as the built-in instrument takes them."""
    return [(tick * 60.0 / (tempo_bpm * TICKS_PER_BEAT), message) for tick, message in one_after_another(played)]


def write_midi(played: Sequence[Take], tempo_bpm: float, path: Path) -> None:
    """A one-track Standard MIDI File at 480 ticks a quarter; the same takes make the same bytes.

    Raises:
        EmoOscError: the file cannot be written.
    """
    try:
        path.write_bytes(midi_bytes(played, tempo_bpm))
    except OSError as error:
        raise _unwritable(path, error) from None


def midi_bytes(played: Sequence[Take], tempo_bpm: float) -> bytes:
    """What `write_midi` writes."""
    file = mido.MidiFile(type=0, ticks_per_beat=TICKS_PER_BEAT)
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo_bpm)))
    track.append(mido.MetaMessage("time_signature", numerator=4, denominator=4))
    now = 0
    for tick, message in one_after_another(played):
        track.append(mido.Message.from_bytes(message, time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=sum(take.length_tick for take in played) - now))
    data = BytesIO()
    file.save(file=data)
    return data.getvalue()


def write_json(played: Sequence[Take], tempo_bpm: float, seed: int, path: Path) -> None:
    """What was asked, what was measured, and every note as `[start_tick, duration_tick, pitch, velocity]`.

    Raises:
        EmoOscError: the file cannot be written.
    """
    summary = {
        "seed": seed,
        "tempo": tempo_bpm,
        "ticks_per_beat": TICKS_PER_BEAT,
        "melodies": [_summary(take) for take in played],
    }
    try:
        path.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error) from None


def _summary(take: Take) -> dict[str, Any]:
    measured = take.composed.measured
    return {
        "affect": {"valence": take.affect.valence, "arousal": take.affect.arousal},
        "measured": {
            "notes_per_bar": measured.notes_per_bar,
            "mean_pitch": measured.mean_pitch,
            "major_share": measured.major_share,
        },
        "distance": take.composed.distance,
        "seed": take.composed.seed,
        "bars": take.bars,
        "notes": [[n.start_tick, n.duration_tick, n.pitch, n.velocity] for n in take.played.notes],
    }


def _notes_of(events: Sequence[Event]) -> Iterator[Note]:
    """The performer plays one voice: each note-on is ended by the next note-off."""
    begun: tuple[int, int, int] | None = None
    for tick, message in events:
        kind = message[0] & KIND_BITS
        if kind == NOTE_ON:
            begun = (tick, message[1], message[2])
        elif kind == NOTE_OFF and begun:
            yield Note(begun[0], tick - begun[0], begun[1], begun[2])
            begun = None


def _unwritable(path: Path, error: OSError) -> EmoOscError:
    return EmoOscError(f"{path}: cannot be written ({error.strerror}); choose another file")
