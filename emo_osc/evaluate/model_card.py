"""Model cards: training data, recipe and measured figures of a checkpoint, as Markdown."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.report import Tables, cell
from emo_osc.weights.checkpoints import Checkpoint

MUSIC_VAE = """\
The networks of emo_osc's `music_vae` generator: a rhythm network (`rhythm.*`) and a note network (`notes.*`) with a
latent for every bar, an actor and its critics (`actor.*`), a Gaussian prior of latents (`prior.*`), and plans
(`plans.*`), which say only where phrases begin and end, which beats repeat which, and how full and how high each bar
is. {parameters:.1f} million numbers; no pickle. Written by `emo-osc eval --card`; every figure below is of that run.

## What it is for

Monophonic melodies of 16 bars of 4/4 on a 16th grid, in C major or C minor, asked for by valence and arousal through
note density, register and mode. It has no lyrics, no chords and no other metre. Whether listeners recognise the
requested emotion has not been tested with people.

## Data and licences

Trained on the train split of four sets only, each melody moved to a tonic of C:

- POP909 (MIT, Copyright 2020 Music X Lab) with the bar lines, phrases and melodies of its structure labels (MIT,
  Copyright 2020 Shuqi Dai): sung melodies of Chinese pop. The licence covers the transcriptions; the songs themselves
  are in copyright, so copying is measured below.
- OpenEWLD (MIT): lead sheets whose scores are in the public domain.
- O'Neill's, Ryan's Mammoth and Aird's collections from music21's corpus, which says: "either out of copyright in the
  United States or licensed for use, though there may be restrictions on commercial use".
- The OpenScore Lieder Corpus (CC0, musescore.com/openscore-lieder-corpus): voices of 19th-century songs.

The weights are under the Apache License 2.0, as the rest of emo_osc.
"""

FACE = """\
The face network of emo_osc: VGG16 with batch normalisation (Simonyan and Zisserman 2015) at a share of its width, for
grey faces of 48 x 48, seven expressions in the order of FER2013. {parameters:.1f} million parameters in float16; no
pickle. Written by `emo-osc eval --face --card`; every figure below comes from that run.

## What it is for

`emo-osc face` turns its probabilities into a point on the valence-arousal plane that steers music. It classifies
facial expressions, not emotions, and is often wrong. Do not use it to assess people.

## Data and licences

Trained on the Training part of FER2013 (Goodfellow et al. 2013) with the votes of FER+ (Barsoum et al. 2016) as a
second teacher. FER2013's photographs were gathered from the web and have no free licence: **for research only**. The
distribution of age, skin colour and gender in it, and the accuracy for each, are not known. The number of views and
the temperature were chosen on PublicTest; PrivateTest was not used.
"""

MUSIC_TRANSFORMER = """\
The network of emo_osc's `music_transformer` generator: a decoder-only transformer with relative attention (Huang et al.
2018) that composes an accompaniment for a melody, or both, bar by bar, conditioned on valence, arousal and tempo.
{parameters:.1f} million parameters in float16; no pickle. Written by `emo-osc eval --generator music_transformer
--card`; every figure below comes from that run.

## What it is for

Two parts in 4/4 on a 16th grid, in C major or C minor, without velocities. Its valence and arousal labels
were computed by published coefficients, not given by people. Whether listeners recognise the requested emotion has not
been tested with people.

## Data and licences

Trained on the train split of POP909's arrangements (MIT, Copyright 2020 Music X Lab) on the bar lines, and with the
phrases, of hierarchical-structure-analysis (MIT, Copyright 2020 Shuqi Dai). The licence covers the transcriptions; the
songs themselves are in copyright, so copying is measured below. The weights are under the Apache License 2.0, as the
rest of emo_osc.
"""

INTRODUCTIONS = {"rhythm": MUSIC_VAE, "vgg16": FACE, "transformer": MUSIC_TRANSFORMER}
"""Network in the checkpoint's config -> introduction of the card."""


PARTS = ("rhythm", "notes")
STAGES = (*PARTS, "actor")  # in the order of training; JSON sorts them
Stage = tuple[str, Mapping[str, Any]]


def model_card(name: str, kept: Checkpoint, tables: Tables) -> str:
    """The card as Markdown; `name` is the checkpoint's file name without its ending."""
    parameters = sum(tensor.numel() for tensor in kept.tensors.values()) / 1e6
    introductions = [text for network, text in INTRODUCTIONS.items() if network in kept.config]
    parts = [f"# {name}\n", *(text.format(parameters=parameters) for text in introductions), "## Recipe\n"]
    parts += [_recipe(stage, fields) for stage, fields in _stages(kept.config.get("training", {}))]
    parts.append("## Figures\n")
    parts += [_table(title, table) for title, table in tables.items()]
    return "\n".join(parts)


def write_card(name: str, kept: Checkpoint, tables: Tables, path: Path) -> None:
    """Writes the card to a file.

    Raises:
        EmoOscError: the file cannot be written.
    """
    try:
        path.write_text(model_card(name, kept, tables), encoding="utf-8")
    except OSError as error:
        raise EmoOscError(f"{path}: cannot be written ({error.strerror}); choose another file") from None


def _stages(training: Mapping[str, Any]) -> list[Stage]:
    order = {name: number for number, name in enumerate(STAGES)}
    return sorted(training.items(), key=lambda stage: order.get(stage[0], len(order)))


def _recipe(stage: str, training: Mapping[str, Any]) -> str:
    fields = {
        part: ", ".join(f"{key} {value}" for key, value in training[part].items()) for part in ("recipe", "choices")
    }
    if "ends" in training:
        ends = (f"until step {end} from step {begin} on" for begin, end in training["ends"])
        fields["schedule"] = ", then ".join(ends)
    fields["at the end"] = ", ".join(f"{key} {value:.4g}" for key, value in training["last"].items())
    lines = [f"- {part}: {text}" for part, text in fields.items()]
    command = f"vae --part {stage}" if stage in PARTS else stage
    return "\n".join([f"`emo-osc train {command}` with", "", *lines, ""])


def _table(title: str, table: Mapping[str, Mapping[str, float]]) -> str:
    columns = list(dict.fromkeys(column for row in table.values() for column in row))
    lines = [f"### {title[0].upper()}{title[1:]}", ""]
    lines.append("| | " + " | ".join(column.replace("_", " ") for column in columns) + " |")
    lines.append("|---" * (len(columns) + 1) + "|")
    for name, row in table.items():
        lines.append(f"| {name} | " + " | ".join(_figure(column, row.get(column)) for column in columns) + " |")
    return "\n".join([*lines, ""])


def _figure(column: str, value: float | None) -> str:
    if column == "met" and value is not None:
        return cell(column, value)
    return "" if value is None else f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"
