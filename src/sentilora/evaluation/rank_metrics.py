"""How well a model orders texts: pairs, ratings, and texts that differ by a small edit.

A model may be right about labels and wrong about order, or the other way round; these figures are
about order. ``signed`` is that of :class:`~sentilora.inference.prediction.Prediction`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.defaults import RESAMPLES
from sentilora.errors import DataError
from sentilora.evaluation.intervals import percentile_interval, resample_chunks
from sentilora.labels import Labels, poles_of
from sentilora.message import setting

Z95 = 1.959963984540054

Floats = NDArray[np.float64]
Interval = tuple[float, float]


@dataclass(frozen=True)
class Share:
    """A share with its 95 % interval.

    Attributes:
        value: the share, in ``[0, 1]``.
        interval: 95 % interval of the share; None where nothing can be said of it, as with one
            unit.
        count: number of pairs or groups.
        units: number of pairs or groups that are independent of each other.
    """

    value: float
    interval: Interval | None
    count: int
    units: int


def signed_scores(probabilities: NDArray[Any], labels: Labels) -> Floats:
    """Return positive minus negative mass of ``(N, C)`` probabilities, ``(N,)`` in ``[-1, 1]``.

    Raises:
        ConfigError: the labels do not say which is positive and which is negative.
    """
    positive, negative = poles_of(labels)
    mass = np.asarray(probabilities, np.float64)
    scores: Floats = mass[:, positive].sum(axis=1) - mass[:, negative].sum(axis=1)
    return scores


def ranking_accuracy(
    preferred: NDArray[Any],
    other: NDArray[Any],
    *,
    units: NDArray[Any] | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Share:
    """Return the share of pairs in which the preferred side scores higher; ties count half.

    Pairs that share a text are not independent: the interval is a percentile bootstrap (Efron
    1979) that draws whole units. Where every pair is a unit, it is Wilson's (1927).

    Args:
        preferred: ``(P,)`` score of the side that should be higher.
        other: ``(P,)`` score of the other side.
        units: ``(P,)`` number of the unit of each pair; every pair is one when None.
        resamples: number of bootstrap resamples.
        seed: seed of the bootstrap; the same seed gives the same interval.

    Raises:
        DataError: there are no pairs.
    """
    if len(preferred) == 0:
        raise DataError("There are no pairs to measure. Give a file with at least one pair.")
    wins = (preferred > other) + 0.5 * (preferred == other)
    owners = np.arange(len(wins)) if units is None else np.unique(units, return_inverse=True)[1]
    sizes = np.bincount(owners).astype(np.float64)
    sums = np.bincount(owners, weights=wins).astype(np.float64)
    interval: Interval | None = None
    if len(sizes) == len(wins):
        interval = wilson(float(wins.sum()), len(wins))
    elif len(sizes) > 1:
        interval = _bootstrap_ratio(sums, sizes, resamples, seed)
    return Share(float(wins.mean()), interval, len(wins), len(sizes))


def spearman(scores: NDArray[Any], ratings: NDArray[Any]) -> tuple[float | None, Interval | None]:
    """Return Spearman's rank correlation, ties by mean rank, and its 95 % interval.

    The interval is Fisher's z with the standard error of Bonett and Wright (2000),
    ``sqrt((1 + r**2 / 2) / (n - 3))``. Both are None where one side has a single value only.

    Args:
        scores: ``(N,)`` scores of the model.
        ratings: ``(N,)`` ratings, such as stars.
    """
    from scipy.stats import spearmanr

    if len(scores) < 2 or np.ptp(scores) == 0 or np.ptp(ratings) == 0:
        return None, None
    value = float(spearmanr(scores, ratings).statistic)
    if len(scores) < 4 or abs(value) >= 1:
        return value, None
    half = Z95 * math.sqrt((1 + value**2 / 2) / (len(scores) - 3))
    middle = math.atanh(value)
    return value, (math.tanh(middle - half), math.tanh(middle + half))


def consistency(is_right: NDArray[Any], groups: NDArray[Any]) -> Share:
    """Return the share of groups of two and more texts in which every answer is right.

    "Contrast consistency" of Gardner et al. (2020, arXiv:2004.02709): of a text and its edit, both
    have to be right. The interval is Wilson's (1927), groups being independent.

    Args:
        is_right: ``(N,)`` bool, whether each answer is right.
        groups: ``(N,)`` name of the group of each text.

    Raises:
        DataError: no group has two texts.
    """
    _, owners = np.unique(groups, return_inverse=True)
    sizes = np.bincount(owners)
    right = np.bincount(owners, weights=np.asarray(is_right, np.float64))
    is_pair = sizes > 1
    count = int(is_pair.sum())
    if not count:
        raise DataError(
            f"No group has two texts, so none can be consistent. Found {len(sizes):,} groups of "
            f"one text. Choose the column of the pair ids with {setting('group', 'COL')}."
        )
    whole = int((right[is_pair] == sizes[is_pair]).sum())
    return Share(whole / count, wilson(whole, count), count, count)


def wilson(hits: float, count: int) -> Interval:
    """Return Wilson's 95 % interval of a share (1927), which also holds near 0 and 1."""
    share, square = hits / count, Z95**2
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = Z95 * math.sqrt(share * (1 - share) / count + square / (4 * count**2))
    half /= 1 + square / count
    return max(0.0, middle - half), min(1.0, middle + half)


def _bootstrap_ratio(sums: Floats, sizes: Floats, resamples: int, seed: int) -> Interval:
    generator = np.random.default_rng(seed)
    count = len(sizes)
    values = []
    for size in resample_chunks(resamples, count):
        drawn = generator.multinomial(count, np.full(count, 1 / count), size=size)
        values.append((drawn @ sums) / (drawn @ sizes))
    return percentile_interval(np.concatenate(values))
