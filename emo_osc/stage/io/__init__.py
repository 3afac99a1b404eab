"""The sockets and ports of the stage: UDP, MIDI, and connections to the other processes."""
