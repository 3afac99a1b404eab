"""Takes with a band: its parts in the file on their own channels, the melody alone in the roll."""

from dataclasses import replace

from emo_osc.config.preset import Preset
from emo_osc.config.preset_loading import changed
from emo_osc.core.affect import Affect
from emo_osc.core.score import BARS, TICKS_PER_BAR, Melody, Note
from emo_osc.protocol.messages import Measured
from emo_osc.render.offline import Take, play
from emo_osc.studio.generators import Composed

MELODY = Melody(tuple(Note(bar * TICKS_PER_BAR, 1920, 72) for bar in range(BARS)))
COMPOSED = Composed(MELODY, Measured(1.0, 72.0, 0.5), 0.0, 1, chords=(0, 7) * BARS)
BAND = {"performance.chords": 0.5, "performance.bass": 0.5, "midi.channel": 4, "midi.bass_channel": 9}


def channels(take: Take) -> set[int]:
    return {(message[0] & 0x0F) + 1 for _, message in take.events if message[0] & 0xF0 == 0x90}


def test_a_take_has_the_band_that_its_preset_asks_for() -> None:
    preset = changed(Preset(), BAND, "test")
    take = play(COMPOSED, Affect(0.0, 0.0), preset)
    alone = play(COMPOSED, Affect(0.0, 0.0), changed(preset, {"performance.chords": 0, "performance.bass": 0}, "test"))
    assert (channels(take), channels(alone)) == ({4, 2, 9}, {4})
    assert take.played == alone.played
    ons = [message for _, message in take.events if message[0] & 0xF0 == 0x90]
    offs = [message for _, message in take.events if message[0] & 0xF0 == 0x80]
    assert sorted((m[0] & 0x0F, m[1]) for m in ons) == sorted((m[0] & 0x0F, m[1]) for m in offs)


def test_a_melody_without_chords_is_played_alone() -> None:
    assert channels(play(replace(COMPOSED, chords=()), Affect(0.0, 0.0), changed(Preset(), BAND, "test"))) == {4}
