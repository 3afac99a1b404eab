"""The parts of the music transformer that read the columns of `look_back`: an embedding, and gates that copy."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from emo_osc.studio.duet.look_back import FIRST_LAG, LAG_COLUMNS, SIZES
from emo_osc.studio.events import BAR
from emo_osc.studio.line.places import LAGS

# B pieces, T events, C columns, D width, L lags

COLUMNS = len(SIZES)
_PLACE, _NOTE, _LENGTH = (slice(FIRST_LAG + part, None, LAG_COLUMNS) for part in range(3))


class PlanEmbedding(nn.Module):
    """The sum of one vector a column. (B, T, C) -> (B, T, D)."""

    offsets: Tensor

    def __init__(self, width: int) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.randn(sum(SIZES), width) * 0.02)
        starts = torch.tensor([0, *SIZES[:-1]]).cumsum(0)
        self.register_buffer("offsets", starts, persistent=False)

    def forward(self, plan: Tensor) -> Tensor:
        """The vectors of columns' classes, added up."""
        rows = (plan + self.offsets).flatten(0, -2)
        added: Tensor = functional.embedding_bag(rows, self.table, mode="sum")
        return added.view(*plan.shape[:-1], -1)


class CopyGates(nn.Module):
    """Raises the logits of what comes next in the bars before, each lag and each part by a learned amount."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gates = nn.Linear(width, 3 * len(LAGS))

    def place(self, logits: Tensor, known: Tensor, plan: Tensor) -> Tensor:
        """Logits of places with those of the lags raised. (.., PLACES), (.., D), (.., C)."""
        where = plan[..., _PLACE]
        return self._raised(logits, known, 0, where.clamp(max=BAR), where <= BAR)

    def note(self, logits: Tensor, known: Tensor, plan: Tensor, place: Tensor) -> Tensor:
        """The same for notes, of the lags whose place was taken."""
        is_there = plan[..., _PLACE] == place[..., None]
        return self._raised(logits, known, 1, plan[..., _NOTE].clamp(max=logits.shape[-1] - 1), is_there)

    def length(self, logits: Tensor, known: Tensor, plan: Tensor, place: Tensor, note: Tensor) -> Tensor:
        """The same for lengths, of the lags whose place and note were taken."""
        is_there = (plan[..., _PLACE] == place[..., None]) & (plan[..., _NOTE] == note[..., None])
        return self._raised(logits, known, 2, plan[..., _LENGTH].clamp(max=logits.shape[-1] - 1), is_there)

    def _raised(self, logits: Tensor, known: Tensor, part: int, where: Tensor, is_there: Tensor) -> Tensor:
        gate = self.gates(known)[..., part * len(LAGS) : (part + 1) * len(LAGS)] * is_there
        return logits.scatter_add(-1, where, gate.to(logits.dtype))
