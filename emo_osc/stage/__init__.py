"""The real-time room: from a datagram to MIDI bytes, on one thread, without torch."""
