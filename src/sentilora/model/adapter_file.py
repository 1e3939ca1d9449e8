"""PEFT's adapter files as plain tensors, for whoever computes an adapter without PEFT.

Covered is LoRA as PEFT adds it to linear layers: with ranks and scales of their own, too, and
scaled by the root of the rank. Not covered are DoRA, trained biases, adapted embeddings, starts
that change the base itself (PiSSA, OLoRA) and whatever else is more than ``W + s B A``:
:func:`read_adapter` says so. PEFT computes those, but for the few that nobody can:
:func:`check_adapter`.
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
# Starts of an adapter under which PEFT takes a part out of the base's own weights, each time.
_CHANGES_BASE = ("corda", "loftq", "lora_ga", "olora", "pissa")
# Those whose part depends on random numbers or on data that no file holds.
_DRAWN_ANEW = ("corda", "lora_ga", "pissa_niter")
_PLAIN_ONLY = ("alpha_pattern", "rank_pattern", "layers_to_transform", "use_rslora")


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


def check_adapter(folder: Path) -> dict[str, Any]:
    """Refuse an adapter that is another model each time it is loaded, or cannot be merged.

    Returns:
        What its ``adapter_config.json`` holds.

    Raises:
        ModelError: it is one of those, and the message says how to convert it; or the file cannot
            be read.
    """
    try:
        config: dict[str, Any] = json.loads((folder / ADAPTER_CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"The adapter in {folder} cannot be read: {error}") from error
    start = str(config.get("init_lora_weights"))
    if start.startswith(_DRAWN_ANEW):
        raise ModelError(
            f"The adapter in {folder} was started with init_lora_weights='{start}', which takes a "
            "part out of the base by random numbers or data that are not saved: it is another "
            "model each time it is loaded. Where it was trained it is still whole: merge it there, "
            "with PEFT's merge_and_unload(), and save all weights. Or train it again with "
            "init_lora_weights='pissa' or True."
        )
    if config.get("layer_replication"):
        raise ModelError(
            f"The adapter in {folder} repeats layers of its base (layer_replication), which share "
            "their weights and cannot be merged with it. Train it without."
        )
    return config


def beyond_plain_lora(config: dict[str, Any]) -> list[str]:
    """Name what in a PEFT configuration is more than one rank and one scale on linear layers."""
    return [*_special(config), *(name for name in _PLAIN_ONLY if config.get(name))]


def _special(config: dict[str, Any]) -> list[str]:
    """Name the settings under which a layer is not ``W + s B A``."""
    special = [name for name in _SPECIAL if config.get(name)]
    if config.get("peft_type") != "LORA":
        special.append(f"peft_type {config.get('peft_type')}")
    if config.get("bias", "none") != "none":
        special.append(f"bias {config['bias']}")
    if str(config.get("init_lora_weights")).startswith(_CHANGES_BASE):
        special.append(f"init_lora_weights {config['init_lora_weights']}")
    return special


def read_adapter(folder: Path) -> AdapterWeights:
    """Read ``adapter_config.json`` and ``adapter_model.safetensors``.

    Raises:
        SpecialAdapterError: it is more than LoRA on linear layers.
        ModelError: the files cannot be read.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    config = check_adapter(folder)
    try:
        stored = load_file(folder / ADAPTER_WEIGHTS)
    except (OSError, ValueError, SafetensorError) as error:
        raise ModelError(f"The adapter in {folder} cannot be read: {error}") from error
    special = _special(config)
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
