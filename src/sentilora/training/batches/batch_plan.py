"""Which texts form which update: shuffled, alike in length, within a token budget.

The whole training is planned before it starts. A plan depends on lengths and seed alone, so a
resumed run goes on with the very batch that a killed one was at, and several processes that share
each batch compute the update that one process would.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sentilora.runs.epoch_plan import plan_epoch

if TYPE_CHECKING:
    from sentilora.model.tokens import TextEncoder
    from sentilora.training.batches.encoded_examples import EncodedExamples


class BatchPlan:
    """All batches of a training, in order; a PyTorch batch sampler.

    Attributes:
        steps_per_epoch: number of batches of each epoch.
        tokens: ``(S,)`` number of tokens of each batch, padding not counted.
    """

    def __init__(
        self,
        lengths: np.ndarray,
        *,
        epochs: int,
        batch_rows: int,
        batch_tokens: int,
        seed: int,
        max_steps: int | None = None,
    ) -> None:
        self._batches: list[np.ndarray] = []
        self.steps_per_epoch: list[int] = []
        for epoch in range(epochs):
            batches = plan_epoch(
                lengths, batch_rows=batch_rows, batch_tokens=batch_tokens, seed=seed, epoch=epoch
            )
            self._batches += batches
            self.steps_per_epoch.append(len(batches))
        self._batches = self._batches[:max_steps]
        self.tokens = np.asarray([int(lengths[batch].sum()) for batch in self._batches])

    def __len__(self) -> int:
        return len(self._batches)

    def __iter__(self) -> Iterator[list[int]]:
        return (batch.tolist() for batch in self._batches)

    def epoch_at(self, step: int) -> float:
        """Return how many epochs are done after ``step`` updates."""
        done = 0
        for epoch, steps in enumerate(self.steps_per_epoch):
            if step < done + steps:
                return epoch + (step - done) / steps
            done += steps
        return float(len(self.steps_per_epoch))


class Collator:
    """Make the tensors of a batch, or of this process's share of it.

    Args:
        examples: tokenised texts.
        encoder: encoder that pads them.
        class_weights: ``(C,)`` weight of a row by its label.
        rank, world_size: number of this process, and of all; it takes rows ``rank, rank +
            world_size, …`` of each batch.
    """

    def __init__(
        self,
        examples: EncodedExamples,
        encoder: TextEncoder,
        class_weights: np.ndarray,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        self.examples = examples
        self.encoder = encoder
        self.class_weights = class_weights
        self.rank = rank
        self.world_size = world_size

    def __call__(self, indices: Sequence[int]) -> dict[str, Any]:
        """Return ``input_ids``, ``attention_mask``, ``labels``, ``row_weights`` and ``windows``.

        ``row_weights`` sum to 1 over all processes.
        """
        import torch

        label_ids = self.examples.label_ids[list(indices)]
        weights = self.class_weights[label_ids]
        weights = weights / weights.sum()
        # A process without rows computes the first one with weight 0, to stay in step.
        mine = list(range(self.rank, len(indices), self.world_size)) or [0]
        if self.rank >= len(indices):
            weights = np.zeros_like(weights)
        windows = [self.examples.windows(indices[i]) for i in mine]
        batch: dict[str, Any] = self.encoder.pad([row for text in windows for row in text])
        batch["labels"] = torch.from_numpy(label_ids[mine])
        batch["row_weights"] = torch.from_numpy(weights[mine]).float()
        batch["windows"] = torch.tensor([len(text) for text in windows])
        return batch


def balanced_weights(label_ids: np.ndarray, n_labels: int, mode: str) -> np.ndarray:
    """Return ``(C,)`` weights: ``n / (C x count)`` if ``auto`` and uneven by over 1.5, else 1."""
    counts = np.bincount(label_ids, minlength=n_labels)
    if mode == "none" or counts.max() <= 1.5 * counts.min():
        return np.ones(n_labels)
    return np.asarray(len(label_ids) / (n_labels * np.maximum(counts, 1)), dtype=np.float64)
