"""Vectors turned so that their angles tell topics apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ROWS = 8192


@dataclass(frozen=True)
class TopicSpace:
    """What all statements have in common, to be taken away from each.

    Vectors of one encoder share a direction, so that all cosines are high; without it the angle
    between two of them says more about their topics. Source: J. Mu, P. Viswanath, All-but-the-top
    (2018); only the mean is taken away here.

    Attributes:
        mean: mean of the vectors, ``(D,)`` float32.
    """

    mean: NDArray[np.float32]

    def turned(self, vectors: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return vectors of this space, ``(S, D)`` float32 of length 1."""
        turned = np.empty(vectors.shape, np.float32)
        for start in range(0, len(vectors), _ROWS):
            block = vectors[start : start + _ROWS].astype(np.float32) - self.mean
            turned[start : start + _ROWS] = unit(block)
        return turned


def fit_space(vectors: NDArray[np.floating], weights: NDArray[np.float64]) -> TopicSpace:
    """Fit the topic space to vectors, ``(S, D)``, each with the weight of its voice, ``(S,)``."""
    total = np.zeros(vectors.shape[1])
    for start in range(0, len(vectors), _ROWS):
        total += weights[start : start + _ROWS] @ vectors[start : start + _ROWS].astype(np.float64)
    return TopicSpace((total / weights.sum()).astype(np.float32))


def unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return vectors of length 1 in their direction; null vectors stay."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: NDArray[np.float32] = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return scaled
