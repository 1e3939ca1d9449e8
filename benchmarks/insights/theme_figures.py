"""How well groups of texts fit true topics, and how well they come back."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.themes.stability import best_overlaps

PURITY, RECALL = 0.6, 0.3
Groups = NDArray[np.int64]


def fit_of(topics: Groups, groups: Groups) -> dict[str, Any]:
    """Measure groups against true topics.

    Args:
        topics: true topic of each of N texts.
        groups: its group; -1 for none.

    Returns:
        ``v`` (V-measure, all texts in no group as a group of their own), ``v_told`` (of texts in a
        group alone), ``purity`` and ``found`` (topics of which one group holds 0.3 and that make
        0.6 of it), ``topics``, ``groups`` and ``told`` (share of texts in a group).
    """
    from sklearn.metrics import v_measure_score

    told = groups >= 0
    return {
        "v": float(v_measure_score(topics, groups)),
        "v_told": float(v_measure_score(topics[told], groups[told])) if told.any() else 0.0,
        "purity": _purity(topics, groups),
        "found": _found(topics, groups),
        "topics": len(np.unique(topics)),
        "groups": len(np.unique(groups[told])),
        "told": float(told.mean()),
    }


def _table(topics: Groups, groups: Groups) -> NDArray[np.int64]:
    """Count texts by topic and group, those in none left out."""
    told = groups >= 0
    table = np.zeros((int(topics.max()) + 1, int(groups.max(initial=-1)) + 1), np.int64)
    np.add.at(table, (topics[told], groups[told]), 1)
    return table


def _purity(topics: Groups, groups: Groups) -> float:
    table = _table(topics, groups)
    return float(table.max(axis=0).sum() / max(table.sum(), 1)) if table.size else 0.0


def _found(topics: Groups, groups: Groups) -> int:
    table = _table(topics, groups)
    sizes = np.bincount(topics)
    is_pure = table >= PURITY * np.maximum(table.sum(axis=0), 1)
    holds = table >= RECALL * sizes[:, None]
    return int((is_pure & holds).any(axis=1).sum())


def overlap_of(one: Groups, other: Groups) -> float:
    """Return the mean best Jaccard index of groups of the same texts, both ways."""
    return (come_back(one, other) + come_back(other, one)) / 2


def come_back(one: Groups, other: Groups) -> float:
    """Return the mean best Jaccard index of the groups of one with those of another grouping."""
    found = best_overlaps(one, other)
    return float(found.mean()) if len(found) else 0.0
