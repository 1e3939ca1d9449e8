"""Which texts to label, so that few labels tell the share of each label among all texts.

Texts are parted into strata by the model's answer and by how sure it is. In each stratum texts are
drawn at random, more where the model says that its answers vary more (optimal allocation: Neyman
1934, J. R. Stat. Soc. 97:558), none less than :data:`FEWEST`. As the order within each stratum is
random and strata take turns, the labels are a fair stratified sample wherever a person stops.

Not covered: texts that people skip because of what they say; they count as if left to chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FEWEST = 3  # texts of a stratum
STRATUM_TEXTS = 8  # labels to a stratum, about
MOST_STRATA = 12
SURE_SPREAD = 0.15  # standard deviation that even the surest stratum is given


@dataclass(frozen=True)
class SurveyPlan:
    """All N texts in strata, and the order in which they are asked.

    Attributes:
        stratum: stratum of each text, ``(N,)`` int64, from 0.
        order: indices of the texts, first to be asked first, ``(N,)`` int64.
    """

    stratum: NDArray[np.int64]
    order: NDArray[np.int64]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Number of texts in each stratum, ``(H,)``."""
        return np.bincount(self.stratum)


def plan_survey(probabilities: NDArray[Any], rows: int, seed: int) -> SurveyPlan:
    """Plan a survey of about ``rows`` labels.

    Args:
        probabilities: ``(N, C)`` calibrated probabilities of the model.
        rows: number of labels that are asked for.
        seed: seed of the draw.
    """
    probabilities = np.asarray(probabilities, np.float64)
    stratum = _strata(probabilities, rows)
    sizes = np.bincount(stratum)
    variance = (probabilities * (1 - probabilities)).sum(axis=1) / 2
    spread = np.sqrt(np.bincount(stratum, weights=variance) / sizes)
    wanted = sizes * np.maximum(spread, SURE_SPREAD)
    generator = np.random.default_rng(seed)
    queues = [generator.permutation(np.flatnonzero(stratum == one)) for one in range(len(sizes))]
    # Each stratum's k-th text comes when it is due: the first ones early, then by share of labels.
    due, texts = [], []
    for one, queue in enumerate(queues):
        turn = np.arange(len(queue), dtype=np.float64)
        by_share = (turn + 0.5) / (wanted[one] / wanted.sum())
        first = (turn < FEWEST) & (by_share > turn * len(sizes))
        due.append(np.where(first, turn * len(sizes) + one / len(sizes), by_share))
        texts.append(queue)
    order = np.concatenate(texts)[np.argsort(np.concatenate(due), kind="stable")]
    return SurveyPlan(stratum, order)


def _strata(probabilities: NDArray[np.float64], rows: int) -> NDArray[np.int64]:
    """Part the texts by the most probable label, and each part by its probability."""
    number, labels = probabilities.shape
    answers = probabilities.argmax(axis=1)
    surely = probabilities.max(axis=1)
    counts = np.bincount(answers, minlength=labels)
    many = int(np.clip(rows // STRATUM_TEXTS, 1, MOST_STRATA))
    strata = np.zeros(number, np.int64)
    used = 0
    for label in np.flatnonzero(counts).tolist():
        own = np.flatnonzero(answers == label)
        parts = max(1, min(round(many * counts[label] / number), counts[label] // (2 * FEWEST)))
        limits = np.quantile(surely[own], np.arange(1, parts) / parts)
        place = np.searchsorted(limits, surely[own], side="right")
        _, place = np.unique(place, return_inverse=True)
        strata[own] = used + place
        used += int(place.max()) + 1
    return strata
