"""Emotion classifiers trained on labelled human clips, applied to made melodies."""
