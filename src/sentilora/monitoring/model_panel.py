"""The models that answer each text, by name; rules that name none are about the first one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from sentilora.errors import ConfigError
from sentilora.inference.prediction import Prediction
from sentilora.inference.sentiment_model import SentimentModel, load
from sentilora.insights.mood.checked_answers import held_out_confusion
from sentilora.labels import Labels
from sentilora.monitoring.feedback_record import FeedbackRecord
from sentilora.monitoring.rules.rule_model import ModelFacts
from sentilora.monitoring.store.hour_counts import StoredAnswer
from sentilora.monitoring.store.model_changes import note_model
from sentilora.monitoring.store.store import AnsweredRecord, Store
from sentilora.runs.memory import return_freed_memory
from sentilora.runs.named_runs import NAME

Given = SentimentModel | str | Path


class Answering(Protocol):
    """What answers texts: a loaded model, or that of a server."""

    @property
    def labels(self) -> Labels:
        """Its labels."""

    def predict(self, texts: list[str]) -> Sequence[Prediction]:
        """Answer texts, in their order."""


_TRIMMED = 20_000  # texts after which freed memory is given back


class ModelPanel:
    """Models that answer the same texts.

    Args:
        models: models by the names under which their answers are stored, the first one first.

    Attributes:
        models: the same.
    """

    def __init__(self, models: Mapping[str, Answering]) -> None:
        self.models = dict(models)
        self._answered = 0

    @property
    def first(self) -> str:
        """Name of the model that rules mean which name none."""
        return next(iter(self.models))

    def answer(self, records: Sequence[FeedbackRecord]) -> list[AnsweredRecord]:
        """Answer texts by each model, in their order."""
        if not records:
            return []
        texts = [one.text for one in records]
        self._answered += len(texts)
        if self._answered >= _TRIMMED:
            self._answered = 0
            return_freed_memory()  # batches of many shapes leave blocks that nothing fills
        by_model = [
            [
                StoredAnswer(name, one.label, one.score, one.signed, one.unknown)
                for one in model.predict(texts)
            ]
            for name, model in self.models.items()
        ]
        return [
            AnsweredRecord(record, answers)
            for record, *answers in zip(records, *by_model, strict=True)
        ]

    def note(self, store: Store) -> None:
        """Write into a store which runs answer from now on."""
        for name, model in self.models.items():
            run = model.artifact.home.name if isinstance(model, SentimentModel) else name
            note_model(store, name, run, model.labels.names)

    def facts(self) -> dict[str, ModelFacts]:
        """Return what rules know of each model."""
        return {
            name: ModelFacts(
                model.labels,
                held_out_confusion(model) if isinstance(model, SentimentModel) else None,
            )
            for name, model in self.models.items()
        }


def panel_of(models: Given | Mapping[str, Given] | ModelPanel) -> ModelPanel:
    """Load models that are not loaded yet; a single one is called as its folder is.

    Args:
        models: a model; or several by name.

    Raises:
        ConfigError: there is none, or a name cannot be stored.
        ModelError: there is no such model.
    """
    if isinstance(models, ModelPanel):
        return models
    if not isinstance(models, Mapping):
        one = _loaded(models)
        return ModelPanel({one.artifact.name: one})
    if not models:
        raise ConfigError("No model was named. Expected one or more, such as general.")
    for name in models:
        if not isinstance(name, str) or not re.fullmatch(NAME, name):
            raise ConfigError(
                f"A model cannot be called {name!r}. Expected up to 64 letters, digits, '.', '_' "
                "or '-'."
            )
    return ModelPanel({name: _loaded(one) for name, one in models.items()})


def _loaded(model: Given) -> SentimentModel:
    return model if isinstance(model, SentimentModel) else load(model, precision="auto")
