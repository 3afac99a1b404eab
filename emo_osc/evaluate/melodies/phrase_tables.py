"""Where phrases end and what grid bars use, place by place and family by family, beside people's labels."""

from collections.abc import Mapping

import numpy as np

from emo_osc.evaluate.judges.features import Floats, Tokens
from emo_osc.evaluate.melodies.melody_view import BARS, MelodyView
from emo_osc.evaluate.melodies.rhythm_tells import ends_in_bar, longest_waits
from emo_osc.train.corpora.corpus import Corpus

Table = dict[str, dict[str, float]]

PERIODS = (4, 8)
SIXTEENTHS = 0.25  # of the bars: from this share on a melody is one of sixteenths
SWUNG = 0.2  # of the beats


def phrase_ends(sides: Mapping[str, Tokens]) -> Table:
    """The share of phrase ends (`longest_waits`) in each bar of four and of eight, for every side."""
    views = {who: MelodyView.of(tokens) for who, tokens in sides.items()}
    return {
        f"bar {place + 1} of {period}": {
            who: float(np.nanmean(ends_in_bar(place, period)(view))) for who, view in views.items()
        }
        for period in PERIODS
        for place in range(period)
    }


def labelled_ends(people: Corpus) -> Table:
    """Phrase ends of people's melodies by their labels, repertoire by repertoire.

    `in last bar`: the share of the longest waits that stand in the last bar of a labelled phrase, beside the `chance`
    that a bar is one; `in bar 4 of four`: by the labelled place in the phrase.
    """
    table: Table = {}
    for source, name in enumerate(people.sources):
        rows = people.source == source
        if not rows.any() or not (people.place.until[rows] >= 0).any():
            continue
        view = MelodyView.of(people.tokens[rows])
        ends, bars = longest_waits(view), view.bar.clip(0, BARS - 1)
        since, until = (
            np.take_along_axis(place[rows].astype(np.int64), bars, axis=1)
            for place in (people.place.since, people.place.until)
        )
        labels = people.place.until[rows]
        table[name] = {
            "in last bar": _share(ends, until == 0, until >= 0),
            "chance": float((labels == 0).sum() / (labels >= 0).sum()),
            "in bar 4 of four": _share(ends, since % 4 == 3, since >= 0),
        }
    return table


def rhythm_families(sides: Mapping[str, Tokens]) -> Table:
    """Which share of melodies moves on which grid. The grid holds no triplets: swing shows as dotted beats.

    `quarters`: on quarters alone; `8ths`: on eighths; `16ths`: a quarter of the bars or more have sixteenths; `few
    16ths`: fewer; `dotted`: a fifth of the beats or more are dotted pairs (they count in the others too).
    """
    return {who: _families(MelodyView.of(tokens)) for who, tokens in sides.items()}


def _families(view: MelodyView) -> dict[str, float]:
    onsets = view.starts
    bars = view.has_notes.sum(axis=1).clip(1)
    fine = onsets[:, :, 1::2].any(axis=2).sum(axis=1) / bars
    is_quarters = ~(onsets & (np.arange(16) % 4 > 0)).any(axis=(1, 2))
    beats = onsets.reshape(len(onsets), -1, 4)
    dotted = (beats == [True, False, False, True]).all(axis=2).sum(axis=1) / beats.any(axis=2).sum(axis=1).clip(1)
    shares = {
        "quarters": is_quarters,
        "8ths": (fine == 0) & ~is_quarters,
        "few 16ths": (fine > 0) & (fine < SIXTEENTHS),
        "16ths": fine >= SIXTEENTHS,
        "dotted": dotted >= SWUNG,
    }
    return {family: float(members.mean()) for family, members in shares.items()}


def _share(ends: Floats, is_there: np.ndarray, is_known: np.ndarray) -> float:
    return float((ends * (is_there & is_known)).sum() / max((ends * is_known).sum(), 1e-9))
