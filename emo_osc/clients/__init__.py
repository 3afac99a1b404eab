"""OSC clients of a running daemon."""
