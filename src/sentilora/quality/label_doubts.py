"""Which labels are likely wrong: those that a classifier which has not seen them does not share.

Logistic regressions on words and word pairs (TF-IDF) and on the vectors of the model that ships
answer each row from the others (five folds, in which copies of a text stay together); the mean of
their logarithms is the judge. Which rows are named, and how many, is decided by confident learning
(Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating Uncertainty in Dataset Labels"),
by cleanlab where that is installed, else by the same rule in short: the row's probability of
another label is at least the mean probability that the rows of that label have of it.

Not covered: labels that are wrong always in the same way, which no judge that learns from them can
tell, and texts whose label is a matter of taste; both kinds look right, or wrong, to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.defaults import SEED

LEAST_ROWS = 60  # below, no judge learns enough
LEAST_ROWS_OF_WORDS = 500  # below, of the rows that words alone name fewer than a third are wrong
FOLDS = 5
LEAST_OF_LABEL = 5  # different texts
_WORDS_WEIGHT = 0.5  # of the logarithm of the two answers
_WORDS_STRENGTH, _VECTORS_STRENGTH = 10.0, 0.001  # inverse of the regularisation
_FILTER = "prune_by_noise_rate"

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LabelDoubts:
    """Rows whose label is likely wrong.

    Attributes:
        places: ``(W,)`` int64, places of the rows, the likeliest first.
        probabilities: ``(N, C)`` float64, what the judge makes of each row.
        ranked_by: what chose the rows, in words.
    """

    places: NDArray[np.int64]
    probabilities: Floats
    ranked_by: str


def may_judge(label_ids: NDArray[np.int64], groups: NDArray[Any]) -> bool:
    """Tell whether there is enough to judge: 60 rows, and 5 different texts of each of two labels.

    Args:
        label_ids: ``(N,)`` label ids; only those that occur count.
        groups: ``(N,)`` numbers, equal for texts that are copies of each other.
    """
    different = np.unique(np.stack([label_ids, groups], axis=1), axis=0)
    _, counts = np.unique(different[:, 0], return_counts=True)
    is_enough = len(label_ids) >= LEAST_ROWS and len(counts) > 1
    return is_enough and int(counts.min()) >= LEAST_OF_LABEL


def doubt_labels(
    texts: Sequence[str],
    label_ids: NDArray[np.int64],
    groups: NDArray[Any],
    vectors: NDArray[np.float32] | None = None,
    *,
    seed: int = SEED,
) -> LabelDoubts:
    """Judge each label by the other rows.

    Args:
        texts: N texts.
        label_ids: ``(N,)`` label ids, from 0; each that occurs with five different texts.
        groups: ``(N,)`` numbers, equal for texts that are copies of each other.
        vectors: ``(N, H)`` vectors of the texts, in addition to their words.
        seed: seed of the folds.
    """
    names, dense = np.unique(label_ids, return_inverse=True)
    found = _judge(texts, dense, groups, vectors, seed)
    places, ranked_by = _wrong(dense, found)
    whole = np.zeros((len(texts), int(names.max()) + 1))
    whole[:, names] = found
    return LabelDoubts(places, whole, ranked_by)


def _judge(
    texts: Sequence[str],
    label_ids: NDArray[np.int64],
    groups: NDArray[Any],
    vectors: NDArray[np.float32] | None,
    seed: int,
) -> Floats:
    """Return ``(N, C)`` probabilities, each row's from classifiers that have not read it."""
    from sklearn.model_selection import StratifiedGroupKFold

    count = int(label_ids.max()) + 1
    found = np.zeros((len(texts), count))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for learned, asked in folds.split(texts, label_ids, groups):
        own = label_ids[learned]
        features = _words([texts[i] for i in learned], [texts[i] for i in asked])
        log_p = _logistic(*features, own, count, _WORDS_STRENGTH)
        if vectors is not None:
            features = _scaled(vectors[learned], vectors[asked])
            by_vectors = _logistic(*features, own, count, _VECTORS_STRENGTH)
            log_p = log_p * _WORDS_WEIGHT + by_vectors * (1 - _WORDS_WEIGHT)
        log_p -= log_p.max(axis=1, keepdims=True)
        found[asked] = np.exp(log_p) / np.exp(log_p).sum(axis=1, keepdims=True)
    return found


def _words(learned: Sequence[str], asked: Sequence[str]) -> tuple[Any, Any]:
    """Weigh words and word pairs (TF-IDF); characters where there are no words, as of emoji."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    least = 2 if len(learned) > 2000 else 1
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=least)
    try:
        return vectorizer.fit_transform(learned), vectorizer.transform(asked)
    except ValueError:
        vectorizer = TfidfVectorizer(analyzer="char", sublinear_tf=True)
        return vectorizer.fit_transform(learned), vectorizer.transform(asked)


def _scaled(learned: NDArray[np.float32], asked: NDArray[np.float32]) -> tuple[Any, Any]:
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler()
    return scaler.fit_transform(learned), scaler.transform(asked)


def _logistic(
    learned: Any, asked: Any, label_ids: NDArray[np.int64], count: int, strength: float
) -> Floats:
    """Return ``(A, C)`` logarithms of probabilities; of a label that no row taught, of 1e-6."""
    from sklearn.linear_model import LogisticRegression

    classifier = LogisticRegression(C=strength, max_iter=2000)
    classifier.fit(learned, label_ids)
    found = np.full((asked.shape[0], count), 1e-6)
    found[:, classifier.classes_] = np.maximum(classifier.predict_proba(asked), 1e-6)
    return np.log(found)


def _wrong(label_ids: NDArray[np.int64], found: Floats) -> tuple[NDArray[np.int64], str]:
    own = found[np.arange(len(found)), label_ids]
    if find_spec("cleanlab") is not None:
        from cleanlab.filter import find_label_issues

        chosen = find_label_issues(label_ids, found, filter_by=_FILTER, n_jobs=1)
        ranked_by = "confident learning (cleanlab)"
    else:
        chosen = _confident_errors(label_ids, found)
        ranked_by = "confident learning in short (cleanlab is not installed)"
    places = np.flatnonzero(chosen)
    return places[np.argsort(own[places], kind="stable")], ranked_by


def _confident_errors(label_ids: NDArray[np.int64], found: Floats) -> NDArray[np.bool_]:
    """Return the rows that count off the diagonal of the confident joint.

    A row counts for a label when its probability of it is at least the mean that the rows with that
    label have of it; for the likeliest one of several (Northcutt et al. 2021, section 3.1). As in
    cleanlab, a row whose own label is the likeliest of all is never one.
    """
    thresholds = np.array([found[label_ids == k, k].mean() for k in range(found.shape[1])])
    confident = np.where(found >= thresholds, found, -1.0)
    likeliest = confident.argmax(axis=1)
    is_other = (likeliest != label_ids) & (found.argmax(axis=1) != label_ids)
    chosen: NDArray[np.bool_] = (confident.max(axis=1) >= 0) & is_other
    return chosen
