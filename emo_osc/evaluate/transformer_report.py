"""Evaluation of the music transformer: `emo-osc eval --generator music_transformer`.

Its training labels were computed by published coefficients (docs/transformer.md). Agreement with those labels, under
`taught`, only shows that training worked; control is measured by *listeners*, a regression on people's ratings of
EMOPIA's and VGMIDI's clips with all voices, and by the judges of `judge.py`, which read the melody alone. Human clips
are reported beside both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emo_osc.core.affect import Affect
from emo_osc.core.score import BARS
from emo_osc.evaluate import arranged_form, form
from emo_osc.evaluate.arranged_form import Sounds, melodies, phrases
from emo_osc.evaluate.control import plane, spearman
from emo_osc.evaluate.judges.grid_features import grid_features
from emo_osc.evaluate.judges.judge import Judge
from emo_osc.evaluate.judges.labelled import Clips, Labelled
from emo_osc.evaluate.melody_report import COPY_BARS, copying, likeness_table
from emo_osc.studio.attributes import Floats
from emo_osc.studio.events import BAR_STEPS, Sound
from emo_osc.studio.harmony import CLASSES
from emo_osc.studio.music_transformer import Transformer, chords_of
from emo_osc.studio.nets.music_transformer import REFERENCE_BPM, MusicTransformer
from emo_osc.studio.streams import Stream, held
from emo_osc.train.corpora.arrangements import Arrangements, load_arrangements
from emo_osc.train.corpora.note_table import NoteTable
from emo_osc.train.cues import cues
from emo_osc.train.labels import PUBLISHED, Estimator
from emo_osc.train.listeners import Felt, agreement, fitted
from emo_osc.train.transformer import Piece, Reader, mean_nats, spread

Row = dict[str, float]
Table = dict[str, Row]
AXES = ("valence", "arousal")
GUIDANCES = (0.0, 1.0, 1.5, 3.0)  # 0 ignores the condition
STEP_S = 60.0 / REFERENCE_BPM / 4
BATCH = 8  # pieces per batch
VELOCITY = 80  # of every note: the stage sets velocities
LONGEST = max(COPY_BARS)


@dataclass(frozen=True, slots=True)
class ReportSize:
    """Sizes of the report: a `grid` of affects with `each` pieces; `heard`, the number of test pieces read."""

    grid: int = 5
    each: int = 4
    predicted: int = 160


FULL, QUICK = ReportSize(), ReportSize(grid=3, each=1, predicted=16)


@dataclass(frozen=True, slots=True)
class Made:
    """N pieces and the affects (N, 2) they were composed for."""

    asked: Floats
    pieces: Sequence[Sounds]

    def notes(self) -> NoteTable:
        """The notes of both parts at the reference tempo, on the grid."""
        return NoteTable.of_notes(
            [[(s.step * STEP_S, s.length * STEP_S, s.pitch, VELOCITY) for s in piece] for piece in self.pieces]
        )


def report(
    generator: Transformer, data: Path, size: ReportSize = FULL, clips: Labelled | None = None
) -> dict[str, Table]:
    """All tables; `clips` train the judges of melodies, which are left out for None.

    Raises:
        EmoOscError: the corpus is missing.
    """
    arrangements, felt = load_arrangements(data), Felt.load(data)
    usual = generator.choice.guidance
    sizes = {guidance: size.each if guidance == usual else 1 for guidance in sorted({*GUIDANCES, usual})}
    made = {guidance: over_the_plane(generator.guided(guidance), size.grid, each) for guidance, each in sizes.items()}
    ours, human = made[usual].pieces, phrases(arrangements.of("test"))
    train = phrases(arrangements.of("train"), every=BARS - LONGEST + 1)
    listeners = {"listeners": fitted(felt), "taught": PUBLISHED}
    control = controlled(made, listeners, {} if clips is None else clips["notes"])
    return {
        "surprise at test songs, nats an event": losses_of_songs(generator.net, arrangements, size.predicted),
        "control by guidance: rank correlation of what was asked and what is heard": control,
        "people's clips: correlation of what was felt and what is heard": listener_agreement(felt),
        "what a feeling changes": correlations(made[usual]),
        "the accompaniment, and people's": arranged_form.likeness(ours, human),
        "the melody, and people's": likeness_table(melodies(ours), melodies(human)),
        "stretches of melody found in the training data": copying(melodies(ours), melodies(human), melodies(train)),
        "stretches of both parts found in the training data": {
            f"{bars} bars": arranged_form.copied(ours, human, train, bars) for bars in COPY_BARS
        },
    }


def losses_of_songs(net: MusicTransformer, arrangements: Arrangements, pieces: int) -> Table:
    """Mean loss in nats per event on test songs, conditioned on their affect, on nothing, and on another
    song's affect.
    """
    test = spread(arrangements.of("test"), net.config.context, pieces)
    others = [_with_affect_of(piece, other) for piece, other in zip(test, [*test[1:], test[0]], strict=True)]
    tested = {
        "told what is felt": test,
        "told nothing": [replace(piece, is_conditioned=False) for piece in test],
        "told what another song makes one feel": others,
    }
    return {name: _nats(net, each, arrangements.pace) for name, each in tested.items()}


def over_the_plane(generator: Transformer, grid: int, each: int) -> Made:
    """`each` pieces for every affect of a grid, each from its own stream."""
    asked = [affect for affect in plane(grid) for _ in range(each)]
    pieces = [_piece(generator.stream(seed), affect) for seed, affect in enumerate(asked)]
    return Made(np.array([(affect.valence, affect.arousal) for affect in asked]), pieces)


def controlled(made: Mapping[float, Made], listeners: Mapping[str, Estimator], clips: Mapping[str, Clips]) -> Table:
    """For each guidance the rank correlation of wanted and estimated affect by axis, for listeners and judges."""
    judges = {name: Judge.fit(each.select(~each.is_test), is_relative=True) for name, each in clips.items()}
    table: Table = {}
    for guidance, each in made.items():
        predicted = {name: listener.points(cues(each.notes())) for name, listener in listeners.items()}
        predicted |= {name: _axis_probabilities(judge, melodies(each.pieces)) for name, judge in judges.items()}
        row = {
            f"{axis}, {name}": _rho(each.asked[:, index], points[:, index])
            for name, points in predicted.items()
            for index, axis in enumerate(AXES)
        }
        table[f"guidance {guidance:g}"] = row | {"pieces": float(len(each.pieces))}
    for name, of in clips.items():
        table[f"people's test clips, {name}"] = _of_people(judges[name], name, of.select(of.is_test))
    return table


def listener_agreement(felt: Felt) -> Table:
    """Correlation of the listeners' estimates with people's ratings on held-out songs, by corpus."""
    return {name: {"valence": row["V r"], "arousal": row["A r"]} for name, row in agreement(felt).items()}


def correlations(made: Made) -> Table:
    """Rank correlation of each axis of the wanted affect with counts in the pieces."""
    tokens = melodies(made.pieces)
    counted = {
        "accompaniment's notes per bar": np.array([arranged_form.notes_per_bar(piece) for piece in made.pieces]),
        "accompaniment's mean pitch": np.array([arranged_form.mean_pitch(piece) for piece in made.pieces]),
        "melody's notes per bar": form.notes_per_bar(tokens),
        "melody's mean pitch": form.mean_pitch(tokens),
        "share of major": _major(made.pieces),
    }
    return {
        name: {axis: _rho(made.asked[:, index], values) for index, axis in enumerate(AXES)}
        | {"mean": float(np.nanmean(values))}
        for name, values in counted.items()
    }


def _piece(stream: Stream, affect: Affect) -> list[Sound]:
    bars = [(bar * BAR_STEPS, stream.compose(affect)) for bar in range(BARS)]
    return held([Sound(s.step + at, s.part, s.pitch, s.length) for at, sounds in bars for s in sounds], BARS)


def _with_affect_of(piece: Piece, other: Piece) -> Piece:
    """A piece conditioned throughout on the affect of another piece's first bar."""
    felt = np.broadcast_to(other.song.felt[other.bar], piece.song.felt.shape)
    return replace(piece, song=replace(piece.song, felt=np.asarray(felt)))


def _nats(net: MusicTransformer, pieces: Sequence[Piece], pace: Floats) -> Row:
    reader = Reader(net.config, pace, next(net.parameters()).device)
    parts = (reader.read(pieces[at : at + BATCH]) for at in range(0, len(pieces), BATCH))
    row = mean_nats(net, parts)
    return row | {"all": sum(row.values()), "pieces": float(len(pieces))}


def _axis_probabilities(judge: Judge, tokens: NDArray[np.int64]) -> Floats:
    """A judge's probabilities of positive valence and of high arousal, (N, 2)."""
    probabilities = judge.probabilities(grid_features(tokens)[0])
    return np.column_stack([probabilities[:, [0, 3]].sum(axis=1), probabilities[:, [0, 1]].sum(axis=1)])


def _of_people(judge: Judge, name: str, clips: Clips) -> Row:
    probabilities = judge.probabilities(clips.values)
    pleasant, excited = np.isin(clips.quadrant, (1, 4)), clips.quadrant <= 2
    predicted = {"valence": (pleasant, probabilities[:, [0, 3]]), "arousal": (excited, probabilities[:, [0, 1]])}
    row = {f"{axis}, {name}": _rho(side.astype(float), each.sum(axis=1)) for axis, (side, each) in predicted.items()}
    return row | {"pieces": float(round(clips.weight.sum()))}


def _major(pieces: Sequence[Sounds]) -> Floats:
    """The share of half bars whose triad is major."""
    return np.array([np.mean(np.array(chords_of(list(piece))) < CLASSES) for piece in pieces])


def _rho(one: Floats, other: Floats) -> float:
    """Rank correlation over the finite values of both; 0 where one side is constant."""
    known = np.isfinite(one) & np.isfinite(other)
    if known.sum() < 3 or not np.ptp(one[known]) or not np.ptp(other[known]):
        return 0.0
    return spearman(one[known], other[known])
