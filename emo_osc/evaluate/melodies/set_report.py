"""The whole report on a list of melodies beside people's: separability, tells, diversity, copying, and affect.

`report` is the function; `report_on` reads people from a corpus folder for it. Figures are means over the list's sets
(one seed each). Matched people are as dense, as high and as major as the list, no song twice (`matched`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.affect import Affect
from emo_osc.evaluate.band_voices import fitted_band
from emo_osc.evaluate.judges.features import Floats
from emo_osc.evaluate.judges.labelled import Labelled
from emo_osc.evaluate.melodies.affect_correlation import (
    Judges,
    affect_correlation,
    cue_correlation,
    fit_judges,
    people_affect_correlation,
    read,
)
from emo_osc.evaluate.melodies.asked import asked_table
from emo_osc.evaluate.melodies.copies import Known, copy_table
from emo_osc.evaluate.melodies.diversity import diversity, within
from emo_osc.evaluate.melodies.melody_list import MelodyList
from emo_osc.evaluate.melodies.phrase_tables import labelled_ends, phrase_ends, rhythm_families
from emo_osc.evaluate.melodies.sides import Side, as_sets, match, separability, tell_columns
from emo_osc.evaluate.melodies.sounding import respelled_share, sounding
from emo_osc.evaluate.melodies.tells import TELLS, tells_of
from emo_osc.evaluate.melody_report import spaced_windows
from emo_osc.studio.attributes import Tokens
from emo_osc.train.corpora.corpus import LICENSED, Corpus, load_corpus

Table = dict[str, dict[str, float]]
Tables = dict[str, Table]

OTHER_SPLIT = {"test": "valid", "valid": "test", "train": "valid"}
SEPARABILITY, TELL, WHOLE = "told from people", "tells", "as a whole, beside matched people"


@dataclass(frozen=True, slots=True)
class People:
    """The human melodies that a list is compared with.

    `people` are of one split; `others`, of another, are separated from them for comparison. `known` is what the
    training melodies have; `judges` estimate affects, `clips` are what they were fitted to. None leaves those tables
    out.
    """

    people: Corpus
    others: Corpus | None = None
    known: Known | None = None
    clips: Labelled | None = None
    judges: Judges | None = None

    @classmethod
    def of(
        cls,
        data: Path,
        split: str = "valid",
        clips: Labelled | None = None,
        repertoires: Sequence[str] = LICENSED,
    ) -> "People":
        """People of a corpus folder; a model is chosen on `valid`, and reported on `test` once.

        `repertoires` narrows whom to compare with; copying is looked for in all training melodies.

        Raises:
            EmoOscError: the corpus is not there.
        """
        return cls(
            spaced_windows(data, split, repertoires),
            spaced_windows(data, OTHER_SPLIT[split], repertoires),
            Known.of(load_corpus(data, "train").tokens),
            clips,
            None if clips is None else fit_judges(clips),
        )


def report(
    ours: Tokens,
    affects: Sequence[Affect] | None,
    people: People | Corpus,
    sets: NDArray[np.integer] | None = None,
    evening: Tokens | None = None,
    is_quick: bool = False,
) -> Tables:
    """All tables on melodies (N, 256) that were made for `affects`; None: for none, and they are taken as they are.

    `sets` (N,) numbers the seeds; `evening` (M, 256) are melodies of one mood, as they sound; `is_quick` leaves out the
    forests, which take most of the time.

    Raises:
        EmoOscError: scipy is not installed.
    """
    beside = People(people) if isinstance(people, Corpus) else people
    melodies = MelodyList.of(ours, affects, sets)
    parts = [_of_one_set(each, beside, seed, is_quick) for seed, each in enumerate(melodies.split())]
    return mean_tables(parts) | _of_people(beside, is_quick) | _evening(evening, beside)


def report_on(
    melodies: MelodyList, data: Path, split: str = "valid", clips: Labelled | None = None, is_quick: bool = False
) -> Tables:
    """The same of a list, beside the people of a corpus folder.

    Raises:
        EmoOscError: the corpus is not there.
    """
    beside = People.of(data, split, clips)
    return report(melodies.tokens, melodies.affects, beside, melodies.sets, is_quick=is_quick)


def mean_tables(parts: Sequence[Tables]) -> Tables:
    """The mean of each figure over the parts that have it."""
    mean: Tables = {}
    for title, table in ((title, table) for part in parts for title, table in part.items()):
        for row, figures in table.items():
            for column in figures:
                values = [
                    part[title][row][column]
                    for part in parts
                    if column in part.get(title, {}).get(row, {}) and np.isfinite(part[title][row][column])
                ]
                if values:
                    mean.setdefault(title, {}).setdefault(row, {})[column] = float(np.mean(values))
    return mean


def separability_from_all(tokens: Tokens, people: Corpus, seed: int = 0) -> dict[str, float]:
    """How often tests by tells and by forest separate melodies (N, 256), taken as they are, from all of people's."""
    return separability(_ours(tokens, people), Side.of(people.tokens, people.group), seed)


def _of_one_set(melodies: MelodyList, beside: People, seed: int, is_quick: bool) -> Tables:
    played = melodies.tokens if melodies.affects is None else sounding(melodies.tokens, melodies.affects)
    ours, people = _ours(played, beside.people), Side.of(beside.people.tokens, beside.people.group)
    pairs = match(ours, people)
    sides = {"": (ours, people)} | ({"matched ": (pairs.ours, pairs.people)} if pairs.is_enough else {})
    shown = {"ours": played, "people": people.tokens}
    tables: Tables = {
        SEPARABILITY: {
            f"ours from {prefix or 'all '}people": separability(*each, seed=seed, is_quick=is_quick)
            for prefix, each in sides.items()
        },
        TELL: tell_columns(sides),
        "diversity": {"ours": diversity(played)},
    }
    if pairs.is_enough:
        shown["matched people"] = pairs.people.tokens
        tables[WHOLE] = {"ours": as_sets(pairs)}
        tables["diversity"] |= {
            "ours, matched": diversity(pairs.ours.tokens),
            "matched people": diversity(pairs.people.tokens),
        }
    tables |= {"phrase ends": phrase_ends(shown), "rhythm families": rhythm_families(shown)}
    tables["band"] = {name: fitted_band(tokens) for name, tokens in shown.items()}
    if beside.known is not None:
        tables["copied from training songs"] = copy_table(played, people.tokens, beside.known)
    return tables if melodies.affects is None else _with_affects(tables, melodies, played, beside.judges)


def _with_affects(tables: Tables, melodies: MelodyList, played: Tokens, judges: Judges | None) -> Tables:
    affects = melodies.affects or ()
    points = np.unique([(a.valence, a.arousal) for a in affects], axis=0, return_inverse=True)[1].ravel()
    tables["diversity"]["ours, of one affect"] = within(played, points)
    tables["as asked"] = asked_table(played, affects)
    tables["as asked"]["melodies re-spelled on stage"] = {"share": respelled_share(melodies.tokens, played)}
    if judges is not None:
        readings = read(played, judges)
        tables["heard in the notes, r"] = affect_correlation(readings, affects)
        tables["cues, r"] = cue_correlation(played, readings, affects)
    return tables


def _ours(played: Tokens, people: Corpus) -> Side:
    """Ours, each of a song of its own that people do not have."""
    return Side.of(played, np.arange(len(played)) + int(people.group.max()) + 1)


def _of_people(beside: People, is_quick: bool) -> Tables:
    """What the same tests say of people: of one split from another, and what each repertoire is like."""
    people, others = beside.people, beside.others
    tables: Tables = {
        "tells of people, by repertoire": _by_repertoire(people),
        "phrase ends by people's labels": labelled_ends(people),
        "rhythm families of people": rhythm_families(_repertoires(people)),
    }
    if beside.clips is not None:
        tables["heard in people's notes, r"] = people_affect_correlation(beside.clips)
    if others is not None:
        tables |= _others(people, others, is_quick)
    return tables


def _others(people: Corpus, others: Corpus, is_quick: bool) -> Tables:
    """The same tests asked of people of another split: how near people themselves come."""
    theirs, mine = Side.of(people.tokens, people.group), Side.of(others.tokens, others.group + people.group.max() + 1)
    figures = {"people from other people": separability(mine, theirs, is_quick=is_quick)}
    pairs = match(mine, theirs)
    if not pairs.is_enough:
        return {"people told from people": figures}
    figures["people from matched people"] = separability(pairs.ours, pairs.people, is_quick=is_quick)
    return {"people told from people": figures, f"people {WHOLE}": {"other people": as_sets(pairs)}}


def _repertoires(people: Corpus) -> dict[str, Tokens]:
    named = {name: people.tokens[people.source == source] for source, name in enumerate(people.sources)}
    return {name: tokens for name, tokens in named.items() if len(tokens)}


def _by_repertoire(people: Corpus) -> Table:
    each = {name: tells_of(tokens) for name, tokens in _repertoires(people).items()}
    return {
        tell: {name: float(np.nanmean(values[:, column])) for name, values in each.items() if _known(values[:, column])}
        for column, tell in enumerate(TELLS)
    }


def _known(values: Floats) -> bool:
    return bool(np.isfinite(values).any())


def _evening(evening: Tokens | None, beside: People) -> Tables:
    """Many melodies of one mood, and as many of people, one of each song of both splits, where there are enough."""
    if evening is None:
        return {}
    each = [part for part in (beside.people, beside.others) if part is not None]
    songs = np.concatenate([part.tokens[np.unique(part.group, return_index=True)[1]] for part in each])
    row = {"ours": diversity(evening), "people": diversity(songs[: len(evening)])}
    return {"an evening of one mood": row}
