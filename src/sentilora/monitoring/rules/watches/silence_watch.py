"""Nothing comes any more."""

from __future__ import annotations

from typing import Any

from sentilora.monitoring.rules.durations import duration_words, seconds_of
from sentilora.monitoring.rules.heard import Finding, Heard
from sentilora.monitoring.rules.rule_kinds import SilenceRule


class SilenceWatch:
    """Watches a :class:`SilenceRule`, from the first look or text on."""

    def __init__(self, rule: SilenceRule) -> None:
        self.rule = rule
        self.longest_ms = round(seconds_of(rule.longer_than) * 1000)
        self.last_ms = 0

    def take(self, heard: Heard) -> None:
        """Take a text."""
        self.last_ms = max(self.last_ms, heard.at_ms)

    def look(self, now_ms: int) -> Finding | None:
        """Say whether nothing came for too long."""
        self.last_ms = min(self.last_ms or now_ms, now_ms)
        silent_ms = now_ms - self.last_ms
        if silent_ms <= self.longest_ms:
            return None
        return Finding(
            f"no text for {duration_words(silent_ms // 60_000 * 60)}",
            {"silent_s": silent_ms / 1000, "last_ms": self.last_ms},
        )

    def state(self) -> Any:
        """Return when the last text was written."""
        return self.last_ms

    def restore(self, state: Any) -> None:
        """Go on from there."""
        self.last_ms = state
