"""A set of melodies beside people's: what tells them apart, copying, diversity, matched people."""
