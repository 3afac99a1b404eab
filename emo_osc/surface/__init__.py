"""The web process: a pad in a browser, OSCQuery beside it; to the stage an OSC client like any other."""
