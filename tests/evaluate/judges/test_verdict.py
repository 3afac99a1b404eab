"""The verdict over makers of whom one follows and one does not hear, told from people who write as they do."""

import sys
from pathlib import Path

import numpy as np
import pytest

from emo_osc.core.affect import Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.evaluation import labelled
from emo_osc.evaluate.judges import judge, two_sample
from emo_osc.evaluate.judges.labelled import load_labelled
from emo_osc.evaluate.judges.quadrant_plot import quadrant_plots
from emo_osc.evaluate.judges.verdict import Verdict, verdict
from emo_osc.evaluate.makers import BATCH, Size, judged_makers
from emo_osc.studio.attributes import measure_table
from emo_osc.train.corpora.corpus import Corpus
from emo_osc.train.corpora.phrase_place import PhrasePlace
from tests.evaluate.labelled_files import FOLLOW, IGNORE, write_labelled
from tests.studio.sketch import Sketch

QUADRANT_ROW = "emopia, as they are: quadrant"


def people(seed: int, leap: int = 0) -> Corpus:
    """Forty songs in the style of the makers, of two windows each; `leap` adds semitones to every other note."""
    tokens = IGNORE.make(Affect(0, 0), 80, seed)
    notes = np.cumsum(tokens > 1, axis=1)
    tokens = np.where((tokens > 1) & (notes % 2 == 0), tokens + leap, tokens)
    songs, nought = np.repeat(np.arange(40), 2), np.zeros(80, dtype=np.int64)
    place = PhrasePlace.unknown(80)
    return Corpus(tokens.astype(np.uint8), place, nought, nought, songs, songs, nought, nought, ("made",))


@pytest.fixture(scope="module")
def confusions_(tmp_path_factory: pytest.TempPathFactory) -> Verdict:
    folder = tmp_path_factory.mktemp("clips")
    write_labelled(folder)
    leaping = people(9, leap=12).tokens.astype(np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge, "TREES", 20)
        patch.setattr(two_sample, "TREES", 20)
        makers = {"ours": FOLLOW, "deaf": IGNORE}
        return verdict(makers, load_labelled(folder), people(1), people(2), leaping, samples=64)


def test_each_maker_stands_beside_people(confusions_: Verdict) -> None:
    for form in ("notes", "played"):
        row = confusions_.tables[f"understood, {form}"][QUADRANT_ROW]
        assert list(row) == ["ours", "deaf", "people", "low", "high", "met"]
        assert row["low"] <= row["people"] <= row["high"]
        assert row["met"] == float(row["ours"] >= row["people"])
    notes = confusions_.tables["understood, notes"][QUADRANT_ROW]
    assert notes["deaf"] < 0.5 < notes["ours"]
    whole = confusions_.tables["notes, judged by emopia"]
    assert notes["people"] == whole["all human clips, five folds by song"]["quadrant"]
    within = confusions_.tables["understood, notes"]["emopia, within their set: valence"]
    assert within["people"] == whole["human test clips, within their set"]["valence"]


def test_who_writes_as_people_do_is_not_told_and_who_leaps_is(confusions_: Verdict) -> None:
    table = confusions_.tables["ours or human? a classifier is right"]

    assert table["human, other songs"]["accuracy"] < 0.7
    assert table["deaf, for the sixteen moods"]["accuracy"] < 0.7
    assert table["ours, drawn with the affect open"]["accuracy"] > 0.9
    first = table["ours, for the sixteen moods"]
    assert first["at_most"] == 0.65
    assert first["met"] == float(first["accuracy"] <= 0.65)
    assert [name for name, row in table.items() if "met" in row] == ["ours, for the sixteen moods"]


def test_what_gives_ours_away_is_named(confusions_: Verdict) -> None:
    table = confusions_.tables["what gives ours away"]

    weights = [row["weight"] for row in table.values()]
    assert weights == sorted(weights, reverse=True)
    assert {"weight", "ours", "human", "apart"} == set(next(iter(table.values())))


def test_a_picture_is_drawn_for_each_form(confusions_: Verdict, tmp_path: Path) -> None:
    one_judge = {form: dict(list(judges.items())[:1]) for form, judges in confusions_.confusions.items()}

    drawn = quadrant_plots(one_judge, tmp_path / "plots")

    assert [path.name for path in drawn] == ["quadrants_notes.png", "quadrants_played.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


def test_ours_are_composed_a_few_at_a_time_and_edited_ones_set_their_tempo() -> None:
    sketch = Sketch()
    makers = judged_makers(sketch, people(1).tokens)

    made = {name: maker.make(Affect(0.5, 0.5), BATCH + 3, 7) for name, maker in makers.items()}

    assert sketch.composed == [Affect(0.5, 0.5)] * 2
    assert {name: tokens.shape for name, tokens in made.items()} == dict.fromkeys(makers, (BATCH + 3, 256))
    paces = {name: maker.pace(made[name], Affect(0.5, 0.5)) for name, maker in makers.items()}
    assert np.ptp(paces["ours"]) == 0.0
    slow, fast = np.argsort(measure_table(made["edited"])[:, 0])[[0, -1]]
    assert paces["edited"][fast] < paces["edited"][slow]


def test_fewer_than_the_moods_cannot_be_judged() -> None:
    with pytest.raises(ValueError, match="16 judged"):
        Size(judged=15)


def test_judges_without_a_corpus_say_what_they_need(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EmoOscError, match="--data"):
        labelled(None)
    with pytest.raises(EmoOscError, match=r"labelled_16bar\.npz: no labelled clips"):
        labelled(tmp_path)
    write_labelled(tmp_path)
    (tmp_path / "notes_labelled.npz").unlink()
    with pytest.raises(EmoOscError, match=r"notes_labelled\.npz: no labelled clips"):
        labelled(tmp_path)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(EmoOscError, match="need scikit-learn"):
        labelled(tmp_path)
