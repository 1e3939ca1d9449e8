"""Where one label ends and the next begins, for a model that has only learned an order.

Bias-corrected temperature scaling (Alexandari, Kundaje and Shrikumar 2020, arXiv:1901.06852,
section 3): one temperature and one bias a label, fitted on labelled rows by maximum likelihood.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.errors import ModelError
from sentilora.evaluation.calibration import TEMPERATURES
from sentilora.model.probabilities import Calibration, log_softmax

Floats = NDArray[np.float64]


def fit_biases(logits: NDArray[Any], label_ids: NDArray[Any]) -> tuple[Floats, float]:
    """Find biases and a temperature under which the labels are most likely.

    Probabilities are ``softmax((logits + biases) / temperature)``. Minimises ``sum(NLL) + log(T)**2
    / 2 + sum((biases / T)**2) / 2``; the priors weigh about as much as one row each and keep the
    result finite where a label does not occur.

    Args:
        logits: ``(N, C)`` logits of rows that were not trained on, N at least 1.
        label_ids: ``(N,)`` label ids of these rows, the truth.

    Returns:
        ``(C,)`` float64 biases that sum to 0, and the temperature.

    Raises:
        ModelError: a logit is not a finite number.
    """
    from scipy.optimize import minimize

    if not np.isfinite(logits).all():
        raise ModelError(
            "The model cannot be calibrated: some of its logits are NaN or infinite. "
            "Train again with a lower training.learning_rate."
        )
    values = np.asarray(logits, np.float64)
    count = values.shape[1]
    truth = np.eye(count)[label_ids]

    def cost(parameters: Floats) -> tuple[float, Floats]:
        scaled = values * np.exp(-parameters[0])
        log_probabilities = log_softmax(scaled + parameters[1:])
        errors = np.exp(log_probabilities) - truth
        gradient = np.concatenate([[-(errors * scaled).sum()], errors.sum(axis=0)]) + parameters
        return float(-(log_probabilities * truth).sum() + (parameters**2).sum() / 2), gradient

    bounds = [tuple(np.log(TEMPERATURES)), *[(None, None)] * count]
    found = minimize(cost, np.zeros(count + 1), jac=True, method="L-BFGS-B", bounds=bounds)
    temperature = float(np.exp(found.x[0]))
    biases = found.x[1:] * temperature
    return np.asarray(biases - biases.mean(), np.float64), temperature


def shifted_probabilities(logits: NDArray[Any], label_ids: NDArray[Any]) -> Floats:
    """Return the probabilities ``(N, C)`` of rows under the biases that suit these rows best."""
    biases, temperature = fit_biases(logits, label_ids)
    return Calibration(temperature).probabilities(logits + biases)
