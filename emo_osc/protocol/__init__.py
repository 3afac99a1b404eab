"""The wire formats: OSC, commands, parameters, MIDI control codes, messages between processes."""
