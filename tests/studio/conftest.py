"""The shipped generator, loaded once for all tests of the studio."""

import pytest

from emo_osc.preset import GeneratorSection
from emo_osc.studio.generators import build
from emo_osc.studio.music_vae import MusicVAE


@pytest.fixture(scope="session")
def shipped() -> MusicVAE:
    """With its default settings, on the CPU."""
    generator = build(GeneratorSection(device="cpu"))
    assert isinstance(generator, MusicVAE)
    return generator
