"""The camera's room: a face becomes a point on the valence-arousal plane, sent by OSC like anybody's."""
