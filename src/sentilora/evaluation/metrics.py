"""What a model got right, in scikit-learn's words and with its conventions.

Macro averages go over the labels that occur among the truth or the answers, as scikit-learn's do; a
label that is never answered has precision 0. Where two labels are equally probable, the first one
counts as the answer.

Not covered: the order of texts and groups of rows; see :mod:`~sentilora.evaluation.rank_metrics`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.errors import DataError, ModelError
from sentilora.evaluation.calibration import Bin, expected_calibration_error, reliability
from sentilora.labels import Labels

Metrics = dict[str, float]
Intervals = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class LabelFigures:
    """How well one label is recognised.

    Attributes:
        precision: of the rows that were given the label, the share that has it.
        recall: of the rows that have the label, the share that was given it.
        f1: harmonic mean of the two.
        support: number of rows that have the label.
    """

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Measured:
    """The figures of one model on one set of rows.

    Attributes:
        metrics: accuracy, macro_precision, macro_recall, macro_f1, weighted_f1,
            matthews_correlation, log_loss, brier, ece and rows.
        per_label: figures of each label.
        confusion: number of rows, true label down and answer across.
        reliability: confidence against accuracy, bin by bin.
        intervals: 95 % intervals of the metrics, where they were computed.
    """

    metrics: Metrics
    per_label: dict[str, LabelFigures]
    confusion: list[list[int]]
    reliability: list[Bin]
    intervals: Intervals = field(default_factory=dict)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Measured:
        """Take what :meth:`to_dict` gave, or its metrics alone."""
        per_label = raw.get("per_label") or {}
        return cls(
            metrics=dict(raw["metrics"]),
            per_label={name: LabelFigures(**figures) for name, figures in per_label.items()},
            confusion=list(raw.get("confusion") or []),
            reliability=[Bin(**one) for one in raw.get("reliability") or []],
            intervals=read_intervals(raw.get("intervals")),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain dicts and lists."""
        return asdict(self)


def read_intervals(raw: Mapping[str, Any] | None) -> Intervals:
    """Take intervals from JSON, which has lists for pairs."""
    return {name: (pair[0], pair[1]) for name, pair in (raw or {}).items()}


def measure(label_ids: NDArray[Any], probabilities: NDArray[Any], labels: Labels) -> Measured:
    """Compare probabilities with the truth.

    Args:
        label_ids: ``(N,)`` int64, label ids of the rows, the truth.
        probabilities: ``(N, C)`` float64, probabilities in label order.
        labels: the C label names.

    Raises:
        DataError: there are no rows.
        ModelError: a probability is NaN.
    """
    from sklearn.metrics import confusion_matrix

    check_rows(label_ids, probabilities)
    ids = list(range(len(labels)))
    answers = probabilities.argmax(axis=1)
    bins = reliability(label_ids, probabilities)
    per_label = _per_label(label_ids, answers, labels)
    metrics: Metrics = {
        **_of_answers(label_ids, answers),
        **_of_probabilities(label_ids, probabilities),
        "ece": expected_calibration_error(bins),
        "rows": len(label_ids),
    }
    return Measured(
        metrics=metrics,
        per_label=per_label,
        confusion=confusion_matrix(label_ids, answers, labels=ids).tolist(),
        reliability=bins,
    )


def check_rows(label_ids: NDArray[Any], probabilities: NDArray[Any]) -> None:
    """Refuse what no figure can be computed from.

    Raises:
        DataError: there are no rows.
        ModelError: a probability is NaN.
    """
    assert len(label_ids) == len(probabilities), (len(label_ids), probabilities.shape)
    if len(label_ids) == 0:
        raise DataError("There are no rows to evaluate. Give a file with labelled texts.")
    if np.isnan(probabilities).any():
        raise ModelError(
            "The model answered NaN for some rows, so nothing can be measured. "
            "Train again with a lower training.learning_rate."
        )


def brier_scores(label_ids: NDArray[Any], probabilities: NDArray[Any]) -> NDArray[np.float64]:
    """Return each row's squared distance from the truth (Brier 1950).

    Two classes: halved, so that it lies in 0 ... 1, as is usual and as scikit-learn does; more
    classes: 0 ... 2.
    """
    truth = np.eye(probabilities.shape[1])[label_ids]
    scores: NDArray[np.float64] = ((probabilities - truth) ** 2).sum(axis=1)
    return scores / 2 if probabilities.shape[1] == 2 else scores


def log_losses(label_ids: NDArray[Any], probabilities: NDArray[Any]) -> NDArray[np.float64]:
    """Return each row's negative log probability of the truth, clipped as scikit-learn does."""
    smallest = float(np.finfo(np.float64).eps)
    chosen = probabilities[np.arange(len(label_ids)), label_ids]
    losses: NDArray[np.float64] = -np.log(np.clip(chosen, smallest, 1 - smallest))
    return losses


def _of_answers(label_ids: NDArray[Any], answers: NDArray[Any]) -> dict[str, float]:
    from sklearn.metrics import (
        accuracy_score,
        f1_score,
        matthews_corrcoef,
        precision_recall_fscore_support,
    )

    precision, recall, f1, _ = precision_recall_fscore_support(
        label_ids, answers, average="macro", zero_division=0
    )
    has_one_label = len(np.union1d(label_ids, answers)) == 1  # scikit-learn would warn, and say 0
    return {
        "accuracy": float(accuracy_score(label_ids, answers)),
        "macro_precision": float(precision),
        "macro_recall": float(recall),
        "macro_f1": float(f1),
        "weighted_f1": float(f1_score(label_ids, answers, average="weighted", zero_division=0)),
        "matthews_correlation": (
            0.0 if has_one_label else float(matthews_corrcoef(label_ids, answers))
        ),
    }


def _of_probabilities(label_ids: NDArray[Any], probabilities: NDArray[Any]) -> dict[str, float]:
    return {
        "log_loss": float(log_losses(label_ids, probabilities).mean()),
        "brier": float(brier_scores(label_ids, probabilities).mean()),
    }


def _per_label(
    label_ids: NDArray[Any], answers: NDArray[Any], labels: Labels
) -> dict[str, LabelFigures]:
    from sklearn.metrics import precision_recall_fscore_support

    columns = precision_recall_fscore_support(
        label_ids, answers, labels=list(range(len(labels))), zero_division=0
    )
    return {
        name: LabelFigures(float(precision), float(recall), float(f1), int(support))
        for name, precision, recall, f1, support in zip(labels.names, *columns, strict=True)
    }
