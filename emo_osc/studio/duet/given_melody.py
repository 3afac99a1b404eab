"""Melodies that the music transformer accompanies: given ones, bar by bar, with phrases and chords."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.affect import Affect
from emo_osc.core.score import BARS
from emo_osc.studio.attributes import NoteGrid, Tokens
from emo_osc.studio.duet.look_back import NO_CHORD, Event
from emo_osc.studio.events import BAR_STEPS, LENGTHS, LOWEST, MELODY, Sound
from emo_osc.studio.harmony import REGULAR, chords_of
from emo_osc.studio.line.places import UNKNOWN, places

# B bars of a phrase, 16


@dataclass(frozen=True, slots=True)
class MelodyBar:
    """One bar: `notes` with steps from its bar line, `coming` those of the bar after it, with steps from there.

    `chords` of its two halves and of the next bar's first; `since` and `until` as in `line.places`.
    """

    notes: tuple[Sound, ...] = ()
    coming: tuple[Sound, ...] = ()
    chords: tuple[int, int, int] = (NO_CHORD,) * 3
    since: int = UNKNOWN
    until: int = UNKNOWN

    @property
    def events(self) -> tuple[Event, ...]:
        """The notes as the network reads them."""
        return tuple((note.step, note.pitch - LOWEST, _nearest_length(note.length)) for note in self.notes)


class MelodySource(Protocol):
    """An endless melody."""

    def bar(self, bar: int, affect: Affect) -> MelodyBar:
        """A bar, of a melody for an affect; bars before it stay as they are."""


@dataclass(frozen=True, slots=True)
class GivenMelody:
    """Sixteen bars of melody in C, again and again: `tokens` (256,), `chords` (32,), `phrase` (16, 2) as `line.places`.

    It is a `MelodySource`, whatever the affect.
    """

    tokens: NDArray[np.int64]
    chords: tuple[int, ...]
    phrase: Tokens

    @classmethod
    def of(cls, tokens: NDArray[np.int64], phrase: Tokens | None = None) -> "GivenMelody":
        """A melody with the chords that fit it, cadences at the ends of phrases; phrases of four bars by default."""
        known = phrase_of(REGULAR[0]) if phrase is None else phrase
        return cls(tokens, tuple(chords_of(tokens[None], known[None, :, 1].astype(np.int64))[0].tolist()), known)

    def bar(self, bar: int, _affect: Affect) -> MelodyBar:
        """A bar; after the sixteenth comes the first."""
        return self.bar_before(bar % BARS, self)

    def bar_before(self, slot: int, after: "GivenMelody | None") -> MelodyBar:
        """A bar, 0..15, of a melody that is followed by another one, by itself, or by nothing."""
        at = 2 * slot
        coming, next_slot = (self, slot + 1) if slot + 1 < BARS else (after, 0)
        notes, chord = (coming._notes(next_slot), coming.chords[2 * next_slot]) if coming else ((), NO_CHORD)
        since, until = self.phrase[slot].tolist()
        return MelodyBar(self._notes(slot), notes, (self.chords[at], self.chords[at + 1], chord), since, until)

    def _notes(self, slot: int) -> tuple[Sound, ...]:
        grid, begin = NoteGrid.of(self.tokens), slot * BAR_STEPS
        steps = begin + np.flatnonzero(grid.is_onset[0, begin : begin + BAR_STEPS])
        pitch, length = grid.pitch[0], grid.duration[0]
        return tuple(Sound(int(at) - begin, MELODY, int(pitch[at]), int(length[at])) for at in steps)


@dataclass(frozen=True, slots=True)
class GivenSong:
    """Melodies of sixteen bars, one after another, then nothing. It is a `MelodySource`, whatever the affect."""

    parts: tuple[GivenMelody, ...]

    def bar(self, bar: int, _affect: Affect) -> MelodyBar:
        """A bar of the song."""
        number, slot = divmod(bar, BARS)
        return self.parts[number].bar_before(slot, next(iter(self.parts[number + 1 :]), None))


def phrase_of(until: Tokens) -> Tokens:
    """The places (16, 2) of bars (16,) that stand so far from their phrase's last one; of -1, unknown, four bars long.

    >>> phrase_of(np.array([1, 0, 1, 0] + [11 - bar for bar in range(12)]))[:5].tolist()
    [[0, 1], [1, 0], [0, 1], [1, 0], [0, 8]]
    """
    left = np.where(until < 0, REGULAR[0], until)
    begins = np.append(True, left[:-1] == 0)
    first = np.maximum.accumulate(np.where(begins, np.arange(BARS), 0))
    return np.asarray(places((np.arange(BARS) - first)[None], left[None])[0])


def _nearest_length(steps: int) -> int:
    return int(np.argmin([abs(length - steps) for length in LENGTHS]))
