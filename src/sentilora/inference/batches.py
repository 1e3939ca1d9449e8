"""Batches under a token budget: sorted by length, so that almost nothing is padding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence


def token_batches(
    lengths: Sequence[int], *, batch_tokens: Callable[[], int], batch_rows: int = 4096
) -> Iterator[list[int]]:
    """Group rows of like length so that ``rows x longest`` stays within a budget.

    Args:
        lengths: number of tokens of each row.
        batch_tokens: function that returns the largest number of padded tokens of a batch, and is
            asked before each; a single longer row is a batch of its own.
        batch_rows: largest number of rows in a batch.

    Yields:
        Indices into ``lengths``, longest rows first, so that memory peaks at once or never.
    """
    order = sorted(range(len(lengths)), key=lambda index: (-lengths[index], index))
    start = 0
    while start < len(order):
        longest = max(1, lengths[order[start]])
        stop = start + max(1, min(batch_rows, batch_tokens() // longest))
        yield order[start:stop]
        start = stop
