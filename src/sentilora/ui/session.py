"""What one visitor has open: the chosen model, and a folder that goes when they do."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path

import streamlit as st

from sentilora.data.files.formats import ENDINGS
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.ui.models.model_cache import open_shared
from sentilora.ui.models.model_choice import Choice, list_choices
from sentilora.ui.settings import read_app_settings
from sentilora.ui.uploads import Upload, keep_upload

MODEL = "model"
# The endings that can be read, by their last part, as a browser knows them.
FILE_TYPES = list(dict.fromkeys(ending.rpartition(".")[2] for ending in ENDINGS))

_FOLDER = "folder"


class SessionFolder:
    """A folder that is removed when the session, or the server, ends."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="sentilora-app-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def session_folder() -> Path:
    """Return the folder of this session."""
    if _FOLDER not in st.session_state:
        st.session_state[_FOLDER] = SessionFolder()
    folder: Path = st.session_state[_FOLDER].path
    return folder


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


def ask_for_file(label: str, key: str) -> Upload | None:
    """Show a place to drop a file; return it once it is there.

    Raises:
        DataError: it is empty, or no file of rows.
    """
    uploaded = st.file_uploader(label, type=FILE_TYPES, key=key)
    return None if uploaded is None else keep_upload(uploaded, session_folder())


def ask_for_column(label: str, upload: Upload, default: str | None, key: str) -> str | None:
    """Show the columns of a file; None while none is chosen."""
    column: str | None = st.selectbox(
        label,
        upload.columns,
        index=upload.columns.index(default) if default in upload.columns else None,
        placeholder="Choose a column",
        key=f"{key}-{upload.key}",
    )
    return column
