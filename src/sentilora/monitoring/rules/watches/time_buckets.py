"""Counts of texts in slots of time, of which the old ones are let go."""

from __future__ import annotations

from collections import Counter
from typing import Any


class TimeBuckets:
    """Counts by slot and by what is counted.

    Texts may come in any order: each counts in its slot, unless that is too old to matter.

    Args:
        slot_ms: length of a slot, in milliseconds.
        kept_ms: how long a slot matters.
    """

    def __init__(self, slot_ms: int, kept_ms: int) -> None:
        self.slot_ms = slot_ms
        self.kept_ms = kept_ms
        self._slots: dict[int, Counter[str]] = {}
        self._newest = 0

    def add(self, at_ms: int, what: str, number: int = 1) -> None:
        """Count a text, or add a number of it."""
        slot = at_ms // self.slot_ms
        if slot * self.slot_ms >= self._newest - self.kept_ms - self.slot_ms:
            self._slots.setdefault(slot, Counter())[what] += number

    def between(self, start_ms: int, end_ms: int) -> Counter[str]:
        """Return what was counted in the slots that begin in ``[start_ms, end_ms)``."""
        first, last = -(-start_ms // self.slot_ms), -(-end_ms // self.slot_ms)
        total: Counter[str] = Counter()
        if last - first <= len(self._slots):
            for slot in range(first, last):
                if slot in self._slots:
                    total.update(self._slots[slot])
        else:
            for slot, counts in self._slots.items():
                if first <= slot < last:
                    total.update(counts)
        return total

    def forget_before(self, now_ms: int) -> None:
        """Let go what no longer matters at a moment."""
        self._newest = now_ms
        oldest = (now_ms - self.kept_ms) // self.slot_ms - 1
        for slot in [slot for slot in self._slots if slot < oldest]:
            del self._slots[slot]

    def state(self) -> Any:
        """Return all slots, as a JSON value."""
        return {str(slot): dict(counts) for slot, counts in self._slots.items()}

    def restore(self, state: Any) -> None:
        """Go on from what :meth:`state` returned."""
        self._slots = {int(slot): Counter(counts) for slot, counts in state.items()}
