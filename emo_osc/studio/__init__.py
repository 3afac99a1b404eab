"""The generator process: whatever composes melodies for an affect."""
