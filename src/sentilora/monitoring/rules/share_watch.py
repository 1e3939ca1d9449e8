"""The share of a label beyond a bound.

What was found ends only when the share is a tenth of the bound's distance from 0 or 1 inside of it,
or when half of the texts that it takes are left, so that it does not alarm again and again.
"""

from __future__ import annotations

from typing import Any

from sentilora.evaluation.rank_metrics import wilson
from sentilora.evaluation.reports.wording import percent
from sentilora.monitoring.rules.durations import duration_words, seconds_of
from sentilora.monitoring.rules.heard import Finding, Heard
from sentilora.monitoring.rules.rules_file import ShareRule
from sentilora.monitoring.rules.time_buckets import TimeBuckets

_SLOTS = 60  # of a window
_SLACK = 0.1


class ShareWatch:
    """Watches a :class:`ShareRule`; the window slides in sixtieths of its length."""

    def __init__(self, rule: ShareRule) -> None:
        self.rule = rule
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
        share = held / texts
        low, high = wilson(held, texts)
        over, under = self.rule.over, self.rule.under
        bound = over if over is not None else under
        assert bound is not None
        slack = _SLACK * min(bound, 1 - bound) if self.is_beyond else 0.0
        is_sure = self.rule.sure and not self.is_beyond
        if over is not None:
            self.is_beyond = (low if is_sure else share) > over - slack
        else:
            self.is_beyond = (high if is_sure else share) < bound + slack
        if not self.is_beyond:
            return None
        side = "over" if over is not None else "under"
        return Finding(
            f"{percent(share)} {self.rule.label} ({percent(low)} to {percent(high)}) of {texts:,} "
            f"texts within {duration_words(self.within_ms / 1000)}: {side} {percent(bound, 0)}",
            {"share": share, "low": low, "high": high, "texts": texts, "bound": bound},
        )

    def state(self) -> Any:
        """Return the counts, and whether the share was beyond its bound."""
        return {"is_beyond": self.is_beyond, "counts": self.buckets.state()}

    def restore(self, state: Any) -> None:
        """Go on from counts."""
        self.is_beyond = state["is_beyond"]
        self.buckets.restore(state["counts"])
