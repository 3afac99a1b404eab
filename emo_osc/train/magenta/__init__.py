"""Import of published MusicVAE checkpoints."""
