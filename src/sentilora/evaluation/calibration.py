"""Probabilities that mean something: how they are fitted, and how far confidence is from accuracy.

The fit and the measure follow Guo et al. 2017, "On Calibration of Modern Neural Networks"
(arXiv:1706.04599); the temperature may differ with the spread of a row's logits.

Not covered: this cannot mend a model that is too sure of one class and too modest about another,
and it never changes which label is chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.errors import ModelError
from sentilora.model.probabilities import UNCALIBRATED, Calibration, log_softmax

TEMPERATURES = (0.05, 20.0)
POWERS = (-0.5, 1.0)
PRIOR_POWER = 0.25
BINS = 15

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Bin:
    """The rows whose confidence lies in ``(low, high]``.

    Attributes:
        count: number of rows, at least 1.
        confidence: mean probability of the chosen label.
        accuracy: share of right answers.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def fit_calibration(logits: NDArray[Any], label_ids: NDArray[Any]) -> Calibration:
    """Find the temperature and power under which held-out labels are most likely.

    Minimises ``sum(NLL) + log(T)**2 / 2 + (power / 0.25)**2 / 2``. The second term is a prior
    toward T = 1 that weighs about as much as one row: without it, a validation part without a
    single mistake would ask for infinite confidence. The third keeps few rows from bending what
    they cannot show: it takes hundreds to move the power far from 0. The result never has a higher
    NLL than no calibration.

    Args:
        logits: ``(N, C)`` logits of rows that were not trained on.
        label_ids: ``(N,)`` label ids of these rows, the truth.

    Returns:
        T between 0.05 and 20, the power between -0.5 and 1; T = 1 and power 0 when there are no
        rows.

    Raises:
        ModelError: a logit is not a finite number.
    """
    from scipy.optimize import minimize

    if len(label_ids) == 0:
        return UNCALIBRATED
    if not np.isfinite(logits).all():
        raise ModelError(
            "The model cannot be calibrated: some of its logits are NaN or infinite. "
            "Train again with a lower training.learning_rate."
        )
    rows = np.arange(len(label_ids))

    def cost(parameters: Floats) -> float:
        calibration = _from(parameters)
        log_probabilities = log_softmax(calibration.scale(logits))
        prior = parameters[0] ** 2 + (parameters[1] / PRIOR_POWER) ** 2
        return float(-log_probabilities[rows, label_ids].sum() + prior / 2)

    bounds = (tuple(np.log(TEMPERATURES)), POWERS)
    found = minimize(cost, np.zeros(2), method="L-BFGS-B", bounds=bounds)
    return _from(found.x) if found.fun < cost(np.zeros(2)) else UNCALIBRATED


def reliability(
    label_ids: NDArray[Any], probabilities: NDArray[Any], bins: int = BINS
) -> list[Bin]:
    """Compare confidence with accuracy in bins of equal width; bins without rows are left out."""
    confidence = probabilities.max(axis=1)
    is_right = probabilities.argmax(axis=1) == label_ids
    index = bin_indices(confidence, bins)
    edges = np.linspace(0, 1, bins + 1)
    found = []
    for number in np.unique(index):
        inside = index == number
        found.append(
            Bin(
                low=round(float(edges[number]), 6),
                high=round(float(edges[number + 1]), 6),
                count=int(inside.sum()),
                confidence=float(confidence[inside].mean()),
                accuracy=float(is_right[inside].mean()),
            )
        )
    return found


def expected_calibration_error(bins: list[Bin]) -> float:
    """Average the gap of confidence and accuracy, weighted by rows (Guo et al. 2017, eq. 3)."""
    rows = sum(one.count for one in bins)
    return sum(one.count * abs(one.accuracy - one.confidence) for one in bins) / max(1, rows)


def bin_indices(confidence: Floats, bins: int = BINS) -> Ids:
    """Return the number of the bin ``(i / bins, (i + 1) / bins]`` that each confidence is in."""
    return np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)


def _from(parameters: Floats) -> Calibration:
    return Calibration(float(np.exp(parameters[0])), float(parameters[1]))
