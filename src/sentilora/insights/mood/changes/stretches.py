"""How far a stretch of days lies from the others: the statistic behind changes of the mood.

Three contrasts are looked at, and the strongest counts: the net sentiment, the share of negative
texts, and that of positive ones; a complaint that grows at the cost of neutral texts moves the
second more than the first. Each is in standard errors, minus ``sqrt(2 log(e / part))`` for a
stretch that holds that part of the texts, so that short stretches, of which there are many, do not
drown long ones (Walther 2010, Ann. Stat. 38:1010).
"""

from __future__ import annotations

import math

import numpy as np

from sentilora.insights.mood.weighted_texts import Floats, Ints

FEWEST_INSIDE = 10  # texts in a stretch, and around it
CONTRASTS = np.array([[-1, -1, 0], [0, 0, 0], [1, 0, 1]])  # net, negative, positive


def _contrasts(counts: Ints) -> Ints:
    """Return weights of labels whose sums are compared, ``(3, M)``: one where all say the same."""
    return CONTRASTS if counts[..., 1].any() else CONTRASTS[:, :1]


def variances(counts: Ints) -> Floats:
    """Return the variance of a single text in each contrast, ``(M,)``."""
    contrasts = _contrasts(counts)
    shares = counts.sum(axis=0) / max(1, counts.sum())
    variances: Floats = shares @ contrasts**2 - (shares @ contrasts) ** 2
    return variances


def strongest_stretch(counts: Ints, least: int, spread: float) -> Floats:
    """Return the largest penalised difference of a stretch to the rest, ``(R,)``.

    Args:
        counts: ``(R, G, 3)`` texts by deal and bin, with the same sizes of bins in each deal.
        least: number of bins that a stretch, and what is around it, has at least.
        spread: overdispersion.
    """
    sums, sizes, deviation = _sums(counts, spread)
    bins, total = len(sizes) - 1, sizes[-1]
    mean = sums[:, -1:] / total
    strongest = np.full(len(sums), -np.inf)
    for start in range(bins):
        ends = np.arange(start + least, bins + 1)
        inside = sizes[ends] - sizes[start]
        kept = (np.minimum(inside, total - inside) >= FEWEST_INSIDE) & (
            ends - start <= bins - least
        )
        if kept.any():
            ends, inside = ends[kept], inside[kept][:, None]
            excess = np.abs(sums[:, ends] - sums[:, [start]] - inside * mean)
            scores = excess / (deviation * np.sqrt(inside * (total - inside) / total))
            scores -= penalty(inside, total)
            np.maximum(strongest, scores.max(axis=(1, 2)), out=strongest)
    return strongest


def edge_scores(counts: Ints, spread: float) -> Floats:
    """Return the penalised difference before and after each inner edge, ``(R, G - 1)``."""
    sums, sizes, deviation = _sums(counts, spread)
    total, before = sizes[-1], sizes[1:-1][:, None]
    excess = np.abs(sums[:, 1:-1] - before * sums[:, -1:] / total)
    scores = excess / (deviation * np.sqrt(np.maximum(before * (total - before), 1) / total))
    few = np.minimum(before, total - before) < FEWEST_INSIDE
    result: Floats = np.where(few, -np.inf, scores - penalty(before, total)).max(axis=2)
    return result


def _sums(counts: Ints, spread: float) -> tuple[Floats, Floats, Floats]:
    """Return sums ``(R, G + 1, M)`` and sizes ``(G + 1,)`` up to each edge, and deviations."""
    values = counts @ _contrasts(counts)
    sums = np.zeros((len(counts), values.shape[1] + 1, values.shape[2]))
    np.cumsum(values, axis=1, out=sums[:, 1:])
    sizes = np.concatenate([[0], np.cumsum(counts[0].sum(axis=1))]).astype(np.float64)
    return sums, sizes, np.sqrt(np.maximum(variances(counts[0]) * spread, 1e-12))


def penalty(inside: Floats | float, total: float) -> Floats:
    """Return what a stretch with so many of all texts has to be stronger for being short."""
    part = np.maximum(np.minimum(inside, total - np.asarray(inside)), 1) / total
    result: Floats = np.sqrt(2 * np.log(math.e / part))
    return result
