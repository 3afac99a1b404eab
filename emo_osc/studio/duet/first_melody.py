"""The melody of the first generator as the source of a stream: sixteen bars for an affect, then sixteen more.

Where the affect changes, the bars from there on are decoded anew on the same plan, hearing those before, which stay.
The next melody is made one bar early, since the accompaniment of the last bar reads what follows it.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.affect import Affect
from emo_osc.core.score import BARS
from emo_osc.studio.aims import in_one_mode
from emo_osc.studio.attributes import in_c, measure_table, misses
from emo_osc.studio.decoding.decode import no_denormals
from emo_osc.studio.duet.given_melody import GivenMelody, MelodyBar, phrase_of
from emo_osc.studio.events import BAR_STEPS
from emo_osc.studio.line.sample import FREE
from emo_osc.studio.music_vae import MusicVAE
from emo_osc.studio.pool.latents import Latent
from emo_osc.studio.proposers import Proposal

CHANGED = 0.02  # on the plane: nearer affects are one
DRAFTS = 3  # of a melody; the nearest to the affect's targets is kept
KEPT_PHRASES = 2  # the last bars may be asked for again


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A melody of sixteen bars, the latent it was decoded from and the affect its last bars are for."""

    affect: Affect
    latent: Latent
    melody: GivenMelody


class FirstMelody:
    """An endless melody of the first generator's model; the same seed and affects give the same bars."""

    def __init__(self, model: MusicVAE, seed: int) -> None:
        self._model, self._seed = model, seed
        self._phrases: dict[int, _Phrase] = {}

    def bar(self, bar: int, affect: Affect) -> MelodyBar:
        """A bar, for an affect: see `MelodySource`."""
        number, slot = divmod(bar, BARS)
        self._phrases = {at: each for at, each in self._phrases.items() if at > number - KEPT_PHRASES}
        phrase = self._updated(number, slot, affect)
        after = phrase if slot < BARS - 1 else self._updated(number + 1, 0, affect)
        return phrase.melody.bar_before(slot, after.melody)

    def _updated(self, number: int, slot: int, affect: Affect) -> _Phrase:
        """A phrase, for an affect from `slot` on."""
        phrase = self._phrases.get(number)
        if phrase is None or phrase.affect.distance(affect) > CHANGED:
            phrase = self._changed(phrase, slot, affect) if phrase and slot else self._begun(number, affect)
            self._phrases[number] = phrase
        return phrase

    def _begun(self, number: int, affect: Affect) -> _Phrase:
        """The best of some drafts."""
        states = np.random.SeedSequence((self._seed, number)).generate_state(DRAFTS, np.uint64)
        seeds = [int(state >> 1) for state in states]
        proposal = self._model.proposer.propose(affect, seeds, self._model.sampling)
        tokens = self._decoded(proposal)
        wanted = in_one_mode(self._model.sampling.aim(affect), seeds)
        row = int(misses(measure_table(tokens), wanted).argmin())
        return self._phrase(affect, Latent(proposal.latents[row], proposal.forms[row], seeds[row]), tokens[row])

    def _changed(self, phrase: _Phrase, slot: int, affect: Affect) -> _Phrase:
        """The same phrase with the bars from `slot` on for another affect."""
        wanted = in_one_mode(self._model.sampling.aim(affect), [phrase.latent.seed])
        given = np.full((1, BARS * BAR_STEPS), FREE, np.uint8)
        begin = slot * BAR_STEPS
        given[0, :begin] = phrase.melody.tokens[:begin]
        proposal = replace(self._model.proposer.moved([phrase.latent], wanted), given=given)
        tokens = self._decoded(proposal)[0]
        tokens[:begin] = phrase.melody.tokens[:begin]
        return self._phrase(affect, phrase.latent, tokens)

    def _decoded(self, proposal: Proposal) -> NDArray[np.int64]:
        with no_denormals():
            tokens = self._model.proposer.play(proposal, self._model.sampling)
        return tokens if self._model.proposer.is_in_c else in_c(tokens)

    def _phrase(self, affect: Affect, latent: Latent, tokens: NDArray[np.int64]) -> _Phrase:
        until = self._model.proposer.until(latent.numbers[None])[0]
        return _Phrase(affect, latent, GivenMelody.of(tokens, phrase_of(until)))
