"""The transport: the clock, the performer that follows it, the clock that is sent to others, and times of ticks.

Knows no client and no port; times are arguments.
"""

from dataclasses import replace
from math import inf, isfinite

from emo_osc.core.score import TICKS_PER_BAR
from emo_osc.stage.clock.clock import Clock, Move, tapped_tempo
from emo_osc.stage.clock.midi_clock_out import ClockOut, Timed
from emo_osc.stage.clock.tempo_follow import TempoGuide
from emo_osc.stage.player.performer import Performer

NOW = -inf
"""The landing of a change that is heard at once."""


class Transport:
    """Where the music is, when what is sent must be sent, and what moves it."""

    def __init__(self, clock: Clock, performer: Performer) -> None:
        self.clock: Clock = clock
        self.clock_out: ClockOut | None = None
        """The MIDI clock for others, where any is sent."""
        self.guide = TempoGuide(clock.tempo)
        self.latency_ms: float = 0.0
        self.lead_s = 0.0
        """How much earlier messages are handed to the port, which lets each leave on its time."""
        self._performer = performer
        self._state = clock.summary.partition(" at ")[0]
        self._taps: tuple[float, ...] = ()

    def tick_at(self, now_s: float) -> float:
        """The position that should be sent now, the player's latency and the port's made up for."""
        return self.clock.tick_at(now_s + self.latency_ms / 1000 + self.lead_s)

    def time_of(self, tick: float) -> float:
        """When a tick must be sent, in seconds; infinity while the clock stands."""
        return self.clock.time_of(tick) - self.latency_ms / 1000 - self.lead_s

    def bar_at(self, now_s: float) -> int:
        """The bar that sounds, from 1; 0 while the clock stands."""
        return int(self.tick_at(now_s)) // TICKS_PER_BAR + 1 if self.clock.is_running else 0

    def landing(self, tick: float | None, now_s: float) -> tuple[int, float]:
        """The bar (from 1) a tick lies in and the milliseconds until it is heard; -1 ms where only play will tell.

        What is sent earlier by `latency_ms` is heard on the beat all the same.
        """
        if tick == NOW:
            return max(1, self.bar_at(now_s)), 0.0
        if tick is None or tick == inf or not self.clock.is_running:
            return 1, -1.0
        ms = 1000 * (self.clock.time_of(tick) - now_s)
        return int(tick) // TICKS_PER_BAR + 1, max(0.0, ms) if isfinite(ms) else -1.0

    @property
    def next_s(self) -> float:
        """When `on_time` wants to be called."""
        follow = self._performer.settings.tempo_follow
        return min(self.clock.next_s, self.guide.next_s(self.clock, follow))

    def on_time(self, now_s: float) -> bool:
        """Let the clock notice that time has passed; whether the transport has moved."""
        self.guide.lead(self.clock, self._performer.effective_affect, self._performer.settings.tempo_follow, now_s)
        if now_s < self.clock.next_s:
            return False
        move = self.clock.on_time(now_s)
        self.follow(move)
        return move is not None

    def receive_clock(self, message: bytes, stamp_s: float) -> bool:
        """A MIDI clock or transport message that came in; whether the transport has moved."""
        move = self.clock.receive(message, stamp_s)
        self.follow(move)
        return move is not None

    def play(self, now_s: float) -> float:
        """Start from the first downbeat, unless the clock runs already; the tick at which that is.

        Raises:
            CommandError: 4, the transport is somebody else's.
        """
        return self.follow(self.clock.play(self._moving_s(now_s)))

    def resume(self, now_s: float) -> float:
        """Go on where the clock stopped; the tick at which that is.

        Raises:
            CommandError: 4, the transport is somebody else's.
        """
        return self.follow(self.clock.resume(self._moving_s(now_s)))

    def stop(self, now_s: float) -> float:
        """Stop the clock and every note.

        Raises:
            CommandError: 4, the transport is somebody else's.
        """
        return self.follow(self.clock.stop(self._moving_s(now_s)))

    def follow(self, move: Move | None) -> float:
        """Let the performer, and those who follow us, go where the transport went; the tick at which it is heard."""
        if move and self.clock_out:
            self.clock_out.follow(move)
        if move and move.is_running:
            self._performer.play(move.tick)
        elif move:
            self._performer.stop()
        is_awaited = self.clock.waits_for_start  # a downbeat of others may lie ahead
        return float(move.tick) if move and move.is_running and is_awaited else NOW

    @property
    def next_clock_s(self) -> float:
        """When `take_clocks` wants to be called; infinity where nobody follows us."""
        return self.clock_out.next_s(self.time_of, self.clock.tempo) if self.clock_out else inf

    def take_clocks(self, now_s: float) -> list[Timed]:
        """MIDI clock and transport messages for those who follow us, due until now."""
        return self.clock_out.on_time(now_s, self.time_of, self.clock.tempo) if self.clock_out else []

    def tap(self, now_s: float) -> float:
        """One tap; the tempo follows from the second on.

        Raises:
            CommandError: 4, the tempo is somebody else's: with the first tap already.
        """
        self._taps = (*self._taps[-7:], now_s)
        return self.set_tempo(tapped_tempo(self._taps) or self.clock.tempo, now_s)

    def set_tempo(self, tempo: float, now_s: float) -> float:
        """Take a tempo in bpm and keep it: it follows the feeling no longer.

        Raises:
            CommandError: 4, the tempo is somebody else's.
        """
        self.clock.set_tempo(tempo, self._moving_s(now_s))
        self.guide.asked = tempo
        self._performer.set_settings(replace(self._performer.settings, tempo_follow=0.0))
        return NOW

    def set_latency(self, latency_ms: float) -> float:
        """Send everything that much earlier, as the player hears it late."""
        self.latency_ms = latency_ms
        return NOW

    def take_news(self) -> str:
        """What the clock does, where that has changed since this was last asked; a tempo that wanders is no news."""
        summary = self.clock.summary
        state, before = summary.partition(" at ")[0], self._state
        self._state = state
        return f"clock {summary}" if state != before else ""

    def _moving_s(self, now_s: float) -> float:
        """When a transport of our own moves that is told to now: what was sent has gone on until then."""
        return now_s + self.lead_s if self.clock.is_ours else now_s
