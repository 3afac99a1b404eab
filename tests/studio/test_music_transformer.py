"""The transformer as a generator: whole pieces with chords, variations, and checkpoints that are not its own."""

from pathlib import Path

import pytest
import torch

from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import NEUTRAL, Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import BARS, PHRASE_TICKS, TICKS_PER_BAR, Melody, Note
from emo_osc.studio.aims import Aims
from emo_osc.studio.events import BACKING, MELODY, Sound
from emo_osc.studio.generators import build
from emo_osc.studio.music_transformer import NAME, Transformer, chords_of
from emo_osc.studio.nets.music_transformer import MusicTransformer, MusicTransformerConfig
from emo_osc.studio.sounds_to_notes import backing_of
from emo_osc.weights import checkpoints

pytestmark = pytest.mark.torch

HERE = Affect(0.4, 0.2)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint as training keeps it, of a net that learned nothing but to end its bars."""
    torch.manual_seed(5)
    config = MusicTransformerConfig(width=32, layers=1, heads=2, context=96, feeling=8)
    net = MusicTransformer(config)
    with torch.no_grad():
        net.heads[0].get_parameter("bias")[-1] = 1.0
    tensors = {name: value.half() for name, value in net.state_dict().items()}
    return checkpoints.save(tmp_path_factory.mktemp("net"), NAME, tensors, {"transformer": config.as_dict()})


@pytest.fixture(scope="module")
def generator(path: Path) -> Transformer:
    built = build(GeneratorSection(name=NAME, checkpoint=str(path), melody="own"))
    assert isinstance(built, Transformer)
    return built


def test_pieces_have_sixteen_bars_and_chords_and_come_nearest_first(generator: Transformer) -> None:
    made = generator.compose(HERE, 2, seed=4)

    assert made == generator.compose(HERE, 2, seed=4)
    assert [each.melody.bars for each in made] == [BARS, BARS]
    assert [len(each.chords) for each in made] == [2 * BARS, 2 * BARS]
    assert made[0].distance <= made[1].distance
    assert made[0].melody.notes
    assert made[0].measured.notes_per_bar > 0


def test_a_variation_keeps_about_as_much_as_was_asked_for(generator: Transformer) -> None:
    source = Melody(tuple(Note(tick, 480, 60 + tick // 480 % 12) for tick in range(0, PHRASE_TICKS, 480)))

    same = generator.vary(source, "", HERE, 0.0, 1, seed=1)[0]
    some = generator.vary(source, "", HERE, 0.25, 1, seed=1)[0]

    assert same.melody == source
    kept = [bar for bar in range(BARS) if some.melody.clipped(bar, 1) == source.clipped(bar, 1)]
    assert len(kept) == 12
    assert generator.vary(source, "", HERE, 1.0, 1, seed=1) == generator.compose(HERE, 1, seed=1)


def test_a_song_is_accompanied_whole_in_its_own_key(generator: Transformer) -> None:
    tune = tuple(Note(480 * beat, 480, (62, 66, 69, 74)[beat % 4]) for beat in range(4 * 20))
    phrases = [Melody(tune, 20).clipped(0, 16), Melody(tune, 20).clipped(16, 4)]

    first, second = made = generator.accompany(phrases, HERE, 3)

    assert made == generator.accompany(phrases, HERE, 3) != generator.accompany(phrases, HERE, 4)
    assert [each.melody.notes for each in made] == [phrase.notes for phrase in phrases]
    assert first.chords[0] % 12 == 2, "D"
    assert first.backing
    assert all(note.end_tick <= 4 * TICKS_PER_BAR for note in second.backing)


def test_an_accompaniment_is_polyphonic_and_repeats_no_sounding_pitch() -> None:
    sounds = [Sound(0, MELODY, 72, 4), Sound(0, BACKING, 48, 8), Sound(0, BACKING, 52, 4), Sound(4, BACKING, 48, 4)]

    assert backing_of(sounds) == (Note(0, 480, 48), Note(0, 480, 52), Note(480, 480, 48))


def test_chords_are_heard_in_the_accompaniment() -> None:
    triads = {0: (0, 4, 7), 5: (5, 9, 0), 7: (7, 11, 2), 21: (9, 0, 4)}
    played = (0, 0, 21, 21, 5, 5, 7, 7) * 4
    sounds = [Sound(8 * half, BACKING, 48 + tone, 8) for half, chord in enumerate(played) for tone in triads[chord]]

    assert chords_of(sounds) == played


@pytest.mark.parametrize("config", [{}, {"transformer": {"width": 64}}, {"transformer": {"colour": 1}}])
def test_another_checkpoint_is_refused_with_a_line(tmp_path: Path, config: dict[str, object]) -> None:
    other = checkpoints.save(tmp_path, NAME, {"weights": torch.zeros(2)}, config)

    with pytest.raises(EmoOscError, match=f"not a {NAME} checkpoint"):
        build(GeneratorSection(name=NAME, checkpoint=str(other)))


@pytest.mark.slow
def test_a_held_density_is_counted_in_the_bars_the_shipped_weights_write() -> None:
    counted = []
    for density in (-0.5, 0.0, 0.5, 1.0):
        generator = build(GeneratorSection(name=NAME, seed=1), Aims(density=density))
        assert isinstance(generator, Transformer)
        streams = [generator.stream(seed) for seed in range(3)]
        counted.append(sum(s.part == MELODY for each in streams for _ in range(8) for s in each.compose(NEUTRAL)))

    assert counted == sorted(counted), counted
    assert counted[2] > 1.15 * counted[1]
    assert counted[3] > 1.5 * counted[1]


def test_a_density_is_told_as_a_slower_pace_and_lets_the_seed_as_it_was(generator: Transformer, path: Path) -> None:
    section = GeneratorSection(name=NAME, checkpoint=str(path), melody="own")
    slower, dense, plain = generator.stream(3), build(section, Aims(density=0.5)), build(section, Aims())
    assert isinstance(dense, Transformer)
    assert isinstance(plain, Transformer)

    assert dense.stream(3).compose(HERE, 0, 120.0) == slower.compose(HERE, 0, 120.0 / 2**0.5)
    assert plain.stream(3).compose(HERE, 0, 120.0) == generator.stream(3).compose(HERE, 0, 120.0)
