"""Classifiers taught on labelled human clips, and what they say of melodies."""
