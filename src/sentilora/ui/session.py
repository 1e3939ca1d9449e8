"""What one visitor has open: the chosen model, and what they keep when they load the page again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from sentilora.defaults import NOT_SURE_BELOW
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.ui.models.model_cache import open_shared
from sentilora.ui.models.model_choice import Choice, list_choices
from sentilora.ui.settings import read_app_settings
from sentilora.ui.visits import VISITS, Session, Visit

MODEL, NOT_SURE = "model", "not-sure"

_SESSION, _ADDRESS, _FOUND = "session", "visit", "found"
_MOST_FOUND = 32

T = TypeVar("T")


def visit() -> Visit:
    """Return what this visitor keeps."""
    if _SESSION not in st.session_state:
        st.session_state[_SESSION] = VISITS.open(st.query_params.get(_ADDRESS))
    session: Session = st.session_state[_SESSION]
    return session.visit


def name_visit() -> None:
    """Put the token into the address, so that a reload finds what is kept."""
    found = visit()
    if st.query_params.get(_ADDRESS) != found.token:
        st.query_params[_ADDRESS] = found.token


def session_folder() -> Path:
    """Return the folder of this visitor."""
    return visit().path


def begin(key: str, default: T) -> None:
    """Give a box what was chosen in it before, or its default, before it is drawn."""
    if key not in st.session_state:
        st.session_state[key] = visit().kept.get(key, default)


def keep(key: str, value: T) -> T:
    """Remember what is chosen in a box."""
    if visit().kept.get(key) != value:
        visit().kept[key] = value
    return value


def found_once(key: Hashable, find: Callable[[], T]) -> T:
    """Find something out once for this session, not with every click."""
    known: dict[Hashable, Any] = st.session_state.setdefault(_FOUND, {})
    if key not in known:
        known[key] = find()
        if len(known) > _MOST_FOUND:
            del known[next(iter(known))]
    found: T = known[key]
    return found


def choices() -> list[Choice]:
    """Return the models there are to choose from now."""
    return list_choices(read_app_settings())


def chosen() -> Choice:
    """Return the model that is chosen; the first one before there was a choice."""
    found = choices()
    path = st.session_state.get(MODEL)
    return next((one for one in found if one.path == path), found[0])


def choose(path: str) -> None:
    """Choose a model; only before the box that shows the choice is drawn, as in a callback."""
    st.session_state[MODEL] = path


def chosen_model() -> SentimentModel:
    """Return the chosen model, loaded.

    Raises:
        ModelError, DeviceError, MissingExtraError: as :func:`sentilora.load`.
    """
    return open_shared(chosen().path)


def not_sure_below() -> float:
    """Return the score below which an answer is shown as none, in ``[0, 1]``."""
    return float(st.session_state.get(NOT_SURE, NOT_SURE_BELOW))
