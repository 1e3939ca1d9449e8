"""The output layer of a classifier: the linear layer that gives the logits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sentilora.errors import ModelError
from sentilora.message import setting

if TYPE_CHECKING:
    from torch import nn


def output_layer(model: Any) -> tuple[str, nn.Linear]:
    """Find the last linear layer behind the encoder that has one output a label.

    Returns:
        Its name inside the plain network, and the layer.

    Args:
        model: model from ``create_model``: plain, or with a LoRA adapter of PEFT, of which the
            trained copy of the head is meant.

    Raises:
        ModelError: there is none.
    """
    from torch import nn

    network = model.get_base_model() if hasattr(model, "get_base_model") else model
    inside = f"{network.base_model_prefix}."
    found = [
        (name, module)
        for name, module in network.named_modules()
        if isinstance(module, nn.Linear)
        and not name.startswith(inside)
        and "original_module" not in name.split(".")
        and module.out_features == network.config.num_labels
    ]
    if not found:
        raise ModelError(
            f"The architecture '{network.config.model_type}' has no linear output layer behind its "
            "encoder."
        )
    return found[-1]


def add_to_logits(model: Any, biases: np.ndarray) -> None:
    """Add ``(C,)`` numbers to all logits of a model, by way of the bias of its output layer.

    Raises:
        ModelError: the output layer has no bias.
    """
    import torch

    _, layer = output_layer(model)
    if layer.bias is None:
        raise ModelError(
            "The output layer has no bias, which pairs alone need: give labelled texts a share, "
            f"leave {setting('pairs_only')} out."
        )
    with torch.no_grad():
        layer.bias.add_(torch.as_tensor(biases, dtype=layer.bias.dtype, device=layer.bias.device))
