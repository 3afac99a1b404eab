"""From latents to notes, quickly: packed products, CUDA graphs, precision."""
