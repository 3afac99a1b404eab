"""Who owns the time: our own clock, a MIDI master, a Link session."""
