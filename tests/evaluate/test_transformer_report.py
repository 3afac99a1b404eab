"""What is said of the music transformer: songs against themselves, control that is there or not, and a whole run."""

from pathlib import Path

import numpy as np
import pytest
import torch

from emo_osc.cli import main as cli
from emo_osc.core.affect import Affect
from emo_osc.evaluate import arranged_form
from emo_osc.evaluate.arranged_form import MEASURES, copied, likeness, melodies, phrases
from emo_osc.evaluate.transformer_report import (
    Made,
    controlled,
    correlations,
    listener_agreement,
    losses_of_songs,
    over_the_plane,
)
from emo_osc.studio.events import BACKING, MELODY, Sound
from emo_osc.studio.music_transformer import NAME, Transformer
from emo_osc.studio.nets.music_transformer import MusicTransformer, MusicTransformerConfig
from emo_osc.studio.streams import Choice
from emo_osc.train.corpora.arrangements import load_arrangements
from emo_osc.train.labels import PUBLISHED
from emo_osc.train.listeners import Felt
from emo_osc.weights import checkpoints
from tests.evaluate.labelled_files import write_labelled
from tests.train.arranged_files import write_arranged

pytestmark = pytest.mark.torch
TINY = MusicTransformerConfig(width=32, layers=1, heads=2, context=48, feeling=8, dropout=0.0)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("songs")
    write_arranged(folder)
    write_labelled(folder)
    return folder


def net_of() -> MusicTransformer:
    torch.manual_seed(2)
    return MusicTransformer(TINY).eval()


def piece(third: int = 4, every: int = 8, top: int = 72) -> list[Sound]:
    """A triad held in each bar, and a melody of its tones."""
    chord = [Sound(bar * 16, BACKING, 48 + tone, 16) for bar in range(16) for tone in (0, third, 7)]
    tune = [Sound(step, MELODY, top + (0, third, 7)[step % 3], every) for step in range(0, 256, every)]
    return sorted([*chord, *tune])


def test_measures_count_what_is_there() -> None:
    condition = {name: measure(piece()) for name, measure in MEASURES.items()}

    assert condition["notes per bar"] == 3.0
    assert condition["notes at once"] == 3.0
    assert condition["mean pitch"] == pytest.approx(48 + 11 / 3)
    assert (condition["on chords"], condition["melody on these chords"], condition["chord changes"]) == (1.0, 1.0, 0.0)
    assert (
        condition["bars without a note"],
        condition["between the eighths"],
        condition["leaps of the lowest note"],
    ) == (0, 0, 0)
    assert condition["begins with the melody"] == 0.5
    assert condition["melody not above"] == 0.0
    assert condition["bars repeated in both parts"] == 0.0  # three notes take three bars to come round
    droned = [Sound(sound.step, sound.part, 60, 1) for sound in piece()]
    assert MEASURES["bars repeated in both parts"](droned) == 15 / 16
    assert MEASURES["melody not above"](piece(top=51)) == pytest.approx(2 / 3, abs=0.05)  # two tones below the fifth


def test_silence_is_no_accompaniment_and_no_error() -> None:
    tune = arranged_form.of_part(piece(), MELODY)

    condition = {name: measure(tune) for name, measure in MEASURES.items()}

    assert condition["bars without a note"] == 1.0
    assert np.isnan(condition["mean pitch"])
    assert np.isnan(condition["on chords"])


def test_songs_are_like_themselves_and_all_their_stretches_are_known(corpus: Path) -> None:
    arrangements = load_arrangements(corpus)
    train, test = (phrases(arrangements.of(split), every=1) for split in ("train", "test"))

    table = likeness(train, train)

    assert all(row["made"] == pytest.approx(row["human"], nan_ok=True) for row in [table[name] for name in MEASURES])
    assert table["bars without a note"]["overlap"] == pytest.approx(1.0, abs=0.05)
    assert copied(train, test, train, 2)["made"] == 1.0
    moved = [[Sound(s.step, s.part, s.pitch + 3, s.length) for s in each] for each in train]
    assert copied(moved, test, train, 2)["made"] == 1.0
    assert copied([piece(every=2)], test, train, 2)["made"] == 0.0
    assert melodies(train).shape == (len(train), 256)


def test_faster_and_higher_pieces_are_heard_as_more_excited() -> None:
    asked = [Affect(0.0, arousal) for arousal in (-0.8, -0.2, 0.3, 0.9)]
    pieces = [piece(every=every, top=top) for every, top in ((16, 60), (8, 64), (4, 67), (2, 72))]
    made = Made(np.array([(a.valence, a.arousal) for a in asked]), pieces)
    backwards = Made(made.asked, pieces[::-1])

    rows = controlled({1.0: made, 0.0: backwards}, {"taught": PUBLISHED}, {})

    assert rows["guidance 1"]["arousal, taught"] == pytest.approx(1.0)
    assert rows["guidance 0"]["arousal, taught"] == pytest.approx(-1.0)
    assert rows["guidance 1"]["valence, taught"] == 0.0  # all were asked for the same
    condition = correlations(made)
    assert condition["melody's notes per bar"]["arousal"] == pytest.approx(1.0)
    assert condition["accompaniment's notes per bar"]["arousal"] == 0.0


def test_without_guidance_the_feeling_is_not_heard(corpus: Path) -> None:
    made = over_the_plane(Transformer(net_of(), Choice(guidance=0.0)), grid=2, each=1)
    again = over_the_plane(Transformer(net_of(), Choice(guidance=0.0)), grid=2, each=1)

    assert made.pieces == again.pieces
    assert len(made.pieces) == 4
    table = losses_of_songs(net_of(), load_arrangements(corpus), 4)
    condition, untold = table["told what is felt"], table["told nothing"]
    assert condition["all"] == pytest.approx(condition["place"] + condition["note"] + condition["length"])
    assert condition["pieces"] == untold["pieces"] > 0


def test_people_are_heard_by_listeners_who_did_not_know_them(corpus: Path) -> None:
    table = listener_agreement(Felt.load(corpus))

    assert any(row["arousal"] > 0.8 for name, row in table.items() if name.startswith("fitted"))


def test_a_whole_run_prints_keeps_and_writes_a_card(corpus: Path, tmp_path: Path) -> None:
    path = checkpoints.save(tmp_path, NAME, net_of().state_dict(), {"transformer": TINY.as_dict(), "training": {}})
    preset = tmp_path / "t.yaml"
    preset.write_text(f"generator: {{name: {NAME}, checkpoint: {path}, device: cpu, melody: own}}\n", encoding="utf-8")
    card, figures = tmp_path / "card.md", tmp_path / "figures.json"

    code = cli.main(f"eval --quick --judge --preset {preset} --data {corpus} --card {card} --json {figures}".split())

    assert code == 0
    text = card.read_text(encoding="utf-8")
    assert "relative attention" in text
    assert "people's test clips, vgmidi" in text
    assert "both parts found in the training data" in text.lower()
    assert figures.stat().st_size > 1000
