"""The model card tells what the checkpoint holds, nothing else."""

from pathlib import Path

import pytest
import torch

from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.model_card import model_card, write_card
from emo_osc.weights.checkpoints import Checkpoint

KEPT = Checkpoint(
    {
        "rhythm": {},
        "training": {
            "rhythm": {"data": ["trad"], "recipe": {"steps": 7}, "choices": {"beta": 0.2}, "last": {"loss": 1.5}}
        },
    },
    {"a": torch.zeros(1_500_000)},
)
TABLES = {"rebuilding": {"mean": {"note_f1": 0.8123, "nats": 61.26}, "drawn": {"note_f1": 0.7}}}


def test_recipe_size_and_figures_stand_on_the_card() -> None:
    card = model_card("music_vae-00000000", KEPT, TABLES)
    assert card.startswith("# music_vae-00000000\n")
    assert "1.5 million numbers" in card
    assert "- recipe: steps 7\n- choices: beta 0.2\n- at the end: loss 1.5" in card
    assert "| | note f1 | nats |\n|---|---|---|\n| mean | 0.812 | 61.3 |\n| drawn | 0.7 |  |" in card


def test_a_run_whose_end_was_moved_says_so_on_the_card() -> None:
    training = KEPT.config["training"]["rhythm"] | {"ends": [[0, 9], [4, 7]]}
    kept = Checkpoint(KEPT.config | {"training": {"rhythm": training}}, KEPT.tensors)

    card = model_card("music_vae-00000000", kept, TABLES)

    assert "- schedule: until step 9 from step 0 on, then until step 7 from step 4 on\n" in card


def test_a_card_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(EmoOscError, match=r"card\.md: cannot be written \(No such file or directory\)"):
        write_card("music_vae-00000000", KEPT, TABLES, tmp_path / "gone" / "card.md")


@pytest.mark.parametrize(
    ("network", "words"),
    [("rhythm", "The weights are under the Apache"), ("vgg16", "research only"), ("transformer", "relative attention")],
)
def test_each_network_is_introduced_with_its_data_and_licence(network: str, words: str) -> None:
    kept = Checkpoint({network: {}, "training": KEPT.config["training"]}, KEPT.tensors)
    assert words in model_card("any-name", kept, TABLES)


def test_every_stage_of_training_is_told_in_its_order() -> None:
    stages = dict.fromkeys(("actor", "notes", "rhythm"), KEPT.config["training"]["rhythm"])
    card = model_card("x", Checkpoint({"rhythm": {}, "training": stages}, KEPT.tensors), TABLES)
    places = [
        card.index(f"`emo-osc train {stage}` with") for stage in ("vae --part rhythm", "vae --part notes", "actor")
    ]
    assert places == sorted(places)


def test_the_card_is_written_as_it_reads(tmp_path: Path) -> None:
    write_card("x", KEPT, TABLES, tmp_path / "card.md")
    assert (tmp_path / "card.md").read_text(encoding="utf-8") == model_card("x", KEPT, TABLES)
