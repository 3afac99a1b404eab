"""After a crash of the stage: every note off on the port it had joined. Run as `python -m emo_osc.hush NAME`.

A virtual port has gone with the stage, and its connections with it: whoever listened there must stop its own notes.
"""

import os
import sys
from time import sleep

from emo_osc.stage.midi import hush_drivers

ALL_SOUND_OFF, ALL_NOTES_OFF = 120, 123
DRAIN_S = 0.05  # what a driver needs to carry the last bytes out


def main() -> int:
    """Switch off what may sound behind every port whose name contains the argument; the exit code."""
    import rtmidi

    hush_drivers()
    for api in rtmidi.get_compiled_api():
        try:
            port = rtmidi.MidiOut(api, name="emo_osc hush")
        except OSError:  # rtmidi's way to say that this system does not run
            continue
        found = [index for index, name in enumerate(port.get_ports()) if sys.argv[1].casefold() in name.casefold()]
        if found:
            port.open_port(found[0])
            for message in _all_off():
                port.send_message(message)
            sleep(DRAIN_S)
    return 0


def _all_off() -> list[bytes]:
    return [
        bytes((0xB0 | channel, controller, 0)) for channel in range(16) for controller in (ALL_NOTES_OFF, ALL_SOUND_OFF)
    ]


if __name__ == "__main__":
    os._exit(main())  # the usual way out would close clients one by one
