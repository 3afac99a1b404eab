"""The crowd process: one point on the valence-arousal plane out of many clients of an MQTT broker, sent by OSC."""
