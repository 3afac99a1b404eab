"""The process of a JACK output: what it tells the stage, and when."""

import socket
import subprocess
import sys

from emo_osc.midi.jack_setup import MAX_PACKET, JackSetup, JackState
from tests.serving import TIMEOUT_S

RARELY = "import sys; from emo_osc.midi import jack_port; jack_port.LOOK_S = 3600; sys.exit(jack_port.main())"


def test_an_open_port_is_told_at_once_and_not_at_the_first_look(jack: str) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(TIMEOUT_S)
    ours.send(JackSetup("told_at_once", "out").to_json().encode())
    descriptor = theirs.fileno()
    command = [sys.executable, "-c", RARELY, str(descriptor)]
    with subprocess.Popen(command, pass_fds=(descriptor,)) as process:
        theirs.close()
        state = JackState.from_json(ours.recv(MAX_PACKET))
        ours.close()
        assert process.wait(TIMEOUT_S) == 0

    assert state.name == "told_at_once:out"
    assert (state.fault, state.rate) == ("", 48000)
