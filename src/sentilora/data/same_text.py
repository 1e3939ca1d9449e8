"""When two texts are the same text, and which rows must stay together for it.

Two texts are the same when they differ only in upper and lower case and in white space. Near
duplicates beyond that (a changed word, other punctuation) are not found.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt


def fold(text: str) -> str:
    """Return what is compared: lower case, single spaces."""
    return " ".join(text.casefold().split())


def hash_of(text: str) -> int:
    """Return 64 bits of BLAKE2b, the same in every process; ten million texts collide by 3e-6."""
    return int.from_bytes(blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")


def hashes(texts: Iterable[str]) -> npt.NDArray[np.uint64]:
    """Return a hash of each string, ``(N,)`` uint64."""
    return np.fromiter((hash_of(text) for text in texts), np.uint64)


def text_hashes(texts: Iterable[str]) -> npt.NDArray[np.uint64]:
    """Return a hash of each folded text, ``(N,)`` uint64: equal for the same text."""
    return hashes(fold(text) for text in texts)


def components(first: npt.NDArray[Any], last: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """Number the rows that hang together: each ties two things, and rows share things.

    Args:
        first: ``(N,)`` the number, from 0, of one thing that a row ties.
        last: ``(N,)`` the number of the other one, in the same numbering.

    Returns:
        ``(N,)`` int32, from 0; equal for rows that are joined, also by way of others.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = 1 + max(int(first.max(initial=-1)), int(last.max(initial=-1)))
    edges = coo_array((np.ones(len(first), np.int8), (first, last)), shape=(size, size))
    _, component = connected_components(edges, directed=False)
    return numbered(component[first])


def numbered(values: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """Number different values from 0 in an order that only depends on them."""
    order = np.argsort(values, kind="stable")
    is_new = np.ones(len(values), np.bool_)
    is_new[1:] = values[order[1:]] != values[order[:-1]]
    numbers = np.empty(len(values), np.int32)
    numbers[order] = np.cumsum(is_new, dtype=np.int32) - np.int32(1)
    return numbers
