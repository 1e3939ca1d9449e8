"""Aspects that learn from a few texts whose aspects are known, such as fifty.

One logistic regression an aspect, on the mean vector of a text's statements and on what the name
alone says of it, which weighs as much as all of the vector; so that with few texts it is the
threshold, and with more the meaning, that is learned.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.aspects.aspects import FoundAspects
from sentilora.insights.statements.statements import Statements
from sentilora.insights.themes.topic_space import unit

NAME_WEIGHT = 1.0  # of the score by name, in its standard deviations
STRENGTH = 1.0  # C of the regression
MENTIONED_FROM = 0.4  # probability; below one half, as F1 asks for


def learn_aspects(
    found: FoundAspects,
    statements: Statements,
    number: int,
    known: NDArray[np.int64],
    answers: NDArray[np.bool_],
) -> NDArray[np.float32]:
    """Return the score of each text and aspect, ``(N, A)``: above 0 the text mentions it.

    Args:
        found: aspects by their names alone.
        statements: the statements.
        number: number of texts, N.
        known: indices of the texts whose aspects are known, ``(L,)``.
        answers: whether they mention each aspect, ``(L, A)``; an aspect that none or all of them
            mention keeps the scores by its name.
    """
    from sklearn.linear_model import LogisticRegression

    by_name = found.text_scores(statements.text_index, number)
    by_name = np.where(np.isfinite(by_name), by_name, np.float32(-5))
    means = np.zeros((number, statements.vectors.shape[1]), np.float32)
    mean = statements.vectors.mean(axis=0, dtype=np.float32)
    np.add.at(means, statements.text_index, statements.vectors - mean)
    means = unit(means)
    scores = by_name.copy()
    for place in range(len(found.names)):
        answer = answers[:, place]
        if answer.all() or not answer.any():
            continue
        spread = max(float(by_name[:, place].std()), 1e-6)
        told = NAME_WEIGHT * (by_name[:, [place]] - by_name[:, place].mean()) / spread
        features = np.hstack([means, told])
        regression = LogisticRegression(C=STRENGTH, max_iter=300)
        regression.fit(features[known], answer)
        limit = np.log(MENTIONED_FROM / (1 - MENTIONED_FROM))
        scores[:, place] = regression.decision_function(features) - limit
    return scores
