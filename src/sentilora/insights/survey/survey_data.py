"""From a file and a model to a survey of its texts, and from its labels to corrected shares."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.data.labelled.scan import Asked
from sentilora.defaults import SEED
from sentilora.errors import ConfigError, DataError
from sentilora.events import EventLog, Listener
from sentilora.files import path_of
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.inference.token_budget import BatchBudget
from sentilora.insights.feedback import Feedback
from sentilora.insights.feedback_columns import FeedbackColumns
from sentilora.insights.feedback_question import FeedbackQuestion
from sentilora.insights.feedback_rows import read_feedback
from sentilora.insights.mood.mood import Mood
from sentilora.insights.mood.prevalence import Prevalence
from sentilora.insights.survey.survey import CORRECTED, FEWEST_LABELS, Survey, labelled_shares
from sentilora.insights.survey.survey_file import LabelledText, read_survey
from sentilora.message import command, setting

MOST_TEXTS = 20_000  # that are scored; of more, as many are drawn at random
MOST_LABELS = 9  # one key each


def open_survey(
    model: SentimentModel,
    data: Any,
    *,
    columns: FeedbackColumns,
    asked: Asked,
    rows: int,
    limit: int = MOST_TEXTS,
    seed: int = SEED,
    date_order: str | None = None,
    listener: Listener | None = None,
) -> Survey:
    """Read texts, let the model answer them, and plan which ones to label.

    Args:
        model: model whose labels are given, and whose answers say where labels tell most.
        data: file, folder, hub data set id, or ``sample``; or rows in memory.
        columns: columns of text, date and segments; the latter two are shown.
        asked: how texts are read.
        rows: number of texts to label.
        limit: largest number of texts that the shares are of; of more, some are drawn at random.
        seed: seed of all draws; the same one goes on with the same survey.
        date_order: order of day and month, where dates do not tell.
        listener: listener to the events ``phase`` and ``progress``.

    Raises:
        DataError: the data cannot be read, or have no texts.
        ConfigError: no text is asked for, or the model has more labels than there are keys.
    """
    if rows < 1:
        raise ConfigError(f"{setting('rows', rows)}: expected a number of texts to label.")
    if len(model.labels) > MOST_LABELS:
        raise ConfigError(
            f"{model.artifact.name} has {len(model.labels)} labels, and there are {MOST_LABELS} "
            "keys. Expected a model with fewer labels, such as general."
        )
    log = EventLog(listener)
    log.emit("phase", name="read the rows", total=None)
    question = FeedbackQuestion(columns, asked, date_order=date_order, limit=limit, seed=seed)
    feedback = read_feedback(data, question, model.labels)
    return Survey(feedback, _answers(model, feedback, log), rows, seed)


def _answers(model: SentimentModel, feedback: Feedback, log: EventLog) -> NDArray[np.float64]:
    log.emit("phase", name="score the texts", total=len(feedback))
    scored = model.score(list(feedback.texts), budget=BatchBudget(), progress=log.count)
    return np.asarray(model.probabilities(scored.logits), np.float64)


@dataclass(frozen=True)
class LabelledFile:
    """Labels of a survey, enough to estimate shares from.

    Attributes:
        path: file that they come from.
        texts: the labelled texts.
    """

    path: Path
    texts: list[LabelledText]


def read_labelled(path: str | Path) -> LabelledFile:
    """Read the labels that are to correct shares.

    Raises:
        DataError: the file is not there or not one of a survey, or holds too few labels.
    """
    path = path_of(path)
    texts = read_survey(path)
    if len(texts) < FEWEST_LABELS:
        raise DataError(
            f"{path} holds too few labels: {len(texts)}. Expected {FEWEST_LABELS} at least: label "
            f"more of the texts with {command('label', 'DATA', output=path)}"
        )
    return LabelledFile(path, texts)


def correct_by_labels(
    labelled: LabelledFile, feedback: Feedback, probabilities: NDArray[np.float32], mood: Mood
) -> Mood:
    """Return a mood whose shares of labels are those that a survey found.

    Args:
        labelled: labels of a survey of the same texts.
        feedback: N texts.
        probabilities: ``(N, C)`` what the model says.
        mood: what was measured.

    Raises:
        DataError: the labels are of other texts.
    """
    shares = labelled_shares(labelled.texts, feedback, probabilities, labelled.path)
    assert shares is not None
    told = CORRECTED.format(count=len(labelled.texts))
    return replace(mood, prevalence=Prevalence(shares, mood.prevalence.counted, told))
