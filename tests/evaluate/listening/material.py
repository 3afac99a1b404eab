"""A small test with sounds of its own, for the listening_test and the browser: no corpus, no network, one bar each."""

from pathlib import Path

import numpy as np

from emo_osc.config.preset import GeneratorSection, Preset
from emo_osc.config.preset_loading import changed
from emo_osc.evaluate.listening.clips import Material, Recipe, make_material
from emo_osc.studio.generators import build

RECIPE = Recipe(latents=1, pairs=1, humans=1, bars=1)


def canned_material(data: Path | None = None, recipe: Recipe = RECIPE, tempo: float = 120.0) -> Material:
    """What the canned generator makes of a recipe."""
    preset = changed(Preset(), {"clock.tempo": tempo}, "test")
    return make_material(build(GeneratorSection(name="canned")), preset, recipe, data)


def write_corpus(folder: Path, pieces: int = 40) -> Path:
    """Labelled pieces as the corpus folder has them: a melody over a bass, a note each half second, any feeling."""
    random = np.random.default_rng(0)
    onsets = np.repeat(np.arange(20) * 500, 2)
    folder.mkdir()
    np.savez(
        folder / "notes_labelled.npz",
        onset_ms=np.tile(onsets, pieces).astype(np.int32),
        dur_ms=np.full(40 * pieces, 900, dtype=np.uint16),
        pitch=np.concatenate(
            [np.column_stack([np.full(20, 36), random.integers(60, 85, 20)]).ravel() for _ in range(pieces)]
        ).astype(np.uint8),
        velocity=random.integers(40, 110, 40 * pieces).astype(np.uint8),
        ptr=np.arange(0, 40 * pieces + 1, 40),
        valence=random.uniform(-1, 1, pieces).astype(np.float32),
        arousal=random.uniform(-1, 1, pieces).astype(np.float32),
        piece_source=(np.arange(pieces) % 2).astype(np.uint8),
    )
    return folder
