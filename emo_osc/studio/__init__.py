"""The generator process: composes melodies for an affect."""
