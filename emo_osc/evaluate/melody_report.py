"""Comparison of a generator's melodies with human ones: `emo-osc eval --data`.

Human melodies are the windows of the test split that start on every fourth bar of their phrase. No figure here is used
in training.
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from emo_osc.core.affect import MOODS, Affect
from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.band_voices import whole_band
from emo_osc.evaluate.baselines import edited, tonal
from emo_osc.evaluate.control import judged
from emo_osc.evaluate.form import MEASURES, cells, copied_share
from emo_osc.evaluate.melodies.sounding import sounding
from emo_osc.evaluate.overlap import compared, distances_between, distances_within, divergence, frechet, overlapped_area
from emo_osc.studio.attributes import Floats, targets
from emo_osc.studio.generators import Composed
from emo_osc.studio.harmony import chords_of
from emo_osc.studio.line.places import BARS
from emo_osc.studio.line.proposer import LineProposer
from emo_osc.studio.line.sample import Order, sample
from emo_osc.studio.music_vae import MusicVAE
from emo_osc.studio.pool.latents import Latent
from emo_osc.studio.tokens import tokens_of
from emo_osc.train.corpora.bar_map import LABELS
from emo_osc.train.corpora.corpus import LICENSED, Corpus, load_corpus
from emo_osc.train.harmony import load_arranged
from emo_osc.train.lines import plan_of

Tokens = NDArray[np.integer]
Row = dict[str, float]
Table = dict[str, Row]
_Pair = tuple[str, str, Floats, Floats]  # measure, maker, values of the maker, human values

COPY_BARS = (8, 4, 2)
LEAST_OVERLAP = 0.80
DECODED = 200  # test melodies decoded again


@dataclass(frozen=True, slots=True)
class Report:
    """Tables by title; title -> row -> column -> figure."""

    tables: Mapping[str, Table]


def evaluate(generator: MusicVAE, data: Path, samples: int = 512) -> Report:
    """All tables for a generator against the corpus in `data`; `samples` melodies are drawn without an affect.

    Raises:
        EmoOscError: the corpus is missing, or the generator plays an imported network, which has no slots to measure.
    """
    proposer = generator.proposer
    if not isinstance(proposer, LineProposer):
        raise EmoOscError("generator.checkpoint: an imported network has no latents of bars; name one of train vae")
    test, train = spaced_windows(data, "test"), load_corpus(data, "train")
    drawn = generator.draw(None, range(samples))
    kept = {mood.id: generator.compose(mood.affect, _a_mood(samples), seed) for seed, mood in enumerate(MOODS)}
    chosen = np.concatenate([_as_they_sound(kept[mood.id], mood.affect) for mood in MOODS])
    sets = _by_makers(chosen, train)
    pairs = list(_measured(sets, test.tokens))
    return Report(
        {
            "what latents keep of test melodies": kept_by_latents(proposer, test),
            "drawn with the affect open, and human melodies": likeness_table(drawn, test.tokens),
            "kept for the sixteen moods, as they sound, and human melodies": likeness_table(chosen, test.tokens),
            "how alike the sets are: overlapped areas with human melodies": overlaps(pairs),
            "divergence from human melodies, nats": divergences(pairs),
            "Frechet distance of bars in the latent space": frechets(proposer, sets, test.tokens),
            "stretches found in the training data": copying(drawn, test.tokens, train.tokens),
            "chords under the sixteen moods, and under human melodies": chords(generator, kept, data, test),
            "moods": moods(kept),
        }
    )


def kept_by_latents(proposer: LineProposer, test: Corpus) -> Table:
    """Test melodies decoded again on their own plans, told what they measure: from their own latents, from another
    melody's, and the other melody's plan and latents; F1 of onsets and of notes (onset and pitch).
    """
    corpus = test.select(np.arange(len(test.tokens))[:: max(1, len(test.tokens) // DECODED)])
    plan = plan_of(corpus)
    other = np.roll(np.arange(len(corpus.tokens)), 1)
    z, asked = proposer.read(torch.from_numpy(corpus.tokens))[:, :BARS], corpus.attributes()
    seeds = range(len(corpus.tokens))
    made = {
        "its own latents": sample(proposer.nets, Order(plan, asked, z, seeds)),
        "another's latents": sample(proposer.nets, Order(plan, asked, z[torch.from_numpy(other)], seeds)),
        "another melody": corpus.tokens[other],
    }
    return {
        name: {"onset_f1": shared(tokens > 1, corpus.tokens > 1), "note_f1": shared(tokens, corpus.tokens)}
        for name, tokens in made.items()
    }


def shared(made: NDArray[np.integer] | NDArray[np.bool_], human: NDArray[np.integer] | NDArray[np.bool_]) -> float:
    """F1 of what two sets of melodies (N, 256) have in common, melody by melody: of onsets where they say whether
    one begins, of notes where they are tokens.

    >>> shared(np.array([[41, 0, 43, 0]]), np.array([[41, 45, 0, 0]]))
    0.5
    """
    least = 0 if made.dtype == np.bool_ else 1
    ones, others = np.asarray(made > least), np.asarray(human > least)
    both = int((ones & others & (made == human)).sum())
    return 2 * both / max(1, int(ones.sum() + others.sum()))


def likeness_table(made: Tokens, human: Tokens) -> Table:
    """Each measure's mean and standard deviation on both sides, their overlap, and the overlap of two human halves."""
    half = np.random.default_rng(0).permutation(len(human)) < len(human) // 2
    table: Table = {}
    for name, measure in MEASURES.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a melody without intervals has no mean interval
            ours, theirs = measure(made), measure(human)
            table[name] = compared(ours, theirs, half)
    return table


def overlaps(measured: Sequence[_Pair]) -> Table:
    """For each measure the overlap of every maker's values, and of pairwise distances, with the human set."""
    table: Table = {}
    for name, sets, ours, theirs in measured:
        pairs = overlapped_area(distances_between(ours, theirs), distances_within(theirs))
        table.setdefault(name, {})[sets] = overlapped_area(ours, theirs)
        table[name][f"{sets}_pairs"] = pairs
    mean = {column: float(np.mean([row[column] for row in table.values()])) for column in next(iter(table.values()))}
    table["mean of all"] = mean
    return {name: row | judged(next(iter(row.values())), least=LEAST_OVERLAP) for name, row in table.items()}


def divergences(measured: Sequence[_Pair]) -> Table:
    """Kullback-Leibler divergence, in nats, of distances within the human set from those to each maker's set."""
    table: Table = {}
    for name, sets, ours, theirs in measured:
        nats = divergence(distances_within(theirs), distances_between(ours, theirs))
        if np.isfinite(nats):
            table.setdefault(name, {})[sets] = nats
    return table


def frechets(proposer: LineProposer, made: Mapping[str, Tokens], human: Tokens) -> Table:
    """Frechet distance of bars' latent means to those of one human half; the column `human` is the other half."""
    first, second = _halves(human)
    if len(first) < 2 or len(second) < 2:
        return {}
    there = _bar_means(proposer, first)
    others = {**made, "human": second}
    means = {name: _bar_means(proposer, tokens) for name, tokens in others.items()}
    return {"bars": {name: frechet(each, there) for name, each in means.items()}}


def spaced_windows(data: Path, split: str, repertoires: Sequence[str] = LICENSED) -> Corpus:
    """Windows of a split that start on every fourth bar of their phrase; of their piece, where no phrase is known.

    Raises:
        EmoOscError: the corpus is missing.
    """
    melodies = load_corpus(data, split, repertoires)
    since = melodies.place.since[:, 0]
    return melodies.select(np.where(since >= 0, since, melodies.bar) % 4 == 0)


def _measured(made: Mapping[str, Tokens], human: Tokens) -> Iterator[_Pair]:
    """Measure, maker, values and human values; the last row of each measure compares two human halves."""
    first, second = _halves(human)
    for name, measure in MEASURES.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a melody without intervals has no mean interval
            theirs = measure(human)
            measured = {sets: measure(tokens) for sets, tokens in made.items()}
            yield from ((name, sets, values, theirs) for sets, values in measured.items())
            if len(first) and len(second):
                yield name, "human", measure(second), measure(first)


def _by_makers(played: Tokens, train: Corpus) -> dict[str, Tokens]:
    """The generator's melodies for the moods, and as many by each baseline."""
    each = max(1, len(played) // len(MOODS))
    rules = [(mood.affect, range(index * each, (index + 1) * each)) for index, mood in enumerate(MOODS)]
    return {
        "played": played,
        "tonal": np.concatenate([tonal(affect, seeds) for affect, seeds in rules]),
        "edited": np.concatenate([edited(train.tokens, affect, seeds) for affect, seeds in rules]),
    }


def _bar_means(proposer: LineProposer, tokens: Tokens) -> Floats:
    latents = proposer.read(torch.from_numpy(tokens.astype(np.int64)))[:, :BARS]
    means: Floats = latents.flatten(0, 1).double().numpy()
    return means


def _halves(human: Tokens) -> tuple[Tokens, Tokens]:
    half = np.random.default_rng(0).permutation(len(human)) < len(human) // 2
    return human[half], human[~half]


def copying(made: Tokens, human: Tokens, train: Tokens) -> Table:
    """The share of 8-, 4- and 2-bar cells, in any key, found in the training data; of made and held-out
    human melodies.
    """
    table: Table = {}
    for bars in COPY_BARS:
        known = cells(train, bars)
        table[f"{bars} bars"] = {
            "made": copied_share(made, known, bars),
            "human": copied_share(human, known, bars),
        }
    return table


def chords(generator: MusicVAE, kept: Mapping[str, Sequence[Composed]], data: Path, human: Corpus) -> Table:
    """What the band plays under our melodies and under human ones, and people's own chords where they are labelled.

    Phrases end where our melodies' plans say, and where people's are labelled.
    """
    made = [each for mood in MOODS for each in kept[mood.id] if each.chords]
    ours = np.array([tokens_of(each.melody) for each in made]), np.array([each.chords for each in made])
    shape = generator.proposer.shape
    latents = torch.stack([Latent.from_text(each.latent, shape).numbers for each in made])
    theirs = chords_of(human.tokens, human.place.until)
    table = {
        "ours": whole_band(*ours, generator.proposer.until(latents)),
        "human melodies": whole_band(human.tokens, theirs, human.place.until),
    }
    if (data / LABELS).is_file():
        people = load_arranged(data, "test")
        table["people's own"] = whole_band(people.tokens, people.chords, people.until)
    return table


def moods(kept: Mapping[str, Sequence[Composed]]) -> Table:
    """For each mood the targets and the mean measurements of its melodies."""
    table: Table = {}
    for mood in MOODS:
        wanted = targets(mood.affect)
        each = [made.measured for made in kept[mood.id]]
        table[mood.id] = {
            "notes_per_bar_wanted": float(wanted[0]),
            "notes_per_bar": float(np.mean([m.notes_per_bar for m in each])),
            "mean_pitch_wanted": float(wanted[1]),
            "mean_pitch": float(np.mean([m.mean_pitch for m in each])),
            "p_major_wanted": float(wanted[2]),
            "major": float(np.mean([m.major_share > 0.5 for m in each])),
            "distance": float(np.mean([made.distance for made in kept[mood.id]])),
        }
    return table


def _as_they_sound(composed: Sequence[Composed], affect: Affect) -> NDArray[np.int64]:
    return sounding(np.array([tokens_of(made.melody) for made in composed]), [affect] * len(composed))


def _a_mood(samples: int) -> int:
    return max(1, min(8, samples // 64))
