"""A side that is ready to train, whatever its recipe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.training.token_counter import TokenCounter
from sentilora.labels import Labels
from sentilora.model.tokens import TextEncoder
from sentilora.training.training_loop import validate

if TYPE_CHECKING:
    import torch

    from sentilora.training.batches.encoded_examples import EncodedExamples


@dataclass(frozen=True)
class Contestant:
    """A side with everything loaded and tokenised.

    Attributes:
        precision: ``fp32``, ``bf16`` or ``fp16``, of training and of measuring.
        encoder: reads texts as the recipe does.
        planned_tokens: ``(S,)`` int64, tokens trained after each planned update, padding not
            counted; an estimate where batches are drawn at random.
        epoch_ends: updates that end an epoch.
        tokens_at: tokens trained after so many updates, once they are done.
        counter: sees what the model computes.
        flops_per_token: see :mod:`benchmarks.common.flops`.
        is_full: all weights learn.
        train: trains with a :class:`~benchmarks.training.pacer.Pacer`; returns the finished model.
        recipe: what the recipe is, for the record.
    """

    precision: str
    device: torch.device
    labels: Labels
    encoder: TextEncoder
    planned_tokens: np.ndarray
    epoch_ends: tuple[int, ...]
    tokens_at: Callable[[int], int]
    counter: TokenCounter
    flops_per_token: float
    is_full: bool
    train: Callable[[Any], Any]
    recipe: dict[str, Any]

    def accuracy(self, network: Any, examples: EncodedExamples) -> float:
        """Measure a model: the same function for all sides."""
        metrics = validate(
            network,
            examples,
            self.labels,
            self.encoder,
            "accuracy",
            self.device,
            self.precision,
        )
        return metrics["accuracy"]
