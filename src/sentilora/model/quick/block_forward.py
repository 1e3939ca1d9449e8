"""The blocks of a BERT-like encoder where no gradients are wanted."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from sentilora.model.quick.block import Block

# Bytes of the widest layer's outputs at a time. Beyond 32 MiB the C library gives memory back to
# the system each time, and every page of it has to be made again.
WIDE_BYTES = 1 << 24


@torch.no_grad()
def compute_blocks(states: Tensor, mask: Tensor | None, blocks: Sequence[Block]) -> Tensor:
    """Compute what a :class:`~sentilora.model.quick.block.ComputeBlock` for each block does.

    Attention reads heads where they lie, and in bf16 bias, activation and residual are part of the
    matrix products, which get their rows in a few different numbers only.

    Args:
        states: ``(B, T, H)`` hidden states that enter the first block.
        mask: ``(B, 1, 1, T)`` what is added to the scores of attention; None where nothing is
            padding.
        blocks: the blocks, from the first to the last.

    Returns:
        ``(B, 1, H)``, of the first token; ``(B, T, H)`` if the last block is one like the others.
    """
    rows, length, width = states.shape
    tokens = _fill(states.reshape(-1, width))
    for block in blocks:
        tokens = _compute_block(tokens, mask, block, rows, length)
    shown = 1 if blocks[-1].is_last else length
    return tokens[: rows * shown].view(rows, shown, width)


def _compute_block(
    tokens: Tensor, mask: Tensor | None, block: Block, rows: int, length: int
) -> Tensor:
    """``(N, H)`` to the same; the first ``B·T`` rows count, or ``B`` after the last block."""
    width, count = tokens.shape[1], rows * length
    shown, shown_count = tokens, count
    if block.is_last:
        shown, shown_count = _fill(tokens[:count:length]), rows
    key_value = block.key_value.apply(tokens, count)[:count]
    q, k, v = (
        part.reshape(rows, -1, block.heads, width // block.heads).transpose(1, 2)
        for part in (
            block.query.apply(shown, shown_count)[:shown_count],
            *torch.split(key_value, width, dim=1),
        )
    )
    context, _ = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
        q, k, v, 0.0, False, attn_mask=mask
    )
    merged = _fill(context.transpose(1, 2).reshape(-1, width))
    attended = _normalise(block.mixed.apply_and_add(merged, shown, shown_count), block, 0)
    # Updates of each row's own adapter need the rows whole.
    at_once = len(attended) if block.wide.adds else max(1, WIDE_BYTES // block.wide.bias.nbytes)
    added = [
        block.narrow.apply_and_add(block.wide.apply_and_gelu(part, shown_count), part, shown_count)
        for part in torch.split(attended, at_once)
    ]
    return _normalise(added[0] if len(added) == 1 else torch.cat(added), block, 1)


def _fill(rows: Tensor) -> Tensor:
    """Add rows of zeros up to a number that other batches have, too.

    oneDNN, which computes in bf16, makes code for each number of rows that it meets, which takes as
    long as a batch of some hundred tokens, and keeps code for about a thousand products.
    """
    count = len(rows)
    if rows.dtype != torch.bfloat16 or count <= 8:
        return rows
    step = 8 if count <= 128 else 64 if count <= 1024 else 256
    missing = -count % step
    return functional.pad(rows, (0, 0, 0, missing)) if missing else rows


def _normalise(inputs: Tensor, block: Block, index: int) -> Tensor:
    weight, bias = block.norm_weights[index]
    return functional.layer_norm(inputs, weight.shape, weight, bias, block.norms[index].eps)
