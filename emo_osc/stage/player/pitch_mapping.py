"""Maps written pitches to the mode and octave that an affect asks for. Knows no time."""

from functools import lru_cache

from emo_osc.core.affect import PLAIN, Affect, Colour
from emo_osc.core.scales import AS_WRITTEN, AUTO, SCALES, pitch_map
from emo_osc.core.targets import FORMULAS, Targets, major_share
from emo_osc.protocol.messages import Ready
from emo_osc.stage.player.rule_weights import RuleWeights
from emo_osc.stage.player.settings import Settings

MODE_MARGIN = 0.1  # how far past 0 valence must go before a melody changes its mode, where no music was measured
MINOR_BELOW, MAJOR_ABOVE = (major_share(Affect(valence, 0.0)) for valence in (-MODE_MARGIN, MODE_MARGIN))
UNSURE = 0.05  # a melody whose major share lies so near one half is of neither mode
OCTAVE_UP, OCTAVE_BACK = 6.0, 4.0  # semitones between what a melody was made for and what is felt
MAJOR, MINOR = "major", "minor"


class PitchMapping:
    """The mode and the octave in which the phrase that plays is heard.

    Major and minor are the strongest cue for valence (Eerola, Friberg and Bresin 2013: +2.33 of 7 points), register the
    weakest but one and only where it moves: so third, sixth and seventh follow valence at once, and an octave is added
    only where the feeling has gone far from what the melody was made for. Both hold on, so that a feeling that hovers
    does not flicker; a phrase that enters begins afresh, so that a kept one is heard as it was.
    """

    def __init__(self, targets: Targets = FORMULAS) -> None:
        self._ready: Ready | None = None
        self._mode = ""
        self._octaves = 0
        self.targets = targets
        """What affects ask for, from the next `follow` or `begin` on."""

    def begin(self, ready: Ready, felt: Affect) -> None:
        """A phrase enters: it is left as it was written, as far as that is right."""
        self._ready, self._mode, self._octaves = ready, own_mode(ready), 0
        self.follow(felt)

    def follow(self, felt: Affect) -> None:
        """Something else is felt."""
        if self._ready:
            self._mode = wished_mode(self.targets.major_share(felt), self._mode)
            moved = self.targets.mean_pitch(felt) - self.targets.mean_pitch(self._ready.affect)
            self._octaves = wished_octaves(moved, self._octaves)

    def pitches(self, settings: Settings, colour: Colour = PLAIN) -> tuple[int, ...]:
        """What sounds for each written pitch 0..127. A key or a scale that a player has set wins over the feeling."""
        octaves = settings.register + (self._octaves if settings.rules.register else 0)
        # With a key that was asked for, a shift that is no octave would leave it.
        shift = colour.register if settings.key == AUTO else 12 * round(colour.register / 12)
        semitones = settings.transpose + 12 * octaves + shift
        if settings.scale != AUTO:
            return pitch_map(settings.key, settings.scale, semitones)
        scale = colour.scale if colour.scale in SCALES else AUTO
        return pitch_map(settings.key, scale, semitones, self._moves(settings.rules, scale))

    def _moves(self, rules: RuleWeights, scale: str) -> tuple[int, ...]:
        """A scale of seven tones takes the melody's own, tone for tone; into any other they are snapped."""
        written = own_mode(self._ready) if self._ready else ""
        if len(SCALES[scale]) == len(SCALES[MAJOR]):
            return respelling(written, scale)
        return respelling(written, self._mode) if rules.spelling else AS_WRITTEN


def own_mode(ready: Ready) -> str:
    """The mode a melody was written in: `major`, `minor`, or empty where it is neither or nobody has measured it."""
    leaning = ready.measured.major_share - 0.5
    if abs(leaning) <= UNSURE:
        return ""
    return MAJOR if leaning > 0 else MINOR


def wished_mode(share: float, mode: str) -> str:
    """The mode in which a melody should be heard, from the share of major asked for; one of neither mode stays.

    >>> [wished_mode(share, "major") for share in (0.47, 0.4)], wished_mode(0.1, "")
    (['major', 'minor'], '')
    """
    if not mode or MINOR_BELOW <= share <= MAJOR_ABOVE:
        return mode
    return MAJOR if share > MAJOR_ABOVE else MINOR


def wished_octaves(moved: float, octaves: int) -> int:
    """Octaves to add, -1..1, where the register asked for has moved by so many semitones.

    >>> wished_octaves(5.0, 0), wished_octaves(7.0, 0), wished_octaves(5.0, 1), wished_octaves(3.0, 1)
    (0, 1, 1, 0)
    """
    held = OCTAVE_BACK if octaves * moved > 0 else OCTAVE_UP
    if abs(moved) <= held:
        return 0
    return 1 if moved > 0 else -1


@lru_cache(maxsize=64)
def respelling(written: str, heard: str) -> tuple[int, ...]:
    """Semitones to add to each pitch class over C, so that the tones of one scale become those of another.

    >>> [pitch for pitch, move in enumerate(respelling("major", "minor")) if move]
    [4, 9, 11]
    """
    moves = [0] * 12
    if written and heard:
        for tone, other in zip(SCALES[written], SCALES[heard], strict=True):
            moves[tone] = other - tone
    return tuple(moves)
