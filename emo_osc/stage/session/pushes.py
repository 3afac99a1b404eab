"""Pushes: what clients that listen are told when it changes. Knows no socket and no request."""

from emo_osc.protocol.osc import Target
from emo_osc.protocol.parameters import VALUES, Scalar
from emo_osc.stage.player.events import BarLine, NotePlayed
from emo_osc.stage.session.effects import Effects, SendOsc
from emo_osc.stage.session.instrument import AFFECT_VALUES, Instrument
from emo_osc.stage.session.piano_roll import PianoRoll
from emo_osc.stage.session.subscriptions import Clients
from emo_osc.stage.session.throttle import Throttle

_TOGETHER: dict[str, tuple[str, ...]] = {"preset": tuple(VALUES), **dict.fromkeys(AFFECT_VALUES, AFFECT_VALUES)}
"""Values -> all that change with them."""


class Pushes:
    """Each value goes to its listeners at most every 10 ms, and only where it differs from what they were told."""

    def __init__(self, instrument: Instrument, clients: Clients) -> None:
        self._instrument, self._clients = instrument, clients
        self._throttle = Throttle()
        self._roll = PianoRoll(instrument.performer)
        self._tempo = round(instrument.transport.clock.tempo, 1)

    @property
    def next_s(self) -> float:
        """When a push is due that was held back."""
        return self._throttle.next_s

    def value(self, name: str, now_s: float) -> Effects:
        """Tell listeners a value, now or a few milliseconds later where it keeps changing."""
        if self._clients.listeners(frozenset({name, "state"}), now_s) and self._throttle.is_due(name, now_s):
            return self._told(name, now_s)
        return []

    def values(self, names: tuple[str, ...], now_s: float) -> Effects:
        """Tell listeners several values."""
        return [effect for name in names for effect in self.value(name, now_s)]

    def changes(self, name: str, now_s: float) -> Effects:
        """Tell listeners a value and all that change with it."""
        return self.values(_TOGETHER.get(name, (name,)), now_s)

    def on_time(self, now_s: float) -> Effects:
        """What was held back and is due now."""
        return [effect for name in self._throttle.take(now_s) for effect in self._told(name, now_s)]

    def played(self, now_s: float) -> Effects:
        """The phrase that plays or waits where that has changed, and the notes and bars that are heard by now."""
        effects = self.values(("roll", "coming"), now_s) if self._roll.has_changed() else []
        for event in self._instrument.take_heard(now_s):
            if isinstance(event, BarLine):
                effects += self._to_listeners("/emo/bar", (event.bar,), frozenset({"bar"}), now_s)
            elif isinstance(event, NotePlayed):
                effects += self._to_listeners("/emo/note", self._note(event), frozenset({"note"}), now_s)
            else:
                effects += self.changes("va", now_s)
        return effects

    def tempo(self, now_s: float) -> Effects:
        """The tempo, where it has changed audibly since this was last asked."""
        tempo, before = round(self._instrument.transport.clock.tempo, 1), self._tempo
        self._tempo = tempo
        return self.value("tempo", now_s) if tempo != before else []

    def someone_came(self) -> None:
        """A client has begun to listen: it was told other values than the others."""
        self._throttle.someone_came()

    def whole_roll(self, target: Target) -> Effects:
        """The phrases that play and wait, for a client that has begun to listen."""
        return [SendOsc(target, "/emo/roll", arguments) for arguments in self._roll.messages()]

    def _told(self, name: str, now_s: float) -> Effects:
        if name == "roll":
            targets = self._clients.listeners(frozenset({"roll"}), now_s)
            messages = self._roll.take_news() if targets else []
            return [SendOsc(target, "/emo/roll", arguments) for target in targets for arguments in messages]
        arguments = self._instrument.read(name, now_s)
        if not self._throttle.is_news(name, arguments):
            return []
        return self._to_listeners(f"/emo/state/{name}", arguments, frozenset({name, "state"}), now_s)

    def _to_listeners(
        self, address: str, arguments: tuple[Scalar, ...], topics: frozenset[str], now_s: float
    ) -> Effects:
        return [SendOsc(target, address, arguments) for target in self._clients.listeners(topics, now_s)]

    def _note(self, note: NotePlayed) -> tuple[Scalar, ...]:
        duration_ms = note.duration_tick * 60_000.0 / (480 * self._instrument.transport.clock.tempo)
        return (note.pitch, note.velocity, duration_ms, note.channel)
