"""Where LoRA goes in a network: from the table of bases, else by inspection of its layers.

What cannot be adapted, or computes nothing of use, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sentilora.errors import ConfigError, ModelError, several
from sentilora.message import setting
from sentilora.model.bases.known_bases import Architecture, architecture_of

if TYPE_CHECKING:
    import torch

# Architectures that cannot be used, with the reason.
_UNUSABLE = {
    "mra": "where its own kernel for CUDA is not compiled, its attention is all zeros, so that no "
    "word of a text is read",
}


def check_architecture(model_type: str) -> None:
    """Refuse an architecture that computes, but not what it should.

    Raises:
        ModelError: it is one of those.
    """
    if model_type in _UNUSABLE:
        raise ModelError(
            f"The architecture '{model_type}' cannot be used: {_UNUSABLE[model_type]}. Choose "
            f"another base, such as {setting('base', 'minilm')}."
        )


def architecture_for(model: Any, missing: Sequence[str]) -> Architecture:
    """Find where the adapter goes: from the table, else by inspection of the model.

    Modules with weights that were not in the checkpoint are always part of the head.

    Raises:
        ModelError: the encoder, or a layer in it that LoRA can adapt, was not found.
    """
    known = architecture_of(model.config.model_type)
    prefix = model.base_model_prefix
    fresh = {_owner(key, prefix) for key in missing}
    if known is not None:
        heads = dict.fromkeys((*known.head_modules, *sorted(fresh)))
        return Architecture(known.target_modules, tuple(heads))
    encoder = getattr(model, prefix, None)
    if encoder is None:
        raise ModelError(
            f"The architecture '{model.config.model_type}' is not known and its encoder was not "
            "found. Name the layers to adapt with lora.target_modules in the config."
        )
    suffixes = {_after_number(name) for name, _ in _adaptable(encoder) if _is_in_block(name)}
    if not suffixes:
        raise ModelError(
            f"LoRA cannot adapt the architecture '{model.config.model_type}': its blocks are made "
            f"of {_kinds(encoder)}, expected linear layers. Train all weights, "
            f"{setting('method', 'full')}, or choose another base."
        )
    outside = {
        name for name, child in model.named_children() if name != prefix and _has_weights(child)
    }
    return Architecture(tuple(sorted(suffixes)), tuple(sorted(outside | fresh)))


def check_targets(model: Any, targets: Sequence[str]) -> None:
    """Check that each name is that of a layer which LoRA can adapt.

    Raises:
        ConfigError: some are not; the message names those there are.
    """
    names = [name for name, _ in _adaptable(model)]
    unknown = [t for t in targets if not any(n == t or n.endswith(f".{t}") for n in names)]
    if unknown:
        kinds = sorted({_after_number(name) for name in names if _is_in_block(name)})
        raise ConfigError(
            several(
                "lora.target_modules",
                [
                    f"'{name}' matches no linear layer of {model.config.model_type}; "
                    f"found: {', '.join(kinds) or 'none that LoRA can adapt'}"
                    for name in unknown
                ],
            )
        )


def has_turned_weights(model: Any, targets: Sequence[str]) -> bool:
    """Whether the layers to adapt hold their weights turned over, ``(in, out)``, as GPT-2's do."""
    from transformers.pytorch_utils import Conv1D

    return any(
        isinstance(module, Conv1D) and name.endswith(tuple(targets))
        for name, module in _adaptable(model)
    )


def _adaptable(module: Any) -> Iterator[tuple[str, torch.nn.Module]]:
    """Yield the names and layers that LoRA can adapt."""
    from torch import nn
    from transformers.pytorch_utils import Conv1D

    for name, layer in module.named_modules():
        if isinstance(layer, nn.Linear | Conv1D):
            yield name, layer


def _kinds(encoder: Any) -> str:
    """Name the kinds of layers with weights in the blocks, but norms."""
    from torch import nn

    found = {
        type(layer).__name__
        for name, layer in encoder.named_modules()
        if _is_in_block(name)
        and next(layer.children(), None) is None
        and _has_weights(layer)
        and "norm" not in type(layer).__name__.lower()
        and not isinstance(layer, nn.Embedding)
    }
    return ", ".join(sorted(found)) or "no layers with weights"


def _is_in_block(name: str) -> bool:
    return any(part.isdigit() for part in name.split("."))


def _owner(key: str, prefix: str) -> str:
    """Name the module, as PEFT matches it, that owns a weight missing from the checkpoint."""
    parts = key.split(".")
    return parts[1] if parts[0] == prefix and len(parts) > 2 else parts[0]


def _after_number(name: str) -> str:
    parts = name.split(".")
    last = max(index for index, part in enumerate(parts) if part.isdigit())
    return ".".join(parts[last + 1 :])


def _has_weights(module: torch.nn.Module) -> bool:
    return next(module.parameters(), None) is not None
