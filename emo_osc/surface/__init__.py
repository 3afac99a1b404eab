"""The web process: the web pad and OSCQuery, an OSC client of the stage."""
