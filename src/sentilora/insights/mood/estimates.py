"""Figures with 95 % intervals: shares, net sentiments, and differences of either.

Counts are *voices*: sums of the weights of texts, so they need not be whole. A text whose weight is
below 1 counts as less than one independent observation, which widens intervals, never the reverse.

Not covered: texts of one author, or of one day, that are alike beyond their weights.
"""

from __future__ import annotations

import math

from sentilora.insights.insight_report import Estimate

Z = 1.959963984540054


def share_estimate(count: float, total: float) -> Estimate:
    """Bound a share by Wilson's score interval (Wilson 1927, JASA 22:209).

    Args:
        count: voices that have it, in [0, total].
        total: all voices, above 0.
    """
    share = count / total
    centre = (count + Z**2 / 2) / (total + Z**2)
    half = Z / (total + Z**2) * math.sqrt(total * share * (1 - share) + Z**2 / 4)
    return _estimate(share, max(0.0, centre - half), min(1.0, centre + half))


def net_estimate(negative: float, positive: float, total: float) -> Estimate:
    """Bound a net sentiment: two shares of the same texts, one minus the other, times 100.

    The adjusted Wald interval of Bonett and Price (2012, J. Educ. Behav. Stat. 37:479), which adds
    one voice to either side; plain Wald intervals have no width where all texts agree.

    Args:
        negative: voices with a negative label.
        positive: voices with a positive one.
        total: all voices, neutral ones included, above 0.
    """
    down, up = (negative + 1) / (total + 2), (positive + 1) / (total + 2)
    centre = up - down
    half = Z * math.sqrt(max(0.0, up + down - centre**2) / (total + 2))
    value = (positive - negative) / total
    low, high = max(-1.0, centre - half), min(1.0, centre + half)
    return _estimate(100 * value, 100 * low, 100 * high)


def difference_estimate(before: Estimate, after: Estimate) -> Estimate:
    """Bound ``after - before`` of two groups of texts that share none.

    Squares and adds the one-sided widths of both intervals: Newcombe's hybrid score method for
    shares (1998, Stat. Med. 17:873, method 10), and the same for any pair of intervals (Zou and
    Donner 2008, Stat. Med. 27:1693).
    """
    value = after.value - before.value
    down = math.hypot(after.value - after.low, before.high - before.value)
    up = math.hypot(after.high - after.value, before.value - before.low)
    return _estimate(value, value - down, value + up)


def _estimate(value: float, low: float, high: float) -> Estimate:
    return Estimate(value=value, low=min(low, value), high=max(high, value))
