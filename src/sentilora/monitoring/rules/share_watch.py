"""The share of a label beyond a bound."""

from __future__ import annotations

from typing import Any

from sentilora.evaluation.rank_metrics import wilson
from sentilora.evaluation.reports.wording import percent
from sentilora.monitoring.rules.durations import duration_words, seconds_of
from sentilora.monitoring.rules.heard import Finding, Heard
from sentilora.monitoring.rules.rules_file import ShareRule
from sentilora.monitoring.rules.time_buckets import TimeBuckets

_SLOTS = 60  # of a window


class ShareWatch:
    """Watches a :class:`ShareRule`; the window slides in sixtieths of its length."""

    def __init__(self, rule: ShareRule) -> None:
        self.rule = rule
        self.within_ms = round(seconds_of(rule.within) * 1000)
        self.buckets = TimeBuckets(max(1000, self.within_ms // _SLOTS), self.within_ms)

    def take(self, heard: Heard) -> None:
        """Count a text."""
        self.buckets.add(heard.at_ms, heard.label)

    def look(self, now_ms: int) -> Finding | None:
        """Say whether the share is beyond its bound now."""
        self.buckets.forget_before(now_ms)
        counts = self.buckets.between(now_ms - self.within_ms, now_ms + 1)
        texts, held = counts.total(), counts[self.rule.label]
        if texts < self.rule.least:
            return None
        share = held / texts
        low, high = wilson(held, texts)
        over, under = self.rule.over, self.rule.under
        if over is not None:
            if (low if self.rule.sure else share) <= over:
                return None
            bound = f"over {percent(over)}"
        else:
            assert under is not None
            if (high if self.rule.sure else share) >= under:
                return None
            bound = f"under {percent(under)}"
        return Finding(
            f"{percent(share)} {self.rule.label} ({percent(low)} to {percent(high)}) of {texts:,} "
            f"texts within {duration_words(self.within_ms / 1000)}: {bound}",
            {"share": share, "low": low, "high": high, "texts": texts, "bound": over or under},
        )

    def state(self) -> Any:
        """Return the counts."""
        return self.buckets.state()

    def restore(self, state: Any) -> None:
        """Go on from counts."""
        self.buckets.restore(state)
