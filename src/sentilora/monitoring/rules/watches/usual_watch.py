"""More texts than usual at this weekday and hour.

The last hour is set against the same hour of the same weekday in weeks before. If nothing has
changed, each of the texts of all these hours may as well be one of the last hour, so that their
number is binomial (J. Przyborowski and H. Wilenski, 1940).
"""

from __future__ import annotations

from typing import Any

from scipy.stats import binom

from sentilora.monitoring.rules.durations import DAY_S, HOUR_S
from sentilora.monitoring.rules.heard import Finding, Heard
from sentilora.monitoring.rules.rule_kinds import UsualRule
from sentilora.monitoring.rules.watches.time_buckets import TimeBuckets

_SLOT_MS = 600_000
_HOUR_MS, _WEEK_MS = HOUR_S * 1000, 7 * DAY_S * 1000
_CHANCE = 0.001
_LEAST_WEEKS = 2


class UsualWatch:
    """Watches a :class:`UsualRule`."""

    def __init__(self, rule: UsualRule) -> None:
        self.rule = rule
        self.buckets = TimeBuckets(_SLOT_MS, rule.weeks * _WEEK_MS + _HOUR_MS)

    def take(self, heard: Heard) -> None:
        """Count a text."""
        self.buckets.add(heard.at_ms, heard.label)

    def look(self, now_ms: int) -> Finding | None:
        """Say whether there are more than usual."""
        self.buckets.forget_before(now_ms)
        texts = self._texts(now_ms)
        if texts < self.rule.least:
            return None
        before = [
            self._texts(now_ms - week * _WEEK_MS)
            for week in range(1, self.rule.weeks + 1)
            if self._is_known(now_ms - week * _WEEK_MS)
        ]
        if len(before) < _LEAST_WEEKS:
            return None
        usual = sum(before) / len(before)
        chance = float(binom.sf(texts - 1, texts + sum(before), 1 / (1 + len(before))))
        if texts <= self.rule.times * usual or chance >= _CHANCE:
            return None
        kind = f"{self.rule.label} texts" if self.rule.label else "texts"
        return Finding(
            f"{texts:,} {kind} within an hour, usually {usual:.1f} at this weekday and hour "
            f"({len(before)} weeks)",
            {"texts": texts, "usual": usual, "weeks": len(before), "p": chance},
        )

    def _is_known(self, at_ms: int) -> bool:
        """Whether anything came within three days of a moment."""
        return bool(self.buckets.between(at_ms - _WEEK_MS // 2, at_ms + _WEEK_MS // 2))

    def _texts(self, end_ms: int) -> int:
        counts = self.buckets.between(end_ms - _HOUR_MS, end_ms + 1)
        return counts[self.rule.label] if self.rule.label else counts.total()

    def state(self) -> Any:
        """Return the counts."""
        return self.buckets.state()

    def restore(self, state: Any) -> None:
        """Go on from counts."""
        self.buckets.restore(state)
