"""What was said of the texts of the last hour, minute by minute."""

from __future__ import annotations

from dataclasses import dataclass

MINUTE_MS = 60_000
_MINUTES = 60


@dataclass
class HourSums:
    """A number of texts, and sums of what was said of them.

    Attributes:
        texts: number of texts.
        signed: sum of their positive minus their negative probabilities.
        sided: number of those that have such a value.
        unknown: sum of their shares of unknown tokens.
    """

    texts: int = 0
    signed: float = 0.0
    sided: int = 0
    unknown: float = 0.0

    def add(self, other: HourSums) -> None:
        """Add other texts."""
        self.texts += other.texts
        self.signed += other.signed
        self.sided += other.sided
        self.unknown += other.unknown


class LastHour:
    """The texts that were written within an hour."""

    def __init__(self) -> None:
        self._minutes: dict[int, HourSums] = {}

    def add(self, at_ms: int, now_ms: int, sums: HourSums) -> None:
        """Count texts; those that are said to come from the future were written now."""
        now, minute = now_ms // MINUTE_MS, min(at_ms, now_ms) // MINUTE_MS
        if minute <= now - _MINUTES:
            return
        self._minutes.setdefault(minute, HourSums()).add(sums)
        if len(self._minutes) > 2 * _MINUTES:
            self._drop(now)

    def sums(self, now_ms: int) -> HourSums:
        """Return what came within the hour before a moment."""
        self._drop(now_ms // MINUTE_MS)
        total = HourSums()
        for sums in self._minutes.values():
            total.add(sums)
        return total

    def _drop(self, now: int) -> None:
        for minute in [one for one in self._minutes if one <= now - _MINUTES]:
            del self._minutes[minute]
