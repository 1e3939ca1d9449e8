"""The model beside the one that its training started from, on the same rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sentilora.data.files.sources import locate
from sentilora.data.labelled.scan import Asked
from sentilora.evaluation.model_rows import read_rows
from sentilora.evaluation.report_parts.old_and_new import OldAndNew, SameRows, same_rows
from sentilora.events import EventLog

if TYPE_CHECKING:
    from sentilora.config import RunConfig
    from sentilora.inference.sentiment_model import SentimentModel
    from sentilora.model.warm_start import Start

PROVENANCE = "provenance.csv"  # of a run: where each row came from


@dataclass(frozen=True)
class Answered:
    """What both models said of the test part.

    Attributes:
        label_ids: ``(N,)`` int64, the truth.
        old: ``(N,)`` label ids of the model that training started from.
        new: ``(N,)`` label ids of the trained one.
    """

    label_ids: NDArray[Any]
    old: NDArray[Any]
    new: NDArray[Any]


def compare_with_start(
    start: Start | None,
    model: SentimentModel,
    old_logits: Callable[[list[str]], NDArray[Any]],
    test: Answered,
    config: RunConfig,
    log: EventLog,
) -> OldAndNew | None:
    """Compare a model with the one that its training started from.

    Args:
        start: the trained adapter that training started from.
        model: the trained model.
        old_logits: function that returns ``(N, C)`` logits of the adapter, in the model's order.
        test: what both said of the test part.
        config: settings of the run, which name the corrections that were held out.
        log: log that is told about phases and progress.

    Returns:
        None without a start, or with one of other labels, which cannot be right here.
    """
    if start is None or set(start.labels.names) != set(model.labels.names):
        return None
    corrections = None
    if config.corrections.held_out is not None:
        corrections = _compare_on(config.corrections.held_out, model, old_logits, log)
    return OldAndNew(
        old=start.name,
        old_sha256=start.sha256,
        test=same_rows(test.label_ids, test.old, test.new),
        corrections=corrections,
    )


def _compare_on(
    path: str,
    model: SentimentModel,
    old_logits: Callable[[list[str]], NDArray[Any]],
    log: EventLog,
) -> SameRows:
    asked = Asked("text", "label", None, None, False, any_text=True)
    known = model.labels
    rows = read_rows(locate(path), "test", asked, known, known)
    log.emit("phase", name="score the held-out corrections", total=2 * len(rows.texts))
    new = model.score(rows.texts, progress=log.count).logits
    old = old_logits(rows.texts)
    return same_rows(rows.label_ids, np.argmax(old, axis=1), np.argmax(new, axis=1))
