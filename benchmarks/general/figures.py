"""What a three-class model is worth on tweets, and on reviews that are only good or bad."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sentilora.data.files.sources import locate
from sentilora.data.labelled.scan import Asked
from sentilora.evaluation.evaluate import evaluate
from sentilora.evaluation.metrics import Measured
from sentilora.evaluation.model_figures import measure_with_intervals
from sentilora.evaluation.model_rows import given_labels, read_rows
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.labels import Labels

BINARY = ("negative", "positive")
FIGURES = ("accuracy", "macro_f1", "macro_recall", "ece")


def measure_three(model: SentimentModel, file: Path) -> dict[str, Any]:
    """Measure on a file with three labels; macro recall is the customary figure for tweets."""
    return _chosen(file, evaluate(model, file).after)


def measure_two(model: SentimentModel, file: Path) -> dict[str, Any]:
    """Measure on a file with negative and positive texts only, neutral mass split evenly.

    Half of the probability of ``neutral`` goes to either side, so a text counts as positive where
    ``p(positive) + p(neutral) / 2`` is at least a half.
    """
    asked = Asked(text="text", label="label")
    given = given_labels(BINARY, model.labels)
    rows = read_rows(locate(file), "test", asked, given, model.labels)
    scored = model.score(rows.texts)
    halves = split_neutral(model.probabilities(scored.logits), model.labels)
    truth = (rows.label_ids == model.labels.label2id["positive"]).astype(np.int64)
    measured = measure_with_intervals(truth, halves, Labels(BINARY), resamples=1000, seed=13)
    return {**_chosen(file, measured), "truncated_share": sum(scored.truncated) / len(truth)}


def split_neutral(probabilities: np.ndarray, labels: Labels) -> np.ndarray:
    """Return ``(N, 2)`` negative and positive probabilities of ``(N, 3)``."""
    column = labels.label2id
    half = probabilities[:, column["neutral"]] / 2
    return np.stack(
        [probabilities[:, column["negative"]] + half, probabilities[:, column["positive"]] + half],
        axis=1,
    )


def _chosen(file: Path, measured: Measured) -> dict[str, Any]:
    return {
        "data": f"{file.parent.name}/{file.name}",
        "rows": measured.metrics["rows"],
        "metrics": {name: measured.metrics[name] for name in FIGURES},
        "intervals": {name: list(measured.intervals[name]) for name in FIGURES},
    }
