"""The same music offline, played by the stage's own performer."""
