"""PEFT's adapter files as plain tensors, for whoever computes an adapter without PEFT.

Covered is LoRA as PEFT adds it to linear layers: with ranks and scales of their own, too, and
scaled by the root of the rank. Not covered are DoRA, trained biases, adapted embeddings and
whatever else changes more than ``W + s B A``: :func:`read_adapter` says so.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentilora.errors import ModelError

if TYPE_CHECKING:
    import torch

ADAPTER_WEIGHTS = "adapter_model.safetensors"
ADAPTER_CONFIG = "adapter_config.json"
PREFIX = "base_model.model."  # of every name in the file
# Settings under which a layer is no longer W + s B A.
_SPECIAL = (
    "alora_invocation_tokens",
    "arrow_config",
    "fan_in_fan_out",
    "layer_replication",
    "lora_bias",
    "target_parameters",
    "trainable_token_indices",
    "use_bdlora",
    "use_dora",
    "use_qalora",
)


class SpecialAdapterError(ModelError):
    """An adapter does more than to add ``s B A`` to linear layers."""


@dataclass(frozen=True)
class AdapterWeights:
    """What a LoRA adapter adds to its base.

    Attributes:
        updates: factors ``A`` ``(R, in)`` and ``s B`` ``(out, R)`` of each adapted linear layer, by
            its name.
        saved: weights of the modules that are stored whole, the head among them, by full name.
    """

    updates: dict[str, tuple[torch.Tensor, torch.Tensor]]
    saved: dict[str, torch.Tensor]


def read_adapter(folder: Path) -> AdapterWeights:
    """Read ``adapter_config.json`` and ``adapter_model.safetensors``.

    Raises:
        SpecialAdapterError: it is more than LoRA on linear layers.
        ModelError: the files cannot be read.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        config = json.loads((folder / ADAPTER_CONFIG).read_text(encoding="utf-8"))
        stored = load_file(folder / ADAPTER_WEIGHTS)
    except (OSError, ValueError, SafetensorError) as error:
        raise ModelError(f"The adapter in {folder} cannot be read: {error}") from error
    special = [name for name in _SPECIAL if config.get(name)]
    if config.get("peft_type") != "LORA":
        special.append(f"peft_type {config.get('peft_type')}")
    if config.get("bias", "none") != "none":
        special.append(f"bias {config['bias']}")
    weights = {name.removeprefix(PREFIX): tensor.float() for name, tensor in stored.items()}
    downs = {name.removesuffix(".lora_A.weight") for name in weights if "lora_A" in name}
    special += sorted(
        name
        for name in weights
        if "lora_" in name and not name.endswith((".lora_A.weight", ".lora_B.weight"))
    )
    if special:
        raise SpecialAdapterError(
            f"The adapter in {folder} is more than LoRA on linear layers: {', '.join(special)}."
        )
    updates = {}
    for layer in sorted(downs):
        down = weights.pop(f"{layer}.lora_A.weight")
        up = weights.pop(f"{layer}.lora_B.weight")
        updates[layer] = (down, up * _scale(config, layer))
    return AdapterWeights(updates, weights)


def _scale(config: dict[str, Any], layer: str) -> float:
    rank = _of_layer(config.get("rank_pattern"), layer, config["r"])
    alpha = _of_layer(config.get("alpha_pattern"), layer, config["lora_alpha"])
    return float(alpha / (math.sqrt(rank) if config.get("use_rslora") else rank))


def _of_layer(patterns: dict[str, float] | None, layer: str, default: float) -> float:
    """Return what PEFT's patterns, which match the end of a layer's name, say of a layer."""
    for pattern, value in (patterns or {}).items():
        if re.match(rf"(.*\.)?({pattern})$", layer):
            return value
    return default
