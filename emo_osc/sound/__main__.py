"""The synth process: plays MIDI bytes from the stage's socket on the sound card.

Run as `python -m emo_osc.sound` with a setup on standard input.
"""

import os
import signal
import socket
import sys
from contextlib import suppress
from threading import Thread
from time import perf_counter

from emo_osc.core.errors import EmoOscError
from emo_osc.core.midi_standard import ALL_NOTES_OFF, ALL_SOUND_OFF, CONTROL_CHANGE, VOLUME
from emo_osc.protocol.child_setup import USERS_FAULT, SoundSetup
from emo_osc.protocol.message_codec import encode
from emo_osc.protocol.messages import Alive
from emo_osc.sound.instrument import Instrument
from emo_osc.sound.output import OFF, start_output
from emo_osc.sound.player import Player
from emo_osc.sound.stream import MidiStream

NO_SOUND = 3  # the exit code where there is no audio device; the daemon plays on
RELEASE_S = 0.3  # how long the last notes may ring at the end
ALIVE_S = 1.0
STALL_S = 3.0  # a device that asks for nothing for so long is gone; not every driver says so


def main() -> int:
    """Runs until end of file: exit code 0, 2 for a wrong set-up, 3 where there is no sound."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the supervisor ends this process
    return SoundSetup.run(_serve)


def _serve(setup: SoundSetup) -> int:
    try:
        peer = socket.create_connection(("127.0.0.1", setup.hub), timeout=STALL_S)
        peer.sendall(setup.hub_token.encode() + b"\n")
    except OSError as error:
        reason = error.strerror or error
        return _say(f"no daemon at 127.0.0.1:{setup.hub} ({reason}); emo-osc serve starts this", USERS_FAULT)
    with peer:
        return _play(peer, Player(Instrument(setup.gain)))


def _play(peer: socket.socket, player: Player) -> int:
    try:
        stream = start_output(lambda block: player.fill(block, perf_counter()))
        _feed(peer, player)
    except EmoOscError as error:
        return _say(str(error), NO_SOUND)
    _fade(player)
    closing = Thread(target=stream.close, daemon=True)  # PortAudio waits for ever for a sound server that has died
    closing.start()
    closing.join(RELEASE_S)
    return 0


def _feed(peer: socket.socket, player: Player) -> None:
    """Passes incoming messages on until the supervisor closes the socket.

    Raises:
        EmoOscError: the sound card no longer asks for blocks.
    """
    midi, started_s, alive_s = MidiStream(), perf_counter(), 0.0
    peer.settimeout(ALIVE_S)
    while True:
        if perf_counter() - alive_s >= ALIVE_S:
            alive_s = perf_counter()
            _show_life(peer)
        data = _received(peer)
        now_s = perf_counter()
        if now_s - max(started_s, player.filled_s) > STALL_S:
            raise EmoOscError(f"the audio device stopped: {OFF}; plug it in again, or restart the sound server")
        if data == b"":
            return
        for message in midi.feed(data or b""):
            player.push(message, now_s)


def _show_life(peer: socket.socket) -> None:
    """Send a sign of life; where it is missing, the stage has this process restarted."""
    with suppress(OSError):  # it has gone, as the next look will tell, or has no time to read
        peer.sendall(encode(Alive()))


def _received(peer: socket.socket) -> bytes | None:
    """What came; None when nothing did for a while, b"" when the socket was closed."""
    try:
        return peer.recv(4096)
    except TimeoutError:
        return None
    except ConnectionError:
        return b""


def _fade(player: Player) -> None:
    """Lets the last notes go, then turns the sound down: no click, and no long wait."""
    player.push(bytes([CONTROL_CHANGE, ALL_NOTES_OFF, 0]), perf_counter())
    player.silent.wait(RELEASE_S)
    player.push(bytes([CONTROL_CHANGE, VOLUME, 0]), perf_counter())
    player.push(bytes([CONTROL_CHANGE, ALL_SOUND_OFF, 0]), perf_counter())
    player.silent.wait(RELEASE_S)


def _say(line: str, code: int) -> int:
    sys.stderr.write(f"{line}\n")
    return code


if __name__ == "__main__":
    os._exit(main())  # the usual way out ends PortAudio too, and may wait for ever: see _play
