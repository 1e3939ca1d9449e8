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
not listed in ``LAYOUTS``, are left to the plain path.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Sequence

CACHED_SCORES = 1 << 20  # attention scores worked on at a time, going back


@dataclass(frozen=True)
class Layout:
    """Where an architecture keeps its blocks, and what a block calls its parts."""

    blocks: str
    query: str
    key: str
    value: str
    mixed: str
    mixed_norm: str
    wide: str
    activation: str
    narrow: str
    norm: str
    heads: str


_BERT = Layout(
    blocks="encoder.layer",
    query="attention.self.query",
    key="attention.self.key",
    value="attention.self.value",
    mixed="attention.output.dense",
    mixed_norm="attention.output.LayerNorm",
    wide="intermediate.dense",
    activation="intermediate.intermediate_act_fn",
    narrow="output.dense",
    norm="output.LayerNorm",
    heads="num_attention_heads",
)
_DISTILBERT = Layout(
    blocks="transformer.layer",
    query="attention.q_lin",
    key="attention.k_lin",
    value="attention.v_lin",
    mixed="attention.out_lin",
    mixed_norm="sa_layer_norm",
    wide="ffn.lin1",
    activation="ffn.activation",
    narrow="ffn.lin2",
    norm="output_layer_norm",
    heads="n_heads",
)
LAYOUTS = {"bert": _BERT, "electra": _BERT, "roberta": _BERT, "distilbert": _DISTILBERT}


@contextmanager
def quick_blocks(model: Any) -> Iterator[bool]:
    """Compute the encoder of a sequence classifier the quick way inside the block.

    Args:
        model: from ``create_model``: plain, or with a LoRA adapter of PEFT.

    Yields:
        Whether it is quick now; False when the architecture or a setting does not allow it, or
        when the model is not on a CPU.
    """
    core = model.get_base_model() if hasattr(model, "get_base_model") else model
    layout = LAYOUTS.get(core.config.model_type)
    if layout is None or not _is_suitable(model, core, layout):
        yield False
        return
    holder = getattr(core, core.base_model_prefix).get_submodule(layout.blocks.split(".")[0])
    if "forward" in vars(holder):  # a block around this one has done it
        yield True
        return
    holder.forward = _Blocks(core, layout, holder.forward)
    try:
        yield True
    finally:
        del holder.forward


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


class _Linear:
    """One or more linear layers that read the same input, as one product."""

    def __init__(self, modules: Sequence[Any]) -> None:
        self.layers = [getattr(module, "base_layer", module) for module in modules]
        self.sizes = [layer.out_features for layer in self.layers]
        self.scales: list[float] = []
        self.adapters: list[tuple[nn.Parameter, nn.Parameter] | None] = []
        for module in modules:
            name = module.active_adapters[0] if hasattr(module, "base_layer") else ""
            self.scales.append(module.scaling[name] if name else 0.0)
            self.adapters.append(
                (module.lora_A[name].weight, module.lora_B[name].weight) if name else None
            )
        self.parameters: list[nn.Parameter] = []
        for layer, pair in zip(self.layers, self.adapters, strict=True):
            self.parameters += [*(pair or ()), layer.weight, layer.bias]
        self.weight = self.bias = self.down = torch.empty(0)
        self.ups: list[Tensor] = []

    def refresh(self, dtype: torch.dtype) -> None:
        """Compute the merged weight for this forward pass."""
        merged, downs, self.ups = [], [], []
        for layer, pair, scale in zip(self.layers, self.adapters, self.scales, strict=True):
            if pair is None:
                merged.append(layer.weight.to(dtype))
                continue
            down, up = pair
            # Rounded once, after the sum: most updates are smaller than a step of bf16.
            merged.append(torch.addmm(layer.weight, up, down, alpha=scale).to(dtype))
            downs.append(down.to(dtype))
            self.ups.append((up * scale).to(dtype))
        self.weight = merged[0] if len(merged) == 1 else torch.cat(merged)
        self.bias = torch.cat([layer.bias for layer in self.layers]).to(dtype)
        self.down = torch.cat(downs) if downs else torch.empty(0)

    def gradients(self, grad: Tensor, inputs: Tensor) -> list[Tensor | None]:
        """Return the gradients of ``parameters``, from ``(N, out)`` and ``(N, in)``."""
        grads = torch.split(grad, self.sizes, dim=1)
        by_adapter: Iterator[tuple[Tensor, Tensor]] = iter(())
        if self.ups:
            hidden = functional.linear(inputs, self.down)
            back = torch.cat(
                [
                    part @ up
                    for part, up in zip(
                        [g for g, pair in zip(grads, self.adapters, strict=True) if pair],
                        self.ups,
                        strict=True,
                    )
                ],
                dim=1,
            )
            of_down = back.t() @ inputs
            by_adapter = self._split(grads, hidden, of_down)
        found: list[Tensor | None] = []
        for part, layer, pair in zip(grads, self.layers, self.adapters, strict=True):
            if pair is not None:
                of_a, of_b = next(by_adapter)
                found += [of_a.to(pair[0].dtype), of_b.to(pair[1].dtype)]
            weight, bias = layer.weight, layer.bias
            found.append((part.t() @ inputs).to(weight.dtype) if weight.requires_grad else None)
            found.append(part.sum(0, dtype=torch.float32) if bias.requires_grad else None)
        return found

    def _split(
        self, grads: Sequence[Tensor], hidden: Tensor, of_down: Tensor
    ) -> Iterator[tuple[Tensor, Tensor]]:
        start = 0
        for part, pair, scale in zip(grads, self.adapters, self.scales, strict=True):
            if pair is None:
                continue
            stop = start + pair[0].shape[0]
            yield of_down[start:stop], (part.t() @ hidden[:, start:stop]) * scale
            start = stop


class _Block:
    """The parts of one block, and whether only its first token is wanted."""

    def __init__(self, block: nn.Module, layout: Layout, heads: int, *, is_last: bool) -> None:
        get = block.get_submodule
        self.query = _Linear([get(layout.query)])
        self.key_value = _Linear([get(layout.key), get(layout.value)])
        self.mixed = _Linear([get(layout.mixed)])
        self.wide = _Linear([get(layout.wide)])
        self.narrow = _Linear([get(layout.narrow)])
        self.norms: list[Any] = [get(layout.mixed_norm), get(layout.norm)]
        self.heads = heads
        self.is_last = is_last
        self.linears = [self.query, self.key_value, self.mixed, self.wide, self.narrow]
        self.parameters = [p for linear in self.linears for p in linear.parameters]
        self.parameters += [p for norm in self.norms for p in (norm.weight, norm.bias)]

    def refresh(self, dtype: torch.dtype) -> None:
        """Take the parameters as they are now."""
        for linear in self.linears:
            linear.refresh(dtype)
        self.norm_weights = [(n.weight.to(dtype), n.bias.to(dtype)) for n in self.norms]


class _Blocks:
    """Stands in for the forward method of the module that holds the blocks."""

    def __init__(self, core: Any, layout: Layout, plain: Any) -> None:
        encoder = getattr(core, core.base_model_prefix)
        modules = list(encoder.get_submodule(layout.blocks))
        heads = getattr(core.config, layout.heads)
        self.plain = plain
        self.blocks = [
            _Block(module, layout, heads, is_last=index == len(modules) - 1)
            for index, module in enumerate(modules)
        ]

    def __call__(
        self, hidden_states: Tensor, attention_mask: Tensor | None = None, **others: Any
    ) -> Any:
        from transformers.modeling_outputs import BaseModelOutputWithPastAndCrossAttentions

        if any(others.get(name) for name in ("output_hidden_states", "output_attentions")):
            return self.plain(hidden_states, attention_mask=attention_mask, **others)
        kind = hidden_states.device.type
        is_mixed = torch.is_autocast_enabled(kind)
        dtype = torch.get_autocast_dtype(kind) if is_mixed else hidden_states.dtype
        with torch.autocast(kind, enabled=False):
            states = hidden_states.to(dtype)
            mask = _additive(attention_mask, dtype)
            for block in self.blocks:
                with torch.no_grad():
                    block.refresh(dtype)
                states = _Compute.apply(states, mask, block, *block.parameters)  # type: ignore[no-untyped-call]
        return BaseModelOutputWithPastAndCrossAttentions(last_hidden_state=states)


def _additive(mask: Tensor | None, dtype: torch.dtype) -> Tensor | None:
    """Turn the mask that transformers makes, ``(B, 1, T or 1, T)``, into ``(B, 1, 1, T)``."""
    if mask is None:
        return None
    row = mask[:, :, :1]
    if row.dtype == torch.bool:
        row = torch.zeros(row.shape, dtype=dtype).masked_fill_(~row, torch.finfo(dtype).min)
    return row.to(dtype)


class _Compute(torch.autograd.Function):
    """One block, ``(B, T, H)`` to ``(B, T, H)``, or to ``(B, 1, H)`` for the last one."""

    @staticmethod
    def forward(
        ctx: Any, states: Tensor, mask: Tensor | None, block: _Block, *_: nn.Parameter
    ) -> Tensor:
        rows, width = states.shape[0], states.shape[2]
        shown = states[:, :1] if block.is_last else states
        inputs, shown_inputs = states.reshape(-1, width), shown.reshape(-1, width)
        query = _apply(block.query, shown_inputs)
        key_value = _apply(block.key_value, inputs)
        q = _by_head(query, rows, block.heads)
        k, v = (_by_head(part, rows, block.heads) for part in torch.split(key_value, width, dim=1))
        context, log_sum = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
            q, k, v, 0.0, False, attn_mask=mask
        )
        merged = context.transpose(1, 2).reshape(-1, width)
        summed = _apply(block.mixed, merged).add_(shown_inputs)
        (weight_1, bias_1), (weight_2, bias_2) = block.norm_weights
        attended, mean_1, rstd_1 = torch.native_layer_norm(
            summed, [width], weight_1, bias_1, block.norms[0].eps
        )
        wide = _apply(block.wide, attended)
        active = functional.gelu(wide)
        summed_2 = _apply(block.narrow, active).add_(attended)
        out, mean_2, rstd_2 = torch.native_layer_norm(
            summed_2, [width], weight_2, bias_2, block.norms[1].eps
        )
        ctx.block, ctx.mask, ctx.shape = block, mask, states.shape
        # fmt: off
        ctx.save_for_backward(
            states, q, k, v, context, log_sum, merged, summed, mean_1, rstd_1,
            attended, wide, active, summed_2, mean_2, rstd_2,
        )
        # fmt: on
        return out.view(rows, -1, width)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Any:
        block: _Block = ctx.block
        # fmt: off
        (
            states, q, k, v, context, log_sum, merged, summed, mean_1, rstd_1,
            attended, wide, active, summed_2, mean_2, rstd_2,
        ) = ctx.saved_tensors
        # fmt: on
        rows, _, width = ctx.shape
        inputs = states.reshape(-1, width)
        shown_inputs = states[:, 0] if block.is_last else inputs
        grad = grad.reshape(-1, width)
        grad, of_norm_2 = _norm_back(grad, summed_2, mean_2, rstd_2, block, 1)
        of_narrow = block.narrow.gradients(grad, active)
        of_wide_out = torch.ops.aten.gelu_backward(grad @ block.narrow.weight, wide)
        of_wide = block.wide.gradients(of_wide_out, attended)
        grad = (of_wide_out @ block.wide.weight).add_(grad)
        grad, of_norm_1 = _norm_back(grad, summed, mean_1, rstd_1, block, 0)
        of_mixed = block.mixed.gradients(grad, merged)
        of_context = _by_head(grad @ block.mixed.weight, rows, block.heads)
        of_q, of_k, of_v = _attention_back(of_context, q, k, v, context, log_sum, ctx.mask)
        of_query_out = _merge_heads(of_q)
        of_key_value_out = torch.cat([_merge_heads(of_k), _merge_heads(of_v)], dim=1)
        of_query = block.query.gradients(of_query_out, shown_inputs)
        of_key_value = block.key_value.gradients(of_key_value_out, inputs)
        of_states: Tensor | None = None
        if ctx.needs_input_grad[0]:
            of_shown = (of_query_out @ block.query.weight).add_(grad)
            of_inputs = of_key_value_out @ block.key_value.weight
            if block.is_last:
                of_states = of_inputs.view(ctx.shape)
                of_states[:, 0] += of_shown
            else:
                of_states = of_inputs.add_(of_shown).view(ctx.shape)
        of_parameters = [*of_query, *of_key_value, *of_mixed, *of_wide, *of_narrow]
        return of_states, None, None, *of_parameters, *of_norm_1, *of_norm_2


def _apply(linear: _Linear, inputs: Tensor) -> Tensor:
    return functional.linear(inputs, linear.weight, linear.bias)


def _by_head(flat: Tensor, rows: int, heads: int) -> Tensor:
    """``(B·T, H)`` to ``(B, heads, T, H / heads)``."""
    return flat.reshape(rows, -1, heads, flat.shape[1] // heads).transpose(1, 2).contiguous()


def _merge_heads(parts: Tensor) -> Tensor:
    """``(B, heads, T, H / heads)`` to ``(B·T, H)``."""
    return parts.transpose(1, 2).reshape(-1, parts.shape[1] * parts.shape[3])


def _norm_back(
    grad: Tensor, inputs: Tensor, mean: Tensor, rstd: Tensor, block: _Block, index: int
) -> tuple[Tensor, list[Tensor | None]]:
    norm = block.norms[index]
    wanted = [True, norm.weight.requires_grad, norm.bias.requires_grad]
    weight, bias = block.norm_weights[index]
    of_inputs, of_weight, of_bias = torch.ops.aten.native_layer_norm_backward(
        grad, inputs, [inputs.shape[1]], mean, rstd, weight, bias, wanted
    )
    found = [
        part.to(norm.weight.dtype) if is_wanted else None
        for part, is_wanted in zip((of_weight, of_bias), wanted[1:], strict=True)
    ]
    return of_inputs, found


def _attention_back(
    grad: Tensor,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    context: Tensor,
    log_sum: Tensor,
    mask: Tensor | None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients of query, key and value."""
    if q.dtype == torch.float32:
        found = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward(
            grad, q, k, v, context, log_sum, 0.0, False, attn_mask=mask
        )
        return found[0], found[1], found[2]
    rows, heads, length, size = q.shape
    scale = size**-0.5
    flat_k, flat_v = k.view(-1, *k.shape[2:]), v.view(-1, *v.shape[2:])
    flat_q, flat_grad = (q * scale).view(-1, length, size), grad.view(-1, length, size)
    of_q, of_k, of_v = torch.empty_like(flat_q), torch.empty_like(flat_k), torch.empty_like(flat_v)
    scores_per_row = heads * length * k.shape[2]
    rows_at_once = max(1, min(rows, CACHED_SCORES // scores_per_row))
    for start in range(0, rows, rows_at_once):
        stop = min(rows, start + rows_at_once)
        part = slice(start * heads, stop * heads)
        qs, ks, vs, gs = flat_q[part], flat_k[part], flat_v[part], flat_grad[part]
        scores = torch.bmm(qs, ks.transpose(1, 2))
        if mask is not None:
            scores.view(stop - start, heads, length, -1).add_(mask[start:stop])
        shares = torch.softmax(scores, -1)
        of_shares = torch.bmm(gs, vs.transpose(1, 2))
        torch.bmm(shares.transpose(1, 2), gs, out=of_v[part])
        of_scores = torch._softmax_backward_data(of_shares, shares, -1, shares.dtype)
        torch.bmm(of_scores, ks, out=of_q[part])
        torch.bmm(of_scores.transpose(1, 2), qs, out=of_k[part])
    of_q *= scale
    return of_q.view_as(q), of_k.view_as(k), of_v.view_as(v)
