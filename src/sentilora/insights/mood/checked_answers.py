"""What labels have shown of a model: its answers to the texts that its run held out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sentilora.errors import DataError
from sentilora.evaluation.reports.report import read_report
from sentilora.inference.sentiment_model import SentimentModel


def held_out_confusion(model: SentimentModel) -> NDArray[np.int64] | None:
    """Return how the model of a run answered its held-out texts.

    Args:
        model: model of a run; an export, or an adapter that ships, has no such texts.

    Returns:
        Number of texts, ``(C, C)`` int64, true label down and answer across; None where the run has
        no report that tells it.
    """
    folder = model.artifact.run_folder
    if folder is None:
        return None
    try:
        report = read_report(folder)
    except DataError:
        return None  # the model answers all the same; its shares are then told as counted
    confusion = np.asarray(report.after.confusion, dtype=np.int64)
    size = len(model.labels)
    is_same = report.label_names == model.labels.names and confusion.shape == (size, size)
    return confusion if is_same else None
