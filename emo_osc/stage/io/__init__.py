"""The stage's sockets and ports: UDP, MIDI, and the connections to our own processes."""
