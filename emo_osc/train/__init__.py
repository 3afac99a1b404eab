"""Offline: training the shipped models, and importing published ones."""
