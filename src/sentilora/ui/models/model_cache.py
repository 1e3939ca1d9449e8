"""One loaded model for all sessions, kept in a small cache."""

from __future__ import annotations

from typing import cast

import streamlit as st

from sentilora.files import sha256_of
from sentilora.inference.sentiment_model import SentimentModel, load
from sentilora.model.artifact import MANIFEST, find_artifact

MOST_MODELS = 3  # in memory; the one that was not asked for longest goes first


def open_shared(path: str) -> SentimentModel:
    """Return the model of a path, loaded once for all sessions until its files change.

    Raises:
        ModelError, DeviceError, MissingExtraError: as :func:`sentilora.load`.
    """
    seal = sha256_of(find_artifact(path) / MANIFEST)
    return cast(SentimentModel, _load(path, seal))


@st.cache_resource(  # type: ignore[untyped-decorator]
    max_entries=MOST_MODELS, show_spinner="Loading the model …"
)
def _load(path: str, seal: str) -> SentimentModel:
    del seal  # a part of the key: another manifest is another model
    return load(path)
