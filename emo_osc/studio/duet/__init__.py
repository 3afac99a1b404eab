"""Accompanying a melody with the music transformer: whose melody, what is read beside events, what may follow."""
