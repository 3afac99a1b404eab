"""A cache of decoded bars: without noise a slot always decodes to the same bar."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

# B melodies, K bars, S steps a bar, Z latent size of a bar, M bars not cached yet

MOST = 32_768  # bars, about 5 MB

Bars = NDArray[np.uint8]


class BarCache:
    """Tokens of bars by their slots; cleared when it holds more than `MOST`."""

    def __init__(self, decode: Callable[[Tensor], Tensor]) -> None:
        """`decode` turns slots (M, Z) into tokens (M, S)."""
        self._decode = decode
        self._known: dict[bytes, Bars] = {}

    def __len__(self) -> int:
        return len(self._known)

    def read(self, slots: Tensor) -> NDArray[np.int64]:
        """Melodies of slots whose numbers float16 holds. (B, K, Z) -> (B, K S)."""
        rows = slots.detach().cpu().half().numpy().reshape(-1, slots.shape[-1])
        keys = [row.tobytes() for row in rows]
        if len(self._known) > MOST:
            self._known.clear()
        new = {key: place for place, key in enumerate(keys) if key not in self._known}
        if new:
            tokens = self._decode(slots.reshape(len(keys), -1)[list(new.values())])
            self._known.update(zip(new, tokens.cpu().numpy().astype(np.uint8), strict=True))
        bars = np.stack([self._known[key] for key in keys])
        return bars.reshape(len(slots), -1).astype(np.int64)
