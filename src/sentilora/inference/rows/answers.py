"""Pieces of a source to answers, one piece after the other, with a tally of the whole."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from sentilora.data.files.streams import text_problem
from sentilora.data.languages import LanguageCount
from sentilora.events import EventLog, Listener
from sentilora.inference.prediction import (
    Choices,
    Prediction,
    check_threshold,
    choose,
    make_predictions,
)
from sentilora.inference.rows.score_cache import RememberingScorer
from sentilora.inference.scoring import Progress, Scored
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.labels import Labels
from sentilora.model.bases.coverage import english_base
from sentilora.model.tokens import MOSTLY_UNKNOWN


@dataclass(frozen=True)
class FileSummary:
    """What came of predicting a source.

    Attributes:
        rows: number of rows read, skipped ones included.
        skipped: number of rows without a text; their predictions are empty.
        label_counts: number of rows that got each label, in label order.
        seconds: time from start to end, in seconds, loading of the model not counted.
        tokens: number of tokens computed; a text that came again did not cost any.
        truncated: number of rows whose text was longer than the model's limit.
        abstained: number of rows whose score lies below the threshold, or of which the base knows
            nothing.
        unknown: number of rows of which the base does not know half of the tokens or more.
        early: number of rows that the first stage of a cascade answered.
        resumed: number of rows that were answered before an earlier prediction was stopped.
        notes: remarks for the user.
        engine: engine that computed, and its number format.
    """

    rows: int
    skipped: int
    label_counts: dict[str, int]
    seconds: float
    tokens: int
    truncated: int
    abstained: int = 0
    unknown: int = 0
    early: int = 0
    resumed: int = 0
    notes: tuple[str, ...] = ()
    engine: str = ""


@dataclass(frozen=True)
class Answers:
    """The answers for one piece of a source.

    Attributes:
        size: number of rows of the piece, N.
        answered: ``(M,)`` int64, numbers of the rows that have an answer, in order.
        probabilities: ``(M, C)`` float64, calibrated probabilities.
        truncated: ``(M,)`` bool, whether each text was longer than the model's limit.
        unknown: ``(M,)`` float64, share of each text's tokens that the base does not know.
        early: ``(M,)`` bool, whether the first stage of a cascade answered; None without one.
        labels: label names, C of them.
        threshold: smallest score that counts as an answer; None when all do.
    """

    size: int
    answered: np.ndarray
    probabilities: np.ndarray
    truncated: np.ndarray
    unknown: np.ndarray
    early: np.ndarray | None
    labels: Labels
    threshold: float | None

    @cached_property
    def chosen(self) -> Choices:
        """What the probabilities say, M texts."""
        return choose(self.probabilities, self.labels, self.threshold, self.unknown)

    def predictions(self) -> list[Prediction | None]:
        """Return an answer for each row, None for those without."""
        found: list[Prediction | None] = [None] * self.size
        made = make_predictions(
            self.probabilities,
            self.truncated.tolist(),
            self.labels,
            self.threshold,
            early=self.early,
            unknown=self.unknown,
        )
        for row, prediction in zip(self.answered.tolist(), made, strict=True):
            found[row] = prediction
        return found


class Scorer(Protocol):
    """Scores the pieces of one source, one after the other."""

    def score(self, texts: Sequence[str], progress: Progress | None = None) -> Scored:
        """Return uncalibrated ``(N, C)`` logits; tell ``progress`` how many were computed."""
        ...


class Answerer:
    """Answers the pieces of one source and keeps the tally.

    Args:
        model: model that predicts.
        scorer: scorer of the texts; by default a :class:`RememberingScorer`.
        threshold: smallest score that counts as an answer, in ``[0, 1]``; answers below it are
            marked as abstained.
        total: number of rows of the source, where known.
        listener: listener to the events ``phase``, with ``total``, and ``progress``, in rows.

    Raises:
        ConfigError: the threshold is out of range.
    """

    def __init__(
        self,
        model: SentimentModel,
        *,
        scorer: Scorer | None = None,
        threshold: float | None = None,
        total: int | None = None,
        listener: Listener | None = None,
    ) -> None:
        check_threshold(threshold)
        self._model = model
        self._scorer = scorer or RememberingScorer(model)
        self._threshold = threshold
        self._log = EventLog(listener)
        self._started = time.perf_counter()
        self._rows = self._skipped = self._tokens = self._truncated = self._abstained = 0
        self._early = self._unknown = 0
        self._base = english_base(model.artifact.settings.base)
        self._languages = LanguageCount()
        self._counts = np.zeros(len(model.labels), dtype=np.int64)
        self._told = 0
        self._log.emit("phase", name="predict", total=total)

    def answer(self, values: Sequence[Any]) -> Answers:
        """Answer the values that are texts; the others count as skipped."""
        model = self._model
        answered = [row for row, value in enumerate(values) if text_problem(value) is None]
        computed = 0

        def advance(count: int) -> None:
            nonlocal computed
            computed += count
            self._tell(self._rows + computed)

        texts = [values[row] for row in answered]
        scored = self._scorer.score(texts, advance)
        if self._base is not None:
            self._languages.add(texts)
        answers = Answers(
            size=len(values),
            answered=np.asarray(answered, dtype=np.int64),
            probabilities=model.probabilities(scored.logits),
            truncated=np.asarray(scored.truncated, dtype=bool),
            unknown=scored.unknown,
            early=scored.early,
            labels=model.labels,
            threshold=self._threshold,
        )
        self._count(answers, scored.tokens)
        self._tell(self._rows)
        return answers

    def summary(self, *, resumed: int = 0, notes: Sequence[str] = ()) -> FileSummary:
        """Return the tally so far."""
        names = self._model.labels.names
        return FileSummary(
            rows=self._rows,
            skipped=self._skipped,
            label_counts=dict(zip(names, self._counts.tolist(), strict=True)),
            seconds=time.perf_counter() - self._started,
            tokens=self._tokens,
            truncated=self._truncated,
            abstained=self._abstained,
            unknown=self._unknown,
            early=self._early,
            resumed=resumed,
            notes=(*notes, *(self._languages.notes(self._base) if self._base else ())),
            engine=f"{self._model.engine.name}, {self._model.precision}",
        )

    def _count(self, answers: Answers, tokens: int) -> None:
        self._rows += answers.size
        self._skipped += answers.size - len(answers.answered)
        self._counts += np.bincount(answers.chosen.label_ids, minlength=len(self._counts))
        self._tokens += tokens
        self._truncated += int(answers.truncated.sum())
        self._abstained += int(answers.chosen.abstained.sum())
        self._unknown += int((answers.unknown >= MOSTLY_UNKNOWN).sum())
        self._early += 0 if answers.early is None else int(answers.early.sum())

    def _tell(self, done: int) -> None:
        if done > self._told:
            self._log.count(done - self._told)
            self._told = done
