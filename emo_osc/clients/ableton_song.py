"""Reads key and scale from AbletonOSC messages and makes commands of them. Knows no socket.

The remote script answers at the address it was asked by, and whatever is listened to comes as `/live/song/get/..`, the
present value at once (ideoforms/AbletonOSC, README.md and abletonosc/handler.py). Times are arguments, in seconds.
"""

from collections.abc import Iterator
from math import inf, isfinite

from emo_osc.core.scales import AUTO, LIVE_SCALES, NOTE_NAMES
from emo_osc.protocol.osc import Message, OscValue

ASK_S = 2.0  # Live looks at its messages ten times a second
SILENCE_S = 7.0  # a Live that loads a set stands still for some seconds
LISTEN_S = 30.0  # how often to ask for pushes again: another client may have ended them
PATIENCE_S = 3.0  # until we say that nobody is there
MAX_COMPLAINTS, MAX_LETTERS = 8, 80  # errors told of; letters shown of each text of theirs
TOPICS = ("tempo", "root_note", "scale_name")  # in this order they are asked for, so that the line can tell all

Asked = tuple[str, tuple[float | str, ...]]
"""An OSC address with its arguments, to be sent."""


class LiveSong:
    """A conversation with one Live. `follow` names what the stage is told: `key`, `scale`, or both."""

    def __init__(self, place: str, follow: tuple[str, ...], now_s: float) -> None:
        self.lines: list[str] = []
        """Lines for people; the caller that prints them empties the list."""
        self._place = place
        self._follow = follow
        self._known: dict[str, OscValue] = {}
        self._told: dict[str, str] = {}
        self._began_s = now_s
        self._heard_s = self._asked_s = self._listened_s = -inf
        self._is_there, self._is_missed = False, False
        self._summary = ""
        self._complaints: set[str] = set()

    def ask(self, now_s: float) -> Iterator[Asked]:
        """What Live is to be asked now."""
        if self._is_there and now_s - self._heard_s > SILENCE_S:
            self._is_there = False
            self.lines.append(f"Live      {self._place} no longer answers; trying again, the key stays")
        if not self._is_there and not self._is_missed and now_s - self._began_s > PATIENCE_S:
            self._is_missed = True
            self.lines.append(
                f"Live      {self._place} does not answer; choose AbletonOSC as a control surface in its Link, Tempo & "
                "MIDI settings; trying on"
            )
        if now_s - self._asked_s >= ASK_S:
            self._asked_s = now_s
            # The test is shown in Live's status bar, so it is for strangers only.
            yield ("/live/song/get/tempo" if self._is_there else "/live/test", ())
        if self._is_there and now_s - self._listened_s >= LISTEN_S:
            self._listened_s = now_s
            yield from ((f"/live/song/start_listen/{topic}", ()) for topic in TOPICS)

    def hear(self, message: Message, now_s: float) -> Iterator[Asked]:
        """Take what Live says; what the stage is to be told."""
        if not message.address.startswith("/live/"):
            return
        if not self._is_there or message.address == "/live/startup":  # a Live that was started again knows no listeners
            self._listened_s = -inf
        self._heard_s, self._is_there, self._is_missed = now_s, True, True
        if message.address == "/live/error":
            self._complain(message)
        topic = message.address.removeprefix("/live/song/get/")
        if topic in TOPICS and message.arguments:
            self._known[topic] = message.arguments[-1]
            yield from self._news()
            self._sum_up()

    def _news(self) -> Iterator[Asked]:
        """Key and scale, where they are others than were told before: what the player sets in between stays."""
        for name, value in (("key", self._key()), ("scale", self._scale())):
            if name in self._follow and value and value != self._told.get(name):
                self._told[name] = value
                yield f"/emo/{name}", (value,)

    def _key(self) -> str:
        root = self._known.get("root_note")
        return NOTE_NAMES[int(root) % 12] if isinstance(root, int | float) and isfinite(root) else ""

    def _scale(self) -> str:
        name = self._known.get("scale_name")
        return LIVE_SCALES.get(name, AUTO) if isinstance(name, str) else ""

    def _sum_up(self) -> None:
        """Say where Live's song is, when key or scale have changed; a tempo that moves is no news."""
        if not self._key() or not self._scale():
            return
        name, tempo = str(self._known["scale_name"]), self._known.get("tempo")
        free = "" if name in LIVE_SCALES else ", which is not one of ours: its tones are left free"
        summary = f"{self._key()} {_shown(name)}{free}"
        if summary != self._summary:
            self._summary = summary
            bpm = f", {tempo:.1f} bpm" if isinstance(tempo, int | float) else ""
            self.lines.append(f"Live      {self._place}: {summary}{bpm}; following its {' and '.join(self._follow)}")

    def _complain(self, message: Message) -> None:
        text = _shown(" ".join(map(str, message.arguments)))
        if text not in self._complaints and len(self._complaints) < MAX_COMPLAINTS:
            self._complaints.add(text)
            self.lines.append(f"Live      {self._place} refuses: {text}; a newer AbletonOSC may know better")


def _shown(text: str) -> str:
    """A text of somebody else's in one short line, without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:MAX_LETTERS])
