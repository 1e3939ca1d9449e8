"""Probabilities that mean something: temperature scaling, and how far confidence is from accuracy.

Both follow Guo et al. 2017, "On Calibration of Modern Neural Networks" (arXiv:1706.04599).

Not covered: a temperature moves all confidences together. It cannot mend a model that is too sure
of one class and too modest about another, and it never changes which label is chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.errors import ModelError

TEMPERATURES = (0.05, 20.0)
BINS = 15

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Bin:
    """The rows whose confidence lies in ``(low, high]``.

    Attributes:
        count: number of rows, at least 1.
        confidence: their mean probability of the chosen label.
        accuracy: their share of right answers.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def softmax(logits: NDArray[Any], temperature: float = 1.0) -> Floats:
    """Turn logits ``(N, C)`` into probabilities ``(N, C)`` float64, each row divided by T first."""
    return np.exp(_log_softmax(logits, temperature))


def fit_temperature(logits: NDArray[Any], label_ids: NDArray[Any]) -> float:
    """Find the temperature under which held-out labels are most likely (Guo et al. 2017, sec. 4.2).

    Minimises ``sum(NLL) + log(T)**2 / 2`` over log T. The second term is a prior toward T = 1 that
    weighs about as much as one row: without it, a validation part without a single mistake would
    ask for infinite confidence. The result never has a higher NLL than T = 1.

    Args:
        logits: ``(N, C)``, of rows that were not trained on.
        label_ids: ``(N,)``.

    Returns:
        T between 0.05 and 20; above 1 the model was too sure of itself. 1.0 when there are no rows.

    Raises:
        ModelError: a logit is not a finite number.
    """
    from scipy.optimize import minimize_scalar

    if len(label_ids) == 0:
        return 1.0
    if not np.isfinite(logits).all():
        raise ModelError(
            "The model cannot be calibrated: some of its logits are NaN or infinite. "
            "Train again with a lower training.learning_rate."
        )
    rows = np.arange(len(label_ids))

    def cost(log_temperature: float) -> float:
        log_probabilities = _log_softmax(logits, float(np.exp(log_temperature)))
        return float(-log_probabilities[rows, label_ids].sum() + log_temperature**2 / 2)

    bounds = tuple(np.log(TEMPERATURES))
    found = minimize_scalar(cost, bounds=bounds, method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x)) if found.fun < cost(0.0) else 1.0


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


def _log_softmax(logits: NDArray[Any], temperature: float) -> Floats:
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    shifted = scaled - scaled.max(axis=1, keepdims=True)
    normalised: Floats = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return normalised
