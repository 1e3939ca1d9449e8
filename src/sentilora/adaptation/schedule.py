"""How long an adaptation goes on: passes over the texts, updates, minutes, whichever ends first.

The learning rate follows the share of the budget that is used, so that it is back at zero when the
budget is, also where that is a time. Updates counted by passes or by number are exactly repeatable;
how many fit into some minutes depends on the machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sentilora.runs.epoch_plan import plan_epoch


@dataclass(frozen=True)
class Schedule:
    """The batches of an adaptation, planned a pass at a time.

    Attributes:
        lengths: ``(N,)`` number of tokens of each window.
        batch_rows: largest number of windows in a batch.
        batch_tokens: largest number of padded tokens in a batch.
        seed: seed of the order.
        epochs: largest number of passes; None for no limit.
        max_steps: largest number of updates; None for no limit.
        seconds: longest time of updates, in seconds; None for no limit.
        warmup_share: share of the budget in which the learning rate rises.
    """

    lengths: np.ndarray
    batch_rows: int
    batch_tokens: int
    seed: int
    epochs: int | None
    max_steps: int | None
    seconds: float | None
    warmup_share: float

    def plan(self, epoch: int) -> list[np.ndarray]:
        """Return the batches of a pass."""
        return plan_epoch(
            self.lengths,
            batch_rows=self.batch_rows,
            batch_tokens=self.batch_tokens,
            seed=self.seed,
            epoch=epoch,
        )

    @cached_property
    def steps(self) -> int | None:
        """Updates in all; None when only the time limits them."""
        if self.epochs is None:
            return self.max_steps
        done = 0
        for epoch in range(self.epochs):
            done += len(self.plan(epoch))
            if self.max_steps is not None and done >= self.max_steps:
                return self.max_steps
        return done

    def used(self, step: int, seconds: float) -> float:
        """Return the share of the budget that is used, from 0; at 1 it is time to stop.

        Args:
            step: number of updates done.
            seconds: time that they took, in seconds.
        """
        shares = [0.0]
        if self.steps is not None:
            shares.append(step / self.steps)
        if self.seconds is not None:
            shares.append(seconds / self.seconds)
        return max(shares)

    def rate(self, step: int, seconds: float) -> float:
        """Return the factor of the learning rate, in ``[0, 1]``, of the update after ``step``.

        It rises linearly over the warm-up and falls linearly to 0. An update counts by its middle,
        so that neither the first nor the last one is wasted.
        """
        at = self.used(step, seconds)
        if self.steps is not None:
            at = max(at, (step + 0.5) / self.steps)
        if at < self.warmup_share:
            return at / self.warmup_share
        return max(0.0, (1 - at) / (1 - self.warmup_share))
