"""Texts of each day as counts, which a search for changes works on.

A day without texts has no cost, and a day of four texts weighs four: shares by day would have gaps,
and days of few texts would speak as loudly as days of many.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.mood.changes.stretches import variances
from sentilora.insights.mood.false_alarms import FEWEST_DAYS, overdispersion, whole
from sentilora.insights.mood.periods import Dates
from sentilora.insights.mood.weighted_texts import Ints, WeightedTexts

FEWEST_TEXTS = 40
MOST_DAYS = 750  # beyond that, neighbouring days are one


@dataclass(frozen=True)
class DayCounts:
    """Texts of the days that have any.

    Attributes:
        days: ``(D,)`` datetime64[D].
        counts: ``(D, 3)`` int64, negative, other and positive voices.
    """

    days: Dates
    counts: Ints

    @property
    def is_enough(self) -> bool:
        """Whether there are days and texts enough, and not all say the same."""
        is_long = len(self.counts) >= FEWEST_DAYS and self.counts.sum() >= FEWEST_TEXTS
        return bool(is_long and variances(self.counts)[0] > 0)

    @property
    def spread(self) -> float:
        """How much more days differ than luck would have it, at least 1."""
        sizes = self.counts.sum(axis=1)
        net = (self.counts[:, 2] - self.counts[:, 0]) / np.maximum(sizes, 1)
        return float(overdispersion(net[None], sizes, variances(self.counts)[:1])[0])


def day_counts(
    voices: WeightedTexts, texts: NDArray[np.bool_] | None = None, most_days: int = MOST_DAYS
) -> DayCounts:
    """Count negative, other and positive voices by day; neighbours are joined if days are many.

    Args:
        voices: the texts.
        texts: ``(N,)`` those to count; all if None.
        most_days: number of days beyond which neighbours are joined.
    """
    assert voices.dates is not None
    known = ~np.isnat(voices.dates)
    if texts is not None:
        known &= texts
    days, place = np.unique(voices.dates[known], return_inverse=True)
    groups = np.full(len(voices), -1)
    groups[known] = place
    counts = whole(voices.tallies(groups, len(days)).T).T
    step = math.ceil(len(days) / most_days)
    if step > 1:
        starts = np.arange(0, len(days), step)
        days, counts = days[starts], np.add.reduceat(counts, starts, axis=0)
    return DayCounts(days, counts)
