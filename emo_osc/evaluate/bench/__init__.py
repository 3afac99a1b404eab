"""Benchmarks: latency, clocks, floods of OSC, crowds, decoding, refinement."""
