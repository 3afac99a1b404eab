"""MIDI controls that set values: what they send, what they are bound to, how they take hold, how they are learned."""
