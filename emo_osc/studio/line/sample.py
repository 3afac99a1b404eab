"""Melodies drawn one beat and one note after another, from what is asked of each: the decoder of the line model.

Two steps, each for all melodies at once: 64 beats of rhythm, then as many notes as the rhythm has. Where a melody's
form repeats a beat, that beat's rhythm (or its notes) is taken, and what follows hears it. Noise is drawn for each
melody from its own seed beforehand, so a melody does not depend on its company. What is given (bars that are kept) is
put in place of what would be drawn; the note before one that is given is drawn to lead into it. The network is not
asked about what is known already, and not at all after a melody's last free place.
"""

# B melodies, L notes of the longest

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emo_osc.studio.attributes import Floats
from emo_osc.studio.interruption import check_interruption
from emo_osc.studio.joins import BRIDGES
from emo_osc.studio.line import beats as bt
from emo_osc.studio.line import places as pl
from emo_osc.studio.line.beat_steps import BeatSteps
from emo_osc.studio.line.features import MOST_NOTES, Onsets
from emo_osc.studio.line.note_steps import NoteSteps
from emo_osc.studio.line.plans import Plan
from emo_osc.studio.nets.note_net import PITCHES, NoteNet
from emo_osc.studio.nets.rhythm_net import RhythmNet

FREE = 255  # a token that is not given
_OF_BEATS = bt.BEATS * bt.PATTERNS  # numbers of a melody's noise


@dataclass(frozen=True, slots=True)
class LineNets:
    """The two networks of a checkpoint."""

    rhythm: RhythmNet
    notes: NoteNet

    def on(self, device: torch.device) -> "LineNets":
        """The same networks on a device, ready to draw."""
        rhythm, notes = self.rhythm.to(device).eval(), self.notes.to(device).eval()
        assert isinstance(rhythm, RhythmNet)
        assert isinstance(notes, NoteNet)
        return LineNets(rhythm, notes)


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of B melodies.

    `plan` says where phrases are and which bars repeat; `asked` (B, 3) notes a bar, mean pitch and belief in major, NaN
    where open; `z` (B, 16, Z) the rhythm's and then the notes' latent of each bar; `seeds`, B; `given` (B, 256) tokens
    to keep, `FREE` where free (whole quarters), or None; what is asked counts from the 16th `since` on.
    """

    plan: Plan
    asked: Floats
    z: Tensor
    seeds: Sequence[int]
    given: NDArray[np.uint8] | None = None
    since: int = 0


@dataclass(frozen=True, slots=True)
class Heat:
    """Temperatures of rhythm and notes; 1 draws as the networks believe, which is a little wilder than people."""

    rhythm: float = 0.9
    notes: float = 0.85

    def times(self, temperature: float) -> "Heat":
        """Both, so many times as hot."""
        return Heat(self.rhythm * temperature, self.notes * temperature)


@torch.inference_mode()
def sample(nets: LineNets, order: Order, heat: Heat = Heat()) -> NDArray[np.uint8]:
    """The tokens (B, 256) of melodies."""
    uniform, split = _uniform(order.seeds), nets.rhythm.config.latent
    beats = _beats(nets.rhythm, order, order.z[..., :split], _Noise(uniform[:, :_OF_BEATS], bt.PATTERNS, heat.rhythm))
    events, noise = bt.events_from(beats), _Noise(uniform[:, _OF_BEATS:], PITCHES, heat.notes)
    return _notes(nets.notes, order, events, noise, order.z[..., split:])


def _uniform(seeds: Sequence[int]) -> NDArray[np.float32]:
    """Luck for the beats and then for the notes of each melody, (B, 64 * 81 + 192 * 90)."""
    size = _OF_BEATS + MOST_NOTES * PITCHES
    return np.stack([np.random.default_rng(seed).random(size, dtype=np.float32) for seed in seeds])


class _Noise:
    """Gumbel noise for the classes of one place after another, out of uniform luck (B, T * classes)."""

    def __init__(self, uniform: NDArray[np.float32], classes: int, heat: float) -> None:
        self._uniform, self._classes, self._heat = uniform, classes, heat

    def select(self, rows: NDArray[np.int64]) -> "_Noise":
        """That of some melodies, by their rows (n,)."""
        return _Noise(self._uniform[rows], self._classes, self._heat)

    def drawn(self, scores: Tensor, place: int) -> NDArray[np.int64]:
        """The class drawn for each of the first n melodies. scores: (n, classes) -> (n,)."""
        luck = self._uniform[: len(scores), place * self._classes : (place + 1) * self._classes]
        gumbel = -np.log(-np.log(np.clip(luck, 1e-9, 1 - 1e-7)))
        return np.asarray((scores.cpu().numpy() + gumbel * np.float32(self._heat)).argmax(-1))


def _by_need(is_free: NDArray[np.bool_]) -> tuple[NDArray[np.int64], list[int]]:
    """Melodies in the order in which they are no longer drawn, the last first, and how many are drawn at each place.

    What comes after a melody's last free place is known without the network. is_free: (B, T) -> (B,), T.
    """
    places = is_free.shape[1]
    needed = np.where(is_free.any(axis=1), places - is_free[:, ::-1].argmax(axis=1), 0)
    return np.argsort(-needed, kind="stable"), (needed[:, None] > np.arange(places)).sum(axis=0).tolist()


def _beats(net: RhythmNet, order: Order, z: Tensor, noise: _Noise) -> NDArray[np.uint8]:
    form, given = order.plan.rhythm_form.astype(np.int64), _given_beats(order)
    is_copied, is_given = form < np.arange(bt.BEATS), given < bt.PATTERNS
    rows, drawn_at = _by_need(~is_copied & ~is_given)
    first, is_copied, is_given, given = form[rows], is_copied[rows], is_given[rows], given[rows]
    told = order.plan.select(rows), order.asked[rows, 0], z[torch.from_numpy(rows)]
    steps = BeatSteps(net, *told, order.since // 4)
    noise, sounds, turn = noise.select(rows), np.zeros(len(rows), dtype=np.int64), np.arange(len(rows))
    for place in range(bt.BEATS):
        known = np.where(is_given[:, place], given[:, place], steps.beats[turn, first[:, place]])
        is_free = ~(is_copied[:, place] | is_given[:, place])
        pattern = _taken(known, is_free, drawn_at[place], steps, noise, place)
        pattern, sounds = bt.SWEPT[sounds, pattern], bt.SOUNDS_AFTER[sounds, pattern].astype(np.int64)
        steps.put(pattern)
    return _unsorted(steps.beats, rows).astype(np.uint8)


def _notes(net: NoteNet, order: Order, events: NDArray[np.uint8], noise: _Noise, z: Tensor) -> NDArray[np.uint8]:
    onsets = Onsets.of(events, order.plan.places, pl.repeats(order.plan.note_form), order.plan.profile)
    first, kept, is_free = _known_notes(order, onsets, events)
    rows, drawn_at = _by_need(is_free)
    first, kept, is_free, turn = first[rows], kept[rows], is_free[rows], np.arange(len(rows))
    bridges = None if order.given is None else BRIDGES[_next_kept(kept)]
    told = onsets.select(rows), order.plan.source[rows], order.asked[rows], z[torch.from_numpy(rows)]
    steps, noise = NoteSteps(net, *told, order.since), noise.select(rows)
    for place in range(is_free.shape[1]):
        known = np.where(kept[:, place] > 1, kept[:, place], steps.pitches[turn, first[:, place]])
        bridge = None if bridges is None else bridges[:, place]
        steps.put(_taken(known, is_free[:, place], drawn_at[place], steps, noise, place, bridge))
    return np.where(events == 2, _unsorted(steps.pitches, rows), events).astype(np.uint8)


def _known_notes(
    order: Order, onsets: Onsets, events: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """For each note the 16th that its form names, the class that is given or 0, and whether it is free, (B, L) each."""
    rows, beat = np.arange(len(events))[:, None], onsets.step // 4
    form = order.plan.note_form.astype(np.int64)[rows, beat]
    first = form * 4 + onsets.step % 4
    is_copied = (form < beat) & (events[rows, first] == 2)
    given = np.zeros_like(first) if order.given is None else order.given[rows, onsets.step].astype(np.int64)
    kept = np.where((given != FREE) & (given > 1), given, 0)
    return first, kept, onsets.is_note & ~is_copied & (kept == 0)


def _next_kept(kept: NDArray[np.int64]) -> NDArray[np.int64]:
    """The class of the note after each note (B, L) where that is given, else 0."""
    return np.concatenate([kept[:, 1:], np.zeros((len(kept), 1), dtype=np.int64)], axis=1)


def _taken(
    known: NDArray[np.int64],
    is_free: NDArray[np.bool_],
    melodies: int,
    steps: BeatSteps | NoteSteps,
    noise: _Noise,
    place: int,
    bridge: NDArray[np.float32] | None = None,
) -> NDArray[np.int64]:
    """What is known, and what is drawn for those of the first n melodies that are free; (B,).

    `bridge` (B, classes) is added to the scores.
    """
    if not is_free[:melodies].any():
        return known
    check_interruption()
    taken, scores = known.copy(), steps.scores(melodies)
    drawn = noise.drawn(scores if bridge is None else scores.cpu() + torch.from_numpy(bridge[:melodies]), place)
    taken[:melodies] = np.where(is_free[:melodies], drawn, known[:melodies])
    return taken


def _unsorted(values: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows as they stood before they were put in the order `rows`."""
    back = np.empty_like(values)
    back[rows] = values
    return back


def _given_beats(order: Order) -> NDArray[np.int64]:
    """The patterns (B, 64) of what is given, `FIRST` where it is free."""
    if order.given is None:
        return np.full((len(order.seeds), bt.BEATS), bt.FIRST)
    given = order.given
    is_free = (given == FREE).reshape(len(given), bt.BEATS, -1).any(-1)
    return np.where(is_free, bt.FIRST, bt.beats_of(np.where(given == FREE, 0, given)).astype(np.int64))
