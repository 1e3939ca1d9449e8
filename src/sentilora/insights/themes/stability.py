"""How often a theme comes back when only a part of the statements is looked at."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

STABLE = 0.5
"""Mean best overlap from which a theme is told without a warning."""
Groups = NDArray[np.int64]
"""Index of each row's group, ``(S,)``; -1 for none."""


def best_overlaps(one: Groups, other: Groups) -> NDArray[np.float64]:
    """Return, for each group of one grouping, its largest Jaccard index with a group of another.

    Args:
        one: K groups of S rows.
        other: groups of the same rows.

    Returns:
        ``(K,)`` in [0, 1].
    """
    count = int(one.max(initial=-1)) + 1
    others = int(other.max(initial=-1)) + 1
    if count == 0 or others == 0:
        return np.zeros(count)
    told = (one >= 0) & (other >= 0)
    both = np.bincount(one[told] * others + other[told], minlength=count * others)
    both = both.reshape(count, others)
    sizes = np.bincount(one[one >= 0], minlength=count)
    other_sizes = np.bincount(other[other >= 0], minlength=others)
    union = sizes[:, None] + other_sizes[None, :] - both
    overlaps: NDArray[np.float64] = (both / np.maximum(union, 1)).max(axis=1)
    return overlaps


def measure_stability(
    groups: Groups,
    regroup: Callable[[NDArray[np.int64]], Groups],
    *,
    seed: int,
    resamples: int,
) -> NDArray[np.float64]:
    """Measure how often each group comes back: its mean best Jaccard index over resamples.

    Each resample is half of the rows, drawn without replacement; groups are found in it anew and
    all rows put to them. Source: C. Hennig, Cluster-wise assessment of cluster stability (2007).

    Args:
        groups: K groups of S rows.
        regroup: finds groups from some rows, given by their indices, and puts all S rows to them.
        seed: of the resamples.
        resamples: number of them.

    Returns:
        ``(K,)`` in [0, 1].
    """
    generator = np.random.default_rng(seed)
    total = np.zeros(int(groups.max(initial=-1)) + 1)
    for _ in range(resamples):
        half = generator.permutation(len(groups))[: (len(groups) + 1) // 2]
        total += best_overlaps(groups, regroup(np.sort(half)))
    mean: NDArray[np.float64] = total / resamples
    return mean
