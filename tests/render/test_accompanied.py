"""A melody that is given: its own notes in the file, an accompaniment under it, the same bytes from the same seed."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from emo_osc.config.preset import Preset
from emo_osc.config.preset_loading import changed
from emo_osc.core.affect import Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import BARS, TICKS_PER_BAR, Melody, Note
from emo_osc.protocol.messages import Measured
from emo_osc.render.accompanied import accompanied, check_parts
from emo_osc.render.melody_file import Tune
from emo_osc.render.offline import Take
from emo_osc.studio.canned import build
from emo_osc.studio.generators import Composed

MINOR = tuple(Note(480 * beat, 400, (57, 60, 64, 69)[beat % 4]) for beat in range(4 * 20))
TUNE = Tune(Melody(MINOR, 20), 96.0)
GLAD = Affect(0.9, 0.8)
DUET = changed(Preset(), {"performance.chords": 0.7, "performance.bass": 0.8, "performance.humanize": 0.0}, "test")


class Drone:
    """Accompanies each bar with its number below the melody."""

    name, device = "drone", "cpu"

    def compose(self, *_: object) -> list[Composed]:
        raise AssertionError("a melody is given")

    vary = compose

    def accompany(self, phrases: Sequence[Melody], _: Affect, seed: int) -> list[Composed]:
        return [
            Composed(
                replace(phrase, bars=BARS),
                Measured(4.0, 60.0, 0.5),
                0.0,
                seed,
                backing=tuple(Note(bar * TICKS_PER_BAR, 1900, 36 + seed) for bar in range(phrase.bars)),
            )
            for phrase in phrases
        ]


def pitches(takes: list[Take], channels: set[int]) -> list[int]:
    return [m[1] for take in takes for _, m in take.events if m[0] & 0xF0 == 0x90 and (m[0] & 0x0F) + 1 in channels]


def test_every_note_of_the_melody_stays_in_a_feeling_of_another_mode() -> None:
    takes = accompanied(Drone(), DUET, TUNE.phrases(), GLAD, 1, 3)

    assert [take.bars for take in takes] == [16, 4]
    assert pitches(takes, {1}) == [note.pitch for note in MINOR]
    assert pitches(takes, {2, 3}) == [39] * 20


def test_each_of_several_accompaniments_has_a_seed_of_its_own() -> None:
    takes = accompanied(Drone(), DUET, TUNE.phrases(2), GLAD, 2, 3)

    assert [take.composed.seed for take in takes] == [3, 4]
    assert {len(pitches([take], {1})) for take in takes} == {8}


def test_a_generator_without_accompaniments_leaves_the_melody_and_its_rests() -> None:
    rest = Melody(tuple(note for note in MINOR if note.start_tick >= BARS * TICKS_PER_BAR), 20)

    takes = accompanied(build(Preset().generator), DUET, Tune(rest, 96.0).phrases(), GLAD, 1, 3)

    assert [len(pitches([take], {1})) for take in takes] == [0, 16]


def test_an_accompaniment_that_nobody_would_hear_is_refused() -> None:
    check_parts(changed(Preset(), {"performance.bass": 0.1}, "test"))

    with pytest.raises(EmoOscError, match=r"^--melody: performance.chords and .*, or take --preset duet$"):
        check_parts(Preset())
