"""When a side measures its accuracy, gives way to others, and stops."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from transformers import TrainerCallback

from benchmarks.training.account import Account
from benchmarks.training.levels import Point

if TYPE_CHECKING:
    from transformers.trainer_callback import TrainerControl, TrainerState


class Turns(Protocol):
    """The end of the pipe that a side holds."""

    def wait(self) -> float:
        """Wait for the next turn; return how many own seconds it lasts."""

    def hand_over(self, points: list[Point], step: int) -> None:
        """End the turn and say how far the training got."""


def measuring_steps(
    tokens: np.ndarray, epoch_ends: Iterable[int], *, first: int, growth: float
) -> frozenset[int]:
    """Choose the updates after which accuracy is measured.

    Args:
        tokens: ``(S,)`` int64, tokens trained after each update.
        epoch_ends: updates that end an epoch.
        first: tokens before the first measurement.
        growth: factor of tokens between two; above 1.

    Returns:
        Numbers of updates, from 1. The last one is left out: the finished model is measured anyway.
    """
    steps = {int(step) for step in epoch_ends}
    target = float(first)
    while len(tokens) and target <= tokens[-1]:
        steps.add(int(np.searchsorted(tokens, target)) + 1)
        target *= growth
    return frozenset(steps - {len(tokens)})


class Pacer(TrainerCallback):  # type: ignore[misc]
    """Run a side's clock inside ``Trainer``, whoever built it.

    The clock stands while accuracy is measured, while others have their turn, and while ``Trainer``
    does its own validation and saving (``aside_s``). It must come last among the callbacks, so that
    it sees what the others have asked for.

    Args:
        account: the clock; it runs when training begins.
        turns: gives the turns.
        measure: returns the accuracy of the model on the held-out rows.
        tokens_at: returns the tokens trained after so many updates.
        measuring: updates after which accuracy is measured.
        limit_s: own seconds after which the training stops.
    """

    def __init__(
        self,
        account: Account,
        turns: Turns,
        *,
        measure: Callable[[Any], float],
        tokens_at: Callable[[int], int],
        measuring: frozenset[int],
        limit_s: float = float("inf"),
    ) -> None:
        self.account = account
        self.turns = turns
        self.measure = measure
        self.tokens_at = tokens_at
        self.measuring = measuring
        self.limit_s = limit_s
        self.points: list[Point] = []
        self.step = 0
        self.aside_s = 0.0
        self.is_cut_short = False
        self._aside_since: float | None = None
        self._turn_ends = 0.0

    def begin(self) -> None:
        """Wait for the first turn and start the clock."""
        self._turn_ends = self.account.seconds + self.turns.wait()
        self.account.resume()

    def end(self, model: Any) -> Point:
        """Stop the clock and measure the finished model."""
        self.account.pause()
        return self._add_point(model)

    def on_step_begin(
        self, args: Any, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Go on, if validation or saving left the clock standing."""
        self._come_back()

    def on_step_end(
        self, args: Any, state: TrainerState, control: TrainerControl, model: Any = None, **_: Any
    ) -> TrainerControl:
        """Measure, stop or give way when it is time."""
        self.step = state.global_step
        is_last = self.step >= state.max_steps
        is_over = self.account.seconds >= self.limit_s and not is_last
        is_measured = self.step in self.measuring and not is_over
        gives_way = self.account.seconds >= self._turn_ends and not is_last and not is_over
        goes_aside = control.should_evaluate or control.should_save
        if not (is_over or is_measured or gives_way or goes_aside):
            return control
        self.account.pause()
        if is_measured:
            self._add_point(model)
        if is_over:
            self.is_cut_short = control.should_training_stop = True
        if gives_way:
            self.turns.hand_over(self.points, self.step)
            self._turn_ends = self.account.seconds + self.turns.wait()
        if goes_aside:
            self._aside_since = time.perf_counter()
        else:
            self.account.resume()
        return control

    def on_evaluate(
        self, args: Any, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Go on after validation, unless a checkpoint follows."""
        if not control.should_save:
            self._come_back()

    def on_save(self, args: Any, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Go on after a checkpoint."""
        self._come_back()

    def _come_back(self) -> None:
        if self._aside_since is not None:
            self.aside_s += time.perf_counter() - self._aside_since
            self._aside_since = None
        self.account.resume()

    def _add_point(self, model: Any) -> Point:
        was_training = model.training
        point = Point(
            step=self.step,
            tokens=self.tokens_at(self.step),
            seconds=self.account.seconds,
            accuracy=self.measure(model),
        )
        model.train(was_training)
        self.points.append(point)
        return point
