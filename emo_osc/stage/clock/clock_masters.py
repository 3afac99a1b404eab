"""Detects whether MIDI clocks come from one master or from two. Knows no beats and no transport.

The clocks of two masters together look like one of uneven, higher tempo: 120 and 108 bpm make 228. Where the gaps
between stamps are uneven, the stamps are split into two rows, each evenly spaced and without holes. From then on only
clocks near the row of the followed master pass, until the other has been silent for half a second.

A single master with every second clock delayed, or with clocks on the grid of an audio period, looks like two at half
its tempo. So two masters of equal tempo, or of a multiple, are accepted only where both keep it exactly and their
clocks do not lie half-way between each other.
"""

from collections import deque
from itertools import pairwise
from statistics import median

from emo_osc.stage.clock.pulse_tracker import DOUBLE_S, LONGEST_S, SHORTEST_S

WINDOW = 48
FEWEST = 24  # stamps that suffice to detect two masters
UNEVEN, MOST_EVEN = 0.2, 0.7  # of the usual gap; the share of gaps that a single master keeps within
NEAR = 0.2  # of a period: how far a clock may lie from its row
FULL = 0.85  # the share of its places that a row fills
SAME_TEMPO, APART, EXACT = 0.03, (0.12, 0.38), 0.03  # of a period
SILENT_S = 0.5
OTHERS = 10  # stamps that make a second master
LEAST_GAINS = (0.1, 0.005)  # for phase and period: slow, so that a row is not drawn to one that crosses it
NEXT = 6  # stamps among which the row of the first goes on


class Masters:
    """Passes the clocks of one master only."""

    def __init__(self) -> None:
        self._stamps: deque[float] = deque(maxlen=WINDOW)
        self._ours: _Row | None = None
        self._other: _Row | None = None
        self._even_s: float | None = None  # the period while there was one master

    @property
    def is_one(self) -> bool:
        """Whether the last stamps are evenly spaced."""
        return len(self._stamps) >= FEWEST and _is_even(self._stamps)

    @property
    def followed_period_s(self) -> float | None:
        """The period of the followed master in seconds, while there are two."""
        return self._ours.period_s if self._ours else None

    @property
    def other_period_s(self) -> float | None:
        """The period of the other master in seconds; None where there is one master."""
        return self._other.period_s if self._other else None

    def is_followed(self, stamp_s: float) -> bool:
        """Whether a stamp is a clock of the master that is followed."""
        if not self._ours or not self._other:
            return True
        if stamp_s - self._other.last_s > SILENT_S or stamp_s - self._ours.last_s > SILENT_S:
            self.forget()
            return True
        if self._ours.distance_s(stamp_s) <= self._other.distance_s(stamp_s) and self._ours.take(stamp_s):
            return True
        self._other.take(stamp_s, near=1.0)
        return False

    def look(self, stamp_s: float) -> list[float]:
        """Take a stamp; where it reveals two masters, the stamps of the one that was there before, or came first."""
        if self._stamps and stamp_s - self._stamps[-1] < DOUBLE_S / 4:
            return []
        self._stamps.append(stamp_s)
        if self._ours or len(self._stamps) < FEWEST:
            return []
        if _is_even(self._stamps):
            self._even_s = median(after - before for before, after in pairwise(self._stamps))
            return []
        rows = _apart(list(self._stamps))
        if rows is None:
            return []
        before_s = self._even_s or rows[0].period_s
        self._ours, self._other = sorted(rows, key=lambda row: abs(row.period_s - before_s))
        self._stamps.clear()
        return self._ours.stamps_s

    def forget(self) -> None:
        """Assume one master again."""
        self._stamps.clear()
        self._ours = self._other = self._even_s = None


class _Row:
    """Evenly spaced stamps; the last place and the period track what comes."""

    def __init__(self, first_s: float, period_s: float) -> None:
        self.stamps_s = [first_s]
        self.period_s = period_s
        self.last_s = self._at_s = first_s
        self._places = self._taken = 1
        self._stray = 0.0  # of a period: how far stamps lie from their places

    @property
    def is_full(self) -> bool:
        return len(self.stamps_s) >= FULL * self._places

    @property
    def is_exact(self) -> bool:
        """Whether no coarse grid, such as an audio period, has moved its stamps."""
        return self._stray < EXACT

    def distance_s(self, stamp_s: float) -> float:
        """How far a stamp lies from the nearest place that is free."""
        steps = max(1, round((stamp_s - self._at_s) / self.period_s))
        return abs(stamp_s - self._at_s - steps * self.period_s)

    def take(self, stamp_s: float, near: float = NEAR) -> bool:
        """Whether a stamp lies in the row, and takes a place that is free."""
        steps = round((stamp_s - self._at_s) / self.period_s)
        late_s = stamp_s - self._at_s - steps * self.period_s
        if steps < 1 or abs(late_s) > near * self.period_s:
            return False
        self._taken += 1
        n = self._taken  # gains of a growing line through n + 1 stamps, until a steady one follows faster
        phase_gain, period_gain = 2 * (2 * n + 1) / ((n + 1) * (n + 2)), 6 / ((n + 1) * (n + 2))
        self._at_s += steps * self.period_s + max(LEAST_GAINS[0], phase_gain) * late_s
        self.period_s += max(LEAST_GAINS[1], period_gain) * late_s / steps
        self.last_s = stamp_s
        self._stray += 0.2 * (abs(late_s) / self.period_s - self._stray)
        self._places += steps
        if len(self.stamps_s) < WINDOW:
            self.stamps_s.append(stamp_s)
        return True


def _is_even(stamps_s: deque[float]) -> bool:
    gaps_s = [after - before for before, after in pairwise(stamps_s)][-FEWEST:]
    usual_s = median(gaps_s)
    return sum(abs(gap_s - usual_s) < UNEVEN * usual_s for gap_s in gaps_s) > MOST_EVEN * len(gaps_s)


def _apart(stamps_s: list[float]) -> tuple[_Row, _Row] | None:
    """The stamps as two rows, the one of the first stamp first; None where they are not."""
    for second_s in stamps_s[1:NEXT]:
        period_s = second_s - stamps_s[0]
        if not SHORTEST_S <= period_s <= LONGEST_S:
            continue
        row = _Row(stamps_s[0], period_s)
        others_s = [stamp_s for stamp_s in stamps_s[1:] if not row.take(stamp_s)]
        other = _row_of(others_s) if row.is_full and len(row.stamps_s) >= OTHERS else None
        is_now = other and stamps_s[-1] - other.last_s < 2 * other.period_s
        if other and is_now and not _is_one(row, other):
            return row, other
    return None


def _row_of(stamps_s: list[float]) -> _Row | None:
    """Stamps that all lie in one full row."""
    if len(stamps_s) < OTHERS:
        return None
    period_s = median(after - before for before, after in pairwise(stamps_s))
    if not SHORTEST_S <= period_s <= LONGEST_S:
        return None
    row = _Row(stamps_s[0], period_s)
    taken = sum(row.take(stamp_s) for stamp_s in stamps_s[1:])
    return row if row.is_full and taken >= FULL * (len(stamps_s) - 1) else None


def _is_one(row: _Row, other: _Row) -> bool:
    """Whether two rows are parts of one master's clocks."""
    ratio = max(row.period_s, other.period_s) / min(row.period_s, other.period_s)
    is_harmonic = abs(ratio - round(ratio)) < SAME_TEMPO * ratio
    if is_harmonic and not (row.is_exact and other.is_exact):
        return True
    if abs(ratio - 1.0) > SAME_TEMPO:
        return False
    pairs = ((row.stamps_s[0], other.stamps_s[0]), (row.last_s, other.last_s))
    offsets = [(theirs_s - ours_s) / row.period_s % 1.0 for ours_s, theirs_s in pairs]
    return not all(APART[0] < min(offset, 1.0 - offset) < APART[1] for offset in offsets)
