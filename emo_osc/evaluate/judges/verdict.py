"""The judges' verdict: is the target emotion recognised, and are made melodies distinguishable from human ones?

Not used in composing, ranking or training (docs/judges.md). Needs scikit-learn.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from emo_osc.core.affect import MOODS
from emo_osc.evaluate.control import Tokens, judged
from emo_osc.evaluate.judges.judge import ALL_PEOPLE, AXES, PEOPLE, SCALINGS, Shares, judge_makers
from emo_osc.evaluate.judges.labelled import CORPORA, FORMS, Labelled
from emo_osc.evaluate.judges.two_sample import feature_importances, two_sample
from emo_osc.evaluate.makers import Maker, Table
from emo_osc.train.corpora.corpus import Corpus

MOST_ACCURACY = 0.65
"""Goal for the accuracy of the two-sample classifier; human against human melodies give .5."""

MOST_FEATURES = 15  # features listed


@dataclass(frozen=True, slots=True)
class Verdict:
    """Tables by title, and confusions of quadrants by form and judge."""

    tables: dict[str, Table]
    confusions: Mapping[str, Mapping[str, Shares]]


def verdict(
    makers: Mapping[str, Maker], clips: Labelled, test: Corpus, others: Corpus, drawn: Tokens, samples: int
) -> Verdict:
    """The judges and the two-sample test for all makers, with `samples` >= 16 melodies each.

    `test` are the human melodies that made ones are compared with; so are, for reference, `others`, human melodies of
    other songs, and `drawn`, ours without an affect.
    """
    predicted = judge_makers(makers, clips, samples)
    sets = {f"{name}, for the sixteen moods": for_moods(maker, samples) for name, maker in makers.items()}
    sets["ours, drawn with the affect open"] = drawn
    return Verdict(
        recognition_tables(predicted.tables, list(makers))
        | predicted.tables
        | {
            "ours or human? a classifier is right": two_sample_table(sets, test, others),
            "what gives ours away": feature_importances(
                next(iter(sets.values())), test.tokens, test.piece, most=MOST_FEATURES
            ),
        },
        predicted.confusions,
    )


def for_moods(maker: Maker, samples: int) -> Tokens:
    """Melodies for the sixteen moods, equally many, `samples` in all."""
    made = [maker.make(mood.affect, samples // len(MOODS), 100 + index) for index, mood in enumerate(MOODS)]
    return np.concatenate(made)


def recognition_tables(predicted: Mapping[str, Table], names: list[str]) -> dict[str, Table]:
    """For each form the accuracy of each judge on every maker's melodies and on human clips.

    `people`: all human clips by cross-validation; within their set, test clips. `met`: the first maker's accuracy is
    not lower.
    """
    tables: dict[str, Table] = {}
    for form in FORMS:
        rows: Table = {}
        for corpus in CORPORA:
            table = predicted[f"{form}, judged by {corpus}"]
            for scaling, is_relative in SCALINGS.items():
                people = table[f"{PEOPLE}, {scaling}" if is_relative else ALL_PEOPLE]
                for axis in AXES:
                    accuracies = {name: table[f"{name}, {scaling}"][axis] for name in names}
                    human = {"people": people[axis], "low": people[f"{axis}_low"], "high": people[f"{axis}_high"]}
                    is_met = {"met": float(accuracies[names[0]] >= people[axis])}
                    rows[f"{corpus}, {scaling}: {axis}"] = accuracies | human | is_met
        tables[f"understood, {form}"] = rows
    return tables


def two_sample_table(sets: Mapping[str, Tokens], test: Corpus, others: Corpus) -> Table:
    """Two-sample accuracy of each set against human test melodies; the goal applies to the first set."""
    table: Table = {name: two_sample(tokens, test.tokens, test.piece) for name, tokens in sets.items()}
    first = next(iter(table.values()))
    first |= judged(first["accuracy"], most=MOST_ACCURACY)
    songs = others.piece + int(test.piece.max()) + 1
    table["human, other songs"] = two_sample(others.tokens, test.tokens, test.piece, our_groups=songs)
    return table
