"""Offline: measuring what the instrument does."""
