"""Numbers incoming MIDI clocks by their time stamps, and keeps the line of phase and tempo through them.

Clocks are lost, doubled or late, and tempos jump. Counting alone would shift the phase for good with the first lost
clock; timing alone would take two lost clocks in three for a tempo three times slower.

Theory of operation. The state is the number of the last clock, the line (clock `_line_number` lies at `at_s`, the next
one `period_s` later), the usual deviation of a stamp from it (`_spread_s`), and the last ten stamps with the numbers
they were given. Until six stamps have come, each new one renumbers them all, so that a clock lost among them is seen.
After that a stamp is handled in this order:

1. A stamp less than 4 ms after the last one is a double, and dropped.
2. It gets the nearest number on the line, at or after the last one, and a cost: -log of the probability of its
   deviation, of the clocks that would have been lost before it, or of its being a double.
3. If it lies within the gate, five usual deviations, the estimator corrects the line. A stamp outside changes only the
   count, so that one late clock does not bend the tempo.
4. If the costs of the last ten stamps exceed the cost of a tempo jump, two explanations are compared: the tempo held
   and clocks were lost, doubled or late; or it jumped after one of these stamps, and each later stamp is a clock. The
   cheaper one is taken, and the stamps are numbered anew by it.

The estimator (`estimators.Interacting`) must come after the numbering, since it needs to know how many clocks lie
between two stamps; its model is in its module. The line through renumbered stamps is the median of all slopes (Theil
1950, Sen 1968), which no single stamp can bend.
"""

from collections import deque
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from math import ceil, floor, inf
from statistics import median

from emo_osc.core.score import TICKS_PER_BEAT, TICKS_PER_CLOCK
from emo_osc.core.tempo import MAX_TEMPO, MIN_TEMPO
from emo_osc.stage.clock.estimators import Estimator

CLOCKS_PER_BEAT = TICKS_PER_BEAT // TICKS_PER_CLOCK
TOLERATED = 1.1  # jitter may put a period a little outside that of 20..300 bpm
SHORTEST_S = 60.0 / MAX_TEMPO / CLOCKS_PER_BEAT / TOLERATED
LONGEST_S = 60.0 / MIN_TEMPO / CLOCKS_PER_BEAT * TOLERATED
DOUBLE_S = 0.004  # nearer than half a period of the fastest tempo: the same clock again, or one that was held back
EARLY = 6  # stamps that determine the first tempo; a clock lost among them is still detected

# Costs: -log of a probability for each clock.
LOST = 4.6  # one in a hundred
ALSO_LOST = 1.0  # one in three, where the one before was
GAP = 14.0  # the most for one gap, however long: alone it must not be taken for a jump
DOUBLED = 4.6
FARTHEST = 6.0  # the most for one deviation: a host may delay a stamp by any time
JUMP = 18.0  # as many as four clocks lost in equal gaps, each alone
RECENT = 10  # stamps that may still be renumbered
FEWEST = 3  # stamps that determine a tempo
FILLED = 0.8  # the share of its clocks that a master still sends while a second one disturbs

LEAST_GATE_S = 0.0015
LEAST_SIGMA_S = 0.0005


@dataclass(frozen=True, slots=True)
class _Taken:
    """A stamp, the number it was given, the period then, and the cost of that."""

    stamp_s: float
    number: int
    period_s: float
    cost: float


class PulseTracker:
    """Numbers the clocks of one master; times in seconds, positions in clocks (24 a beat)."""

    def __init__(self, estimator: Estimator, period_s: float) -> None:
        """`period_s` is a guess until a second clock has come."""
        self._estimator = estimator
        self.number = 0
        """The number of the last clock."""
        self.at_s, self.period_s = 0.0, period_s
        """The line: clock `_line_number` lies at `at_s`."""
        self._line_number = 0
        self._last_s = -inf
        self._early: list[float] = []
        self._first_number = 0
        self._recent: deque[_Taken] = deque(maxlen=RECENT)
        self._spread_s = LEAST_SIGMA_S

    @property
    def is_measured(self) -> bool:
        """Whether the tempo is more than a guess."""
        return len(self._early) != 1 and self._last_s > -inf

    def clocks_at(self, now_s: float) -> float:
        """The position at a time, in clocks; until a second clock has come, at most one past the first."""
        clocks = self._line_number + (now_s - self.at_s) / self.period_s
        return clocks if self.is_measured else min(clocks, self._line_number + 1.0)

    def time_of(self, clocks: float) -> float:
        """When a clock comes, in seconds; infinity where its tempo is not known yet."""
        if not self.is_measured and clocks > self._line_number + 1.0:
            return inf
        return self.at_s + (clocks - self._line_number) * self.period_s

    def begin(self, stamp_s: float) -> None:
        """Take the first clock of a sequence of unknown tempo."""
        self.number += 1
        self._early, self._first_number = [stamp_s], self.number
        self._draw(self.number, stamp_s, self.period_s)
        self._last_s = stamp_s

    def pin(self, stamp_s: float) -> None:
        """Take a clock that is certainly the next one, whatever its deviation."""
        if self._early or self._last_s == -inf:
            self.begin(stamp_s)
            return
        nearest = self._nearest(stamp_s)
        is_on_grid = nearest > self.number and abs(self._deviation(stamp_s, nearest)) < self._gate_s
        if is_on_grid:
            self.add(stamp_s)
            self._fix(stamp_s, self.number)
        else:
            self._restart(self.number + 1, stamp_s)

    def rejoin(self, stamp_s: float) -> None:
        """Take a clock after a long silence: the nearest number at the last tempo."""
        self._restart(max(self.number + 1, self._nearest(stamp_s)), stamp_s)

    def follow(self, stamps_s: list[float], last: int) -> None:
        """Take stamps for consecutive clocks, the last of which has the number `last`."""
        row = self._row_of(stamps_s[-RECENT:])
        self._early = []
        self._recent.clear()
        self._spread_s = LEAST_SIGMA_S
        self._follow(row, last - row.steps[-1])
        self._last_s = stamps_s[-1]

    def release(self, now_s: float) -> None:
        """Where no second clock has come, continue at the guessed period, one clock after the first."""
        if not self.is_measured:
            self._restart(self.number + 1, now_s)

    def go_on(self, stamp_s: float, period_s: float) -> None:
        """Continue from a clock and a period that another process has measured."""
        self._draw(self.number, stamp_s, period_s)
        self._restart(self.number + 1, stamp_s)

    def add(self, stamp_s: float) -> float | None:
        """Number a stamp and correct the line; its deviation in seconds, late is positive, None where it is unknown."""
        gap_s = stamp_s - self._last_s
        if gap_s < DOUBLE_S:
            return None
        if self._early:
            self._last_s = stamp_s
            self._add_early(stamp_s)
            return None
        nearest = self._nearest(stamp_s)
        late_s = self._deviation(stamp_s, nearest)
        new = nearest - self.number
        cost = self._cost(new, late_s)
        self._last_s = stamp_s
        if new > 0:
            self.number = nearest
            if abs(late_s) < self._gate_s:
                self._estimator.add(nearest - self._line_number, stamp_s)
                self._draw(nearest, self._estimator.at_s, self._estimator.period_s)
        self._spread_s += 0.03 * (min(abs(late_s), 3 * self._spread_s) - self._spread_s)
        self._recent.append(_Taken(stamp_s, nearest, self.period_s, cost))
        if sum(taken.cost for taken in self._recent) > JUMP:
            self._renumber()
        return late_s

    @property
    def _gate_s(self) -> float:
        """The largest deviation that corrects the line: five times the usual one, less than half a period."""
        return min(max(LEAST_GATE_S, 5 * self._spread_s), 0.4 * self.period_s)

    def _nearest(self, stamp_s: float) -> int:
        return self._line_number + floor((stamp_s - self.at_s) / self.period_s + 0.5)

    def _deviation(self, stamp_s: float, number: int) -> float:
        return stamp_s - self.at_s - (number - self._line_number) * self.period_s

    def _draw(self, number: int, at_s: float, period_s: float) -> None:
        self._line_number, self.at_s = number, at_s
        self.period_s = min(LONGEST_S, max(SHORTEST_S, period_s))

    def _restart(self, number: int, stamp_s: float) -> None:
        """Begin anew with a clock of known number, at the last tempo."""
        self.number, self._last_s = number, stamp_s
        self._early = []
        self._fix(stamp_s, number)
        self._estimator.start(stamp_s, self.period_s)
        self._draw(number, stamp_s, self.period_s)

    def _fix(self, stamp_s: float, number: int) -> None:
        """Fix the number of this stamp: renumbering starts after it."""
        self._recent.clear()
        self._recent.append(_Taken(stamp_s, number, self.period_s, 0.0))

    def _add_early(self, stamp_s: float) -> None:
        """Renumber all early stamps with each new one: one gap of two periods is a lost clock."""
        self._early.append(stamp_s)
        self._recent.clear()
        self._follow(self._row_of(self._early), self._first_number)
        if len(self._early) == EARLY:
            self._early = []

    def _follow(self, row: "_Row", first: int) -> None:
        """Start the estimator on stamps of known numbers; they may still be renumbered."""
        self._estimator.start(row.at_s, row.period_s)
        gate_s, last, before = self._gate_s, 0, -1
        for step, stamp_s in zip(row.steps, row.stamps_s, strict=True):
            late_s = stamp_s - row.at_s - step * row.period_s
            if step and abs(late_s) < gate_s:
                self._estimator.add(step - last, stamp_s)
                last = step
            cost = self._misfit(late_s) + _price_of(step - before - 1)
            self._recent.append(_Taken(stamp_s, first + step, row.period_s, cost))
            before = step
        self._draw(first + last, self._estimator.at_s, self._estimator.period_s)
        self.number = first + row.steps[-1]

    def _cost(self, new: int, late_s: float) -> float:
        """The cost of a stamp that advances the count by `new`; below 1 it is a double, or corrects a delayed one."""
        if new < 1:
            was_held = self._recent[-1].cost >= FARTHEST
            return self._misfit(late_s) + (0.0 if was_held else DOUBLED)
        cost = self._misfit(late_s) + _price_of(new - 1)
        return min(cost, FARTHEST) if new <= 2 else cost

    def _misfit(self, late_s: float) -> float:
        sigma_s = max(LEAST_SIGMA_S, 1.25 * self._spread_s)
        return min(FARTHEST, 0.5 * (late_s / sigma_s) ** 2)

    def _renumber(self) -> None:
        """Find the stamp from which a jumped tempo costs least, and renumber from there if that is cheaper."""
        recent = list(self._recent)
        gain, best = 0.0, None
        for start in range(1, len(recent) - FEWEST + 1):
            present = sum(taken.cost for taken in recent[start:])
            if present - JUMP <= gain:
                break
            row, before = self._row_of([taken.stamp_s for taken in recent[start:]]), recent[start - 1]
            # The gap in which the tempo jumped holds one clock, unless it is longer than either tempo allows.
            gap_s = row.stamps_s[0] - before.stamp_s
            first = max(1, ceil(gap_s / max(row.period_s, before.period_s) - 0.5))
            price = JUMP + _price_of(first - 1)
            better = present - price - self._cost_of(row)
            if better > gain:
                gain, best = better, (start, price, row, before.number + first)
        if best and not self._is_joined(recent, best[2]):
            start, price, row, number = best
            self._recent = deque(recent[:start], RECENT)
            self._follow(row, number)
            self._recent[start] = replace(self._recent[start], cost=self._recent[start].cost + price)

    def _is_joined(self, recent: list[_Taken], row: "_Row") -> bool:
        """Whether the known clocks continue between stamps that are not evenly spaced: a second master has joined."""
        known = {taken.number for taken in recent if taken.cost < DOUBLED / 2}
        places = recent[-1].number - recent[0].number + 1
        is_uneven = self._cost_of(row) > len(row.steps)
        return len(recent) - len(known) >= FEWEST and len(known) >= FILLED * places and is_uneven

    def _row_of(self, stamps_s: list[float]) -> "_Row":
        """The cheaper explanation: some clocks are missing, or every stamp is the next clock."""
        gappy = _Row.of(stamps_s)
        if gappy.steps[-1] == len(stamps_s) - 1:
            return gappy
        return min(gappy, _Row.through(list(range(len(stamps_s))), stamps_s), key=self._cost_of)

    def _cost_of(self, row: "_Row") -> float:
        if not SHORTEST_S <= row.period_s <= LONGEST_S:
            return inf
        misfits = (
            self._misfit(stamp_s - row.at_s - step * row.period_s)
            for step, stamp_s in zip(row.steps, row.stamps_s, strict=True)
        )
        return sum(misfits) + sum(_price_of(after - before - 1) for before, after in pairwise(row.steps))


def _price_of(lost: int) -> float:
    """The cost of `lost` clocks in one gap: after one, the next is more easily lost too."""
    return min(GAP, LOST + (lost - 1) * ALSO_LOST) if lost > 0 else 0.0


@dataclass(frozen=True, slots=True)
class _Row:
    """Stamps that determine a tempo by themselves: their numbers from 0, and the line through them.

    >>> _Row.of([1.0, 1.02, 1.06, 1.085]).steps
    [0, 1, 3, 4]
    """

    stamps_s: list[float]
    steps: list[int]
    at_s: float
    period_s: float

    @classmethod
    def of(cls, stamps_s: list[float]) -> "_Row":
        """Take the median gap for one clock; a delayed stamp changes numbers and line little."""
        gaps_s = sorted(after - before for before, after in pairwise(stamps_s))
        usual_s = gaps_s[(len(gaps_s) - 1) // 2]
        steps, due_s = [0], stamps_s[0]
        for stamp_s in stamps_s[1:]:
            step = max(1, floor((stamp_s - due_s) / usual_s + 0.5))
            due_s += step * usual_s
            due_s += 0.5 * (stamp_s - due_s)
            steps.append(steps[-1] + step)
        return cls.through(steps, stamps_s)

    @classmethod
    def through(cls, steps: list[int], stamps_s: list[float]) -> "_Row":
        """The median of all slopes (Theil 1950, Sen 1968), so that no single stamp bends the line."""
        points = list(zip(steps, stamps_s, strict=True))
        period_s = median((later - sooner) / (m - n) for (n, sooner), (m, later) in combinations(points, 2))
        return cls(stamps_s, steps, median(stamp_s - step * period_s for step, stamp_s in points), period_s)
