"""The clocks: internal, MIDI slave, Ableton Link, and MIDI clock output."""
