"""The answer for one text."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sentilora.labels import Labels

STAGES = ("network", "n-grams")  # what answers in a cascade; the second one comes first


@dataclass(frozen=True)
class Prediction:
    """The answer for one text.

    Attributes:
        label: the most probable label.
        score: calibrated probability of ``label``, in ``[0, 1]``.
        probabilities: calibrated probability of each label, in label order.
        signed: positive minus negative mass, in ``[-1, 1]``; None if labels are no sentiments.
        truncated: whether the text was longer than the model's limit.
        abstained: whether ``score`` lies below the threshold that was asked for.
        stage: part of a cascade that answered: ``n-grams`` or ``network``; None without one.
    """

    label: str
    score: float
    probabilities: dict[str, float]
    signed: float | None
    truncated: bool = False
    abstained: bool = False
    stage: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values, for JSON."""
        return asdict(self)


def make_predictions(
    probabilities: np.ndarray,
    truncated: list[bool],
    labels: Labels,
    threshold: float | None = None,
    *,
    early: np.ndarray | None = None,
) -> list[Prediction]:
    """Turn ``(N, C)`` probabilities into predictions.

    ``early`` ``(N,)`` tells which rows the first stage of a cascade answered.
    """
    polarities = labels.polarities
    signs = None if polarities is None else np.asarray(polarities, dtype=np.float64)
    chosen = probabilities.argmax(axis=1)
    stages = [None] * len(chosen) if early is None else [STAGES[one] for one in early.tolist()]
    predictions = []
    for row, label_id, was_cut, stage in zip(probabilities, chosen, truncated, stages, strict=True):
        score = float(row[label_id])
        predictions.append(
            Prediction(
                label=labels.names[label_id],
                score=score,
                probabilities=dict(zip(labels.names, map(float, row), strict=True)),
                signed=None if signs is None else float(row @ signs),
                truncated=was_cut,
                abstained=threshold is not None and score < threshold,
                stage=stage,
            )
        )
    return predictions
