"""MIDI drivers, the port monitor process and the all-notes-off process."""
