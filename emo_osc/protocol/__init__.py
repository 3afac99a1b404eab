"""What is said on wires: OSC, commands, parameters, MIDI control codes, messages between processes."""
