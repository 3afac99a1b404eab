"""The clock that follows an Ableton Link session: shared tempo and bar lines, own position.

Knows no library and no network: a `Session` is read 100 times a second, and times in between are computed.
"""

from dataclasses import dataclass
from math import floor, inf
from typing import Protocol

from emo_osc.core.score import TICKS_PER_BEAT, TICKS_PER_STEP
from emo_osc.stage.clock.clock import Move, Timeline

QUANTUM = 4.0  # beats: our bar lines fall on the session's
READ_S = 0.01  # how late a peer's change of tempo is followed; a reading takes about 3 us
FIND_S = 1.5  # a session is found within 0.5 s; to start before that would be to start twice
SEEK_TICKS = TICKS_PER_STEP  # a smaller correction is played through, a larger one is a jump to another place


@dataclass(frozen=True, slots=True)
class Reading:
    """A session at a moment: `beat` of our own count, in phase with the session's bars, and the tempo in bpm."""

    at_s: float
    beat: float
    tempo: float
    is_playing: bool = False
    peers: int = 0

    def tick_at(self, now_s: float) -> float:
        """The position at a time, in ticks, should the tempo stay.

        >>> Reading(10.0, 2.0, 120.0).tick_at(11.0)
        1920.0
        """
        return (self.beat + (now_s - self.at_s) * self.tempo / 60.0) * TICKS_PER_BEAT

    def time_of(self, tick: float) -> float:
        """When a tick comes, in seconds, should the tempo stay."""
        return self.at_s + (tick / TICKS_PER_BEAT - self.beat) * 60.0 / self.tempo


class Session(Protocol):
    """What this clock needs of a Link session; times are on our own clock, in seconds."""

    @property
    def is_transport_shared(self) -> bool:
        """Whether start and stop are shared with the peers that share theirs."""

    def read(self) -> Reading:
        """The session now."""

    def set_tempo(self, tempo: float, now_s: float) -> None:
        """Set the tempo of all peers."""

    def start(self, beat: float, now_s: float) -> None:
        """Set our beat now, or with peers at the next matching place in the bar; start the shared transport."""

    def join_start(self) -> None:
        """Set beat 0 to where the shared transport started."""

    def stop(self, now_s: float) -> None:
        """Stop the shared transport."""

    def close(self) -> None:
        """Leave the session."""


class LinkClock:
    """Plays in the session's bars at its tempo; with a shared transport, whenever the session plays.

    With peers, play begins on the next bar line. Joining a session moves us onto its bar lines and changes nothing
    there; a peer that leaves changes nothing here.
    """

    is_ours, is_external, waits_for_start = False, False, False

    def __init__(self, session: Session) -> None:
        self._session = session
        self._reading = session.read()
        self._is_running = False
        self._first_tick = 0  # of this run
        self._stood_tick = 0.0
        self._is_finding = True  # looking for a session; play waits until that is known
        self._find_until_s = self._reading.at_s + FIND_S
        self._next_s = self._reading.at_s

    @property
    def summary(self) -> str:
        """The number of peers, and the tempo."""
        peers = self._reading.peers
        count = f"{peers} peer{'s' * (peers > 1)}" if peers else "no peers"
        shared = ", start and stop shared" if self._session.is_transport_shared else ""
        return f"link: {count} at {self.tempo:.1f} bpm{shared}"

    @property
    def tempo(self) -> float:
        """Beats per minute; a session's may lie in 20..999."""
        return self._reading.tempo

    @property
    def is_running(self) -> bool:
        """Whether ticks pass, or will with the bar line that is waited for."""
        return self._is_running

    @property
    def next_s(self) -> float:
        """When the session must be read."""
        return self._next_s

    def tick_at(self, now_s: float) -> float:
        """The position at a time, in ticks since the first downbeat; held until the bar line that is waited for."""
        if not self._is_running or self._is_finding:
            return self._stood_tick
        return max(float(self._first_tick), self._reading.tick_at(now_s))

    def time_of(self, tick: float) -> float:
        """When a tick comes, in seconds; infinity while stopped, or while it looks for a session."""
        return self._reading.time_of(tick) if self._is_running and not self._is_finding else inf

    def play(self, now_s: float) -> Move | None:
        """Start from the first downbeat, with peers on their next bar line, unless it runs already."""
        return None if self._is_running else self._run_from(0, now_s)

    def resume(self, now_s: float) -> Move | None:
        """Continue from the 16th where it stopped, as soon as the session's bar reaches that place."""
        tick = int(self._stood_tick)
        return None if self._is_running else self._run_from(tick - tick % TICKS_PER_STEP, now_s)

    def stop(self, now_s: float) -> Move | None:
        """Stop at the present position, with all peers that share their transport."""
        if not self._is_running:
            return None
        self._session.stop(now_s)
        return self._stand(now_s)

    def take_over(self, line: Timeline, now_s: float) -> Move | None:
        """Continue at the position of a clock before this one, as soon as the peers are known."""
        self._stood_tick, self._is_running = line.tick_at(now_s), line.is_running
        return None

    def set_tempo(self, tempo: float, now_s: float) -> None:
        """Set the tempo of the whole session, 20..300 bpm."""
        if tempo != self.tempo:
            self._session.set_tempo(tempo, now_s)
            self._reading = self._session.read()

    def receive(self, message: bytes, stamp_s: float) -> Move | None:
        """Ignored."""
        return None

    def on_time(self, now_s: float) -> Move | None:
        """Read the session and follow it."""
        if now_s < self._next_s:
            return None
        self._next_s = now_s + READ_S
        before, self._reading = self._reading, self._session.read()
        if self._is_finding:
            return self._find(now_s)
        if self._session.is_transport_shared and self._reading.is_playing != self._is_running:
            return self._join_start() if self._reading.is_playing else self._stand(now_s)
        return self._jump_from(before) if self._is_running else None

    def take_deviations(self) -> list[float]:
        """None: no clock comes in."""
        return []

    def close(self) -> None:
        """Leave the session."""
        self._session.close()

    def _run_from(self, tick: int, now_s: float) -> Move:
        self._is_running, self._first_tick, self._stood_tick = True, tick, tick
        if not self._is_finding:
            self._session.start(tick / TICKS_PER_BEAT, now_s)
            self._reading = self._session.read()
        return Move(tick, is_running=True)

    def _stand(self, now_s: float) -> Move:
        self._stood_tick, self._is_running = self.tick_at(now_s), False
        return Move(round(self._stood_tick), is_running=False)

    def _find(self, now_s: float) -> Move | None:
        """Once the peers are known: follow their transport, or do what was asked meanwhile."""
        if not self._reading.peers and now_s < self._find_until_s:
            return None
        is_asked, self._is_running, self._is_finding = self._is_running, False, False
        if self._session.is_transport_shared and self._reading.peers:
            return self._join_start() if self._reading.is_playing else self._stand(now_s)
        return self._run_from(int(self._stood_tick), now_s) if is_asked else None

    def _join_start(self) -> Move:
        self._session.join_start()
        self._reading = self._session.read()
        self._is_running, self._first_tick = True, 0
        return self._at_reading()

    def _jump_from(self, before: Reading) -> Move | None:
        """The jump of our position where a session was joined or has jumped."""
        first, at_s = float(self._first_tick), self._reading.at_s
        was, now = max(first, before.tick_at(at_s)), max(first, self._reading.tick_at(at_s))
        return None if abs(now - was) < SEEK_TICKS else self._at_reading()

    def _at_reading(self) -> Move:
        tick = floor(self._reading.tick_at(self._reading.at_s))
        return Move(tick if tick - self._first_tick >= SEEK_TICKS else self._first_tick, is_running=True)
