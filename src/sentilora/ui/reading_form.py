"""The boxes that say what form a file has: encoding, delimiter, header and the like.

All of it is found out where nobody says anything; the boxes open by themselves when a file cannot
be read.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from sentilora.data.files.containers.workbook import SETTINGS as WORKBOOK
from sentilora.data.files.formats import ARROW, LINES, WORKBOOKS, ending_of, split_packing
from sentilora.data.files.read_options import DELIMITED, TEXT, Reading
from sentilora.ui import session
from sentilora.ui.display import page_words
from sentilora.ui.uploads import Upload

_ENCODINGS = ("utf-8", "cp1252", "latin-1", "utf-16", "cp1250", "cp1251", "gb18030", "shift_jis")
_DELIMITERS = (",", ";", "tab", "|")


def chosen_reading(upload: Upload, own: str) -> Reading:
    """Return how the file is to be read, as the boxes say that :func:`ask_for_reading` draws.

    Raises:
        ConfigError: a value cannot be meant.
    """
    names = _settings_of(upload)
    for name in names:
        session.begin(f"{own}-{name}", _UNSAID.get(name))
    values = {name: st.session_state[f"{own}-{name}"] for name in names}
    if values.get("header") != "none":
        values.pop("columns", None)
    given = {name: value for name, value in values.items() if value not in (None, "")}
    return Reading(**given)


def ask_for_reading(upload: Upload, own: str, *, is_open: bool) -> None:
    """Draw the boxes that say something about a file of this ending."""
    names = _settings_of(upload)
    if not names:
        return
    with st.expander(page_words.READING, expanded=is_open, key=f"{own}-reading"):
        places = st.columns(2)
        for place, name in enumerate(names):
            with places[place % 2]:
                _draw(name, f"{own}-{name}", is_off=_is_off(name, own))
                session.keep(f"{own}-{name}", st.session_state[f"{own}-{name}"])


def _settings_of(upload: Upload) -> tuple[str, ...]:
    ending, _ = split_packing(ending_of(upload.path))
    if ending in WORKBOOKS:
        return WORKBOOK
    if ending == ".parquet" or ending in ARROW:
        return ()
    if ending == ".json" or ending in LINES:
        return TEXT
    return (*DELIMITED, "sheet") if ending == ".zip" else DELIMITED


def _is_off(name: str, own: str) -> bool:
    return name == "columns" and st.session_state.get(f"{own}-header") != "none"


# What a box holds as long as nobody has said anything; None where that is not in the list.
_UNSAID: dict[str, Any] = {"columns": "", "skip_lines": 0, "sheet": ""}


def _draw(name: str, key: str, *, is_off: bool) -> None:
    label = page_words.READING_BOXES[name]
    choices = page_words.READING_CHOICES.get(name, {})
    if name in ("encoding", "delimiter"):
        known = _ENCODINGS if name == "encoding" else _DELIMITERS
        now = st.session_state[key]
        options = [*known, *([now] if now not in (None, *known) else [])]
        st.selectbox(
            label,
            options,
            index=None,
            placeholder="found out",
            accept_new_options=True,
            key=key,
            format_func=lambda value: choices.get(value, value),
        )
    elif name in ("quoting", "header"):
        index = {"index": None, "placeholder": "found out"} if name == "header" else {}
        st.selectbox(
            label, list(choices), format_func=lambda value: choices[value], key=key, **index
        )
    elif name == "skip_lines":
        st.number_input(label, min_value=0, step=1, key=key)
    else:
        hint = "text, label, date" if name == "columns" else "the first one"
        st.text_input(label, placeholder=hint, key=key, disabled=is_off)
