"""Groups of vectors, their number not told.

Each vector is first moved towards its nearest neighbours, so that what is said in many ways draws
together and what lies between two groups does not join them; then Ward's method (J. Ward, 1963)
builds a tree, which is cut. Smoothing over the graph of neighbours is a low-pass filter, as in
X. Zhang et al., Attributed graph clustering via adaptive graph convolution (2019).
Memory grows with the square of the rows: call it on a sample, and :func:`assign` the rest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.themes.topic_space import TopicSpace, unit

_NEIGHBOURS = 10
_STEPS = 4
_ROWS = 1024
_SPREADS = 2.5
_GROUPS = 2.5
_LEAST_ROWS = 5
_SMALL_SHARE, _SMALL_LIKENESS = 0.02, 0.9
_LARGE_SHARE, _LARGE_LIKENESS = 0.08, 0.65
_LEAST_WITHIN = 0.02
_ONE_WORDING = 0.85  # cosine between sentences that differ in a mark or in the form of a word


@dataclass(frozen=True)
class Centres:
    """Where groups lie.

    Attributes:
        directions: of K groups, ``(K, D)`` float32 of length 1.
        least: cosine from which a vector belongs to the group, ``(K,)`` float64.
    """

    directions: NDArray[np.float32]
    least: NDArray[np.float64]

    def select(self, indices: NDArray[np.int64]) -> Centres:
        """Return some of them, in the order of their indices."""
        return Centres(self.directions[indices], self.least[indices])


def smoothed(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Move each vector half-way to the mean of its ten nearest neighbours, four times.

    Neighbours are those of the vectors as they were; the closer one is, the more it counts, and
    who is chosen as a neighbour also counts those who chose it.
    """
    from scipy.sparse import csr_matrix, diags

    rows = len(vectors)
    near = min(_NEIGHBOURS, rows - 1)
    if near < 1:
        return vectors
    indices = np.empty((rows, near), np.int64)
    values = np.empty((rows, near), np.float64)
    for start in range(0, rows, _ROWS):
        block = vectors[start : start + _ROWS] @ vectors.T
        block[np.arange(len(block)), np.arange(start, start + len(block))] = -np.inf
        chosen = np.argpartition(-block, near - 1, axis=1)[:, :near]
        indices[start : start + _ROWS] = chosen
        values[start : start + _ROWS] = np.take_along_axis(block, chosen, axis=1)
    ends = np.arange(0, rows * near + 1, near)
    weights = np.maximum(values, 1e-6).ravel()
    graph = csr_matrix((weights, indices.ravel(), ends), shape=(rows, rows))
    graph = graph + graph.T
    graph = diags(1 / np.asarray(graph.sum(axis=1)).ravel()) @ graph
    moved = vectors
    for _ in range(_STEPS):
        mean = unit(np.asarray(graph @ moved, np.float32))
        moved = unit(np.asarray(moved + mean, np.float32))
    return moved


def group(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """Group vectors, ``(S, D)`` of length 1; return the group of each, ``(S,)`` from 0."""
    from scipy.cluster.hierarchy import fcluster, ward

    count = number_of_groups(len(vectors))
    if len(vectors) <= count:
        return np.arange(len(vectors))
    tree = ward(smoothed(vectors))
    groups: NDArray[np.int64] = fcluster(tree, count, "maxclust").astype(np.int64) - 1
    return joined(vectors, groups)


def group_wordings(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """Group few vectors, ``(S, D)`` of length 1, that are nearly one: "Great" and "Great!"."""
    from scipy.cluster.hierarchy import average, fcluster

    if len(vectors) < 2:
        return np.zeros(len(vectors), np.int64)
    apart = math.sqrt(2 - 2 * _ONE_WORDING)
    groups: NDArray[np.int64] = fcluster(average(vectors), apart, "distance").astype(np.int64) - 1
    return groups


def joined(vectors: NDArray[np.float32], groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Join groups that are parts of one, large ones more readily.

    Ward's method prefers groups of one size, and so cuts a topic of which many speak into pieces.
    Two groups are joined where the mean cosine between their vectors is nearly that within them:
    0.9 of it where both together hold 2 % of all vectors, 0.65 where they hold 8 %.

    Args:
        vectors: ``(S, D)`` float32 of length 1.
        groups: group of each, ``(S,)`` from 0.

    Returns:
        Groups from 0, as many or fewer.
    """
    of = np.unique(groups, return_inverse=True)[1]
    sums = np.zeros((int(of.max(initial=-1)) + 1, vectors.shape[1]))
    np.add.at(sums, of, vectors)
    sizes = np.bincount(of).astype(np.float64)
    owner = np.arange(len(sizes))
    while len(sizes) > 1:
        products = sums @ sums.T
        own = (np.diag(products) - sizes) / np.maximum(sizes - 1, 1)  # times the size
        together = sizes[:, None] + sizes[None, :]
        within = (own[:, None] + own[None, :]) / together
        between = products / np.outer(sizes, sizes)
        share = (together / len(vectors) - _SMALL_SHARE) / (_LARGE_SHARE - _SMALL_SHARE)
        wanted = _SMALL_LIKENESS + (_LARGE_LIKENESS - _SMALL_LIKENESS) * np.clip(share, 0, 1)
        likeness = between / np.maximum(within, _LEAST_WITHIN) - wanted
        likeness[sizes < 2] = likeness[:, sizes < 2] = -np.inf
        np.fill_diagonal(likeness, -np.inf)
        one, other = np.unravel_index(int(likeness.argmax()), likeness.shape)
        if likeness[one, other] < 0:
            break
        sums[one] += sums[other]
        sizes[one] += sizes[other]
        owner[owner == other] = one
        owner[owner > other] -= 1
        sums, sizes = np.delete(sums, other, axis=0), np.delete(sizes, other)
    found: NDArray[np.int64] = np.unique(owner[of], return_inverse=True)[1].astype(np.int64)
    return found


def number_of_groups(rows: int) -> int:
    """Return how many groups so many different statements are first put into."""
    return max(1, round(min(_GROUPS * math.sqrt(rows), rows / _LEAST_ROWS)))


def centres_of(vectors: NDArray[np.float32], groups: NDArray[np.int64]) -> Centres:
    """Return where groups lie, and how far from there vectors still belong to them.

    That is 2.5 standard deviations below the mean cosine of a group's vectors, each to the centre
    of the others, as new ones are no part of the centre they are compared with. The deviation is
    taken over all groups, as small ones tell too little of theirs.

    Args:
        vectors: ``(S, D)`` float32 of length 1.
        groups: index of each vector's group, ``(S,)``; -1 for none.
    """
    from scipy.sparse import csr_matrix

    told = np.flatnonzero(groups >= 0)
    count = int(groups.max(initial=-1)) + 1
    of = csr_matrix((np.ones(len(told)), (groups[told], told)), shape=(count, len(groups)))
    sums = np.asarray(of @ vectors, np.float64)
    own = groups[told]
    toward = np.einsum("sd,sd->s", vectors[told], sums[own])
    others = np.einsum("kd,kd->k", sums, sums)[own] - 2 * toward + 1
    likeness = (toward - 1) / np.sqrt(np.maximum(others, 1e-9))
    sizes = np.bincount(own, minlength=count)
    judged = sizes[own] > 1
    mean = np.bincount(own[judged], likeness[judged], minlength=count) / np.maximum(sizes, 1)
    spread = float(np.sqrt(np.mean((likeness - mean[own])[judged] ** 2))) if judged.any() else 0.0
    alone = float(likeness[judged].mean()) if judged.any() else -1.0
    least = np.where(sizes > 1, mean, alone) - _SPREADS * spread
    return Centres(unit(np.asarray(sums, np.float32)), np.clip(least, -1.0, 1.0))


def assign(
    vectors: NDArray[np.floating], centres: Centres, space: TopicSpace | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Put each vector to its nearest centre, or to none where it is too far from it.

    Args:
        vectors: ``(S, D)``; of the topic space, unless that is given.
        centres: of K groups.
        space: what vectors are turned by, block by block, so that no copy of all is made.

    Returns:
        Index of the centre, ``(S,)`` int64, -1 for none; cosine to the nearest one, ``(S,)``.
    """
    nearest = np.full(len(vectors), -1, np.int64)
    likeness = np.full(len(vectors), np.nan, np.float32)
    if not len(centres.directions):
        return nearest, likeness
    for start in range(0, len(vectors), _ROWS):
        rows = slice(start, start + _ROWS)
        block = vectors[rows] if space is None else space.turned(vectors[rows])
        cosines = block @ centres.directions.T
        best = cosines.argmax(axis=1)
        likeness[rows] = cosines[np.arange(len(best)), best]
        nearest[rows] = np.where(likeness[rows] >= centres.least[best], best, -1)
    return nearest, likeness
