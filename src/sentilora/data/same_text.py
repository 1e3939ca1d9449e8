"""When two texts are the same text, and which rows must stay together for it.

Two texts are the same when they differ only in upper and lower case and in white space. Near
duplicates beyond that (a changed word, other punctuation) are not found.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from sentilora.data.labelled.examples import Examples


def fold(text: str) -> str:
    """Return what is compared: lower case, single spaces."""
    return " ".join(text.casefold().split())


def hash_of(text: str) -> int:
    """Return 64 bits of BLAKE2b, the same in every process; ten million texts collide by 3e-6."""
    return int.from_bytes(blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")


def hashes(texts: Iterable[str]) -> npt.NDArray[np.uint64]:
    """Return a hash of each string, ``(N,)`` uint64."""
    return np.fromiter((hash_of(text) for text in texts), np.uint64)


def text_hashes(examples: Examples) -> npt.NDArray[np.uint64]:
    """Return a hash of each folded text, ``(N,)`` uint64: equal for the same text."""
    batches = examples.batches("text")
    return hashes(fold(text) for batch in batches for text in batch.to_pylist())


def clusters(examples: Examples) -> npt.NDArray[np.int32]:
    """Number the rows that must stay on one side: the same text, or the same group.

    Returns:
        ``(N,)`` int32; equal for rows that are joined, also by way of others.
    """
    texts = numbered(text_hashes(examples))
    if "group" not in examples.table.column_names:
        return texts
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    batches = examples.batches("group")
    groups = numbered(hashes(name for batch in batches for name in batch.to_pylist()))
    text_count, group_count = int(texts.max(initial=-1)) + 1, int(groups.max(initial=-1)) + 1
    size = text_count + group_count
    ones = np.ones(len(texts), np.int8)
    edges = coo_array((ones, (texts, groups + text_count)), shape=(size, size))
    _, component = connected_components(edges, directed=False)
    return numbered(component[texts])


def numbered(values: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """Number different values from 0 in an order that only depends on them."""
    order = np.argsort(values, kind="stable")
    is_new = np.ones(len(values), np.bool_)
    is_new[1:] = values[order[1:]] != values[order[:-1]]
    numbers = np.empty(len(values), np.int32)
    numbers[order] = np.cumsum(is_new, dtype=np.int32) - np.int32(1)
    return numbers
