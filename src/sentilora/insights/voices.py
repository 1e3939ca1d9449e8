"""How much each text may weigh: copies are one voice, and no author speaks for many.

Copies are texts of at least :data:`COPY_WORDS` words that are the same but for case and white
space. Shorter ones ("Great app!") are written alike by people who know nothing of each other, and
each counts. An author weighs :data:`AUTHOR_TEXTS` texts at most.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentilora.data.same_text import fold, hash_of
from sentilora.message import Message

COPY_WORDS = 5
AUTHOR_TEXTS = 3


@dataclass(frozen=True)
class Voices:
    """What each text weighs.

    Attributes:
        weights: ``(N,)`` float64 in (0, 1].
        repeated: number of texts that are copies of another one before them.
        notes: what a reader has to know of it.
    """

    weights: NDArray[np.float64]
    repeated: int
    notes: tuple[Message, ...] = ()


def copy_keys(texts: Iterable[str]) -> NDArray[np.uint64]:
    """Return a key of each text, ``(N,)`` uint64: equal for copies, 0 for texts too short."""
    return np.fromiter(map(copy_key, texts), np.uint64)


def copy_key(text: str) -> int:
    """Return the key of one text."""
    folded = fold(text)
    return hash_of(folded) if folded.count(" ") >= COPY_WORDS - 1 else 0


def weigh(keys: NDArray[np.uint64], authors: NDArray[np.integer] | None = None) -> Voices:
    """Weigh texts.

    Args:
        keys: keys of the texts, of :func:`copy_keys`, ``(N,)``.
        authors: number of the author of each text, from 0, ``(N,)``; -1 where there is none.
    """
    weights = np.ones(len(keys))
    notes = []
    _, first, owner, counts = np.unique(
        keys, return_index=True, return_inverse=True, return_counts=True
    )
    is_copied = (counts[owner] > 1) & (keys != 0)
    weights[is_copied] = 1 / counts[owner][is_copied]
    repeated = int(is_copied.sum() - (is_copied[first]).sum())
    if repeated:
        notes.append(
            Message(
                f"{repeated:,} texts are copies of another one: the same text counts as one voice, "
                "however often it stands there"
            )
        )
    if authors is not None and (authors >= 0).any():
        known = authors >= 0
        written = np.bincount(authors[known], weights=weights[known])
        weights[known] *= np.minimum(1, AUTHOR_TEXTS / np.maximum(written, 1))[authors[known]]
        if over := int((written > AUTHOR_TEXTS).sum()):
            notes.append(
                Message(
                    f"an author weighs {AUTHOR_TEXTS} texts at most: {over:,} of "
                    f"{len(written):,} wrote more"
                )
            )
    return Voices(weights, repeated, tuple(notes))
