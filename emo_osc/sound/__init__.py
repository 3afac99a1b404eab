"""The synth process: the built-in instrument, fed like any MIDI device."""
