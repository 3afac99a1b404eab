import numpy as np

from emo_osc.sound.instrument import Instrument
from emo_osc.sound.player import INBOX, Player

BLOCK_S = 480 / 48_000
NOTE = bytes([0x90, 69, 100])


def block() -> np.ndarray:
    return np.empty((480, 2), np.float32)


def test_a_message_sounds_one_block_after_it_came_to_the_frame() -> None:
    player, heard = Player(Instrument()), block()

    player.push(NOTE, now_s=10.0 + 100 / 48_000)
    player.fill(heard, now_s=10.0 + BLOCK_S)

    assert np.array_equal(heard, Instrument().render(480, [(100, NOTE)]))


def test_late_and_early_messages_are_played_at_the_borders() -> None:
    player, first, second = Player(Instrument()), block(), block()

    player.push(NOTE, now_s=3.0)
    player.fill(first, now_s=10.0)
    player.push(bytes([0x90, 72, 100]), now_s=99.0)
    player.fill(second, now_s=10.0 + BLOCK_S)

    piano = Instrument()
    assert np.array_equal(first, piano.render(480, [(0, NOTE)]))
    assert np.array_equal(second, piano.render(480, [(479, bytes([0x90, 72, 100]))]))


def test_it_says_when_nothing_is_left_to_hear() -> None:
    player = Player(Instrument())

    player.fill(block(), now_s=0.0)
    was_silent = player.silent.is_set()
    player.push(NOTE, now_s=0.0)
    player.fill(block(), now_s=BLOCK_S)

    assert (was_silent, player.silent.is_set()) == (True, False)


def test_a_flood_neither_grows_nor_blocks() -> None:
    player, heard = Player(Instrument()), block()

    for number in range(3 * INBOX):
        player.push(bytes([0x90, number % 128, 127]), now_s=0.0)
    player.fill(heard, now_s=0.0)
    player.fill(heard, now_s=BLOCK_S)

    assert 0 < np.abs(heard).max() < 1
