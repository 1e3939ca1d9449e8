"""Texts that are worth a label next, because a model would learn most from them.

The texts of which the model is least sure are parted into as many groups of like ones as texts are
asked for, and of each group the least sure is taken (Zhdanov 2019, "Diverse mini-batch active
learning", arXiv:1901.05954): they are hard, and no two say the same. As they are chosen for being
hard, no share may be estimated from them: that is what ``survey_plan`` is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.voices import copy_keys

POOL = 10  # least sure texts to one that is chosen


def uncertain_texts(
    texts: Sequence[str],
    probabilities: NDArray[Any],
    vectors: NDArray[np.floating],
    number: int,
    seed: int,
) -> list[int]:
    """Return the indices of texts to label, the least sure first.

    Args:
        texts: N texts; copies are taken once.
        probabilities: ``(N, C)`` calibrated probabilities.
        vectors: ``(N, D)`` what each is about.
        number: largest number of texts.
        seed: seed of the groups.
    """
    from sklearn.cluster import KMeans

    ordered = np.sort(np.asarray(probabilities, np.float64), axis=1)
    margin = ordered[:, -1] - ordered[:, -2]
    order = np.argsort(margin, kind="stable")
    keys = copy_keys(texts)[order]
    _, first = np.unique(keys, return_index=True)
    is_first = np.zeros(len(order), np.bool_)
    is_first[first] = True
    pool = order[is_first | (keys == 0)][: number * POOL]
    if number <= 0 or len(pool) <= number:
        return [int(index) for index in pool[: max(0, number)]]
    doubt = 1 - margin[pool]
    groups = KMeans(number, n_init=1, random_state=seed).fit_predict(
        np.asarray(vectors[pool], np.float32), sample_weight=np.maximum(doubt, 1e-3)
    )
    _, chosen = np.unique(groups, return_index=True)  # the least sure stands first in the pool
    rest = np.setdiff1d(np.arange(len(pool)), chosen)[: number - len(chosen)]
    return [int(index) for index in pool[np.sort(np.concatenate([chosen, rest]))]]


def text_vectors(
    text_index: NDArray[np.int64], vectors: NDArray[np.floating], number: int
) -> NDArray[np.float32]:
    """Return the mean vector of each text's statements, ``(N, D)`` float32.

    Args:
        text_index: text of each statement, ``(S,)``.
        vectors: vector of each statement, ``(S, D)``.
        number: number of texts, N.
    """
    means = np.zeros((number, vectors.shape[1]), np.float32)
    np.add.at(means, text_index, vectors)
    means /= np.maximum(np.bincount(text_index, minlength=number), 1).astype(np.float32)[:, None]
    return means
