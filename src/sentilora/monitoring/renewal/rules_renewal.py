"""A file of rules that is changed while texts come.

A new rule learns from the store as at the start, a changed one too; the open alerts of one that is
gone end. A file that is broken is refused as a whole, and the old rules go on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from sentilora.errors import ConfigError
from sentilora.monitoring.live_monitor import LiveMonitor
from sentilora.monitoring.renewal.watched_file import WatchedFile
from sentilora.monitoring.rules.rule_engine import fingerprint
from sentilora.monitoring.rules.rules_file import Rules


class RulesRenewal:
    """Takes rules from their file whenever it has changed.

    Tells ``rules`` (path; names of rules that are new, changed and removed) and ``rules_refused``
    (path, reason).

    Args:
        path: ``rules.toml``; what it holds now is known.
        read: function that reads the rules from what the file holds.
        clock: seconds that go on evenly.

    Attributes:
        taken: function that is told the rules once they hold.
    """

    def __init__(
        self,
        path: Path,
        read: Callable[[bytes], Rules],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.file = WatchedFile(path, clock)
        self.read = read
        self.taken: Callable[[Rules], None] = _tell_nobody

    def __call__(self, watcher: LiveMonitor) -> None:
        """Look at the file, and take what it says."""
        change = self.file.change()
        if change is None:
            return
        path = str(self.file.path)
        if change.content is None:
            reason = f"{path} is gone, or cannot be read. Expected rules; the old ones go on."
            watcher.log.emit("rules_refused", path=path, reason=reason)
            return
        try:
            rules = self.read(change.content)
        except ConfigError as error:
            watcher.log.emit("rules_refused", path=path, reason=error.message)
            return
        before = watcher.rules
        if replace(rules, models={}) == replace(before, models={}):
            return
        if not watcher.take_rules(rules):
            self.file.repeat()  # the store is away
            return
        self.taken(rules)
        watcher.log.emit("rules", path=path, **_differences(before, rules))


def _tell_nobody(rules: Rules) -> None:
    """Nobody else has to know."""


def _differences(before: Rules, after: Rules) -> dict[str, Sequence[str]]:
    """Return the names of the rules that are new, changed and removed."""
    old = {rule.name: rule for rule in before.rules}
    new = {rule.name: rule for rule in after.rules}
    both = [name for name in new if name in old]
    return {
        "new": [name for name in new if name not in old],
        "changed": [name for name in both if fingerprint(old[name]) != fingerprint(new[name])],
        "removed": [name for name in old if name not in new],
    }
