"""The encoder's blocks on a CPU, computed with fewer and larger operations.

``transformers`` and PEFT run each small operation by itself. Here a block of a BERT-like encoder is
one autograd function with a backward pass of its own:

* each adapter is added to its frozen weight before the product, ``W + s B A``, so that a layer is
  one matrix product forward and one backward; the adapter's own gradients are two thin products;
* key and value are one product;
* attention goes forward through the fused kernel. In bf16, going back recomputes the probabilities
  for a few rows at a time, which stay in the cache; the fused backward is over twice as slow there;
* the last block computes keys and values for all tokens and everything else for the first token
  only, since the classifier reads nothing else.

All of this is exact: what differs is the order of rounding. Weights stay where they are, in the
modules; other code sees an unchanged model. Blocks with active dropout, and architectures that are
not listed in ``layouts.py``, are left to the plain path; so are those whose first states differ
from it (``probe.py``), as they could with another torch or transformers.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.nn import functional

from sentilora.model.quick.block import Block, ComputeBlock
from sentilora.model.quick.block_forward import compute_blocks
from sentilora.model.quick.layouts import LAYOUTS, Layout
from sentilora.model.quick.probe import find_difference

# What was found out about the blocks of a network: for a number format, with gradients or without,
# whether the quick way agrees with the plain one.
_Agreement = dict[tuple[torch.dtype, bool], bool]
_AGREEMENTS: WeakKeyDictionary[nn.Module, _Agreement] = WeakKeyDictionary()


def install_quick_blocks(
    model: Any, dtype: torch.dtype, *, all_states: bool = False
) -> QuickBlocks | None:
    """Compute the encoder of a sequence classifier the quick way from now on.

    Args:
        model: classifier from ``create_model``, in evaluation mode. No weight of it changes any
            more.
        dtype: what it will compute products in.
        all_states: whether the states of all tokens are wanted, and not of the first one alone.

    Returns:
        The blocks that compute from now on. None where the plain way stays: the architecture or a
        setting does not allow another, the model is not on a CPU, or the two differ.
    """
    found = _find_holder(model)
    if found is None:
        return None
    core, layout, holder = found
    installed = vars(holder).get("forward")
    if installed is not None:
        assert isinstance(installed, QuickBlocks)
        assert installed.blocks[-1].is_last != all_states
        return installed
    blocks = QuickBlocks(core, layout, holder, all_states=all_states)
    blocks.is_fixed = True
    with torch.inference_mode():
        if not blocks.agrees(dtype, with_gradients=False):
            return None
    holder.forward = blocks
    return blocks


@contextmanager
def quick_blocks(model: Any, *, is_fixed: bool = False) -> Iterator[QuickBlocks | None]:
    """Compute the encoder of a sequence classifier the quick way inside the block.

    Args:
        model: classifier from ``create_model``: plain, or with a LoRA adapter of PEFT.
        is_fixed: whether no weight changes inside the block, so that adapters are merged only once.

    Yields:
        The blocks that compute now; None when the architecture or a setting does not allow it, or
        when the model is not on a CPU.
    """
    found = _find_holder(model)
    if found is None:
        yield None
        return
    core, layout, holder = found
    if "forward" in vars(holder):  # a block around this one has done it
        with holder.forward.fixed(is_fixed):
            yield holder.forward
        return
    holder.forward = QuickBlocks(core, layout, holder)
    try:
        with holder.forward.fixed(is_fixed):
            yield holder.forward
    finally:
        del holder.forward


def _find_holder(model: Any) -> tuple[Any, Layout, Any] | None:
    """Return the classifier, its layout, and the module that holds its blocks, where they fit."""
    core = model.get_base_model() if hasattr(model, "get_base_model") else model
    layout = LAYOUTS.get(core.config.model_type)
    if layout is None or not _is_suitable(model, core, layout):
        return None
    encoder = getattr(core, core.base_model_prefix)
    return core, layout, encoder.get_submodule(layout.blocks.split(".")[0])


def _is_suitable(model: Any, core: Any, layout: Layout) -> bool:
    """Whether all that the quick path leaves out is absent."""
    if not type(core).__name__.endswith("ForSequenceClassification"):
        return False
    encoder = getattr(core, core.base_model_prefix)
    config = core.config
    is_plain = not getattr(config, "is_decoder", False) and not getattr(
        config, "chunk_size_feed_forward", 0
    )
    is_absolute = getattr(config, "position_embedding_type", "absolute") in ("absolute", None)
    blocks = encoder.get_submodule(layout.blocks)
    names = (layout.query, layout.key, layout.value, layout.mixed, layout.wide, layout.narrow)
    return (
        is_plain
        and is_absolute
        and next(model.parameters()).device.type == "cpu"
        and all(_is_gelu(block.get_submodule(layout.activation)) for block in blocks)
        and all(_is_simple(block.get_submodule(name)) for block in blocks for name in names)
        and not any(isinstance(m, nn.Dropout) and m.p > 0 for m in blocks.modules())
    )


def _is_gelu(module: nn.Module) -> bool:
    probe = torch.linspace(-3, 3, 7)
    with torch.no_grad():
        return bool(torch.allclose(module(probe), functional.gelu(probe), atol=1e-6))


def _is_simple(module: Any) -> bool:
    """Whether a layer is linear, with at most one LoRA adapter and nothing special about it."""
    if type(module) is nn.Linear:
        return True
    adapters = list(getattr(module, "active_adapters", []))
    return (
        hasattr(module, "base_layer")
        and type(module.base_layer) is nn.Linear
        and len(adapters) == 1
        and adapters[0] in module.lora_A
        and not module.merged
        and not module.disable_adapters
        and not any(getattr(module, "use_dora", {}).values())
        and not any(getattr(module, "lora_bias", {}).values())
        and type(module.lora_dropout[adapters[0]]) is nn.Identity
    )


class QuickBlocks:
    """Stands in for the forward method of the module that holds the blocks.

    Attributes:
        blocks: the blocks, from the first to the last.
    """

    def __init__(self, core: Any, layout: Layout, holder: Any, *, all_states: bool = False) -> None:
        encoder = getattr(core, core.base_model_prefix)
        modules = list(encoder.get_submodule(layout.blocks))
        heads = getattr(core.config, layout.heads)
        self.plain = holder.forward
        self.width = int(core.config.hidden_size)
        self._agreement = _AGREEMENTS.setdefault(holder, {})
        self.is_fixed = False
        self.taken: torch.dtype | None = None
        self.blocks = [
            Block(module, layout, heads, is_last=index == len(modules) - 1 and not all_states)
            for index, module in enumerate(modules)
        ]

    @contextmanager
    def fixed(self, is_fixed: bool) -> Iterator[None]:
        """Take the parameters once inside the block, if ``is_fixed``, and not for every batch."""
        if is_fixed and self.is_fixed:  # they were taken in the block around this one
            yield
            return
        self.is_fixed, self.taken = is_fixed, None
        try:
            yield
        finally:
            self.is_fixed = False

    def __call__(
        self, hidden_states: Tensor, attention_mask: Tensor | None = None, **others: Any
    ) -> Any:
        """Return what the plain forward method returns; states of the first token, or of all."""
        from transformers.modeling_outputs import BaseModelOutputWithPastAndCrossAttentions

        kind = hidden_states.device.type
        is_mixed = torch.is_autocast_enabled(kind)
        dtype = torch.get_autocast_dtype(kind) if is_mixed else hidden_states.dtype
        wants_more = others.get("output_hidden_states") or others.get("output_attentions")
        if wants_more or not self.agrees(dtype, with_gradients=torch.is_grad_enabled()):
            return self.plain(hidden_states, attention_mask=attention_mask, **others)
        states = self._compute(hidden_states, attention_mask, dtype)
        return BaseModelOutputWithPastAndCrossAttentions(last_hidden_state=states)

    def agrees(self, dtype: torch.dtype, *, with_gradients: bool) -> bool:
        """Whether states, and gradients too, are those of the plain path; tried once."""
        key = (dtype, with_gradients)
        if key not in self._agreement:
            difference = self._find_difference(dtype, with_gradients=with_gradients)
            self._agreement[key] = difference is None
            if difference is not None:
                warnings.warn(
                    "The encoder is computed the plain way, which is slower: with torch "
                    f"{torch.__version__} the quick way does not agree with it ({difference}).",
                    RuntimeWarning,
                    stacklevel=2,
                )
        return self._agreement[key]

    def _find_difference(self, dtype: torch.dtype, *, with_gradients: bool) -> str | None:
        def plain(states: Tensor, mask: Tensor) -> Tensor:
            with torch.autocast("cpu", dtype, dtype != torch.float32, cache_enabled=False):
                found: Tensor = self.plain(states, attention_mask=mask).last_hidden_state
            return found

        def quick(states: Tensor, mask: Tensor) -> Tensor:
            return self._compute(states, mask, dtype)

        parameters = [p for block in self.blocks for p in block.parameters if p.requires_grad]
        return find_difference(
            quick, plain, self.width, dtype, parameters if with_gradients else None
        )

    def _compute(self, states: Tensor, mask: Tensor | None, dtype: torch.dtype) -> Tensor:
        """``(B, T, H)`` to ``(B, 1, H)``, or the same shape where all states are wanted."""
        with torch.autocast(states.device.type, enabled=False):
            states = states.to(dtype)
            mask = _additive(mask, dtype)
            self._refresh(dtype)
            if not torch.is_grad_enabled():
                return compute_blocks(states, mask, self.blocks)
            for block in self.blocks:
                states = ComputeBlock.apply(states, mask, block, *block.parameters)  # type: ignore[no-untyped-call]
        return states

    @torch.no_grad()
    def _refresh(self, dtype: torch.dtype) -> None:
        if self.is_fixed and self.taken == dtype:
            return
        for block in self.blocks:
            block.refresh(dtype)
        self.taken = dtype


def _additive(mask: Tensor | None, dtype: torch.dtype) -> Tensor | None:
    """Turn the mask that transformers makes, ``(B, 1, T or 1, T)``, into ``(B, 1, 1, T)``."""
    if mask is None:
        return None
    row = mask[:, :, :1]
    if row.dtype == torch.bool:
        row = torch.zeros(row.shape, dtype=dtype).masked_fill_(~row, torch.finfo(dtype).min)
    return row.to(dtype)
