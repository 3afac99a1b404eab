"""MIDI drivers, and the small processes that watch ports and switch notes off."""
