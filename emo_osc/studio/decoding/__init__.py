"""Fast decoding of latents to tokens: packed products, CUDA graphs, precision."""
