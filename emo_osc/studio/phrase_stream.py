"""Bars of a stream placed in 16-bar phrases, as the stage numbers them."""

from collections.abc import Callable
from itertools import count

import numpy as np

from emo_osc.core.affect import Affect
from emo_osc.core.score import BARS
from emo_osc.studio.attributes import measure
from emo_osc.studio.events import BAR_STEPS, Sound
from emo_osc.studio.generators import Composed
from emo_osc.studio.sounds_to_notes import backing_of, melody_of_sounds
from emo_osc.studio.streams import Stream, held
from emo_osc.studio.tokens import tokens_of


class PhraseStream:
    """A sequence of streams; a request that does not continue the current stream begins a new one."""

    def __init__(self, begin: Callable[[int], Stream], seed: int) -> None:
        """`begin` makes the stream of a seed."""
        self._begin, self._seeds = begin, count(seed)
        self._stream, self._first = begin(next(self._seeds)), 0
        self._recent: dict[int, list[Sound]] = {}

    def go_on(self, affect: Affect, bar: int, tempo_bpm: float) -> Composed:
        """A phrase that holds only the new bar, composed for a tempo; `measured` covers the last sixteen bars."""
        own = bar - self._first
        if own != self._stream.bars and not self._stream.can_go_back_to(own):
            self._stream, self._first, own = self._begin(next(self._seeds)), bar, 0
            self._recent.clear()
        self._recent[bar] = placed(self._stream.compose(affect, own, tempo_bpm), bar % BARS)
        self._recent = {at: sounds for at, sounds in self._recent.items() if bar - BARS < at <= bar}
        heard = [sound for sounds in self._recent.values() for sound in sounds]
        measured = measure(np.array([tokens_of(melody_of_sounds(heard))]))
        own_notes = self._recent[bar]
        return Composed(melody_of_sounds(own_notes), measured, 0.0, bar, backing=backing_of(own_notes))


def placed(sounds: list[Sound], slot: int) -> list[Sound]:
    """A bar's notes at its place in a phrase, cut at the phrase's end."""
    at = slot * BAR_STEPS
    return held([Sound(s.step + at, s.part, s.pitch, s.length) for s in sounds], BARS)
