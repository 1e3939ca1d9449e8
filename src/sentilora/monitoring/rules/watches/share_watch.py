"""The share of a label beyond a bound.

What was found ends only when the share is a tenth of the bound's distance from 0 or 1 inside of it,
or when half of the texts that it takes are left, so that it does not alarm again and again.
A share may be corrected for the errors that its model is known to make; then its interval tells of
these errors, too.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.evaluation.rank_metrics import wilson
from sentilora.evaluation.reports.wording import percent
from sentilora.insights.mood.known_errors import KnownErrors
from sentilora.monitoring.rules.durations import duration_words, seconds_of
from sentilora.monitoring.rules.heard import Finding, Heard
from sentilora.monitoring.rules.rule_kinds import ShareRule
from sentilora.monitoring.rules.rule_model import ModelFacts
from sentilora.monitoring.rules.watches.time_buckets import TimeBuckets

_SLOTS = 60  # of a window
_SLACK = 0.1


class ShareWatch:
    """Watches a :class:`ShareRule`; the window slides in sixtieths of its length."""

    def __init__(self, rule: ShareRule, facts: ModelFacts | None = None) -> None:
        self.rule = rule
        self._corrected = _Corrected(facts, rule.label) if rule.corrected else None
        self.within_ms = round(seconds_of(rule.within) * 1000)
        self.is_beyond = False
        self.buckets = TimeBuckets(max(1000, self.within_ms // _SLOTS), self.within_ms)

    def take(self, heard: Heard) -> None:
        """Count a text."""
        self.buckets.add(heard.at_ms, heard.label)

    def look(self, now_ms: int) -> Finding | None:
        """Say whether the share is beyond its bound now."""
        self.buckets.forget_before(now_ms)
        counts = self.buckets.between(now_ms - self.within_ms, now_ms + 1)
        texts, held = counts.total(), counts[self.rule.label]
        if texts < (self.rule.least / 2 if self.is_beyond else self.rule.least):
            self.is_beyond = False
            return None
        share = held / texts if self._corrected is None else self._corrected.share(counts)
        over, under = self.rule.over, self.rule.under
        bound = over if over is not None else under
        assert bound is not None
        slack = _SLACK * min(bound, 1 - bound) if self.is_beyond else 0.0
        is_sure = self.rule.sure and not self.is_beyond
        self.is_beyond = share > over - slack if over is not None else share < bound + slack
        if not self.is_beyond:
            return None
        if self._corrected is None:
            low, high, how = *wilson(held, texts), ""
        else:
            low, high = self._corrected.interval(counts)
            how = f", {percent(held / texts)} as counted"
        if is_sure and not (low > bound if over is not None else high < bound):
            self.is_beyond = False
            return None
        side = "over" if over is not None else "under"
        within = duration_words(self.within_ms / 1000)
        return Finding(
            f"{percent(share)} {self.rule.label} ({percent(low)} to {percent(high)}{how}) of "
            f"{texts:,} texts within {within}: {side} {percent(bound, 0)}",
            {
                "share": share,
                "low": low,
                "high": high,
                "counted": held / texts,
                "texts": texts,
                "bound": bound,
            },
        )

    def state(self) -> Any:
        """Return the counts, and whether the share was beyond its bound."""
        return {"is_beyond": self.is_beyond, "counts": self.buckets.state()}

    def restore(self, state: Any) -> None:
        """Go on from counts."""
        self.is_beyond = state["is_beyond"]
        self.buckets.restore(state["counts"])


class _Corrected:
    """The share of a label, corrected by what is known of a model's errors."""

    def __init__(self, facts: ModelFacts | None, label: str) -> None:
        assert facts is not None, "a corrected share needs held-out texts"
        assert facts.confusion is not None, "a corrected share needs held-out texts"
        self._names = facts.labels.names
        self._place = self._names.index(label)
        self._errors = KnownErrors(facts.confusion)

    def share(self, counts: Counter[str]) -> float:
        return float(self._errors.shares(self._counts(counts))[self._place])

    def interval(self, counts: Counter[str]) -> tuple[float, float]:
        found = self._errors.estimates(self._counts(counts))[self._place]
        return found.low, found.high

    def _counts(self, counts: Counter[str]) -> NDArray[np.int64]:
        return np.array([counts[name] for name in self._names], dtype=np.int64)
