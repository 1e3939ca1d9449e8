"""One loaded model for all sessions: kept in a small cache, asked by one session at a time."""

from __future__ import annotations

import threading
from typing import Any, cast

import streamlit as st

from sentilora.inference.budget import BatchBudget
from sentilora.inference.engines import open_engine
from sentilora.inference.explanation import Explanation
from sentilora.inference.scoring import Progress, Scored
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.model.artifact import MANIFEST, find_artifact, open_artifact
from sentilora.model.bases import sha256_of

MOST_MODELS = 3  # in memory; the one that was not asked for longest goes first


class SharedModel(SentimentModel):
    """A model that threads share: one of them computes, the others wait."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._lock = threading.RLock()

    def score(
        self,
        texts: list[str],
        *,
        budget: BatchBudget | None = None,
        progress: Progress | None = None,
    ) -> Scored:
        """Compute uncalibrated ``(N, C)`` logits when it is this thread's turn."""
        with self._lock:
            return super().score(texts, budget=budget, progress=progress)

    def explain(self, text: str, label: str | None = None) -> Explanation:
        """Tell what each word contributed when it is this thread's turn."""
        with self._lock:
            return super().explain(text, label)


def open_shared(path: str) -> SharedModel:
    """Return the model of a path, loaded once for all sessions until its files change.

    Raises:
        ModelError, DeviceError, MissingExtraError: as :func:`sentilora.load`.
    """
    seal = sha256_of(find_artifact(path) / MANIFEST)
    return cast(SharedModel, _load(path, seal))


@st.cache_resource(  # type: ignore[untyped-decorator]
    max_entries=MOST_MODELS, show_spinner="Loading the model …"
)
def _load(path: str, seal: str) -> SharedModel:
    del seal  # a part of the key: another manifest is another model
    artifact = open_artifact(path)
    engine, tokenizer = open_engine(artifact)
    return SharedModel(artifact, engine, tokenizer)
