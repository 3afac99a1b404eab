"""Presets: reading, checking, explaining what is wrong, and where the files are."""
