"""Measurements of time: latency, clocks, floods, decoding, refinement."""
