"""Numbers incoming MIDI clocks by their time, since clocks are lost, doubled or late and tempos jump.

Counting alone would shift the phase for good with the first lost clock; timing alone would take a tempo three times
slower for two lost clocks in three. So a stamp is first put on the grid that is known. When the last few do not fit it
well, two tellings of them are weighed, and the likelier wins: the tempo holds and clocks were lost, doubled or late;
or the tempo has jumped somewhere among them and every stamp since is a clock.
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
TOLERATED = 1.1  # a clock may be told a little outside 20..300 by jitter
SHORTEST_S = 60.0 / MAX_TEMPO / CLOCKS_PER_BEAT / TOLERATED
LONGEST_S = 60.0 / MIN_TEMPO / CLOCKS_PER_BEAT * TOLERATED
DOUBLE_S = 0.004  # nearer than half a period of the fastest tempo: the same clock again, or one that was held back
EARLY = 6  # stamps that settle the first tempo: one lost among them is still seen

# How unlikely things are, as -log of a chance a clock.
LOST = 4.6  # one in a hundred
ALSO_LOST = 1.0  # one in three, where the one before was
GAP = 14.0  # any one gap, however long: alone it must not be taken for a jump
DOUBLED = 4.6
FARTHEST = 6.0  # a stamp that is anywhere: held back by a host
JUMP = 18.0  # as many as four clocks lost in equal gaps, each alone
RECENT = 10  # stamps whose telling may still change
FEWEST = 3  # stamps that can tell a tempo
FILLED = 0.8  # the share of its clocks that a master still sends while a second one disturbs

LEAST_GATE_S = 0.0015
LEAST_SIGMA_S = 0.0005


@dataclass(frozen=True, slots=True)
class _Taken:
    """A stamp, the clock it was taken for, by which tempo, and how unlikely that is."""

    stamp_s: float
    number: int
    period_s: float
    cost: float


class PulseTracker:
    """The clocks of a master, numbered, and the line they lie on."""

    def __init__(self, estimator: Estimator, period_s: float) -> None:
        """`period_s` is a guess until a second clock has come."""
        self._estimator = estimator
        self.number = 0
        """Of the last clock that came."""
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
        """The number of the clock that lies at a time, with its fraction; at most one more until a second has come."""
        clocks = self._line_number + (now_s - self.at_s) / self.period_s
        return clocks if self.is_measured else min(clocks, self._line_number + 1.0)

    def time_of(self, clocks: float) -> float:
        """When a clock comes, in seconds; infinity where its tempo is not known yet."""
        if not self.is_measured and clocks > self._line_number + 1.0:
            return inf
        return self.at_s + (clocks - self._line_number) * self.period_s

    def begin(self, stamp_s: float) -> None:
        """The first clock of a row whose tempo nobody knows."""
        self.number += 1
        self._early, self._first_number = [stamp_s], self.number
        self._draw(self.number, stamp_s, self.period_s)
        self._last_s = stamp_s

    def pin(self, stamp_s: float) -> None:
        """A clock that is sure to be the next one, wherever it lies."""
        if self._early or self._last_s == -inf:
            self.begin(stamp_s)
            return
        nearest = self._nearest(stamp_s)
        is_on_grid = nearest > self.number and abs(self._deviation(stamp_s, nearest)) < self._gate_s
        if is_on_grid:
            self.add(stamp_s)
            self._believe(stamp_s, self.number)
        else:
            self._restart(self.number + 1, stamp_s)

    def rejoin(self, stamp_s: float) -> None:
        """A clock after a long silence: the nearest one by the tempo that was."""
        self._restart(max(self.number + 1, self._nearest(stamp_s)), stamp_s)

    def follow(self, stamps_s: list[float], last: int) -> None:
        """Take stamps for clocks in a row, the last of which has the number `last`."""
        row = self._row_of(stamps_s[-RECENT:])
        self._early = []
        self._recent.clear()
        self._spread_s = LEAST_SIGMA_S
        self._follow(row, last - row.steps[-1])
        self._last_s = stamps_s[-1]

    def release(self, now_s: float) -> None:
        """No second clock has come: go on by the guess, from the one clock that the first was worth."""
        if not self.is_measured:
            self._restart(self.number + 1, now_s)

    def go_on(self, stamp_s: float, period_s: float) -> None:
        """A clock that another has heard, at the tempo it has measured."""
        self._draw(self.number, stamp_s, period_s)
        self._restart(self.number + 1, stamp_s)

    def add(self, stamp_s: float) -> float | None:
        """Number a stamp and move the line; how late it was in seconds, None where that cannot be told."""
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
            self._retell()
        return late_s

    @property
    def _gate_s(self) -> float:
        """How far a stamp may lie from the grid by chance: five times what is usual, under half a period."""
        return min(max(LEAST_GATE_S, 5 * self._spread_s), 0.4 * self.period_s)

    def _nearest(self, stamp_s: float) -> int:
        return self._line_number + floor((stamp_s - self.at_s) / self.period_s + 0.5)

    def _deviation(self, stamp_s: float, number: int) -> float:
        return stamp_s - self.at_s - (number - self._line_number) * self.period_s

    def _draw(self, number: int, at_s: float, period_s: float) -> None:
        self._line_number, self.at_s = number, at_s
        self.period_s = min(LONGEST_S, max(SHORTEST_S, period_s))

    def _restart(self, number: int, stamp_s: float) -> None:
        """A clock to believe, at the tempo that was."""
        self.number, self._last_s = number, stamp_s
        self._early = []
        self._believe(stamp_s, number)
        self._estimator.start(stamp_s, self.period_s)
        self._draw(number, stamp_s, self.period_s)

    def _believe(self, stamp_s: float, number: int) -> None:
        """Whatever is told anew from here on, this stamp is that clock."""
        self._recent.clear()
        self._recent.append(_Taken(stamp_s, number, self.period_s, 0.0))

    def _add_early(self, stamp_s: float) -> None:
        """Until the tempo is settled every stamp tells it anew: one gap of two periods is a lost clock."""
        self._early.append(stamp_s)
        self._recent.clear()
        self._follow(self._row_of(self._early), self._first_number)
        if len(self._early) == EARLY:
            self._early = []

    def _follow(self, row: "_Row", first: int) -> None:
        """Start the estimator on stamps whose numbers are known; they may be told anew once more."""
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
        """How unlikely a stamp is that tells `new` clocks at once; none may be one that was told too soon."""
        if new < 1:
            was_held = self._recent[-1].cost >= FARTHEST
            return self._misfit(late_s) + (0.0 if was_held else DOUBLED)
        told = self._misfit(late_s) + _price_of(new - 1)
        return min(told, FARTHEST) if new <= 2 else told

    def _misfit(self, late_s: float) -> float:
        sigma_s = max(LEAST_SIGMA_S, 1.25 * self._spread_s)
        return min(FARTHEST, 0.5 * (late_s / sigma_s) ** 2)

    def _retell(self) -> None:
        """Find the stamp from which on another tempo is likelier than what is believed, if there is any."""
        recent = list(self._recent)
        gain, best = 0.0, None
        for start in range(1, len(recent) - FEWEST + 1):
            told = sum(taken.cost for taken in recent[start:])
            if told - JUMP <= gain:
                break
            row, before = self._row_of([taken.stamp_s for taken in recent[start:]]), recent[start - 1]
            # The gap in which the tempo jumped holds one clock, unless it is longer than either tempo allows.
            gap_s = row.stamps_s[0] - before.stamp_s
            first = max(1, ceil(gap_s / max(row.period_s, before.period_s) - 0.5))
            price = JUMP + _price_of(first - 1)
            better = told - price - self._cost_of(row)
            if better > gain:
                gain, best = better, (start, price, row, before.number + first)
        if best and not self._is_joined(recent, best[2]):
            start, price, row, number = best
            self._recent = deque(recent[:start], RECENT)
            self._follow(row, number)
            self._recent[start] = replace(self._recent[start], cost=self._recent[start].cost + price)

    def _is_joined(self, recent: list[_Taken], row: "_Row") -> bool:
        """Whether the known clocks go on between stamps that make no even row: a second master has joined."""
        known = {taken.number for taken in recent if taken.cost < DOUBLED / 2}
        places = recent[-1].number - recent[0].number + 1
        is_uneven = self._cost_of(row) > len(row.steps)
        return len(recent) - len(known) >= FEWEST and len(known) >= FILLED * places and is_uneven

    def _row_of(self, stamps_s: list[float]) -> "_Row":
        """The likelier telling: some clocks are missing, or every stamp is the next clock."""
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
    """Of clocks that are lost in one gap: where one is, the next is easily lost too."""
    return min(GAP, LOST + (lost - 1) * ALSO_LOST) if lost > 0 else 0.0


@dataclass(frozen=True, slots=True)
class _Row:
    """Stamps that tell a tempo by themselves: the clocks they are, from 0, and the line through them.

    >>> _Row.of([1.0, 1.02, 1.06, 1.085]).steps
    [0, 1, 3, 4]
    """

    stamps_s: list[float]
    steps: list[int]
    at_s: float
    period_s: float

    @classmethod
    def of(cls, stamps_s: list[float]) -> "_Row":
        """Take the usual gap for one clock; a stamp that is held back moves neither numbers nor line much."""
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
