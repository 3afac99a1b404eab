"""Plans of melodies: where phrases begin and end, which beats repeat which, how full and high each
bar is, the repertoire; no notes.

They are taken from human melodies of the training split, as indices alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emo_osc.studio.attributes import Floats, misses
from emo_osc.studio.line.places import BARS, BEATS, OPEN_PROFILE, UNKNOWN

NEAREST = 200  # plans of melodies nearest to what is asked, from which one is drawn
UNREPEATED = np.arange(BEATS, dtype=np.uint8)
PARTS = ("places", "rhythm_form", "note_form", "profile", "source", "measured")


@dataclass(frozen=True, slots=True)
class Plan:
    """Plans of B melodies: places (B, 16, 2), the forms of rhythm and notes (B, 64), the profile (B, 16, 2), the
    repertoire (B,), all as in `line.places`.
    """

    places: NDArray[np.uint8]
    rhythm_form: NDArray[np.uint8]
    note_form: NDArray[np.uint8]
    profile: NDArray[np.uint8]
    source: NDArray[np.int64]

    def select(self, rows: NDArray[np.int64]) -> "Plan":
        """Some of them, by their rows (n,)."""
        forms = self.rhythm_form[rows], self.note_form[rows]
        return Plan(self.places[rows], *forms, self.profile[rows], self.source[rows])

    def unrepeated(self) -> "Plan":
        """The same in which no beat repeats another."""
        form = np.broadcast_to(UNREPEATED, self.rhythm_form.shape)
        return replace(self, rhythm_form=form, note_form=form)


def joined(plans: Sequence[Plan]) -> Plan:
    """All plans in turn."""
    return Plan(
        np.concatenate([plan.places for plan in plans]),
        np.concatenate([plan.rhythm_form for plan in plans]),
        np.concatenate([plan.note_form for plan in plans]),
        np.concatenate([plan.profile for plan in plans]),
        np.concatenate([plan.source for plan in plans]),
    )


@dataclass(frozen=True, slots=True)
class Plans:
    """F plans: `places` uint8 (F, 16, 2), forms uint8 (F, 64) and `profile` uint8 (F, 16, 2) as `line.places`, `source`
    (F,) the repertoire, `measured` (F, 3) what the melody measured from which each was taken. Plan F, one more, leaves
    all open.
    """

    places: NDArray[np.uint8]
    rhythm_form: NDArray[np.uint8]
    note_form: NDArray[np.uint8]
    profile: NDArray[np.uint8]
    source: NDArray[np.int64]
    measured: Floats

    @property
    def open(self) -> int:
        """The plan that says nothing."""
        return len(self.places)

    def drawn(self, seed: int, asked: Floats | None) -> int:
        """A plan by lot: of all, or of those whose melodies were nearest to what is asked (3,).

        A song may rest for bars while others play; a melody that plays alone may not: one bar at most.
        """
        luck = np.random.default_rng((seed, BARS))
        rests_long = self._rests_long()
        usable = np.flatnonzero(~rests_long | rests_long.all())
        if asked is not None:
            far = misses(self.measured[usable], asked[None])
            usable = np.sort(usable[np.argpartition(far, min(NEAREST, len(usable)) - 1)[:NEAREST]])
        return int(usable[luck.integers(len(usable))])

    def _rests_long(self) -> NDArray[np.bool_]:
        """Which plans have two bars without a note one after the other, (F,)."""
        is_empty = self.profile[..., 0] == 0
        return np.asarray((is_empty[:, 1:] & is_empty[:, :-1]).any(axis=1))

    def of(self, rows: NDArray[np.int64], repertoires: int) -> Plan:
        """Plans by their number (B,); `repertoires` is the repertoire left open."""
        is_open = rows == self.open
        known = np.where(is_open, 0, rows)
        return Plan(
            np.where(is_open[:, None, None], np.uint8(UNKNOWN), self.places[known]),
            np.where(is_open[:, None], UNREPEATED, self.rhythm_form[known]),
            np.where(is_open[:, None], UNREPEATED, self.note_form[known]),
            np.where(is_open[:, None, None], np.array(OPEN_PROFILE, dtype=np.uint8), self.profile[known]),
            np.where(is_open, repertoires, self.source[known]),
        )

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor]) -> "Plans":
        """What `tensors` of a checkpoint hold."""
        places, rhythm, notes, profile, source, measured = (tensors[f"plans.{name}"].numpy() for name in PARTS)
        return cls(places, rhythm, notes, profile, source.astype(np.int64), measured.astype(np.float64))

    def tensors(self) -> dict[str, Tensor]:
        """The same for a checkpoint."""
        forms = self.places, self.rhythm_form, self.note_form, self.profile
        parts = *forms, self.source.astype(np.uint8), self.measured.astype(np.float32)
        return {f"plans.{name}": torch.from_numpy(part) for name, part in zip(PARTS, parts, strict=True)}
