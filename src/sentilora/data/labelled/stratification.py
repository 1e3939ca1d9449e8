"""Which clusters of rows go to a part, so that every label keeps its share there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

MIN_PER_SIDE = 2
_ATTEMPTS = 20
_REPAIRS = 2000

Ids = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class _Wanted:
    """How many rows of each label there are, should be taken, and must be left."""

    total: Ids
    target: Ids
    min_rest: int

    def distance(self, places: Ids) -> Any:
        """Sum the shares of the labels' targets that are missing or too much."""
        return (np.abs(places) / np.maximum(self.target, 1)).sum(axis=-1)


def allocate(
    clusters: Ids, label_ids: Ids, share: float, seed: int, *, min_rest: int = MIN_PER_SIDE
) -> npt.NDArray[np.bool_] | None:
    """Choose rows for a part: whole clusters, of each label nearly its share, at random.

    Clusters of several rows come first, each as likely as the others; single rows then fill every
    label up to its share exactly, where there are enough of them.

    Args:
        clusters: ``(N,)`` cluster of each row; rows of one cluster stay together.
        label_ids: ``(N,)`` label id of each row.
        share: share of the rows of each label to choose, in (0, 1).
        seed: seed of the random choice; the same seed gives the same choice in every process.
        min_rest: number of rows of each label that must be left.

    Returns:
        ``(N,)`` True where chosen; None when no try gave the part ``MIN_PER_SIDE`` rows of each
        label and left ``min_rest``.
    """
    labels, compact = _compacted(label_ids)
    total = np.bincount(compact, minlength=len(labels))
    target = np.clip(np.rint(share * total), MIN_PER_SIDE, np.maximum(total - min_rest, 0))
    wanted = _Wanted(total, target.astype(np.int64), min_rest)
    sizes = np.bincount(clusters)
    is_single = sizes == 1
    for attempt in range(_ATTEMPTS):
        rng = np.random.default_rng([seed, attempt])
        taken = _choose(clusters, compact, is_single, wanted, rng)
        chosen = taken[clusters]
        got = np.bincount(compact[chosen], minlength=len(labels))
        if (got >= MIN_PER_SIDE).all() and (total - got >= min_rest).all():
            return np.asarray(chosen)
    return None


def thin(label_ids: Ids, limit: int, seed: int) -> Ids:
    """Return sorted positions of ``limit`` rows in which labels keep their shares.

    No label falls below ``MIN_PER_SIDE`` rows for it, even where that means a few more than asked.
    """
    rng = np.random.default_rng(seed)
    labels, compact = _compacted(label_ids)
    total = np.bincount(compact, minlength=len(labels))
    exact = total * (limit / len(label_ids))
    wanted = np.clip(np.floor(exact).astype(np.int64), np.minimum(MIN_PER_SIDE, total), total)
    while wanted.sum() < limit and (wanted < total).any():
        wanted[np.where(wanted < total, exact - wanted, -np.inf).argmax()] += 1
    while wanted.sum() > limit and (wanted > MIN_PER_SIDE).any():
        wanted[np.where(wanted > MIN_PER_SIDE, wanted - exact, -np.inf).argmax()] -= 1
    order = _shuffled(len(label_ids), rng)
    kept = [order[compact[order] == label][:count] for label, count in enumerate(wanted)]
    return np.sort(np.concatenate(kept)).astype(np.int64)


def _compacted(label_ids: Ids) -> tuple[Ids, Ids]:
    """Return the label ids that occur, and each row's place among them (int32)."""
    counts = np.bincount(label_ids)
    labels = np.flatnonzero(counts)
    place = np.full(len(counts), -1, np.int32)
    place[labels] = np.arange(len(labels), dtype=np.int32)
    return labels, place[label_ids]


def _shuffled(size: int, rng: np.random.Generator) -> Ids:
    order = np.arange(size, dtype=np.int32)
    rng.shuffle(order)
    return order


def _choose(
    clusters: Ids,
    labels: Ids,
    is_single: npt.NDArray[np.bool_],
    wanted: _Wanted,
    rng: np.random.Generator,
) -> npt.NDArray[np.bool_]:
    """Return which clusters are taken, ``(clusters,)``."""
    taken = np.zeros(len(is_single), np.bool_)
    numbers, counts = _joined(clusters, labels, is_single, len(wanted.target), rng)
    rows = counts.sum(axis=0)
    picked = _pick(counts, np.rint(wanted.target * rows / wanted.total).astype(np.int64))
    places = wanted.target - counts[picked].sum(axis=0)
    order = _shuffled(len(clusters), rng)
    order = order[is_single[clusters[order]]]
    for label in range(len(places)):
        filled = order[labels[order] == label][: max(0, int(places[label]))]
        taken[clusters[filled]] = True
        places[label] -= len(filled)
    if len(counts):
        _repair(counts, picked, places, wanted)
        _force(counts, picked, places, wanted)
    taken[numbers[picked]] = True
    return taken


def _joined(
    clusters: Ids,
    labels: Ids,
    is_single: npt.NDArray[np.bool_],
    width: int,
    rng: np.random.Generator,
) -> tuple[Ids, Ids]:
    """Return the clusters of several rows, shuffled, and their rows per label, ``(U, C)``."""
    is_joined_row = ~is_single[clusters]
    numbers, place = np.unique(clusters[is_joined_row], return_inverse=True)
    flat = np.bincount(place * width + labels[is_joined_row], minlength=len(numbers) * width)
    order = rng.permutation(len(numbers))
    return numbers[order], flat.reshape(len(numbers), width)[order]


def _pick(counts: Ids, target: Ids) -> npt.NDArray[np.bool_]:
    """Take clusters in their order as long as they fit."""
    picked = np.zeros(len(counts), np.bool_)
    places = target.tolist()
    left = sum(places)
    for index in range(len(counts)):
        if left <= 0:
            break
        cluster = counts[index].tolist()
        if all(count <= place for count, place in zip(cluster, places, strict=True)):
            picked[index] = True
            places = [place - count for place, count in zip(places, cluster, strict=True)]
            left -= sum(cluster)
    return picked


def _repair(counts: Ids, picked: npt.NDArray[np.bool_], places: Ids, wanted: _Wanted) -> None:
    """Add or give back the cluster that brings the labels nearest to their shares, while one does.

    Only needed where single rows are too few to fill the shares.
    """
    for _ in range(_REPAIRS):
        now = wanted.distance(places)
        if now == 0:
            return
        after = wanted.distance(places - np.where(picked[:, None], -counts, counts))
        best = int(after.argmin())
        if after[best] >= now - 1e-12:
            return
        places -= -counts[best] if picked[best] else counts[best]
        picked[best] = not picked[best]


def _force(counts: Ids, picked: npt.NDArray[np.bool_], places: Ids, wanted: _Wanted) -> None:
    """Give labels that came out empty a cluster, though it is larger than their share."""
    for label in range(len(places)):
        while wanted.target[label] - places[label] < MIN_PER_SIDE:
            rest = wanted.total - wanted.target + places - counts
            is_fit = ~picked & (counts[:, label] > 0) & (rest >= wanted.min_rest).all(axis=1)
            if not is_fit.any():
                return
            after = np.where(is_fit, wanted.distance(places - counts), np.inf)
            best = int(after.argmin())
            picked[best] = True
            places -= counts[best]
