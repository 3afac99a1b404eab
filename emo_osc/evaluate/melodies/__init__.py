"""A set of melodies beside people's: separability, copying, diversity, matched people."""
