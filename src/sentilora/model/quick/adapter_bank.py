"""The LoRA updates of many adapters to one product, each row of a batch getting its own.

The updates lie stacked, so that a batch of rows with different adapters takes two batched
products, and not two for each adapter: ``y_b += (x_b A_k) s B_k`` with the adapter ``k`` of row
``b``. Shorter ranks are filled with zeros; an adapter that leaves a layer alone is all zeros there.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

Update = tuple[Tensor, Tensor]  # A (R, in), s B (out, R)


class Routing(threading.local):
    """Which adapter each row of the batch at hand has; every thread sees its own batch.

    Attributes:
        owners: ``(B,)`` int64, slot of each row.
        only: slot of all rows, if they share one.
    """

    def __init__(self) -> None:
        self.owners = torch.empty(0, dtype=torch.int64)
        self.only: int | None = None

    def set(self, owners: Sequence[int], device: torch.device) -> None:
        """Take the slots of the next batch's rows."""
        self.owners = torch.tensor(owners, dtype=torch.int64, device=device)
        self.only = owners[0] if len(set(owners)) == 1 else None


class AdapterBank:
    """Updates to linear layers that read the same input and stand side by side in one product.

    Attributes:
        layers: names of the layers.
        down: ``(K, in, R)`` matrices ``A`` of K slots, turned over.
        up: ``(K, R, out)`` matrices ``s B`` of K slots, turned over.
    """

    def __init__(
        self,
        layers: Mapping[str, nn.Linear],
        routing: Routing,
        device: torch.device,
        dtype: torch.dtype,
    ) -> None:
        self.layers = list(layers)
        self.routing = routing
        modules = list(layers.values())
        self.sizes = [module.out_features for module in modules]
        self.down = torch.zeros(0, modules[0].in_features, 0, device=device, dtype=dtype)
        self.up = torch.zeros(0, 0, sum(self.sizes), device=device, dtype=dtype)

    @torch.no_grad()
    def put(self, slot: int, updates: Mapping[str, Update]) -> None:
        """Fill a slot with the updates of an adapter; layers without one stay as they are."""
        found = {name: updates[name] for name in self.layers if name in updates}
        self._reserve(slot + 1, sum(down.shape[0] for down, _ in found.values()))
        self.down[slot], self.up[slot] = 0, 0
        rank = column = 0
        for name, size in zip(self.layers, self.sizes, strict=True):
            if name in found:
                down, up = found[name]
                end = rank + down.shape[0]
                self.down[slot, :, rank:end] = down.t()
                self.up[slot, rank:end, column : column + size] = up.t()
                rank = end
            column += size

    def _reserve(self, slots: int, rank: int) -> None:
        """Make room; the number of slots doubles, so that adding many copies little."""
        had_slots, width, had_rank = self.down.shape
        if slots <= had_slots and rank <= had_rank:
            return
        slots = had_slots if slots <= had_slots else max(slots, 2 * had_slots)
        rank = max(rank, had_rank)
        down = self.down.new_zeros(slots, width, rank)
        up = self.up.new_zeros(slots, rank, self.up.shape[2])
        down[:had_slots, :, :had_rank] = self.down
        up[:had_slots, :had_rank] = self.up
        self.down, self.up = down, up

    def add(self, inputs: Tensor, outputs: Tensor, count: int | None = None) -> Tensor:
        """Add to ``outputs`` what the adapter of each row makes of ``inputs``, in place.

        Args:
            inputs: ``(B, T, in)`` or ``(B·T, in)`` inputs of the layers, B being the rows of the
                routing.
            outputs: outputs of the base's product, with ``out`` for ``in``.
            count: number of rows that count of ``B·T``, where more stand below them.
        """
        if not self.down.shape[2]:
            return outputs
        inputs = inputs.to(self.down.dtype)
        only = self.routing.only
        if only is not None:
            flat = inputs.reshape(-1, inputs.shape[-1])
            outputs.view(-1, outputs.shape[-1]).addmm_(flat @ self.down[only], self.up[only])
            return outputs
        owners = self.routing.owners
        rows = len(owners)
        inputs, outputs = inputs[:count], outputs[:count]
        # Not down[owners], which takes several times as long for the same.
        down, up = self.down.index_select(0, owners), self.up.index_select(0, owners)
        hidden = torch.bmm(inputs.reshape(rows, -1, inputs.shape[-1]), down)
        outputs.view(rows, -1, outputs.shape[-1]).baddbmm_(hidden, up)
        return outputs
