"""Latents kept warm, refined for an affect on demand."""
