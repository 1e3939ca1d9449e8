"""The batches of one pass over the data: shuffled, alike in length, within a token budget."""

from __future__ import annotations

import numpy as np

CHUNK_BATCHES = 20


def plan_epoch(
    lengths: np.ndarray, *, batch_rows: int, batch_tokens: int, seed: int, epoch: int
) -> list[np.ndarray]:
    """Group all rows into batches for one epoch.

    Rows are shuffled, cut into chunks of 20 batches, sorted by length inside a chunk, and
    grouped; then the batches are shuffled. Sorting whole data would feed short texts first.

    Args:
        lengths: ``(N,)`` number of tokens of each row.
        batch_rows: largest number of rows in a batch.
        batch_tokens: largest ``rows x longest`` of a batch; a longer row is a batch of its own.
        seed: seed of the shuffle, with ``epoch``.
        epoch: number of the pass, from 0.
    """
    rng = np.random.default_rng([seed, epoch])
    order = rng.permutation(len(lengths))
    size = batch_rows * CHUNK_BATCHES
    batches = []
    for start in range(0, len(order), size):
        chunk = order[start : start + size]
        chunk = chunk[np.argsort(lengths[chunk], kind="stable")]
        batches += _group(chunk, lengths, batch_rows, batch_tokens)
    return [batches[index] for index in rng.permutation(len(batches))]


def _group(
    rows: np.ndarray, lengths: np.ndarray, batch_rows: int, batch_tokens: int
) -> list[np.ndarray]:
    """Cut rows, shortest first, into batches."""
    groups = []
    start = 0
    for stop in range(1, len(rows) + 1):
        is_last = stop == len(rows)
        # Would the next row, which is the longest so far, burst the batch?
        if (
            is_last
            or stop - start >= batch_rows
            or (stop - start + 1) * lengths[rows[stop]] > batch_tokens
        ):
            groups.append(rows[start:stop])
            start = stop
    return groups
