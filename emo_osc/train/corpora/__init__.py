"""Data sets as tables, and how they are read."""
