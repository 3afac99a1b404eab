"""Where in its phrase every bar of a window lies, as far as a shard's labels say it.

POP909 has phrase labels of two people, the Lieder have phrase ends, the traditional tunes strains of eight bars. Lead
sheets have no labels; their periods are counted from the first bar, by which three phrases of four end in bar four.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.errors import EmoOscError

BARS = 16
UNKNOWN = -1
STRAIN = 8
"""Bars of a strain of the traditional tunes; their labels say in which of these a window starts."""

Bars = NDArray[np.int8]
Arrays = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class PhrasePlace:
    """The place of every bar, int8 (N, 16) both: `since`, bars since the phrase's first; `until`, bars to its last.

    0 is the first, and the last; -1 is unknown.
    """

    since: Bars
    until: Bars

    def __post_init__(self) -> None:
        if self.since.shape != self.until.shape or self.since.shape[1:] != (BARS,):
            raise ValueError(f"a place needs 16 bars a window, got {self.since.shape} and {self.until.shape}")

    @classmethod
    def unknown(cls, windows: int) -> "PhrasePlace":
        """Windows without a label."""
        nothing = np.full((windows, BARS), UNKNOWN, dtype=np.int8)
        return cls(nothing, nothing.copy())

    @classmethod
    def joined(cls, parts: "list[PhrasePlace]") -> "PhrasePlace":
        """The windows of all parts in turn."""
        return cls(np.concatenate([part.since for part in parts]), np.concatenate([part.until for part in parts]))

    @property
    def starts_phrase(self) -> NDArray[np.bool_]:
        """Whether the window's first bar is known to begin a phrase, (N,)."""
        return np.asarray(self.since[:, 0] == 0)

    def select(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> "PhrasePlace":
        """The places of some windows."""
        return PhrasePlace(self.since[rows], self.until[rows])


def place_of(folder: Path, name: str, shard: Arrays) -> PhrasePlace:
    """The places of all windows of the shard `name`, whose arrays are `shard`.

    Raises:
        EmoOscError: its labels stand in a file of their own that is missing, or that is not of this shard.
    """
    return PLACES.get(name, _no_labels)(folder, shard)


def of_strains(phase: NDArray[np.integer]) -> PhrasePlace:
    """Places in strains of eight bars from the bar of the strain in which each window starts, (N,); 8 or more: unknown.

    >>> of_strains(np.array([7])).since[0, :3].tolist(), of_strains(np.array([7])).until[0, :3].tolist()
    ([7, 0, 1], [0, 7, 6])
    """
    since = (phase[:, None].astype(np.int64) + np.arange(BARS)) % STRAIN
    is_known = (phase < STRAIN)[:, None]
    return PhrasePlace(
        np.where(is_known, since, UNKNOWN).astype(np.int8),
        np.where(is_known, STRAIN - 1 - since, UNKNOWN).astype(np.int8),
    )


def of_ends(ends: NDArray[np.bool_], lines: NDArray[np.integer], bars: NDArray[np.integer]) -> PhrasePlace:
    """Places from the bars in which a phrase ends, (N, 16), of windows of lines (N,) that start in bars (N,).

    Windows of one line are put together first, so that a phrase which begins before its window is known; one whose
    beginning or end no window holds is not.
    """
    _, line = np.unique(lines, return_inverse=True)
    timeline = np.full((int(line.max(initial=-1)) + 1, int(bars.max(initial=0)) + BARS), UNKNOWN, dtype=np.int8)
    rows, columns = line[:, None], bars[:, None].astype(np.int64) + np.arange(BARS)
    timeline[rows, columns] = ends
    since, until = _since(timeline), _since(timeline[:, ::-1], is_backwards=True)[:, ::-1]
    return PhrasePlace(since[rows, columns], until[rows, columns])


def _since(timeline: Bars, is_backwards: bool = False) -> Bars:
    """Bars since the end before, or, `is_backwards`, since the end itself; unknown before any, and after a gap."""
    found = np.full(timeline.shape, UNKNOWN, dtype=np.int8)
    count = np.full(len(timeline), UNKNOWN, dtype=np.int64)
    for bar in range(timeline.shape[1]):
        here = timeline[:, bar]
        if is_backwards:
            count = np.where(here == 1, 0, np.where(count >= 0, count + 1, UNKNOWN))
        count = np.where(here == UNKNOWN, UNKNOWN, count)
        found[:, bar] = count.clip(UNKNOWN, 127)
        if not is_backwards:
            count = np.where(here == 1, 0, np.where(count >= 0, count + 1, UNKNOWN))
    return found


def _no_labels(_folder: Path, shard: Arrays) -> PhrasePlace:
    return PhrasePlace.unknown(len(shard["events"]))


def _two_people(_folder: Path, shard: Arrays) -> PhrasePlace:
    """The first person's label, and where there is none the second's."""
    since, length = shard["bar_in_phrase"].astype(np.int64), shard["phrase_bars"].astype(np.int64)
    until = np.where(since >= 0, length - 1 - since, UNKNOWN)
    is_first = since[:, 0] >= 0
    chosen = (np.where(is_first, each[:, 0], each[:, 1]).astype(np.int8) for each in (since, until))
    return PhrasePlace(*chosen)


def _wrong_bars(folder: Path, shard: Arrays) -> PhrasePlace:
    """POP909 on its old bar lines: known where those are the song's."""
    labels = _labels(folder, "pop909_phrase_place.npz", shard)
    since, length = labels["bar_in_phrase"].astype(np.int64), labels["phrase_bars"].astype(np.int64)
    until = np.where(since >= 0, length - 1 - since, UNKNOWN)
    return PhrasePlace(since.astype(np.int8), until.astype(np.int8))


def _strains(folder: Path, shard: Arrays) -> PhrasePlace:
    return of_strains(_labels(folder, "trad_phase.npz", shard)["phase"].astype(np.int64))


def _last_strains(_folder: Path, shard: Arrays) -> PhrasePlace:
    return of_strains(shard["phase"].astype(np.int64))


def _phrase_ends(_folder: Path, shard: Arrays) -> PhrasePlace:
    lines = shard["piece"].astype(np.int64) * 256 + shard["run"].astype(np.int64)
    return of_ends(shard["phrase_end"].astype(bool), lines, shard["bar"].astype(np.int64))


def _periods(_folder: Path, shard: Arrays) -> PhrasePlace:
    return of_strains(shard["bar"].astype(np.int64) % STRAIN)


PLACES: dict[str, Callable[[Path, Arrays], PhrasePlace]] = {
    "pop909": _wrong_bars,
    "pop909bars": _two_people,
    "openewld": _periods,
    "trad": _strains,
    "trad_last": _last_strains,
    "lieder": _phrase_ends,
}
"""Shard -> who reads its labels."""


def _labels(folder: Path, name: str, shard: Arrays) -> Arrays:
    """A file of labels row by row with a shard."""
    path = folder / name
    try:
        with np.load(path) as file:
            labels = dict(file)
        same = all(np.array_equal(labels[key], shard[key]) for key in ("piece", "bar"))
    except (OSError, ValueError, KeyError) as error:
        raise EmoOscError(f"{path}: no labels of phrases ({error}); give the corpus folder with --data") from None
    if not same:
        raise EmoOscError(f"{path}: labels of other windows than the shard's; take both files from one corpus")
    return labels
