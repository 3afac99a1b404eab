"""The listening test: clips that people judge in a browser, and what their answers are worth."""
