"""Offline training of the shipped models, and import of published ones."""
