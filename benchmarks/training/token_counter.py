"""How many tokens a model has computed in training, and how many of them were padding."""

from __future__ import annotations

from typing import Any


class TokenCounter:
    """Counts what goes through the embeddings of a model while it is in training mode.

    Args:
        network: a model of transformers or PEFT.
        pad_id: id of the padding token; it stands for nothing else.
    """

    def __init__(self, network: Any, pad_id: int) -> None:
        self._pad_id = pad_id
        self._real: Any = 0
        self.computed = 0
        network.get_input_embeddings().register_forward_pre_hook(self._see)

    @property
    def real(self) -> int:
        """Tokens that were no padding."""
        return int(self._real)

    @property
    def padded_share(self) -> float | None:
        """Share of padding among what was computed, in ``[0, 1]``; None before any training."""
        return 1 - self.real / self.computed if self.computed else None

    def _see(self, module: Any, arguments: tuple[Any, ...]) -> None:
        if module.training:
            ids = arguments[0]
            self.computed += ids.numel()
            # The sum stays on the device, so that a GPU is not waited for.
            self._real = self._real + (ids != self._pad_id).sum()
