"""Melodies as lines: beats, notes and a plan, one after another (docs/training.md)."""
