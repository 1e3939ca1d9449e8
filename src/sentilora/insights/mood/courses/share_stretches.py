"""The stretch of days whose share differs most: the statistic behind the course of a share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sentilora.insights.mood.changes.stretches import penalty
from sentilora.insights.mood.weighted_texts import Floats, Ints

LEAST_SIDE = 0.05  # of the texts, within the stretch and around it
PEAK = 0.5  # how much stronger than a step a peak has to be, in standard errors


def strongest_share(
    counts: Ints,
    sizes: Ints,
    spread: float,
    begins: Sequence[int] | None = None,
    ends: Sequence[int] | None = None,
) -> tuple[Floats, Ints]:
    """Find the stretch whose share differs most from that of the others.

    Args:
        counts: ``(R, K, G)`` texts that mention it, by deal, theme and group.
        sizes: ``(G,)`` texts of each group.
        spread: overdispersion.
        begins: first groups to look at; all if None.
        ends: groups after the last one to look at; all if None.

    Returns:
        Penalised roots of log-likelihood ratios ``(R, K)``, and, of a single deal, the stretches
        ``(1, K, 2)`` as first group and group after the last.
    """
    from scipy.special import xlogy

    groups, total = len(sizes), int(sizes.sum())
    table = xlogy(np.arange(total + 1), np.arange(total + 1))  # of every count there can be
    sums = np.zeros((*counts.shape[:2], groups + 1), dtype=np.int64)
    np.cumsum(counts, axis=2, out=sums[:, :, 1:])
    edges = np.concatenate([[0], np.cumsum(sizes)])
    everything = sums[:, :, -1]
    alone = table[everything] + table[total - everything] - table[total]
    best = np.full(counts.shape[:2], -np.inf)
    stretch = np.zeros((*counts.shape[:2], 2), dtype=np.int64)
    for begin in begins if begins is not None else range(groups):
        for end in ends if ends is not None else range(begin + 1, groups + 1):
            inside = int(edges[end] - edges[begin])
            if end <= begin or min(inside, total - inside) < max(1, LEAST_SIDE * total):
                continue
            within = sums[:, :, end] - sums[:, :, begin]
            around = everything - within
            ratio = table[within] + table[inside - within] - table[inside] - alone
            ratio += table[around] + table[total - inside - around] - table[total - inside]
            score = np.sqrt(2 * np.maximum(ratio, 0.0) / spread) - penalty(inside, total)
            if begin > 0 and end < groups:  # a peak, not a dip, and plainly better than a step
                score = np.where(within * (total - inside) > around * inside, score - PEAK, -np.inf)
            if len(counts) == 1:
                stretch[score > best] = (begin, end)
            np.maximum(best, score, out=best)
    return best, stretch
