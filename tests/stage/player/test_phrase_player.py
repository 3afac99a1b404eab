"""A phrase as MIDI bytes: the melody first, then its accompaniment, both with the same touch and pitches."""

from collections.abc import Callable
from dataclasses import replace

from emo_osc.core.affect import NEUTRAL, PLAIN, Affect, Colour
from emo_osc.protocol.messages import Ready
from emo_osc.stage.player.phrase_player import PhrasePlayer
from emo_osc.stage.player.settings import Settings

MakeReady = Callable[..., Ready]
SETTINGS = Settings(humanize=0.0, chords=1.0, bass=1.0)
C_MAJOR = (0,) * 32


def playing(
    phrase: Ready, affect: Affect = NEUTRAL, colour: Colour = PLAIN, settings: Settings = SETTINGS
) -> PhrasePlayer:
    player = PhrasePlayer()
    player.apply(affect, colour, settings, bar_tick=0, earliest_tick=0)
    player.begin(phrase)
    player.go_to(0)
    return player


def test_melody_chords_and_bass_begin_on_their_channels(ready: MakeReady) -> None:
    played, messages = playing(replace(ready(72), chords=C_MAJOR)).on_tick(0)

    assert [(note.channel, note.pitch) for note in played] == [(1, 72), (2, 55), (2, 60), (2, 64), (3, 36)]
    assert [message[:2] for message in messages] == [bytes((0x90 | n.channel - 1, n.pitch)) for n in played]


def test_release_ends_every_part(ready: MakeReady) -> None:
    player = playing(replace(ready(72), chords=C_MAJOR))
    _, messages = player.on_tick(0)

    assert {off[:2] for off in player.release()} == {bytes((on[0] ^ 0x10, on[1])) for on in messages}
    assert player.release() == []


def test_another_channel_ends_the_note_that_sounds_there(ready: MakeReady) -> None:
    player = playing(ready(72))
    player.on_tick(0)

    off = player.apply(NEUTRAL, PLAIN, replace(SETTINGS, channel=5), bar_tick=1920, earliest_tick=0)

    assert off == [bytes((0x80, 72, 64))]


def test_a_controller_is_sent_again_only_when_it_changes_or_all_are_asked_for(ready: MakeReady) -> None:
    player = playing(ready(72))

    assert player.controllers() == [bytes((0xB0, 74, 64))]
    assert player.controllers() == []
    assert player.all_controllers() == [bytes((0xB0, 74, 64))]


def test_a_colour_moves_pitches_and_brightness(ready: MakeReady) -> None:
    player = playing(ready(72), colour=Colour("", 5, 10))

    assert player.pitches[72] == 77
    assert player.controllers() == [bytes((0xB0, 74, 74))]
