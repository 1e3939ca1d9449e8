"""Pairs beside labelled rows: which pairs go into which update, and what they add to its loss.

Every update of the plan takes one batch of pairs, one pass over the pairs after the other. As with
labelled rows, all is planned before the training starts, so that a resumed run goes on with the
very pairs that a killed one was at, and several processes share each batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import torch

from sentilora.data.pairs.preference_pairs import Pairs
from sentilora.inference.engines.engine import TorchEngine
from sentilora.inference.scoring import score_windows
from sentilora.labels import Labels, poles_of
from sentilora.model.tokens import TextEncoder, average_windows
from sentilora.runs.epoch_plan import plan_epoch
from sentilora.training.batches.batch_plan import BatchPlan
from sentilora.training.batches.encoded_examples import EncodedExamples
from sentilora.training.preference.preference_loss import (
    bradley_terry_losses,
    preference_losses,
    signed_logits,
)

if TYPE_CHECKING:
    from sentilora.config import PairsConfig, RunConfig

PAIRS = "pairs"  # key of the pairs in a batch

Floats = npt.NDArray[np.float64]


class Plan(Protocol):
    """All batches of a training, in order.

    See :class:`~sentilora.training.batches.batch_plan.BatchPlan`.
    """

    steps_per_epoch: list[int]
    tokens: npt.NDArray[Any]

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[list[int]]: ...

    def epoch_at(self, step: int) -> float:
        """Return how many epochs are done after ``step`` updates."""
        ...


class BatchMaker(Protocol):
    """Makes the tensors of a batch.

    See :class:`~sentilora.training.batches.batch_plan.Collator`.
    """

    examples: EncodedExamples
    world_size: int

    def __call__(self, indices: Sequence[int]) -> dict[str, Any]:
        """Return the tensors of the rows with these indices."""
        ...


@dataclass(frozen=True)
class EncodedPairs:
    """Pairs to train on, tokenised.

    Attributes:
        pairs: the pairs: which texts are compared, or which labels of a text.
        texts: texts of the pairs, in the order of ``pairs.table``.
        reference: ``(P,)`` log-odds of chosen against rejected under the frozen reference; zeros
            for graded texts and where the reference is uniform.
    """

    pairs: Pairs
    texts: EncodedExamples
    reference: Floats

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def tokens(self) -> npt.NDArray[np.int64]:
        """``(P,)`` tokens of each pair, padding not counted."""
        return np.asarray(self.texts.lengths[self.pairs.sides].sum(axis=1), np.int64)

    @property
    def costs(self) -> npt.NDArray[np.int64]:
        """``(P,)`` tokens of each pair when its texts are padded to the longer one."""
        lengths = self.texts.lengths[self.pairs.sides]
        return np.asarray(lengths.max(axis=1) * lengths.shape[1], np.int64)


class PairedPlan:
    """Batches of pairs, each behind the labelled batch of the same update where there are such.

    A batch is a list of labelled rows, and of pairs from ``offset`` on.

    Attributes:
        steps_per_epoch: number of updates of each pass over the labelled rows; over the pairs,
            without them.
        tokens: ``(S,)`` number of tokens of each update, padding not counted.
        passes: number of passes over the pairs.
    """

    def __init__(self, labelled: BatchPlan | None, pairs: EncodedPairs, config: RunConfig) -> None:
        settings = config.training
        # Graded pairs have two texts each: a batch of pairs is no larger than one of rows.
        self._sizes = {
            "batch_rows": max(1, settings.batch_rows // pairs.pairs.sides.shape[1]),
            "batch_tokens": settings.batch_tokens,
        }
        self.offset = 0
        if labelled is None:
            plan = self._plan_alone(pairs, config)
            self._rows: list[list[int]] = [[]] * len(plan)
            self._pairs: list[list[int]] = list(plan)
            tokens = np.zeros(len(plan), np.int64)
        else:
            plan = labelled
            self._rows = list(plan)
            self.offset = 1 + max(max(rows) for rows in self._rows)
            self._pairs = self._plan_beside(pairs, len(plan), config.seed)
            tokens = np.asarray(plan.tokens, np.int64)
        self.steps_per_epoch = plan.steps_per_epoch
        self._epoch_at = plan.epoch_at
        sizes = pairs.tokens
        self.tokens = tokens + np.asarray([int(sizes[batch].sum()) for batch in self._pairs])
        self.passes = sum(map(len, self._pairs)) / len(pairs)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[list[int]]:
        for rows, pairs in zip(self._rows, self._pairs, strict=True):
            yield rows + [self.offset + pair for pair in pairs]

    def epoch_at(self, step: int) -> float:
        """Return how many epochs are done after ``step`` updates."""
        return self._epoch_at(step)

    def _plan_alone(self, pairs: EncodedPairs, config: RunConfig) -> BatchPlan:
        one = BatchPlan(pairs.costs, epochs=1, seed=config.seed, **self._sizes)
        return BatchPlan(
            pairs.costs,
            epochs=config.epochs_for(len(one)),
            seed=config.seed,
            max_steps=config.training.max_steps,
            **self._sizes,
        )

    def _plan_beside(self, pairs: EncodedPairs, steps: int, seed: int) -> list[list[int]]:
        batches: list[list[int]] = []
        costs, epoch = pairs.costs, 0
        while len(batches) < steps:
            planned = plan_epoch(costs, seed=seed, epoch=epoch, **self._sizes)
            batches += [batch.tolist() for batch in planned]
            epoch += 1
        return batches[:steps]


class PairCollator:
    """Make the tensors of a batch of pairs, or of this process's share of it.

    Args:
        pairs: tokenised pairs.
        encoder: encoder that pads their texts.
        rank, world_size: number of this process, and of all; it takes pairs ``rank, rank +
            world_size, …`` of each batch.
    """

    def __init__(
        self, pairs: EncodedPairs, encoder: TextEncoder, rank: int = 0, world_size: int = 1
    ) -> None:
        self.examples = pairs.texts
        self.pairs = pairs
        self.encoder = encoder
        self.rank = rank
        self.world_size = world_size
        self.mean_weight = float(pairs.pairs.weights.mean())

    def __call__(self, indices: Sequence[int]) -> dict[str, Any]:
        """Return ``input_ids``, ``attention_mask``, ``windows``, ``pair_weights`` and the rest.

        The texts of graded pairs stand one after the other: all preferred ones, then all others.
        ``pair_weights`` are the weights over their mean in all pairs, divided by the pairs of the
        batch over all processes: a batch of good pairs counts more than one of doubtful ones.
        """
        pairs = self.pairs.pairs
        # A process without pairs computes the first one with weight 0, to stay in step.
        mine = np.asarray(list(indices[self.rank :: self.world_size]) or indices[:1])
        weights = pairs.weights[mine] / (self.mean_weight * len(indices))
        if self.rank >= len(indices):
            weights = np.zeros_like(weights)
        texts = [self.examples.windows(text) for text in pairs.sides[mine].T.ravel().tolist()]
        batch: dict[str, Any] = self.encoder.pad([row for text in texts for row in text])
        batch["windows"] = torch.tensor([len(text) for text in texts])
        batch["pair_weights"] = torch.from_numpy(weights).float()
        if pairs.is_graded:
            batch["margins"] = torch.from_numpy(pairs.margins[mine]).float()
        else:
            batch["chosen"], batch["rejected"] = torch.from_numpy(pairs.label_ids[mine]).unbind(1)
            batch["reference"] = torch.from_numpy(self.pairs.reference[mine]).float()
        return batch


class PairedCollator:
    """Make the tensors of a batch of a :class:`PairedPlan`.

    Args:
        labelled: collator of the labelled rows; None when there are only pairs.
        pairs: collator of the pairs, whose tensors stand under ``pairs``.
        offset: smallest number of a pair in a batch of the plan; smaller numbers are labelled rows.
    """

    def __init__(self, labelled: BatchMaker | None, pairs: PairCollator, offset: int) -> None:
        self.examples = pairs.examples if labelled is None else labelled.examples
        self.world_size = pairs.world_size
        self._labelled = labelled
        self._pairs = pairs
        self._offset = offset

    def __call__(self, indices: Sequence[int]) -> dict[str, Any]:
        """Return the tensors of the labelled rows, and those of the pairs."""
        rows = [index for index in indices if index < self._offset]
        batch = {} if self._labelled is None else self._labelled(rows)
        batch[PAIRS] = self._pairs([i - self._offset for i in indices if i >= self._offset])
        return batch


class PairLoss:
    """The loss of a batch of pairs, times its weight beside the loss of labelled rows.

    Args:
        labels: label names of the model.
        settings: settings of the pairs: weight, beta and scale of the margins; without labelled
            rows the weight is 1.
        world_size: number of processes, over which DDP averages gradients.
    """

    def __init__(self, labels: Labels, settings: PairsConfig, world_size: int) -> None:
        self._labels = labels
        self._beta = settings.beta
        self._margin_scale = settings.margin_scale
        self._factor = (1.0 if settings.only else settings.weight) * world_size

    def __call__(self, model: Any, batch: dict[str, Any]) -> torch.Tensor:
        """Return the weighted mean of the losses of the pairs, a scalar."""
        out = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])
        logits = average_windows(out.logits.float(), batch["windows"].tolist())
        if "margins" in batch:
            preferred, other = signed_logits(logits, *poles_of(self._labels)).chunk(2)
            margins = batch["margins"] * self._margin_scale
            losses = bradley_terry_losses(preferred, other, margins)
        else:
            chosen, rejected = batch["chosen"], batch["rejected"]
            losses = preference_losses(logits, chosen, rejected, batch["reference"], self._beta)
        loss: torch.Tensor = (losses * batch["pair_weights"]).sum() * self._factor
        return loss


def reference_log_odds(
    model: Any,
    pairs: Pairs,
    texts: EncodedExamples,
    encoder: TextEncoder,
    *,
    device: torch.device,
    precision: str,
) -> Floats:
    """Return the log-odds of chosen against rejected under a model as it is now, ``(P,)``."""
    windows = [texts.windows(index) for index in range(len(texts))]
    logits = score_windows(TorchEngine(model, device, precision), windows, encoder)
    rows = logits[pairs.sides[:, 0]].astype(np.float64)
    both = np.take_along_axis(rows, pairs.label_ids, axis=1)
    return np.asarray(both[:, 0] - both[:, 1])
