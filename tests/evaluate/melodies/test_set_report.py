"""The report on a list of melodies: what sounds, told or not, matched, copied; from files too."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from emo_osc.cli.evaluate import evaluate
from emo_osc.config.preset import GeneratorSection
from emo_osc.core.affect import Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.evaluation import Choices, labelled, reported
from emo_osc.evaluate.judges import judge, two_sample
from emo_osc.evaluate.makers import Size
from emo_osc.evaluate.melodies.affect_correlation import cue_correlation
from emo_osc.evaluate.melodies.composed_list import AFFECTS, as_people, composed_list, evening
from emo_osc.evaluate.melodies.copies import Known, copied_notes, copied_rhythms, nearly_copied_rhythms
from emo_osc.evaluate.melodies.diversity import diversity, within
from emo_osc.evaluate.melodies.matched import matched
from emo_osc.evaluate.melodies.melody_list import MelodyList, write_melodies
from emo_osc.evaluate.melodies.set_report import SEPARABILITY, People, Tables, mean_tables, report
from emo_osc.evaluate.melodies.sounding import respelled_share, sounding
from emo_osc.studio.attributes import measure_table
from emo_osc.studio.ranking.note_cues import CUES, Notes
from tests.evaluate.labelled_files import write_labelled
from tests.evaluate.melodies.lines import by_lot, corpus, melody
from tests.studio.sketch import Sketch
from tests.train.corpora.shard_files import SHARDS, write_shard

SAD, GLAD = Affect(-0.7, 0.0), Affect(0.7, 0.0)


@pytest.fixture(scope="module")
def told() -> Tables:
    """Melodies of sixteenths, beside people who write eighths."""
    ours, people = by_lot(60, 1, every=1, share=0.4), corpus(by_lot(80, 2))
    beside = People(people, corpus(by_lot(80, 3)), Known.of(by_lot(40, 4)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(two_sample, "TREES", 20)
        return report(ours, [SAD, GLAD] * 30, beside, np.repeat([0, 1], 30), evening=ours[:20])


def test_what_differs_is_told_and_people_are_not(told: Tables) -> None:
    assert told[SEPARABILITY]["ours from all people"]["logistic accuracy"] > 0.9
    assert told[SEPARABILITY]["ours from all people"]["forest accuracy"] > 0.9
    assert told["people told from people"]["people from other people"]["forest accuracy"] < 0.75
    assert told["tells"]["bars on the 8th grid only"]["auc"] > 0.95
    assert told["rhythm families"]["ours"]["16ths"] == 1.0


def test_figures_are_of_what_sounds(told: Tables) -> None:
    assert told["as asked"]["mode"]["missed"] < 0.3  # as composed half of them: all are in major
    assert told["as asked"]["melodies re-spelled on stage"]["share"] > 0.2


def test_each_part_stands_in_its_table(told: Tables) -> None:
    assert {"phrase ends", "diversity", "copied from training songs", "an evening of one mood"} <= told.keys()
    assert {"changes", "cadence", "clashes", "bass with melody", "moved"} <= told["band"]["ours"].keys()
    assert {"ours", "people"} <= told["band"].keys()
    assert told["phrase ends by people's labels"]["made"]["chance"] == pytest.approx(0.125)
    assert set(told["as a whole, beside matched people"]["ours"]) == {
        "overlapped area", "frechet", "melodies", "apart",
    }  # fmt: skip


def test_without_a_match_the_rest_is_told() -> None:
    tables = report(by_lot(20, 1, every=1), [SAD] * 20, corpus(by_lot(40, 2)), is_quick=True)
    assert list(tables[SEPARABILITY]) == ["ours from all people"]
    assert "as a whole, beside matched people" not in tables


def test_melodies_without_an_affect_are_taken_as_they_are() -> None:
    tables = report(by_lot(20, 1), None, corpus(by_lot(40, 2)), is_quick=True)
    assert "as asked" not in tables
    assert not [name for name in tables[SEPARABILITY]["ours from all people"] if name.startswith("forest")]


def test_figures_are_means_over_the_sets_that_have_them() -> None:
    one, other = {"t": {"r": {"a": 1.0, "b": 5.0}}}, {"t": {"r": {"a": 3.0, "b": float("nan")}}}
    assert mean_tables([one, other]) == {"t": {"r": {"a": 2.0, "b": 5.0}}}


def test_major_sounds_minor_where_the_feeling_is_low() -> None:
    major = melody({0: 60, 4: 64, 8: 67, 12: 72})
    heard = sounding(major, [SAD])
    assert measure_table(heard)[0, 2] < 0.5 < measure_table(major)[0, 2]
    assert respelled_share(major, heard) == 1.0
    assert np.array_equal(sounding(major, [GLAD]), major)
    assert np.array_equal(sounding(heard, [SAD]), heard)


def test_a_cue_is_set_beside_what_was_asked_and_what_the_judges_read_within_an_affect() -> None:
    tokens = by_lot(40, 5, every=2)
    wide = CUES["mean interval"].standardised(Notes(tokens))
    affects = [GLAD, SAD] * 20
    steps = np.array([10.0, -10.0] * 20)  # between the affects, where a judge may only read the density
    readings = {"valence": {"one": wide + steps, "other": steps - wide}}

    row = cue_correlation(tokens, readings, affects)["mean interval"]

    assert row["valence one"] == pytest.approx(1.0)
    assert row["valence other"] == pytest.approx(-1.0)
    assert abs(row["valence asked"]) < 0.5


def test_matched_people_are_near_and_no_song_comes_twice() -> None:
    ours, people = by_lot(10, 1), by_lot(40, 2, every=4)
    people[::2] = by_lot(20, 3)
    songs = np.arange(40) // 4
    pairs = matched(ours, people, songs)
    assert len(set(songs[pairs.people].tolist())) == len(pairs.people) == len(set(pairs.ours.tolist()))
    assert (pairs.people % 2 == 0).all()  # the dense ones
    assert len(matched(ours, people + 12 * (people >= 2), songs).ours) == 0  # an octave away is no match


def test_a_rhythm_is_copied_where_its_notes_are_not() -> None:
    train, stranger = by_lot(6, 1), by_lot(6, 2)
    copy = np.where(train >= 2, np.where(stranger >= 2, stranger, 48), 0)
    known = Known.of(train)
    assert copied_rhythms(copy, known, 16) == 1.0
    assert copied_notes(copy, known, 8) == 0.0
    assert nearly_copied_rhythms(copy, known) == 1.0
    assert copied_rhythms(stranger, known, 16) == 0.0
    assert copied_notes(train + 2 * (train >= 2), known, 4) == 1.0  # in another key


def test_the_same_melody_twice_is_no_diversity() -> None:
    same, many = np.repeat(by_lot(1, 1), 4, axis=0), by_lot(4, 2)
    assert diversity(same)["pair"] == diversity(same)["other's bars"] == 1.0
    assert diversity(many)["nearest"] < 0.5
    assert within(np.concatenate([same, same]), np.repeat([0, 1], 4))["pair"] == 1.0


def test_a_list_is_read_as_it_was_written(tmp_path: Path) -> None:
    kept = MelodyList.of(by_lot(4, 1), [SAD, GLAD] * 2, np.array([0, 0, 1, 1]))
    write_melodies(kept, tmp_path / "list.jsonl")
    np.savez(
        tmp_path / "list.npz",
        tokens=kept.tokens.astype(np.uint8), affects=np.array([[-0.7, 0.0], [0.7, 0.0]] * 2), set=kept.sets,
    )  # fmt: skip
    for name in ("list.jsonl", "list.npz"):
        again = MelodyList.load(tmp_path / name)
        assert np.array_equal(again.tokens, kept.tokens)
        assert again.affects == kept.affects
        assert [len(part.tokens) for part in again.split()] == [2, 2]


@pytest.mark.parametrize(
    "line",
    ["nonsense", "{}", '{"tokens": [1, 2]}', json.dumps({"tokens": [99] * 256}), json.dumps({"tokens": [0] * 256})],
)
def test_what_is_no_list_of_melodies_is_told_in_a_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "list.jsonl").write_text(line)
    with pytest.raises(EmoOscError, match=r"list\.jsonl: no list of melodies"):
        MelodyList.load(tmp_path / "list.jsonl")


def test_a_generator_is_asked_for_every_affect_a_few_at_a_time() -> None:
    sketch = Sketch()
    made = composed_list(sketch, each=2, sets=2)
    assert made.affects is not None
    assert len(made.tokens) == 2 * 2 * len(AFFECTS)
    assert set(made.affects) == set(AFFECTS)
    assert np.bincount(made.sets).tolist() == [2 * len(AFFECTS)] * 2
    assert evening(sketch, SAD, 11).shape == (11, 256)


def test_people_s_own_conditions_are_asked_for_song_after_song() -> None:
    people = corpus(by_lot(12, 1), per_song=3)
    asked: list[list[float]] = []

    def make(section: GeneratorSection, aim: object) -> Sketch:
        assert callable(aim)
        sketch = Sketch()
        whole = sketch.compose

        def compose(affect: Affect, count: int, seed: int) -> list:  # type: ignore[type-arg]
            asked.append(aim(affect).tolist())
            return whole(affect, count, seed)

        sketch.compose = compose  # type: ignore[method-assign]
        return sketch

    made = as_people(GeneratorSection(), people, 4, make=make)
    assert made.affects is None
    measured = people.attributes()
    wanted = [[notes, pitch, float(major > 0.5)] for notes, pitch, major in measured.tolist()]
    assert [wanted.index(each) // 3 for each in asked] == sorted({wanted.index(e) // 3 for e in asked}, key=[
        wanted.index(e) // 3 for e in asked
    ].index)  # four songs, none twice  # fmt: skip


def write_corpus(folder: Path) -> None:
    """All shards, twenty windows each."""
    for seed, name in enumerate(SHARDS):
        tokens = by_lot(20, seed)
        split = np.repeat([0, 1, 2], [4, 8, 8]).astype(np.uint8)
        write_shard(folder, name, {"events": tokens.astype(np.uint8), "split": split, "tonic": np.zeros(20, np.uint8)})


def test_a_generator_is_reported_on_and_its_melodies_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_sample, "TREES", 10)
    monkeypatch.setattr(judge, "TREES", 10)
    write_corpus(tmp_path)
    write_labelled(tmp_path)
    size = Size(2, 2, 1, 16, sets=2, each=1, evening=9)
    choices = Choices(tmp_path, size=size, is_judged=True, kept_out=tmp_path / "kept.jsonl")

    tables = reported(Sketch(), labelled(tmp_path), tmp_path, choices)

    assert len(MelodyList.load(tmp_path / "kept.jsonl").tokens) == 2 * len(AFFECTS)
    assert {"heard in the notes, r", "cues, r", "heard in people's notes, r", "an evening of one mood"} <= tables.keys()
    assert tables[SEPARABILITY]["ours from all people"]["forest accuracy"] > 0.5


def test_the_command_reports_on_a_file(tmp_path: Path) -> None:
    write_corpus(tmp_path)
    write_melodies(MelodyList.of(by_lot(12, 9, every=1), [SAD, GLAD] * 6), tmp_path / "ours.jsonl")
    arguments = ["--melodies", "ours.jsonl", "--data", ".", "--quick", "--json", "out.json"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        done = CliRunner().invoke(evaluate, arguments)
        refused = CliRunner().invoke(evaluate, ["--melodies", "ours.jsonl", "--samples", "4"])
    assert done.exit_code == 0, done.output
    assert "tells" in json.loads((tmp_path / "out.json").read_text())
    assert isinstance(refused.exception, EmoOscError)
    assert "leave it out" in str(refused.exception)
