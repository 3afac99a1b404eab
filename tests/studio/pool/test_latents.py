"""Latents as text: read back to the bit, refused where they are another generator's."""

from base64 import b64encode

import pytest
import torch

from emo_osc.studio.pool.latents import Latent, rounded

pytestmark = pytest.mark.torch
LATENT = Latent(rounded(torch.randn(16, 32, generator=torch.Generator().manual_seed(1))), tuple(range(16)), 2**63 - 1)


def test_what_is_written_is_read_back_to_the_bit() -> None:
    text = LATENT.to_text()
    again = Latent.from_text(text, (16, 32))

    assert torch.equal(again.numbers, LATENT.numbers)
    assert (again.form, again.seed) == (LATENT.form, LATENT.seed)
    assert len(text) == 1400


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("", (16, 32)),
        ("no base64!", (16, 32)),
        ("\N{SNOWMAN}", (16, 32)),
        (LATENT.to_text(), (16, 31)),
        (LATENT.to_text()[:-4], (16, 32)),
        (b64encode(b"\xff" * 28).decode(), (2,)),
        (b64encode(b"\0" * 24 + b"\xff\x7f").decode(), (1,)),
    ],
)
def test_what_is_no_latent_of_this_shape_is_refused(text: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="latent"):
        Latent.from_text(text, shape)
