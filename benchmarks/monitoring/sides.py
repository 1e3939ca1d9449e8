"""What finds that a share rose: the rule ``change``, a rolling mean with a bound, and ADWIN.

Each takes answers one by one (True: negative) and says whether it alarms. What the share was before
is known to none: each is shown the same texts first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sentilora.monitoring.rules.heard import Heard
from sentilora.monitoring.rules.rule_kinds import ChangeRule
from sentilora.monitoring.rules.watches.change_watch import ChangeWatch

BASELINE = 1000
Bools = NDArray[np.bool_]


class Side(Protocol):
    """Something that alarms."""

    def take(self, is_negative: bool) -> bool:
        """Take an answer; return whether it alarms now."""


class OfSentilora:
    """The rule, at its stated rate of false alarms.

    Args:
        baseline: answers that come before; how many a day sets its bound.
        texts_a_day: number of texts a day.
        by: rise that is to be found soonest.
    """

    def __init__(self, baseline: Bools, texts_a_day: int, by: float = 0.1) -> None:
        self.watch = ChangeWatch(ChangeRule(name="a", kind="change", by=by, baseline=BASELINE))
        gap_ms = 86_400_000 / texts_a_day
        for number, is_negative in enumerate(baseline.tolist()):
            self.watch.take(_heard(is_negative, round(number * gap_ms)))
        at_ms = round(len(baseline) * gap_ms)
        self._told = {one: _heard(one, at_ms) for one in (False, True)}

    def take(self, is_negative: bool) -> bool:
        """Take an answer; return whether it alarms now."""
        was_risen = self.watch.is_risen
        self.watch.take(self._told[is_negative])
        return self.watch.is_risen and not was_risen


def _heard(is_negative: bool, at_ms: int) -> Heard:
    return Heard(at_ms, "app", {}, "negative" if is_negative else "positive", 0.9)


class RollingMean:
    """The share of the last texts is over that of the baseline by so much.

    Args:
        baseline: answers that come before.
        window: number of texts.
        over: how far the share must be over the baseline's.
    """

    def __init__(self, baseline: Bools, window: int, over: float) -> None:
        self._last = deque(baseline[-window:].tolist(), window)
        self._sum = sum(self._last)
        self._bound = (float(baseline.mean()) + over) * window
        self._is_over = self._sum > self._bound

    def take(self, is_negative: bool) -> bool:
        """Take an answer; return whether it alarms now."""
        self._sum += is_negative - self._last[0]
        self._last.append(is_negative)
        was_over, self._is_over = self._is_over, self._sum > self._bound
        return self._is_over and not was_over


def largest_excess(baseline: Bools, answers: Bools, window: int) -> float:
    """Return by how much the share of a window was over the baseline's at most."""
    both = np.concatenate([baseline[-window:], answers]).astype(np.int64)
    sums = np.concatenate([[0], np.cumsum(both)])
    rolling = (sums[window:] - sums[:-window])[1:] / window
    return float(rolling.max() - baseline.mean())


class Adwin:
    """ADWIN of river, of whose changes only rises are alarms.

    Args:
        baseline: answers that come before.
        delta: its setting; the less, the rarer it alarms.
    """

    def __init__(self, baseline: Bools, delta: float) -> None:
        self._adwin: Any = import_module("river.drift").ADWIN(delta=delta)
        for is_negative in baseline.tolist():
            self._adwin.update(is_negative)

    def take(self, is_negative: bool) -> bool:
        """Take an answer; return whether it alarms now."""
        before = self._adwin.estimation
        self._adwin.update(is_negative)
        return bool(self._adwin.drift_detected) and self._adwin.estimation > before


Make = Callable[[Bools], Side]


def first_alarm(side: Side, answers: Bools) -> int | None:
    """Return after how many texts it alarms first; None if it does not."""
    for number, is_negative in enumerate(answers.tolist(), 1):
        if side.take(is_negative):
            return number
    return None


def count_alarms(side: Side, answers: Bools) -> int:
    """Return how often it alarms."""
    return sum(side.take(is_negative) for is_negative in answers.tolist())
