"""Sides that are told something: the number of topics, or all true topics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Fits = Sequence[list[int] | None]
Record = dict[str, Any]
FOLDS = 5


def kmeans(vectors: NDArray[np.float32], count: int, fits: Fits) -> Record:
    """Group by k-means; each fit is of some rows (None for all), and all rows get a group."""
    from sklearn.cluster import KMeans

    def fit(rows: Ints, seed: int) -> Ints:
        model = KMeans(count, n_init=3, random_state=seed).fit(vectors[rows])
        return np.asarray(model.predict(vectors), np.int64)

    return _fitted(fit, fits, len(vectors))


def nmf(texts: Sequence[str], count: int, fits: Fits) -> Record:
    """Group by non-negative factors of TF-IDF, as :func:`kmeans` does."""
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    terms = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform(texts)

    def fit(rows: Ints, seed: int) -> Ints:
        model = NMF(count, init="nndsvda", random_state=seed, max_iter=400).fit(terms[rows])
        return np.asarray(model.transform(terms).argmax(axis=1), np.int64)

    return _fitted(fit, fits, len(texts))


def regression(vectors: NDArray[np.float32], topics: Ints) -> Record:
    """Put each text to the topic that a regression says, taught by four fifths of the others.

    It is told the topics themselves: what it answers is about the most that these vectors bear.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import KFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=500))
    folds = KFold(FOLDS, shuffle=True, random_state=0)
    found = cross_val_predict(model, vectors, topics, cv=folds)
    return {"fits": [{"topics": np.asarray(found, np.int64).tolist()}]}


def _fitted(fit: Callable[[Ints, int], Ints], fits: Fits, count: int) -> Record:
    answers = []
    for seed, rows in enumerate(fits):
        found = fit(np.arange(count) if rows is None else np.asarray(rows), seed)
        answers.append({"topics": found.tolist()})
    return {"fits": answers}
