"""One block of a BERT-like encoder as one autograd function."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from sentilora.model.quick.joined_linear import JoinedLinear
from sentilora.model.quick.layouts import Layout

CACHED_SCORES = 1 << 20  # attention scores worked on at a time, going back


class Block:
    """The parts of one block, and whether only its first token is wanted."""

    def __init__(self, block: nn.Module, layout: Layout, heads: int, *, is_last: bool) -> None:
        get = block.get_submodule
        self.query = JoinedLinear([get(layout.query)])
        self.key_value = JoinedLinear([get(layout.key), get(layout.value)])
        self.mixed = JoinedLinear([get(layout.mixed)])
        self.wide = JoinedLinear([get(layout.wide)])
        self.narrow = JoinedLinear([get(layout.narrow)])
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


class ComputeBlock(torch.autograd.Function):
    """One block, ``(B, T, H)`` to ``(B, T, H)``, or to ``(B, 1, H)`` for the last one."""

    @staticmethod
    def forward(
        ctx: Any, states: Tensor, mask: Tensor | None, block: Block, *_: nn.Parameter
    ) -> Tensor:
        """Return the block's output; ``refresh`` has taken the parameters before."""
        rows, width = states.shape[0], states.shape[2]
        shown = states[:, :1] if block.is_last else states
        inputs, shown_inputs = states.reshape(-1, width), shown.reshape(-1, width)
        query = block.query.apply(shown_inputs)
        key_value = block.key_value.apply(inputs)
        q = _by_head(query, rows, block.heads)
        k, v = (_by_head(part, rows, block.heads) for part in torch.split(key_value, width, dim=1))
        context, log_sum = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
            q, k, v, 0.0, False, attn_mask=mask
        )
        merged = context.transpose(1, 2).reshape(-1, width)
        summed = block.mixed.apply(merged).add_(shown_inputs)
        (weight_1, bias_1), (weight_2, bias_2) = block.norm_weights
        attended, mean_1, rstd_1 = torch.native_layer_norm(
            summed, [width], weight_1, bias_1, block.norms[0].eps
        )
        wide = block.wide.apply(attended)
        active = functional.gelu(wide)
        summed_2 = block.narrow.apply(active).add_(attended)
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
        """Return the gradients of the states and of ``block.parameters``."""
        block: Block = ctx.block
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


def _by_head(flat: Tensor, rows: int, heads: int) -> Tensor:
    """``(B·T, H)`` to ``(B, heads, T, H / heads)``."""
    return flat.reshape(rows, -1, heads, flat.shape[1] // heads).transpose(1, 2).contiguous()


def _merge_heads(parts: Tensor) -> Tensor:
    """``(B, heads, T, H / heads)`` to ``(B·T, H)``."""
    return parts.transpose(1, 2).reshape(-1, parts.shape[1] * parts.shape[3])


def _norm_back(
    grad: Tensor, inputs: Tensor, mean: Tensor, rstd: Tensor, block: Block, index: int
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
