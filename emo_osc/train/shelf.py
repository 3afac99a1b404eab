"""Composes the shipped shelf, melodies that are available without a network: `emo-osc train shelf`."""

from collections.abc import Callable, Iterable
from pathlib import Path

from emo_osc.core.affect import MOODS, Affect
from emo_osc.protocol.message_codec import encode
from emo_osc.protocol.messages import Ready
from emo_osc.studio.generators import Generator

GRID = (-0.9, -0.45, 0.0, 0.45, 0.9)
PER_MOOD, PER_POINT = 6, 2
CHOICE = 2  # melodies composed for each one kept
SEED = 2018


def shelf_points() -> dict[Affect, int]:
    """Affects to fill, with how many melodies each gets: every shipped mood, and a grid over the plane."""
    grid = {Affect(valence, arousal): PER_POINT for valence in GRID for arousal in GRID}
    return grid | {mood.affect: PER_MOOD for mood in MOODS}


def write_shelf(generator: Generator, path: Path, report: Callable[[int, int], None], seed: int = SEED) -> None:
    """Writes one `messages.Ready` a line; `report` is called with the numbers of affects done and in all."""
    points = shelf_points()
    lines: list[bytes] = []
    for index, (affect, count) in enumerate(points.items()):
        lines += _lines(generator, affect, count, seed + index)
        report(index + 1, len(points))
    path.write_bytes(b"".join(lines))


def _lines(generator: Generator, affect: Affect, count: int, seed: int) -> Iterable[bytes]:
    for made in generator.compose(affect, CHOICE * count, seed)[:count]:
        fields = (made.melody, affect, made.measured, made.distance, made.seed, -1)
        yield encode(Ready(*fields, chords=made.chords, backing=made.backing))
