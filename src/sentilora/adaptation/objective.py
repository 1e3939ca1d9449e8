"""What an encoder is adapted by: hidden words, and the words of a whole text.

Only hidden positions go through the vocabulary, some at a time, and their gradients are computed
in the same pass: the logits of a batch, thirty thousand wide, never stand in memory together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from sentilora.adaptation.masking import Masked, MaskingRule, Vocabulary, mask_batch
from sentilora.inference.engines.device import autocast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentilora.model.tokens import TextEncoder
    from sentilora.model.word_head import WordHead

LOGITS_AT_ONCE = {"cpu": 1 << 24, "cuda": 1 << 28}  # numbers of 4 bytes
BLOCK_ROWS = 128  # of products whose number of rows is another one in each update


@dataclass(frozen=True)
class WordBatch:
    """The tensors of one update.

    Attributes:
        input_ids, attention_mask: ``(B, T)`` int64, the texts with tokens hidden, and 0 on padding.
        positions, targets: ``(M,)`` int64, flat places of hidden tokens, and what stood there.
        bag_rows, bag_words: ``(K,)`` int64, the different words of each text.
        tokens: number of tokens that are no padding.
    """

    input_ids: torch.Tensor
    attention_mask: torch.Tensor
    positions: torch.Tensor
    targets: torch.Tensor
    bag_rows: torch.Tensor
    bag_words: torch.Tensor
    tokens: int

    def to(self, device: torch.device) -> WordBatch:
        """Move the tensors to a device."""
        return replace(
            self,
            input_ids=self.input_ids.to(device),
            attention_mask=self.attention_mask.to(device),
            positions=self.positions.to(device),
            targets=self.targets.to(device),
            bag_rows=self.bag_rows.to(device),
            bag_words=self.bag_words.to(device),
        )


@dataclass(frozen=True)
class WordLoss:
    """How well words were predicted.

    Attributes:
        total: ``()`` loss that is minimised: hidden words, plus the weighted bag.
        words: ``()`` mean cross-entropy of the hidden words, in nats.
        bag: ``()`` mean cross-entropy of the words of a text, in nats; 0 when it has no weight.
        hits: number of hidden words that were the most probable one.
        hidden: number of hidden words.
    """

    total: torch.Tensor
    words: torch.Tensor
    bag: torch.Tensor
    hits: int
    hidden: int


class WordModel(nn.Module):
    """An encoder with the head that predicts words.

    Args:
        encoder: encoder of transformers, of any kind.
        head: head that predicts words, from :func:`~sentilora.model.word_head.build_head`.
        bag_weight: weight of the second objective; 0 leaves it out.
        precision: number format of the matrix products: ``fp32`` or ``bf16``.
    """

    def __init__(
        self, encoder: Any, head: WordHead, *, bag_weight: float, precision: str = "fp32"
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head
        self.bag_weight = bag_weight
        self.precision = precision

    def forward(self, batch: WordBatch) -> WordLoss:
        """Compute the losses of a batch."""
        device, head = batch.input_ids.device, self.head
        with autocast(device, self.precision):
            states = self.encoder(
                input_ids=batch.input_ids, attention_mask=batch.attention_mask
            ).last_hidden_state
            hidden = len(batch.positions)
            vectors = head.transform(_in_blocks(states.flatten(0, 1)[batch.positions]))[:hidden]
            words, hits = word_loss(vectors, head.weight, head.bias, batch.targets, self.precision)
            bag = torch.zeros_like(words)
            if self.bag_weight:
                logits = head.bag_transform(states[:, 0]) @ head.weight.T
                bag = bag_loss(logits.float() + head.bag_bias, batch.bag_rows, batch.bag_words)
        return WordLoss(
            total=words + self.bag_weight * bag,
            words=words.detach(),
            bag=bag.detach(),
            hits=int(hits),
            hidden=len(batch.targets),
        )


def make_batch(
    rows: Sequence[Sequence[int]],
    encoder: TextEncoder,
    vocabulary: Vocabulary,
    rule: MaskingRule,
    rng: np.random.Generator,
) -> WordBatch:
    """Pad texts, hide words, and list the words of each text."""
    padded = encoder.pad(rows)
    clean, attention_mask = padded["input_ids"].numpy(), padded["attention_mask"].numpy()
    masked: Masked = mask_batch(clean, attention_mask, vocabulary, rule, rng)
    bags = [np.unique(np.asarray(row, np.int64)) for row in rows]
    bags = [bag[~vocabulary.is_special[bag]] for bag in bags]
    return WordBatch(
        input_ids=torch.from_numpy(masked.input_ids),
        attention_mask=padded["attention_mask"],
        positions=torch.from_numpy(masked.positions),
        targets=torch.from_numpy(masked.targets),
        bag_rows=torch.from_numpy(np.repeat(np.arange(len(bags)), [len(bag) for bag in bags])),
        bag_words=torch.from_numpy(np.concatenate(bags)),
        tokens=int(attention_mask.sum()),
    )


def word_loss(
    vectors: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor,
    targets: torch.Tensor,
    precision: str = "fp32",
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return mean cross-entropy of ``vectors @ weight.T + bias`` and the number of right answers.

    Args:
        vectors: ``(M, E)`` outputs of the head at the hidden places.
        weight: ``(V, E)`` float32, output weights.
        bias: ``(V,)`` float32, bias of each word.
        targets: ``(M,)`` int64, ids of the right words.
        precision: number format of the products; softmax and loss are float32.
    """
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    # Inside the function gradients are off in any case, so it has to be told.
    is_learning = torch.is_grad_enabled()
    loss, hits = _WordLoss.apply(  # type: ignore[no-untyped-call]
        vectors, weight, bias, targets, dtype, is_learning
    )
    return loss, hits


class _WordLoss(torch.autograd.Function):
    """Linear layer and cross-entropy in one, chunk by chunk, with gradients on the way."""

    @staticmethod
    def forward(
        ctx: Any,
        vectors: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor,
        targets: torch.Tensor,
        dtype: torch.dtype,
        is_learning: bool,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        device, count = vectors.device, len(vectors)
        blocks = LOGITS_AT_ONCE.get(device.type, 1 << 24) // len(weight) // BLOCK_ROWS
        rows = BLOCK_ROWS * max(1, blocks)
        low_weight = weight.to(dtype)
        loss = vectors.new_zeros((), dtype=torch.float32)
        hits = torch.zeros((), dtype=torch.int64, device=device)
        if is_learning:
            grads = (
                torch.empty_like(vectors, dtype=torch.float32),
                torch.zeros_like(weight, dtype=torch.float32),
                torch.zeros_like(bias, dtype=torch.float32),
            )
        with torch.autocast(device.type, enabled=False):
            for start in range(0, count, rows):
                wanted = targets[start : start + rows]
                size = len(wanted)
                # Whole blocks: products in bf16 keep buffers for every number of rows they met.
                part = _in_blocks(vectors[start : start + rows].to(dtype))
                logits = (part @ low_weight.T).float().add_(bias)
                # The large matrix is made once and then only changed in place.
                peak = logits.amax(dim=1, keepdim=True)
                right = logits[:size].gather(1, wanted[:, None]) - peak[:size]
                hits += (right >= 0).sum()
                sums = logits.sub_(peak).exp_().sum(dim=1, keepdim=True)
                loss += (sums[:size].log() - right).sum()
                if is_learning:
                    error = logits.div_(sums * count)
                    error[size:] = 0
                    error[:size].scatter_add_(
                        1, wanted[:, None], torch.full_like(right, -1 / count)
                    )
                    grads[2].add_(error.sum(dim=0))
                    low_error = error.to(dtype)
                    grads[0][start : start + rows] = (low_error @ low_weight)[:size]
                    if dtype == torch.float32:
                        grads[1].addmm_(low_error.T, part)
                    else:
                        grads[1].add_(low_error.T @ part)
        if is_learning:
            ctx.save_for_backward(*grads)
            ctx.vectors_dtype = vectors.dtype
        ctx.mark_non_differentiable(hits)
        return loss / max(1, count), hits

    @staticmethod
    def backward(ctx: Any, *outer: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        vectors, weight, bias = ctx.saved_tensors
        scale = outer[0]
        grads = ((vectors * scale).to(ctx.vectors_dtype), weight * scale, bias * scale)
        return *grads, None, None, None


def _in_blocks(rows: torch.Tensor) -> torch.Tensor:
    """Append rows of zeros, so that ``(M, E)`` is a whole number of blocks long."""
    missing = -len(rows) % BLOCK_ROWS
    return torch.nn.functional.pad(rows, (0, 0, 0, missing))


def bag_loss(logits: torch.Tensor, rows: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    """Return the mean over texts of the mean cross-entropy of their different words.

    Args:
        logits: ``(B, V)`` float32, logits of the words of each text.
        rows: ``(K,)`` int64, the text of each pair of text and word; every text has one.
        words: ``(K,)`` int64, the word of each pair.
    """
    counts = torch.bincount(rows, minlength=len(logits)).clamp(min=1)
    shares = 1.0 / counts[rows]
    right = torch.zeros_like(logits[:, 0]).index_add(0, rows, logits[rows, words] * shares)
    return (logits.logsumexp(dim=1) - right).mean()
