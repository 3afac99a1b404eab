"""Playing with a generator that accompanies melodies."""
