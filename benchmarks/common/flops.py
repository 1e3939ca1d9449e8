"""How many floating-point operations the mathematics of an update needs, per token.

A linear layer with K inputs and N outputs costs, per position, ``2KN`` forward, ``2KN`` for the
gradient of its input where anything below it learns, and ``2KN`` for the gradient of its weight
where that learns. So full fine-tuning costs ``6KN``; a frozen layer under LoRA ``4KN``, and ``2KN``
where nothing below it learns; its two factors of rank R add ``6R(K + N)``, or ``6RN + 4RK`` there.
Which of these hold is read from the model itself, on one short text.

Attention over a text of T tokens costs ``4T²H`` a layer forward (scores, and their product with the
values) and ``8T²H`` backward. Heads of BERT's kind read the first token alone, so the last block
needs keys and values of all tokens, and everything else once a text: its attention costs ``12TH``.

Only what is needed counts: what a side computes on padding, twice, or without use is its own loss.
Left out: embeddings, norms, activations, softmax and the optimiser, all linear in H. Not covered:
attention that is not over the whole text (ModernBERT's local layers count as whole).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from sentilora.model.quick.layouts import LAYOUTS

PROBE_TOKENS = 16


@dataclass(frozen=True)
class Layer:
    """A linear layer that took part in a forward pass.

    Attributes:
        is_per_token: it is needed for every token, not once a text.
        has_input_gradient: something below it learns.
        has_weight_gradient: it learns.
    """

    inputs: int
    outputs: int
    is_per_token: bool
    has_input_gradient: bool
    has_weight_gradient: bool

    @property
    def flops(self) -> int:
        """Operations per position, forward and backward."""
        products = 1 + self.has_input_gradient + self.has_weight_gradient
        return 2 * self.inputs * self.outputs * products


def probe_layers(network: Any) -> list[Layer]:
    """Run one text of 16 tokens through a model and list the linear layers it meets."""
    import torch

    found: list[Layer] = []
    names = {module: name for name, module in network.named_modules()}
    reads_first_token_only = _last_block(network)

    def see(module: Any, arguments: tuple[Any, ...], _: Any) -> None:
        given = arguments[0]
        positions = math.prod(given.shape[:-1])
        is_once = reads_first_token_only.search(names[module]) is not None
        found.append(
            Layer(
                inputs=module.in_features,
                outputs=module.out_features,
                is_per_token=positions == PROBE_TOKENS and not is_once,
                has_input_gradient=given.requires_grad,
                has_weight_gradient=module.weight.requires_grad,
            )
        )

    linear = [m for m in names if isinstance(m, torch.nn.Linear)]
    handles = [module.register_forward_hook(see) for module in linear]
    was_training = network.training
    network.eval()
    device = next(network.parameters()).device
    ids = torch.ones((1, PROBE_TOKENS), dtype=torch.int64, device=device)
    try:
        with torch.enable_grad():
            network(input_ids=ids, attention_mask=torch.ones_like(ids))
    finally:
        for handle in handles:
            handle.remove()
        network.train(was_training)
    return found


def flops_per_token(network: Any, lengths: np.ndarray) -> float:
    """Return the operations per real token, averaged over texts: of training, if it learns.

    Args:
        network: the untrained model, with its adapter.
        lengths: ``(N,)`` tokens of each text.
    """
    layers = probe_layers(network)
    per_token = sum(layer.flops for layer in layers if layer.is_per_token)
    per_text = sum(layer.flops for layer in layers if not layer.is_per_token)
    config = network.config
    trains = any(layer.has_weight_gradient for layer in layers)
    attention = (12 if trains else 4) * config.hidden_size
    whole = config.num_hidden_layers - (config.model_type in LAYOUTS)
    tokens = lengths.astype(np.float64)
    total = per_token * tokens + attention * whole * tokens**2 + per_text
    if whole < config.num_hidden_layers:
        total += attention * tokens
    return float(total.sum() / tokens.sum())


def forward_flops(network: Any, lengths: np.ndarray) -> float:
    """Return the operations that labelling texts needs, over all of them.

    Args:
        network: merged; whether its weights learn does not count here.
        lengths: ``(N,)`` tokens of each text.
    """
    learning = [p for p in network.parameters() if p.requires_grad]
    for parameter in learning:
        parameter.requires_grad_(False)
    try:
        whole = flops_per_token(network, lengths) * float(lengths.sum())
    finally:
        for parameter in learning:
            parameter.requires_grad_(True)
    return whole


def _last_block(network: Any) -> re.Pattern[str]:
    """Return what the names of the layers match that only the first token needs."""
    config = network.config
    layout = LAYOUTS.get(config.model_type)
    if layout is None:
        return re.compile("(?!)")  # nothing
    block = re.escape(f"{layout.blocks}.{config.num_hidden_layers - 1}.")
    others = "|".join(re.escape(name) for name in (layout.key, layout.value))
    return re.compile(rf"{block}(?!{others})")
