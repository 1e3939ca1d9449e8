"""A theme that was found by a look at the store: it holds until the next look."""

from __future__ import annotations

from typing import Any

from sentilora.monitoring.rules.heard import Finding, Heard
from sentilora.monitoring.rules.rule_kinds import ThemeRule


class ThemeWatch:
    """Remembers what was found for a :class:`ThemeRule`; finds nothing by itself.

    Attributes:
        found: theme that is new; None while nothing is.
    """

    def __init__(self, rule: ThemeRule, found: Finding | None = None) -> None:
        self.rule = rule
        self.found = found

    def take(self, heard: Heard) -> None:
        """Do nothing: texts are looked at in the store."""

    def look(self, now_ms: int) -> Finding | None:
        """Return what was found last."""
        return self.found

    def state(self) -> Any:
        """Return what was found, as a JSON value."""
        if self.found is None:
            return None
        return {
            "told": self.found.told,
            "figures": dict(self.found.figures),
            "numbers": list(self.found.numbers),
        }

    def restore(self, state: Any) -> None:
        """Go on from it."""
        if state is not None:
            self.found = Finding(state["told"], state["figures"], tuple(state["numbers"]))
