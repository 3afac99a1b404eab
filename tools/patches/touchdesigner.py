"""The script for TouchDesigner: callbacks of an OSC In DAT, and functions that speak through an OSC Out DAT.

The script itself is plain Python without imports, so that it can be pasted into a Text DAT; only its tables are ours.
"""

from emo_osc.config.preset import OscSection
from emo_osc.core.affect import MOODS

REPLY_PORT = 7774
HEAD = '''"""emo_osc in TouchDesigner: the callbacks of an OSC In DAT, and what you say to the daemon.

Three operators: an OSC Out DAT `oscout` (network address {host}, port {port}), an OSC In DAT `oscin` (port {reply},
this file as its callbacks), and a Timer or Execute DAT that calls `mod.emo_osc.hello()` every 20 seconds.
Written by `make patches`.
"""

REPLY_PORT = {reply}
RENEW_S = 20  # the daemon's lease ends after 60
MOODS = {{
{moods}
}}
"""Mood -> its point: valence, arousal. Draw them on your plane."""
'''
BODY = '''
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
'''


def build() -> str:
    """The script's text."""
    osc = OscSection()
    moods = "\n".join(f'    "{m.id}": ({m.affect.valence:.2f}, {m.affect.arousal:.2f}),' for m in MOODS)
    return HEAD.format(host=osc.host, port=osc.port, reply=REPLY_PORT, moods=moods) + BODY


def files() -> dict[str, bytes]:
    """The script, by its place in the checkout."""
    return {"layouts/touchdesigner/emo_osc.py": build().encode()}
