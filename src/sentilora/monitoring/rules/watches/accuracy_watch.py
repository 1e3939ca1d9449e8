"""How many answers are right, estimated without labels, has fallen.

If scores are calibrated, the mean score of answers is the share of them that are right (as in C.
Guo et al., On Calibration of Modern Neural Networks, 2017). It is set against a bound, or against
the share that was right among the held-out texts of the model's run, by a z test.

Not covered: a model that errs and is sure of it. On texts of another kind than those that it was
calibrated on a model is mostly surer than it should be, so that the estimate is too high; it tells
that something fell, and labels alone tell how far.
"""

from __future__ import annotations

import math
from typing import Any

from scipy.stats import norm

from sentilora.evaluation.rank_metrics import Z95, wilson
from sentilora.evaluation.reports.wording import percent
from sentilora.monitoring.rules.durations import duration_words, seconds_of
from sentilora.monitoring.rules.heard import Finding, Heard
from sentilora.monitoring.rules.rule_kinds import AccuracyRule
from sentilora.monitoring.rules.rule_model import ModelFacts
from sentilora.monitoring.rules.watches.time_buckets import TimeBuckets

_SLOTS = 60  # of a window
_UNIT = 1000  # scores are summed in thousandths
_CHANCE = 0.001
_OPENS = float(norm.isf(_CHANCE))
_ENDS = 1.0


class AccuracyWatch:
    """Watches an :class:`AccuracyRule`."""

    def __init__(self, rule: AccuracyRule, facts: ModelFacts | None = None) -> None:
        self.rule = rule
        self.held_out = None if facts is None else facts.held_out
        self.within_ms = round(seconds_of(rule.within) * 1000)
        self.is_below = False
        self.buckets = TimeBuckets(max(1000, self.within_ms // _SLOTS), self.within_ms)

    def take(self, heard: Heard) -> None:
        """Count a text and its score."""
        score = round(heard.score * _UNIT)
        self.buckets.add(heard.at_ms, "texts")
        self.buckets.add(heard.at_ms, "score", score)
        self.buckets.add(heard.at_ms, "square", score * score)

    def look(self, now_ms: int) -> Finding | None:
        """Say whether the answers of the window are right less often than they should be."""
        self.buckets.forget_before(now_ms)
        sums = self.buckets.between(now_ms - self.within_ms, now_ms + 1)
        texts = sums["texts"]
        if texts < (self.rule.least / 2 if self.is_below else self.rule.least):
            self.is_below = False
            return None
        mean = sums["score"] / texts / _UNIT
        variance = max(0.0, sums["square"] / texts / _UNIT**2 - mean**2) + 1 / (4 * texts)
        error = math.sqrt(variance / texts)
        bound, bound_error, told = self._bound()
        z = (bound - mean) / math.hypot(error, bound_error)
        self.is_below = z > (_ENDS if self.is_below else _OPENS)
        if not self.is_below:
            return None
        low, high = max(0.0, mean - Z95 * error), min(1.0, mean + Z95 * error)
        return Finding(
            f"about {percent(mean)} ({percent(low)} to {percent(high)}) of the answers to "
            f"{texts:,} texts within {duration_words(self.within_ms / 1000)} are right, by their "
            f"scores: under {told}",
            {"accuracy": mean, "low": low, "high": high, "texts": texts, "bound": bound},
        )

    def _bound(self) -> tuple[float, float, str]:
        """Return the bound, its standard error, and how it is called."""
        if self.rule.under is not None:
            return self.rule.under, 0.0, percent(self.rule.under, 0)
        assert self.held_out is not None, "a rule without a bound needs held-out texts"
        right, texts = self.held_out
        low, high = wilson(right, texts)
        told = f"the {percent(right / texts)} of {texts:,} held-out texts"
        return right / texts, (high - low) / (2 * Z95), told

    def state(self) -> Any:
        """Return the sums, and whether they were below the bound."""
        return {"is_below": self.is_below, "sums": self.buckets.state()}

    def restore(self, state: Any) -> None:
        """Go on from sums."""
        self.is_below = state["is_below"]
        self.buckets.restore(state["sums"])
