"""Texts that are not as they were: their labels, how sure the model is, or their words.

A day's distribution is set against that of the weeks before by a chi-squared test, and by its
distance: with many texts the test alone finds what matters to nobody.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import chi2_contingency

from sentilora.evaluation.reports.wording import percent
from sentilora.monitoring.rules.durations import MINUTE_S, duration_words, seconds_of
from sentilora.monitoring.rules.heard import Finding, Heard
from sentilora.monitoring.rules.rule_kinds import DriftRule
from sentilora.monitoring.rules.watches.time_buckets import TimeBuckets

_CHANCE = 0.001
_SLOTS = 24
_BINS = 10


class DriftWatch:
    """Watches a :class:`DriftRule`."""

    def __init__(self, rule: DriftRule) -> None:
        self.rule = rule
        self.within_ms = round(seconds_of(rule.within) * 1000)
        self.before_ms = round(seconds_of(rule.baseline) * 1000)
        slot_ms = max(MINUTE_S * 1000, self.within_ms // _SLOTS)
        self.buckets = TimeBuckets(slot_ms, self.within_ms + self.before_ms)

    def take(self, heard: Heard) -> None:
        """Count a text."""
        if self.rule.of == "labels":
            what = heard.label
        else:
            value = heard.score if self.rule.of == "scores" else heard.unknown
            what = str(min(_BINS - 1, int(value * _BINS)))
            if self.rule.of == "vocabulary" and value > 0:
                what = str(min(_BINS, 1 + int(value * _BINS)))
        self.buckets.add(heard.at_ms, what)

    def look(self, now_ms: int) -> Finding | None:
        """Say whether the last texts are distributed otherwise."""
        self.buckets.forget_before(now_ms)
        start = now_ms - self.within_ms
        now = self.buckets.between(start, now_ms + 1)
        before = self.buckets.between(start - self.before_ms, start)
        if min(now.total(), before.total()) < self.rule.least:
            return None
        kinds = sorted({*now, *before})
        table = np.array([[counts[kind] for kind in kinds] for counts in (now, before)])
        shares = table / table.sum(axis=1, keepdims=True)
        effect = float(np.abs(shares[0] - shares[1]).sum() / 2)
        if effect < self.rule.effect:
            return None
        chance = float(chi2_contingency(table).pvalue)
        if chance >= _CHANCE:
            return None
        moved = int(np.abs(shares[0] - shares[1]).argmax())
        return Finding(
            f"{self.rule.of} of the last {duration_words(self.within_ms / 1000)} differ from those "
            f"before: {percent(effect)} of the texts would have to be others "
            f"({now.total():,} and {before.total():,} texts)",
            {
                "effect": effect,
                "p": chance,
                "texts": now.total(),
                "before": before.total(),
                "most": kinds[moved],
                "share": float(shares[0, moved]),
                "share_before": float(shares[1, moved]),
            },
        )

    def state(self) -> Any:
        """Return the counts."""
        return self.buckets.state()

    def restore(self, state: Any) -> None:
        """Go on from counts."""
        self.buckets.restore(state)
