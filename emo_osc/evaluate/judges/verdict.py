"""What honest judges say of melodies: is the feeling heard that was asked for, and can they be told from people's?

Nothing here is used by what composes, ranks or trains (docs/judges.md). Needs scikit-learn.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from emo_osc.core.affect import MOODS
from emo_osc.evaluate.control import Tokens, judged
from emo_osc.evaluate.judges.judge import ALL_PEOPLE, AXES, PEOPLE, WORDS, Shares, hear
from emo_osc.evaluate.judges.labelled import CORPORA, FORMS, Labelled
from emo_osc.evaluate.judges.two_sample import telling, two_sample
from emo_osc.evaluate.makers import Maker, Table
from emo_osc.train.corpora.corpus import Corpus

MOST_TOLD = 0.65
"""How often a classifier may be right about which melodies are ours; people are told from people .5 of the time."""

TELLING = 15  # features that are named


@dataclass(frozen=True, slots=True)
class Verdict:
    """Tables by title, and by form and judge which quadrant is heard for which."""

    tables: dict[str, Table]
    confusions: Mapping[str, Mapping[str, Shares]]


def verdict(
    makers: Mapping[str, Maker], clips: Labelled, test: Corpus, others: Corpus, drawn: Tokens, samples: int
) -> Verdict:
    """The judges and the two-sample test over all makers, `samples` >= 16 melodies each.

    `test` are the human melodies that made ones are to be told from; `others`, of other songs, are told from them for
    comparison, and so are `drawn`, ours with the affect open.
    """
    heard = hear(makers, clips, samples)
    sets = {f"{name}, for the sixteen moods": for_moods(maker, samples) for name, maker in makers.items()}
    sets["ours, drawn with the affect open"] = drawn
    return Verdict(
        understood(heard.tables, list(makers))
        | heard.tables
        | {
            "ours or human? a classifier is right": told_apart(sets, test, others),
            "what gives ours away": telling(next(iter(sets.values())), test.tokens, test.piece, most=TELLING),
        },
        heard.confusions,
    )


def for_moods(maker: Maker, samples: int) -> Tokens:
    """As many melodies for each of the sixteen moods, `samples` in all."""
    made = [maker.make(mood.affect, samples // len(MOODS), 100 + index) for index, mood in enumerate(MOODS)]
    return np.concatenate(made)


def understood(heard: Mapping[str, Table], names: list[str]) -> dict[str, Table]:
    """For each form the shares of melodies that each judge takes for what was asked, with people's beside them.

    `people` are all human clips, in folds; within their set, test clips. `met` says that the first maker's share is no
    lower.
    """
    tables: dict[str, Table] = {}
    for form in FORMS:
        rows: Table = {}
        for corpus in CORPORA:
            table = heard[f"{form}, judged by {corpus}"]
            for words, is_relative in WORDS.items():
                people = table[f"{PEOPLE}, {words}" if is_relative else ALL_PEOPLE]
                for axis in AXES:
                    told = {name: table[f"{name}, {words}"][axis] for name in names}
                    human = {"people": people[axis], "low": people[f"{axis}_low"], "high": people[f"{axis}_high"]}
                    is_met = {"met": float(told[names[0]] >= people[axis])}
                    rows[f"{corpus}, {words}: {axis}"] = told | human | is_met
        tables[f"understood, {form}"] = rows
    return tables


def told_apart(sets: Mapping[str, Tokens], test: Corpus, others: Corpus) -> Table:
    """How often a classifier tells each set from human test melodies; the goal is the first set's."""
    table: Table = {name: two_sample(tokens, test.tokens, test.piece) for name, tokens in sets.items()}
    first = next(iter(table.values()))
    first |= judged(first["accuracy"], most=MOST_TOLD)
    songs = others.piece + int(test.piece.max()) + 1
    table["human, other songs"] = two_sample(others.tokens, test.tokens, test.piece, our_groups=songs)
    return table
