"""Where weights lie on disk: what the rooms with networks share."""
