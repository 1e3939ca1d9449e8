"""Ways to find the days on which a mood changed: SentiLoRA's, and what tutorials do.

Each takes labels and days and returns the days of changes, as numbers from the first.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from benchmarks.insights.dated_texts import FIRST_DAY, DatedTexts, Ints

Side = Callable[[Ints, Ints, int], list[int]]


def sentilora(label_ids: Ints, days: Ints, seed: int) -> list[int]:
    """Changes of a report on these texts."""
    found = DatedTexts(label_ids, FIRST_DAY + days.astype("m8[D]")).mood(seed).changes
    return [int((np.datetime64(change.date, "D") - FIRST_DAY).astype(int)) for change in found]


def ruptures_rbf(label_ids: Ints, days: Ints, seed: int) -> list[int]:
    """Pelt as in the documentation of ruptures (rbf, penalty 10), on shares by day."""
    import ruptures

    number, shares = _shares(label_ids, days)
    ends = ruptures.Pelt(model="rbf").fit(shares).predict(pen=10)
    return [int(number[end]) for end in ends[:-1]]


def ruptures_l2(label_ids: Ints, days: Ints, seed: int) -> list[int]:
    """Pelt on shares by day, with the penalty of BIC and the variance of neighbouring days."""
    import ruptures

    number, shares = _shares(label_ids, days)
    variance = float(np.var(np.diff(shares))) / 2
    search = ruptures.Pelt(model="l2", jump=1, min_size=3).fit(shares)
    ends = search.predict(pen=2 * variance * math.log(len(shares)) + 1e-9)
    return [int(number[end]) for end in ends[:-1]]


def weekly_test(label_ids: Ints, days: Ints, seed: int) -> list[int]:
    """Each week against the four before it, two-sided test of two shares, p below 0.05."""
    from scipy.stats import norm

    weeks = days // 7
    found = []
    for week in range(1, int(weeks.max()) + 1):
        now, before = weeks == week, (weeks < week) & (weeks >= week - 4)
        sizes = np.array([now.sum(), before.sum()])
        if sizes.min() == 0:
            continue
        shares = np.array([(label_ids[side] == 0).mean() for side in (now, before)])
        pooled = float((shares * sizes).sum() / sizes.sum())
        error = math.sqrt(max(pooled * (1 - pooled), 1e-9) * float((1 / sizes).sum()))
        if 2 * norm.sf(abs(shares[0] - shares[1]) / error) < 0.05:
            found.append(7 * week)
    return found


SIDES: dict[str, Side] = {
    "SentiLoRA": sentilora,
    "ruptures, rbf, pen=10": ruptures_rbf,
    "ruptures, l2, BIC": ruptures_l2,
    "each week against four, p < 0.05": weekly_test,
}


def _shares(label_ids: Ints, days: Ints) -> tuple[Ints, np.ndarray]:
    """Return the days with texts and the share of negative ones on each."""
    number, place = np.unique(days, return_inverse=True)
    negative = np.bincount(place, weights=label_ids == 0)
    return number, negative / np.bincount(place)
