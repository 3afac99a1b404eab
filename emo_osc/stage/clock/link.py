"""A Link session through the optional Link library, which multicasts on every network interface.

The library has two threads of its own, which run no Python as long as no callback is set: so the session is polled.
"""

from time import perf_counter
from typing import Any

from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.stage_setup import Setup
from emo_osc.stage.clock.link_clock import QUANTUM, LinkClock, Reading

MICROS = 1e6
STEADY_S = 5e-6  # two readings of our clock further apart were interrupted; the one between is then inexact
LOOKS = 3


class LinkSession:
    """A member of the session; with no peers, a session of its own at `tempo`.

    Raises:
        EmoOscError: the library is not installed.
    """

    def __init__(self, tempo: float, is_transport_shared: bool) -> None:
        self.is_transport_shared = is_transport_shared
        self._link = _library().Link(tempo)
        self._clock = self._link.clock()
        self._link.startStopSyncEnabled = is_transport_shared
        self._link.enabled = True

    def read(self) -> Reading:
        """The session now."""
        at_s, micros = self._now()
        state = self._link.captureSessionState()
        beat = state.beatAtTime(micros, QUANTUM)
        return Reading(at_s, beat, state.tempo(), state.isPlaying(), self._link.numPeers())

    def set_tempo(self, tempo: float, now_s: float) -> None:
        """Set the tempo of all peers."""
        state = self._link.captureSessionState()
        state.setTempo(tempo, self._micros_at(now_s))
        self._link.commitSessionState(state)

    def start(self, beat: float, now_s: float) -> None:
        """Set our beat now, or with peers at the next matching place in the bar; start the shared transport."""
        state, micros = self._link.captureSessionState(), self._micros_at(now_s)
        if self.is_transport_shared:
            state.setIsPlaying(True, micros)
        state.requestBeatAtTime(beat, micros, QUANTUM)
        self._link.commitSessionState(state)

    def join_start(self) -> None:
        """Set beat 0 to where the shared transport started."""
        state = self._link.captureSessionState()
        state.requestBeatAtStartPlayingTime(0.0, QUANTUM)
        self._link.commitSessionState(state)

    def stop(self, now_s: float) -> None:
        """Stop the shared transport."""
        if not self.is_transport_shared:
            return
        state = self._link.captureSessionState()
        state.setIsPlaying(False, self._micros_at(now_s))
        self._link.commitSessionState(state)

    def close(self) -> None:
        """Leave the session."""
        self._link.enabled = False

    def _now(self) -> tuple[float, int]:
        """One moment on our clock and on the library's; the system slews ours, so that their rates differ."""
        for _ in range(LOOKS):
            before_s = perf_counter()
            micros = int(self._clock.micros())
            after_s = perf_counter()
            if after_s - before_s < STEADY_S:
                break
        return (before_s + after_s) / 2, micros

    def _micros_at(self, at_s: float) -> int:
        now_s, micros = self._now()
        return micros + round((at_s - now_s) * MICROS)


def build(setup: Setup) -> LinkClock:
    """The clock of a Link session, joined at the preset's tempo.

    Raises:
        EmoOscError: the Link library is not installed.
    """
    tempo = setup.presets[setup.preset].values.get("tempo", 120.0)
    return LinkClock(LinkSession(float(tempo), setup.is_transport_shared))


def _library() -> Any:
    try:
        import link
    except ImportError:
        raise EmoOscError(
            'clock.source: link needs the Link library, which is not installed; in the checkout: pip install ".[link]"'
        ) from None
    return link
