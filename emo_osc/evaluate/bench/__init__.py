"""Benchmarks: latency, clocks, floods of OSC, decoding, refinement."""
