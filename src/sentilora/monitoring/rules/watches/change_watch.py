"""The share of a label rose and stays up.

What the share was is told by a number of texts first; a CUSUM then adds up what speaks for a rise.
That number is known with an error of its own, so the upper end of its 80 % interval is taken: the
rate of false alarms is kept by all but one in ten baselines. An alarm ends when a CUSUM of the
other direction finds that the share is back.
"""

from __future__ import annotations

from typing import Any

from scipy.stats import binomtest

from sentilora.evaluation.rank_metrics import wilson
from sentilora.evaluation.reports.wording import percent
from sentilora.monitoring.rules.durations import DAY_S
from sentilora.monitoring.rules.heard import Finding, Heard
from sentilora.monitoring.rules.rule_kinds import ChangeRule
from sentilora.monitoring.rules.watches.bernoulli_cusum import (
    BernoulliCusum,
    bound_for,
    whole_steps,
)

_MONTH_MS = 30 * DAY_S * 1000
_CONFIDENCE = 0.8
_MOST_SHARE = 0.99


class ChangeWatch:
    """Watches a :class:`ChangeRule`."""

    def __init__(self, rule: ChangeRule) -> None:
        self.rule = rule
        self.held = self.texts = 0  # of the baseline
        self.first_ms = self.last_ms = 0
        self.release: str | None = None
        self.known: list[str] = []
        self.value = 0
        self.is_risen = False
        self.since_ms = 0
        self.held_since = self.texts_since = 0
        self._cusum: BernoulliCusum | None = None
        self._back: BernoulliCusum | None = None

    def take(self, heard: Heard) -> None:
        """Take a text, in the order of arrival."""
        is_held = heard.label == self.rule.label
        if not self._is_watched(heard):
            self.held += is_held
            self.texts += 1
            self.first_ms = min(self.first_ms or heard.at_ms, heard.at_ms)
            self.last_ms = max(self.last_ms, heard.at_ms)
            return
        self._start()
        assert self._cusum is not None
        assert self._back is not None
        cusum = self._back if self.is_risen else self._cusum
        if cusum.value == 0 and not self.is_risen:
            self.since_ms, self.held_since, self.texts_since = heard.at_ms, 0, 0
        self.held_since += is_held
        self.texts_since += 1
        if cusum.take(is_held=is_held is not self.is_risen):
            self.is_risen = not self.is_risen
            cusum.value = 0

    def look(self, now_ms: int) -> Finding | None:
        """Say whether the share has risen."""
        if not self.is_risen:
            return None
        before = self.held / self.texts
        low, high = wilson(self.held_since, self.texts_since)
        now = self.held_since / self.texts_since
        since = f" since {self.rule.since} {self.release}" if self.release else ""
        return Finding(
            f"{percent(now)} {self.rule.label} ({percent(low)} to {percent(high)}) of "
            f"{self.texts_since:,} texts{since}, {percent(before)} of {self.texts:,} before",
            {
                "share": now,
                "low": low,
                "high": high,
                "texts": self.texts_since,
                "before": before,
                "since_ms": self.since_ms,
                "false_alarms_a_month": self.rule.false_alarms_a_month,
            },
        )

    def _is_watched(self, heard: Heard) -> bool:
        """Whether a text is set against the baseline; else it is a part of that."""
        if self.rule.since is None:
            return self.texts >= self.rule.baseline
        value = heard.segments.get(self.rule.since)
        if value is None:
            return False
        if value not in self.known:
            if self.texts >= self.rule.baseline:
                self._release(value)
            self.known.append(value)
        return self.release is not None and value == self.release

    def _release(self, value: str) -> None:
        """Begin to watch a new value; what came with the one before is what it was before."""
        if self.release is not None and self.texts_since >= self.rule.baseline:
            self.held, self.texts = self.held_since, self.texts_since
        self.release, self.is_risen = value, False
        self.held_since = self.texts_since = 0
        self._cusum = self._back = None

    def _start(self) -> None:
        """Set the bound once the baseline is known."""
        if self._cusum is not None:
            return
        found = binomtest(self.held, self.texts).proportion_ci(_CONFIDENCE, method="wilson")
        before = min(max(float(found.high), 1e-3), _MOST_SHARE - 0.01)
        after = min(before + self.rule.by, _MOST_SHARE)
        up, down = whole_steps(before, after)
        span_ms = max(1, self.last_ms - self.first_ms)
        a_month = self.texts * _MONTH_MS / span_ms
        between = max(a_month / self.rule.false_alarms_a_month, 100.0)
        bound = bound_for(before, up, down, between)
        self._cusum = BernoulliCusum(up, down, bound)
        self._back = BernoulliCusum(down, up, bound)
        (self._back if self.is_risen else self._cusum).value = self.value

    def state(self) -> Any:
        """Return what it remembers."""
        cusum = self._back if self.is_risen else self._cusum
        self.value = 0 if cusum is None else cusum.value
        names = (name for name in vars(self) if name != "rule" and not name.startswith("_"))
        return {name: getattr(self, name) for name in names}

    def restore(self, state: Any) -> None:
        """Go on from what was remembered."""
        for name, value in state.items():
            setattr(self, name, value)
