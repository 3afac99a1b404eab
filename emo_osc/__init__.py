"""emo_osc turns a feeling into a melody, on time."""

__version__ = "0.1.0"
