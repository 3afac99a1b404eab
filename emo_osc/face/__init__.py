"""The camera process: maps a face to a point on the valence-arousal plane and sends it by OSC."""
