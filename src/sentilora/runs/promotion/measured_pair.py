"""Two models on the same labelled rows."""

from __future__ import annotations

from typing import Any

from sentilora.data.files.sources import locate
from sentilora.data.labelled.learned_texts import LearnedTexts
from sentilora.data.labelled.scan import Asked
from sentilora.errors import DataError
from sentilora.evaluation.model_rows import read_rows
from sentilora.evaluation.report_parts.old_and_new import OldAndNew, same_rows
from sentilora.events import EventLog
from sentilora.files import sha256_of
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.model.artifact import MANIFEST


def measure_pair(old: SentimentModel, new: SentimentModel, data: Any, log: EventLog) -> OldAndNew:
    """Compare two models on labelled rows that neither of them has learned from.

    Args:
        old: the model in use.
        new: the one that is to take its place, with the same labels.
        data: labelled data; of a folder its test part.
        log: log that is told about phases and progress.

    Raises:
        DataError: they cannot be read, or a model has learned from some of them.
    """
    known = new.labels
    rows = read_rows(locate(data), "test", Asked(), None, known)
    for model in (old, new):
        learned = LearnedTexts.read(model.artifact.home)
        seen = 0 if learned is None else int((~learned.seen(rows.texts).unseen).sum())
        if seen:
            raise DataError(
                f"{model.artifact.home.name} has seen {seen:,} of the {len(rows.texts):,} texts of "
                f"{data} in its training: they cannot tell which model is better. Expected rows "
                "that neither model has learned from."
            )
    log.emit("phase", name="score with both models", total=2 * len(rows.texts))
    answers = []
    for model in (old, new):
        logits = model.score(rows.texts, progress=log.count).logits
        places = [known.label2id[name] for name in model.labels.names]
        chosen = logits.argmax(axis=1)
        answers.append(chosen if model is new else _renumbered(chosen, places))
    return OldAndNew(
        old.artifact.home.name,
        sha256_of(old.artifact.path / MANIFEST),
        same_rows(rows.label_ids, *answers),
    )


def _renumbered(chosen: Any, places: list[int]) -> Any:
    import numpy as np

    return np.array(places)[chosen]
