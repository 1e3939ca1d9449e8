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

    Example:
        >>> import sentilora
        >>> prediction = sentilora.load("general").predict("Great movie!")
        >>> prediction.label, prediction.score > 0.8
        ('positive', True)
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


@dataclass(frozen=True)
class Choices:
    """What probabilities say, for N texts at once.

    Attributes:
        label_ids: ``(N,)`` int64, ids of the most probable labels.
        scores: ``(N,)`` float64, probabilities of these labels.
        signed: ``(N,)`` float64 in ``[-1, 1]``, positive minus negative mass; None when the labels
            are no sentiments.
        abstained: ``(N,)`` bool, whether each score lies below the threshold.
    """

    label_ids: np.ndarray
    scores: np.ndarray
    signed: np.ndarray | None
    abstained: np.ndarray


def choose(probabilities: np.ndarray, labels: Labels, threshold: float | None = None) -> Choices:
    """Take the most probable labels of ``(N, C)`` probabilities."""
    scores = probabilities.max(axis=1)
    signs = labels.polarities
    return Choices(
        label_ids=probabilities.argmax(axis=1),
        scores=scores,
        signed=None if signs is None else probabilities @ np.asarray(signs, dtype=np.float64),
        abstained=scores < (-1.0 if threshold is None else threshold),
    )


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
    chosen = choose(probabilities, labels, threshold)
    nothing = [None] * len(probabilities)
    return [
        Prediction(
            label=labels.names[label_id],
            score=score,
            probabilities=dict(zip(labels.names, row, strict=True)),
            signed=signed,
            truncated=was_cut,
            abstained=abstained,
            stage=stage,
        )
        for label_id, score, row, signed, was_cut, abstained, stage in zip(
            chosen.label_ids.tolist(),
            chosen.scores.tolist(),
            probabilities.tolist(),
            nothing if chosen.signed is None else chosen.signed.tolist(),
            truncated,
            chosen.abstained.tolist(),
            nothing if early is None else [STAGES[is_early] for is_early in early.tolist()],
            strict=True,
        )
    ]
