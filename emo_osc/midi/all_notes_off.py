"""Sends all notes off to a MIDI port after a crash of the stage.

Run as `python -m emo_osc.midi.all_notes_off NAME`; NAME is the output the stage had. A virtual port has gone with the
stage, and its connections with it: a receiver that was connected to it must stop its own notes.
"""

import os
import sys
from contextlib import suppress
from time import sleep
from typing import Any

from emo_osc.core.midi_standard import all_off
from emo_osc.midi.port_names import Offered, find, virtual_name
from emo_osc.midi.rtmidi_ports import silence_driver_output

DRAIN_S = 0.05  # what a driver needs to carry the last bytes out


def main() -> int:
    """Switch off what may sound behind the port that the argument means; the exit code."""
    silence_driver_output()
    name, systems = sys.argv[1], _systems()
    offered = [Offered(system, port) for system, client in systems.items() for port in client.get_ports()]
    found = None if virtual_name(name) else find(name, offered)
    if found:
        client = systems[found.system]
        client.open_port(client.get_ports().index(found.name))
        for message in all_off():
            client.send_message(message)
        sleep(DRAIN_S)
    return 0


def _systems() -> dict[str, Any]:
    import rtmidi

    systems: dict[str, Any] = {}
    for api in rtmidi.get_compiled_api():
        with suppress(OSError):  # rtmidi's way to say that this system does not run
            systems[rtmidi.get_api_display_name(api)] = rtmidi.MidiOut(api, name="emo_osc all notes off")
    return systems


if __name__ == "__main__":
    os._exit(main())  # the usual way out would close clients one by one
