"""A latent as text: its numbers, its form, and the seed of the decoder's noise."""

from base64 import b64decode, b64encode
from binascii import Error
from dataclasses import dataclass
from math import prod

import torch
from torch import Tensor

BARS = 16
HEAD = BARS + 8  # bytes before the numbers: the form, and the seed of the noise


@dataclass(frozen=True, slots=True)
class Latent:
    """Numbers of any shape, float16 in value; the seed of the decoder's noise, and which bars share it (16 letters)."""

    numbers: Tensor
    form: tuple[int, ...]
    seed: int

    def to_text(self) -> str:
        """The latent as base64: 750 characters for 272 numbers."""
        numbers = self.numbers.detach().cpu().half().numpy().astype("<f2").tobytes()
        return b64encode(bytes(self.form) + self.seed.to_bytes(8, "little") + numbers).decode()

    @classmethod
    def from_text(cls, text: str, shape: tuple[int, ...]) -> "Latent":
        """Parse a latent whose numbers have `shape`.

        Raises:
            ValueError: the text is not a latent of this shape.
        """
        try:
            data = b64decode(text, validate=True)
        except (Error, ValueError):
            raise ValueError("a latent is base64") from None
        if len(data) != HEAD + 2 * prod(shape) or max(data[:BARS]) >= BARS:
            raise ValueError(f"not a latent of {'x'.join(map(str, shape))} numbers")
        numbers = torch.frombuffer(bytearray(data[HEAD:]), dtype=torch.float16).float().view(shape)
        if not numbers.isfinite().all():
            raise ValueError("a latent's numbers are finite")
        return cls(numbers, tuple(data[:BARS]), int.from_bytes(data[BARS:HEAD], "little"))


def rounded(numbers: Tensor) -> Tensor:
    """Numbers rounded to float16, as the text holds them, so that a parsed latent decodes alike."""
    return numbers.half().float()
