"""Pairs drawn at random from groups of graded things, without listing all pairs there are."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]


def draw_pairs(
    group_ids: npt.NDArray[Any],
    grades: npt.NDArray[np.float64],
    *,
    most: int,
    min_gap: float = 0.0,
    seed: int,
) -> Ids:
    """Draw pairs of one group whose grades differ, each pair of a group as likely as the others.

    Args:
        group_ids: ``(N,)`` group of each thing.
        grades: ``(N,)`` grade of each thing: how high it stands.
        most: largest number of pairs of one group.
        min_gap: smallest difference between the grades of a pair; 0: any difference.
        seed: seed of the random draws; the same seed gives the same pairs.

    Returns:
        ``(P, 2)`` positions: the one with the higher grade, and the other one.
    """
    generator = np.random.default_rng(seed)
    order = np.lexsort((grades, group_ids))
    bounds = np.flatnonzero(np.diff(group_ids[order])) + 1
    drawn = [np.zeros((0, 2), np.int64)]
    for members in np.split(order, bounds):
        lower = _count_lower(grades[members], min_gap)
        below = np.cumsum(lower)
        total = int(below[-1]) if len(below) else 0
        if not total:
            continue
        numbers = np.sort(generator.choice(total, min(most, total), replace=False))
        # Pairs are numbered by their higher member; its partners are the lowest ones of the group.
        higher = np.searchsorted(below, numbers, side="right")
        partner = numbers - (below - lower)[higher]
        drawn.append(np.stack([members[higher], members[partner]], axis=1))
    return np.concatenate(drawn)


def _count_lower(grades: npt.NDArray[np.float64], min_gap: float) -> npt.NDArray[np.int64]:
    """Count for each of the sorted grades how many lie far enough below it."""
    if min_gap:
        return np.searchsorted(grades, grades - min_gap, side="right").astype(np.int64)
    return np.searchsorted(grades, grades, side="left").astype(np.int64)
