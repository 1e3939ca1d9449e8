"""The heads of many adapters on one encoder, each reading the states of its own rows.

Most architectures read the first token by two linear layers, which are computed right here: the
wrapping of transformers takes longer than the products. A head that is made otherwise
runs through the code of transformers: a classifier of the same class, whose encoder hands over the
states that are there already. Which way is right is tried when a head is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from sentilora.errors import ModelError
from sentilora.model.quick.layouts import HEADS


class Head:
    """The head of one adapter; threads may share it."""

    def __init__(
        self, kind: type[Any], config: Any, weights: Mapping[str, Tensor], device: torch.device
    ) -> None:
        """Take the weights.

        Args:
            kind: class of transformers that the adapter was trained in.
            config: configuration of that class, with the adapter's number of labels.
            weights: weights of all that is no part of the encoder, or of its pooler, by full name.
            device: device that states will be on.

        Raises:
            ModelError: the weights are not those of such a head.
        """
        prefix = kind.base_model_prefix
        with torch.device("meta"):  # the encoder's weights are not made a second time
            shell = kind(config)
        setattr(shell, prefix, _Given(getattr(getattr(shell, prefix), "pooler", None)))
        placed = {name: tensor.to(device) for name, tensor in weights.items()}
        try:
            shell.load_state_dict(placed, assign=True)
        except RuntimeError as error:
            reason = " ".join(str(error).split())
            raise ModelError(f"The head of an adapter does not fit its base: {reason}") from error
        self._shell = shell.eval()
        self._layers = _two_layers(config.model_type, placed)
        if self._layers is not None and not self._is_same(config.hidden_size, device):
            self._layers = None

    def logits(self, states: Tensor, attention_mask: Tensor, rows: Sequence[int]) -> Tensor:
        """Compute some rows of a batch.

        Args:
            states: ``(B, T, H)`` float32 hidden states, or ``(B, 1, H)`` of the first tokens.
            attention_mask: ``(B, T)`` 1 where there is a token, 0 where there is padding.
            rows: numbers of the rows of the batch to compute, N of them.

        Returns:
            ``(N, C)`` float32.
        """
        if self._layers is None:
            return self._plain(states[rows], attention_mask[rows])
        return self._short(states[rows[0] : rows[0] + 1, 0] if len(rows) == 1 else states[rows, 0])

    def _short(self, first: Tensor) -> Tensor:
        """``(N, H)`` to ``(N, C)``."""
        assert self._layers is not None
        dense, activation, out = self._layers
        return functional.linear(activation(functional.linear(first, *dense)), *out)

    def _plain(self, states: Tensor, attention_mask: Tensor) -> Tensor:
        logits: Tensor = self._shell(inputs_embeds=states, attention_mask=attention_mask).logits
        return logits

    @torch.no_grad()
    def _is_same(self, width: int, device: torch.device) -> bool:
        """Whether the two layers are all that the head is."""
        probe = torch.linspace(-3, 3, 2 * width, device=device).cos().view(1, 2, width)
        expected = self._plain(probe, torch.ones(1, 2, dtype=torch.int64, device=device))
        return torch.allclose(self._short(probe[:, 0]), expected, rtol=1e-4, atol=1e-5)


def _two_layers(model_type: str, weights: Mapping[str, Tensor]) -> Any:
    """Return weight and bias of the first layer, what follows it, and those of the second."""
    layout = HEADS.get(model_type)
    if layout is None:
        return None
    names = [
        f"{layer}.{part}" for layer in (layout.dense, layout.out) for part in ("weight", "bias")
    ]
    if not all(name in weights for name in names):
        return None
    first, first_bias, last, last_bias = (weights[name] for name in names)
    return (first, first_bias), getattr(functional, layout.activation), (last, last_bias)


class _Given(nn.Module):
    """Stands in for an encoder that has computed its states already."""

    def __init__(self, pooler: nn.Module | None) -> None:
        super().__init__()
        self.pooler = pooler

    def forward(self, *_: Any, inputs_embeds: Tensor, **__: Any) -> Any:
        """Return the states; poolers of bases that have one are part of a head here."""
        from transformers.modeling_outputs import BaseModelOutputWithPooling

        pooled = None if self.pooler is None else self.pooler(inputs_embeds)
        return BaseModelOutputWithPooling(last_hidden_state=inputs_embeds, pooler_output=pooled)
