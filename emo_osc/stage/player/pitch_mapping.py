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
UNSURE = 0.05  # a melody whose major share lies this near one half is in neither mode
OCTAVE_UP, OCTAVE_BACK = 6.0, 4.0  # semitones between the register a melody was made for and the one asked for
MAJOR, MINOR = "major", "minor"


class PitchMapping:
    """The mode and the octave in which the present phrase sounds.

    Major and minor are the strongest cue for valence (Eerola, Friberg and Bresin 2013: +2.33 of 7 points); register is
    the second weakest, and only a change of it is a cue. So third, sixth and seventh follow valence at once, and an
    octave is added only where the affect has moved far from the one the melody was made for. Both have hysteresis, so
    that small movements around a limit change nothing. A phrase that enters starts without it, so that a kept phrase
    sounds as it did.
    """

    def __init__(self, targets: Targets = FORMULAS) -> None:
        self._ready: Ready | None = None
        self._mode = ""
        self._octaves = 0
        self.targets = targets
        """Read by `follow` and `begin`."""

    def begin(self, ready: Ready, affect: Affect) -> None:
        """Take another phrase, in the mode and octave it was written in as far as the affect allows."""
        self._ready, self._mode, self._octaves = ready, written_mode(ready), 0
        self.follow(affect)

    def follow(self, affect: Affect) -> None:
        """Take another affect."""
        if self._ready:
            self._mode = target_mode(self.targets.major_share(affect), self._mode)
            moved = self.targets.mean_pitch(affect) - self.targets.mean_pitch(self._ready.affect)
            self._octaves = target_octaves(moved, self._octaves)

    def own_pitches(self, rules: RuleWeights) -> tuple[int, ...]:
        """The pitch in the mode and octave of the affect for each written pitch 0..127; key and settings left out."""
        octaves = self._octaves if rules.register else 0
        return pitch_map(AUTO, AUTO, 12 * octaves, self._moves(rules, AUTO))

    def pitches(self, settings: Settings, colour: Colour = PLAIN) -> tuple[int, ...]:
        """The pitch that sounds for each written pitch 0..127. A key or scale that was set overrides the affect."""
        octaves = settings.register + (self._octaves if settings.rules.register else 0)
        # Where a key is set, a shift by anything but octaves would leave it.
        shift = colour.register if settings.key == AUTO else 12 * round(colour.register / 12)
        semitones = settings.transpose + 12 * octaves + shift
        if settings.scale != AUTO:
            return pitch_map(settings.key, settings.scale, semitones)
        scale = colour.scale if colour.scale in SCALES else AUTO
        return pitch_map(settings.key, scale, semitones, self._moves(settings.rules, scale))

    def _moves(self, rules: RuleWeights, scale: str) -> tuple[int, ...]:
        """Into a scale of seven tones the melody is mapped tone by tone; into any other, `pitch_map` snaps it."""
        written = written_mode(self._ready) if self._ready else ""
        if len(SCALES[scale]) == len(SCALES[MAJOR]):
            return mode_shift(written, scale)
        return mode_shift(written, self._mode) if rules.spelling else AS_WRITTEN


def written_mode(ready: Ready) -> str:
    """The mode a melody was written in: `major`, `minor`, or empty where it is neither or was not measured."""
    leaning = ready.measured.major_share - 0.5
    if abs(leaning) <= UNSURE:
        return ""
    return MAJOR if leaning > 0 else MINOR


def target_mode(share: float, mode: str) -> str:
    """The mode in which a melody should sound, from the share of major asked for; one in neither mode stays so.

    >>> [target_mode(share, "major") for share in (0.47, 0.4)], target_mode(0.1, "")
    (['major', 'minor'], '')
    """
    if not mode or MINOR_BELOW <= share <= MAJOR_ABOVE:
        return mode
    return MAJOR if share > MAJOR_ABOVE else MINOR


def target_octaves(moved: float, octaves: int) -> int:
    """Octaves to add, -1..1, where the register asked for has moved by `moved` semitones.

    >>> target_octaves(5.0, 0), target_octaves(7.0, 0), target_octaves(5.0, 1), target_octaves(3.0, 1)
    (0, 1, 1, 0)
    """
    held = OCTAVE_BACK if octaves * moved > 0 else OCTAVE_UP
    if abs(moved) <= held:
        return 0
    return 1 if moved > 0 else -1


@lru_cache(maxsize=64)
def mode_shift(written: str, sounding: str) -> tuple[int, ...]:
    """Semitones to add to each pitch class over C, so that the tones of one scale become those of another.

    >>> [pitch for pitch, move in enumerate(mode_shift("major", "minor")) if move]
    [4, 9, 11]
    """
    moves = [0] * 12
    if written and sounding:
        for tone, other in zip(SCALES[written], SCALES[sounding], strict=True):
            moves[tone] = other - tone
    return tuple(moves)
