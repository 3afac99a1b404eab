"""What the rhythm and the note network are told at each place, computed for whole melodies at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emo_osc.studio.attributes import Floats, NoteGrid, Tokens
from emo_osc.studio.line import beats as bt
from emo_osc.studio.line import places as pl

MOST_NOTES = 192  # of a melody: twelve a bar; what comes after them is left out in training
WIDEST = 24
STEPS = 256
MIDDLE = np.array([5.0, 71.5])  # notes a bar and mean pitch at which a condition is 0


def beat_classes(
    beats: NDArray[np.integer],
    places: NDArray[np.integer],
    repeats: NDArray[np.integer],
    profile: NDArray[np.integer],
) -> NDArray[np.uint8]:
    """The classes of `rhythm_net.CLASSES` at each beat, (N, 64, 27).

    beats: (N, 64), places: (N, 16, 2), repeats: (N, 64) of the rhythm's form, profile: (N, 16, 2).
    """
    at_lags = [[bt.shifted(beats, lag - ahead, bt.FIRST) for lag in bt.LAGS] for ahead in range(3)]
    before = [
        bt.shifted(beats, 1, bt.FIRST),
        bt.shifted(beats, 2, bt.FIRST),
        *(each for row in at_lags for each in row),
    ]
    runs = [bt.run_class(bt.run_lengths(beats == lagged)) for lagged in at_lags[0]]
    moving = np.stack([*before, *runs], axis=-1).astype(np.uint8)
    return np.concatenate([moving, fixed_beat_classes(places, repeats, profile)], axis=-1)


def fixed_beat_classes(
    places: NDArray[np.integer], repeats: NDArray[np.integer], profile: NDArray[np.integer]
) -> NDArray[np.uint8]:
    """Those of them that the beats do not change, (N, 64, 9): the last."""
    turn = np.broadcast_to(np.arange(bt.BEATS), (len(places), bt.BEATS))
    fill = profile[..., 0]
    bars = np.stack([places[..., 0], places[..., 1], _next_bar(repeats), fill, _next(fill)], axis=-1)
    told = np.moveaxis(np.repeat(bars, 4, axis=1), -1, 0)
    return np.stack([turn % 4, turn // 4, repeats, _next(repeats), *told], axis=-1).astype(np.uint8)


def beat_numbers(beats: NDArray[np.integer], density: Floats, is_told: NDArray[np.bool_]) -> NDArray[np.float32]:
    """ln density, whether it is told, and notes still owed, at each beat. density: notes a bar (N,) -> (N, 64, 3)."""
    begun = np.cumsum(bt.ONSETS[beats], axis=1)
    sung = np.concatenate([np.zeros((len(beats), 1)), begun[:, :-1]], axis=1)
    return beat_number(density[:, None], sung, np.arange(bt.BEATS)[None], is_told[:, None])


def beat_number(
    density: Floats, sung: Floats, beat: NDArray[np.integer], told: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """The same for single beats, with the onsets that came before; broadcast."""
    owed = (density * beat / 4 - sung) / 8
    parts = np.broadcast_arrays(np.log(np.maximum(density, 0.3) / MIDDLE[0]) * 2, told * 1.0, owed)
    return np.asarray(np.stack(parts, axis=-1) * told[..., None], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Onsets:
    """The rhythm of N melodies, note by note: `classes` (N, L, 15) of `note_net.RHYTHM`, `is_note` (N, L) and `step`
    (N, L) of 256.
    """

    classes: NDArray[np.uint8]
    is_note: NDArray[np.bool_]
    step: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        events: NDArray[np.integer],
        places: NDArray[np.integer],
        repeats: NDArray[np.integer],
        profile: NDArray[np.integer],
    ) -> "Onsets":
        """events: (N, 256) of 0, 1, 2; places: (N, 16, 2); repeats: (N, 64) of the notes' form; profile: (N, 16, 2)."""
        count = len(events)
        grid = NoteGrid.of(np.where(events == 2, 40, events))
        length = np.minimum(grid.duration, 17)
        rank = np.cumsum(grid.is_onset, axis=1) - 1
        row, column = np.nonzero(grid.is_onset & (rank < MOST_NOTES))
        note = rank[row, column]
        width = min(MOST_NOTES, int(rank.max(initial=0)) + 1)
        step, sounds = np.zeros((count, width), dtype=np.int64), np.zeros((count, width), dtype=np.int64)
        is_note = np.zeros((count, width), dtype=bool)
        step[row, note], sounds[row, note], is_note[row, note] = column, length[row, column], True
        waits = np.zeros_like(step)
        waits[:, 1:] = np.where(is_note[:, 1:], np.clip(step[:, 1:] - step[:, :-1], 0, 17), 0)
        bar = step // 16
        is_first, is_last = np.ones_like(is_note), np.ones_like(is_note)
        is_first[:, 1:] = bar[:, 1:] != bar[:, :-1]
        is_last[:, :-1] = (bar[:, 1:] != bar[:, :-1]) | ~is_note[:, 1:]
        rows, beat, height = np.arange(count)[:, None], step // 4, profile[..., 1]
        place = places[rows, bar]
        classes = [step % 16, bar, place[..., 0], place[..., 1], sounds, _next(sounds), waits, _next(waits)]
        classes += [is_first * 2 + is_last, _equal_rhythm(events)[rows, bar]]
        classes += [repeats[rows, beat], _next(repeats)[rows, beat], _next_bar(repeats)[rows, bar]]
        classes += [height[rows, bar], _next(height)[rows, bar]]
        return cls(np.stack(classes, axis=-1).astype(np.uint8), is_note, step)

    def select(self, rows: NDArray[np.int64]) -> "Onsets":
        """Those of some melodies, by their rows (n,)."""
        return Onsets(self.classes[rows], self.is_note[rows], self.step[rows])


def lagged_pitches(tokens: Tokens, step: NDArray[np.integer]) -> NDArray[np.int64]:
    """The classes that begin 1, 2, 4 and 8 bars before each onset, 0 for none. (N, 256), (N, L) -> (N, L, 4)."""
    lagged = []
    for lag in pl.LAGS:
        at = step - 16 * lag
        found = np.take_along_axis(np.asarray(tokens, dtype=np.int64), np.maximum(at, 0), axis=1)
        lagged.append(np.where((at >= 0) & (found > 1), found, 0))
    return np.stack(lagged, axis=-1)


def line_classes(
    before: NDArray[np.integer], second: NDArray[np.integer], lagged: NDArray[np.integer], runs: NDArray[np.integer]
) -> NDArray[np.uint8]:
    """The classes of `note_net.LINE`: two pitches before (..), those at the lags (.., 4), runs as lengths (.., 4)."""
    pitches = np.concatenate([before[..., None], second[..., None], lagged], axis=-1)
    steps = [interval(before, second)[..., None], interval(lagged, before[..., None])]
    return np.concatenate([pitches, *steps, bt.run_class(runs)], axis=-1).astype(np.uint8)


def interval(pitch: NDArray[np.integer], before: NDArray[np.integer]) -> NDArray[np.int64]:
    """As `note_net.interval_class`."""
    both = (pitch > 1) & (before > 1)
    return np.where(both, np.clip(pitch.astype(np.int64) - before, -WIDEST, WIDEST) + WIDEST + 1, 0)


def note_lines(tokens: Tokens, onsets: Onsets) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The line classes (N, L, 15) of melodies whose notes are known, and their pitches (N, L) as classes."""
    pitch = np.where(onsets.is_note, np.take_along_axis(np.asarray(tokens, dtype=np.int64), onsets.step, axis=1), 0)
    lagged = lagged_pitches(tokens, onsets.step)
    runs = np.stack([bt.run_lengths(lagged[..., k] == pitch) for k in range(len(pl.LAGS))], axis=-1)
    return line_classes(bt.shifted(pitch, 1, 0), bt.shifted(pitch, 2, 0), lagged, runs), pitch.astype(np.uint8)


def note_numbers(pitch: NDArray[np.integer], asked: Floats, is_told: NDArray[np.bool_]) -> NDArray[np.float32]:
    """What is asked for, and the semitones still owed, at each onset.

    pitch: (N, L) classes; asked: (N, 3) notes a bar, mean pitch, belief in major; is_told: (N, 3) -> (N, L, 7).
    """
    height = np.where(pitch > 1, pitch + 19.0 - asked[:, 1:2], 0.0)
    apart = np.concatenate([np.zeros((len(pitch), 1)), np.cumsum(height, axis=1)[:, :-1]], axis=1)
    return note_number(asked[:, None], apart, is_told[:, None])


def note_number(asked: Floats, apart: Floats, told: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The same for single onsets, with the sum of semitones by which the line lies above what is asked; broadcast."""
    density = np.log(np.maximum(asked[..., 0], 0.3) / MIDDLE[0]) * 2
    register, mode = (asked[..., 1] - MIDDLE[1]) / 4.5, asked[..., 2] * 2 - 1
    wanted = [density * told[..., 0], register * told[..., 1], mode * told[..., 2]]
    each = [*wanted, *(told[..., k] * 1.0 for k in range(3)), np.clip(apart / 48, -3, 3) * told[..., 1]]
    return np.stack(np.broadcast_arrays(*each), axis=-1).astype(np.float32)


def _equal_rhythm(events: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Which of `LAGS` bars back have the same rhythm, as bits (N, 16); silent bars have none. events: (N, 256)."""
    bars = events.reshape(len(events), pl.BARS, -1)
    alive = (bars == 2).any(axis=-1)
    bits = np.zeros((len(events), pl.BARS), dtype=np.uint8)
    for place, lag in enumerate(pl.LAGS):
        same = np.asarray((bars[:, lag:] == bars[:, :-lag]).all(axis=-1) & alive[:, lag:])
        bits[:, lag:] |= (same << place).astype(np.uint8)
    return bits


def _next_bar(repeats: NDArray[np.integer]) -> NDArray[np.int64]:
    """What the first beat of the next bar repeats, (N, 64) -> (N, 16)."""
    return _next(repeats[:, ::4])


def _next(values: NDArray[np.integer]) -> NDArray[np.int64]:
    """Each row moved one place to the left, and a 0."""
    moved = np.zeros(values.shape, dtype=np.int64)
    moved[:, :-1] = values[:, 1:]
    return moved
