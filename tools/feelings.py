"""The same tune, nine feelings: one latent re-trained for each of the nine moods, as docs/feelings.md and its files.

Run as `python -m tools.feelings`, or `make feelings`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from emo_osc.config.preset import GeneratorSection, Preset
from emo_osc.core.affect import MOODS, Mood
from emo_osc.core.errors import EmoOscError
from emo_osc.core.score import TICKS_PER_BAR, Melody
from emo_osc.core.targets import tempo_hint
from emo_osc.render.offline import Take, play, write_midi
from emo_osc.render.piano_roll import piano_roll_png
from emo_osc.studio.attributes import targets
from emo_osc.studio.generators import build
from emo_osc.studio.music_vae import MusicVAE
from emo_osc.studio.tokens import tokens_of

SEED = 0
SHOWN_BARS = 8
NINE = tuple(mood for mood in MOODS if mood.vocabulary == "moods")
PAGE, PICTURE, FOLDER = "feelings.md", "images/feelings.png", "feelings"

HEAD = """# The same tune, nine feelings

Hear and see what changes when one tune is moved to each of the nine moods: open a MIDI file of the last column. For
performers.

One latent was drawn with the affect left open, moved by the actor to each mood, and played by the performance rules in
the mood's colour and tempo. Seed {seed} is the first with which each mood gets the mode, major or minor, that it asks
for more often. `make feelings` writes this page, its picture and its MIDI files.

![Nine piano rolls, first eight bars of each]({picture})

| mood | valence, arousal | notes a bar (asked, played) | mean pitch | major (share asked, belief) | rhythm kept | |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Feeling:
    """One mood's version of the tune: played, at its tempo in bpm, and the share of onsets it has in common."""

    mood: Mood
    take: Take
    tempo: float
    rhythm: float


def feelings(generator: MusicVAE, seed: int = SEED) -> list[Feeling]:
    """What one source becomes in each of the nine moods."""
    source = generator.sources([seed])[0]
    own = generator.again(source)
    felt = []
    for mood in NINE:
        made = generator.moved([source], mood.affect)[0]
        take = play(made, mood.affect, Preset(), colour=mood.colour)
        felt.append(Feeling(mood, take, tempo_hint(mood.affect), _overlap(np.array(tokens_of(made.melody)), own)))
    return felt


def page(felt: Sequence[Feeling], seed: int = SEED) -> str:
    """docs/feelings.md."""
    return HEAD.format(seed=seed, picture=PICTURE) + "\n".join(map(_row, felt)) + "\n"


def write(generator: MusicVAE, docs: Path, seed: int = SEED) -> None:
    """Writes the page, the picture and a MIDI file a mood into `docs`.

    Raises:
        EmoOscError: a file cannot be written.
    """
    felt = feelings(generator, seed)
    (docs / FOLDER).mkdir(parents=True, exist_ok=True)
    (docs / PICTURE).parent.mkdir(parents=True, exist_ok=True)
    for each in felt:
        write_midi([each.take], each.tempo, docs / FOLDER / f"{each.mood.id}.mid")
    titles = [f"{each.mood.id}, {each.tempo:.0f} bpm" for each in felt]
    piano_roll_png([_beginning(each.take.played) for each in felt], docs / PICTURE, titles)
    (docs / PAGE).write_text(page(felt, seed), encoding="utf-8")


def _row(felt: Feeling) -> str:
    mood, measured, wanted = felt.mood, felt.take.composed.measured, targets(felt.mood.affect)
    return (
        f"| `{mood.id}` {mood.aliases[0]} | {mood.affect.valence:+.2f}, {mood.affect.arousal:+.2f} "
        f"| {wanted[0]:.1f}, {measured.notes_per_bar:.1f} | {wanted[1]:.1f}, {measured.mean_pitch:.1f} "
        f"| {wanted[2]:.2f}, {measured.major_share:.2f} | {felt.rhythm:.2f} "
        f"| [{felt.tempo:.0f} bpm]({FOLDER}/{mood.id}.mid) |"
    )


def _overlap(tokens: NDArray[np.integer], source: NDArray[np.integer]) -> float:
    ours, theirs = tokens >= 2, source >= 2
    return float((ours & theirs).sum() / max(1, (ours | theirs).sum()))


def _beginning(melody: Melody) -> Melody:
    end = SHOWN_BARS * TICKS_PER_BAR
    return Melody(tuple(note for note in melody.notes if note.start_tick + note.duration_tick <= end), SHOWN_BARS)


@click.command()
@click.option("--docs", type=click.Path(path_type=Path, file_okay=False), default=Path("docs"), show_default=True)
def main(docs: Path) -> None:
    """Write the page of nine feelings with its picture and its MIDI files."""
    generator = build(GeneratorSection(device="cpu", seed=SEED))
    assert isinstance(generator, MusicVAE)  # the default one is
    try:
        write(generator, docs)
    except EmoOscError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
