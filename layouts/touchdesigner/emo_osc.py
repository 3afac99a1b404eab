"""emo_osc in TouchDesigner: the callbacks of an OSC In DAT, and what you say to the daemon.

Three operators: an OSC Out DAT `oscout` (network address 127.0.0.1, port 7770), an OSC In DAT `oscin` (port 7774,
this file as its callbacks), and a Timer or Execute DAT that calls `mod.emo_osc.hello()` every 20 seconds.
Written by `make patches`.
"""

REPLY_PORT = 7774
RENEW_S = 20  # the daemon's lease ends after 60
MOODS = {
    "intense": (-0.15, 0.85),
    "bright": (0.80, 0.35),
    "lively": (0.70, 0.70),
    "peaceful": (0.75, -0.65),
    "refreshing": (0.60, 0.00),
    "mysterious": (0.15, 0.25),
    "melancholy": (-0.60, -0.45),
    "clear": (0.50, -0.40),
    "gloomy": (-0.80, -0.15),
    "happiness": (0.60, 0.85),
    "surprise": (0.05, 0.50),
    "anger": (-0.60, 0.85),
    "disgust": (-0.30, 0.45),
    "fear": (-0.62, 0.10),
    "sadness": (-0.70, -0.20),
    "neutral": (0.00, 0.00),
}
"""Mood -> its point: valence, arousal. Draw them on your plane."""

heard = {"va": (0.0, 0.0), "mood": "", "bar": 0, "notes": []}
"""What the daemon told last: the point, the mood, the bar, and the last 64 notes (pitch, velocity, ms, channel)."""


def say(address, *values):
    """One message to the daemon: say("/emo/mood", "bright")."""
    op("oscout").sendOSC(address, list(values))


def hello():
    """Asks the daemon to answer here, and to tell notes, values and bars."""
    say("/emo/reply_to", REPLY_PORT)
    for name in ("note", "state", "bar"):
        say("/emo/start_listen/" + name)


def feel(valence, arousal):
    """A point of the plane, both axes -1..1; call it as often as you like."""
    say("/emo/va", float(valence), float(arousal))


def mood(name, intensity=1.0):
    """A mood, drawn towards neutral by intensity 0..1."""
    say("/emo/mood", name, float(intensity))


def onReceiveOSC(dat, rowIndex, message, byteData, timeStamp, address, args, peer):
    """Called by the OSC In DAT for every message."""
    if address == "/emo/note":
        heard["notes"] = (heard["notes"] + [tuple(args)])[-64:]
    elif address == "/emo/bar":
        heard["bar"] = args[0]
    elif address == "/emo/state/va":
        heard["va"] = tuple(args)
    elif address == "/emo/state/mood":
        heard["mood"] = args[0]
    elif address == "/emo/ping":  # the daemon asks another computer whether it hears it
        say("/emo/pong", *args)
