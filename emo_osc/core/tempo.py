"""The range of tempos, in beats per minute."""

MIN_TEMPO, MAX_TEMPO = 20.0, 300.0
