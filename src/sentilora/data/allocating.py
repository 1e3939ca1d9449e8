"""Which clusters of rows go to a part, so that every label keeps its share there."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

MIN_PER_SIDE = 2
_ATTEMPTS = 20
_REPAIRS = 2000

Ids = npt.NDArray[np.integer[Any]]


def allocate(
    clusters: Ids, label_ids: Ids, share: float, seed: int, *, min_rest: int = MIN_PER_SIDE
) -> npt.NDArray[np.bool_] | None:
    """Choose rows for a part: whole clusters, of each label nearly its share, at random.

    Clusters of several rows come first, each as likely as the others; single rows then fill every
    label up to its share exactly, where there are enough of them.

    Args:
        clusters: ``(N,)`` rows with the same number stay together.
        label_ids: ``(N,)``.
        share: of the rows of each label, in (0, 1).
        seed: the same seed gives the same choice in every process.
        min_rest: rows of each label that must be left.

    Returns:
        ``(N,)`` True where chosen; None when no try gave the part ``MIN_PER_SIDE`` rows of each
        label and left ``min_rest``.
    """
    labels, compact = _compacted(label_ids)
    total = np.bincount(compact, minlength=len(labels))
    target = np.clip(np.rint(share * total), MIN_PER_SIDE, np.maximum(total - min_rest, 0))
    sizes = np.bincount(clusters)
    is_single = sizes == 1
    for attempt in range(_ATTEMPTS):
        rng = np.random.default_rng([seed, attempt])
        taken = _choose(clusters, compact, is_single, target.astype(np.int64), rng)
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
    target: Ids,
    rng: np.random.Generator,
) -> npt.NDArray[np.bool_]:
    taken = np.zeros(len(is_single), np.bool_)
    numbers, counts = _counts_of_joined(clusters, labels, is_single, len(target))
    open_places = target.copy()
    if len(numbers):
        singles = np.bincount(labels[is_single[clusters]], minlength=len(target))
        rows = singles + counts.sum(axis=0)
        pro_rata = np.rint(target * (1 - singles / np.maximum(rows, 1))).astype(np.int64)
        picked = _pick_joined(counts, pro_rata, rng)
        open_places = target - counts[picked].sum(axis=0)
    else:
        picked = np.zeros(0, np.bool_)
    order = _shuffled(len(clusters), rng)
    order = order[is_single[clusters[order]]]
    for label in range(len(target)):
        places = max(0, int(open_places[label]))
        filled = order[labels[order] == label][:places]
        taken[clusters[filled]] = True
        open_places[label] -= len(filled)
    _repair(counts, picked, open_places, target)
    taken[numbers[picked]] = True
    return taken


def _counts_of_joined(
    clusters: Ids, labels: Ids, is_single: npt.NDArray[np.bool_], width: int
) -> tuple[Ids, Ids]:
    """Return the clusters of several rows and their rows per label, ``(U,)`` and ``(U, C)``."""
    is_joined_row = ~is_single[clusters]
    numbers, place = np.unique(clusters[is_joined_row], return_inverse=True)
    flat = np.bincount(place * width + labels[is_joined_row], minlength=len(numbers) * width)
    return numbers, flat.reshape(len(numbers), width)


def _pick_joined(counts: Ids, target: Ids, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Take clusters in random order as long as they fit."""
    picked = np.zeros(len(counts), np.bool_)
    places = target.tolist()
    left = sum(places)
    for index in rng.permutation(len(counts)):
        if left <= 0:
            break
        cluster = counts[index].tolist()
        if all(count <= place for count, place in zip(cluster, places, strict=True)):
            picked[index] = True
            places = [place - count for place, count in zip(places, cluster, strict=True)]
            left -= sum(cluster)
    return picked


def _repair(counts: Ids, picked: npt.NDArray[np.bool_], open_places: Ids, target: Ids) -> None:
    """Add or give back the cluster that brings the labels nearest to their shares, while one does.

    Only needed where single rows are too few to fill the shares.
    """
    if not len(counts):
        return
    weight = 1 / np.maximum(target, 1)
    places = open_places.astype(np.float64)
    for _ in range(_REPAIRS):
        now = float((np.abs(places) * weight).sum())
        if now == 0:
            return
        change = np.where(picked[:, None], -counts, counts)
        after = (np.abs(places - change) * weight).sum(axis=1)
        best = int(after.argmin())
        if after[best] >= now - 1e-12:
            return
        picked[best] = not picked[best]
        places -= change[best]
