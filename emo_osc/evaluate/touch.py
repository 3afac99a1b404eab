"""How the stage plays a melody beside how people play theirs: velocities from note to note, times beside the grid.

Ours are people's melodies of a split, played by the stage with the settings a preset starts with, each for another
mood. People are the pianists of EMOPIA: the notes of a clip that are in its melody window. Their grid was tracked, so
their times are measured beside a line through the eight notes around each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emo_osc.config.preset import Preset
from emo_osc.core.affect import MOODS, Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.core.midi_standard import KIND_BITS, NOTE_ON
from emo_osc.core.score import TICKS_PER_BAR, TICKS_PER_BEAT, Melody
from emo_osc.evaluate.report import Tables
from emo_osc.render.offline import play
from emo_osc.studio.attributes import measure
from emo_osc.studio.generators import Composed
from emo_osc.studio.tokens import melody_of, pitch_of
from emo_osc.train.corpora.corpus import load_corpus

TEMPO_BPM = 110.0
MS_PER_TICK = 60_000.0 / (TEMPO_BPM * TICKS_PER_BEAT)
GRID_TICKS = 6  # of EMOPIA's 24 a quarter, in a 16th
NEAR = 3  # a played note is the written one up to so many of those away
MOST_LOST = 0.1  # of a window's notes that are not found; a window with more is left out
FEWEST = 20  # notes of a clip whose times are measured
AROUND = 4  # notes on either side that say where one is expected
LOST_BEAT_MS = 40.0  # where the usual note lies farther away than this, the beat was not found
WRONG_STEP_MS = 100.0
ON_GRID_MS = 1.0

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Played:
    """One melody as it was played, note by note, (M,): velocity, ms late, and whether it ends a phrase.

    `late_ms` is NaN where nobody knows.
    """

    velocity: Floats
    late_ms: Floats
    is_end: NDArray[np.bool_]


def touch(data: Path, count: int, split: str) -> Tables:
    """The table for `count` of our melodies and all of people's.

    Raises:
        EmoOscError: the corpus or the labelled clips are not in the folder.
    """
    sides = {"ours": ours(data, count, split), "people": people(data)}
    return {f"touch at {TEMPO_BPM:g} bpm": {name: figures(played) for name, played in sides.items()}}


def figures(played: Iterable[Played]) -> dict[str, float]:
    """Means over melodies: spread and correlation of velocities; times; how the last notes of phrases differ.

    >>> one = Played(np.array([60.0, 70, 80, 90]), np.array([-5.0, 0, 0, 9]), np.array([False, False, False, True]))
    >>> row = figures([one])
    >>> row["lag 1"], row["early"], row["mean ms"], row["end ms"], row["end velocity"]
    (0.25, 0.25, 1.0, 9.0, 15.0)
    """
    whole = [each for each in played if len(each.velocity) > 1]
    late = np.concatenate([each.late_ms for each in whole])
    is_end = np.concatenate([each.is_end for each in whole]) & np.isfinite(late)
    velocity = np.concatenate([each.velocity - each.velocity.mean() for each in whole])
    row = {"velocity sd": float(np.mean([each.velocity.std() for each in whole]))}
    row |= {f"lag {lag}": _mean(correlation(each.velocity, lag) for each in whole) for lag in (1, 2, 4)}
    known = late[np.isfinite(late)]
    row |= {"early": float((known < -ON_GRID_MS).mean()), "late": float((known > ON_GRID_MS).mean())}
    row |= {"mean ms": float(known.mean()), "sd ms": float(known.std())}
    if is_end.any():
        row |= {"end ms": float(late[is_end].mean()), "end velocity": float(velocity[is_end].mean())}
    return row | {"melodies": float(len(whole))}


def correlation(values: Floats, lag: int) -> float:
    """The autocorrelation of values (M,) around their mean at a lag; NaN where they are all the same."""
    apart = values - values.mean()
    energy = float(apart @ apart)
    return float(apart[lag:] @ apart[:-lag]) / energy if energy else float("nan")


def ours(data: Path, count: int, split: str) -> list[Played]:
    """`count` melodies of a split that begin with a phrase, evenly spaced, as the stage plays them."""
    corpus = load_corpus(data, split)
    corpus = corpus.select(corpus.place.starts_phrase)
    rows = np.unique(np.linspace(0, len(corpus.tokens) - 1, count).round().astype(int))
    found = []
    for number, row in enumerate(rows):
        tokens = corpus.tokens[row].astype(np.int64)
        last_bars = np.flatnonzero(corpus.place.until[row] == 0)
        found.append(
            as_played(melody_of(tokens.tolist()), tokens, MOODS[number % len(MOODS)].affect, number, last_bars)
        )
    return found


def as_played(melody: Melody, tokens: Rows, affect: Affect, seed: int, last_bars: Rows) -> Played:
    """A melody as the stage plays it, and its tokens (256,); phrases end with the last note of `last_bars`."""
    take = play(Composed(melody, measure(tokens[None]), 0.0, seed), affect, Preset())
    sent = [(tick, message[2]) for tick, message in take.events if message[0] & KIND_BITS == NOTE_ON]
    starts = np.array([note.start_tick for note in melody.notes])
    late_tick = np.array([tick for tick, _ in sent]) - starts
    bars = starts // TICKS_PER_BAR
    is_end = np.isin(bars, last_bars) & np.append(np.diff(bars) > 0, True)
    return Played(np.array([velocity for _, velocity in sent], dtype=np.float64), late_tick * MS_PER_TICK, is_end)


def people(data: Path) -> list[Played]:
    """The melodies of EMOPIA as they were played: the first window of each clip that is found in its notes.

    Raises:
        EmoOscError: the labelled clips are not in the folder.
    """
    windows, notes = (_read(data / name) for name in ("labelled_16bar.npz", "notes_labelled.npz"))
    rows = {str(name): row for row, name in enumerate(notes["piece_id"]) if _is_emopia(notes, row)}
    found: dict[str, Played] = {}
    for window, piece in enumerate(windows["piece"]):
        name = str(windows["piece_id"][piece])
        if name in rows and name not in found:
            played = _clip(windows, window, notes, rows[name])
            if played:
                found[name] = played
    return list(found.values())


def _clip(
    windows: dict[str, NDArray[np.generic]], window: int, notes: dict[str, NDArray[np.generic]], row: int
) -> Played | None:
    """The notes of a window in those of its clip; None where too many are missing."""
    first, last = notes["ptr"][row : row + 2].astype(np.int64)
    own = {name: notes[name][first:last].astype(np.int64) for name in ("onset_tick", "pitch", "velocity", "onset_ms")}
    tokens = windows["events"][window].astype(np.int64)
    steps = np.flatnonzero(tokens >= 2)
    begin = 16 * int(windows["bar"][window].astype(np.int64))
    at = [_nearest(own, int(begin + step) * GRID_TICKS, pitch_of(int(tokens[step]))) for step in steps]
    is_found = np.array([place is not None for place in at])
    velocity = own["velocity"][[place for place in at if place is not None]].astype(np.float64)
    if is_found.mean() < 1.0 - MOST_LOST or velocity.std() < 1.0:
        return None
    times = own["onset_ms"][[place for place in at if place is not None]].astype(np.float64)
    return Played(velocity, beside_the_line(steps[is_found], times), np.zeros(len(velocity), dtype=bool))


def _nearest(own: dict[str, Rows], tick: int, pitch: int) -> int | None:
    low, high = np.searchsorted(own["onset_tick"], (tick - NEAR, tick + NEAR + 1))
    same = [place for place in range(low, high) if own["pitch"][place] == pitch]
    return min(same, key=lambda place: abs(int(own["onset_tick"][place]) - tick), default=None)


def beside_the_line(steps: Rows, times_ms: NDArray[np.floating[Any]]) -> Floats:
    """How late each note is beside a line through its neighbours, (M,); NaN where the beat was not found, or the step.

    >>> late = beside_the_line(np.arange(24), np.arange(24) * 100.0 + np.where(np.arange(24) == 12, 9.0, 0.0))
    >>> float(round(late[12], 3)), bool(abs(late[11]) < 3)
    (9.0, True)
    """
    late = np.full(len(steps), np.nan)
    if len(steps) < FEWEST:
        return late
    for index in range(len(steps)):
        around = [n for n in range(max(0, index - AROUND), min(len(steps), index + AROUND + 1)) if n != index]
        late[index] = times_ms[index] - np.polyval(np.polyfit(steps[around], times_ms[around], 1), steps[index])
    late[np.abs(late) > (WRONG_STEP_MS if np.median(np.abs(late)) < LOST_BEAT_MS else 0.0)] = np.nan
    return late


def _is_emopia(notes: dict[str, NDArray[np.generic]], row: int) -> bool:
    return str(notes["source_names"][int(notes["piece_source"][row].astype(np.int64))]) == "emopia"


def _read(path: Path) -> dict[str, NDArray[np.generic]]:
    try:
        with np.load(path) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError) as error:
        raise EmoOscError(f"{path}: no labelled clips ({error}); give the corpus folder with --data") from None


def _mean(values: Iterable[float]) -> float:
    return float(np.nanmean(list(values)))
