"""What a visitor of *Live* says of a text: a label that the next training learns."""

from __future__ import annotations

import streamlit as st
from sqlalchemy import Connection

from sentilora.errors import SentiloraError
from sentilora.monitoring.corrections.correction import correct
from sentilora.monitoring.corrections.stored_corrections import known_labels
from sentilora.monitoring.figures.hour_moods import in_order
from sentilora.monitoring.figures.text_stream import StreamText
from sentilora.ui import session
from sentilora.ui.display.error_messages import page_text, show_error
from sentilora.ui.display.live_html import name_of
from sentilora.ui.display.markdown import plain
from sentilora.ui.models.live_store import page_store

NAME = "live-name"
UNNAMED = "somebody on the page"

_WRONG = "live-wrong"


def ask_for_label(connection: Connection, text: StreamText) -> None:
    """Show a button that opens the labels which a text can be given."""
    key = f"live-correct-{text.number}"
    asked = st.popover(
        "Correct", key=key, type="tertiary", icon=":material/edit:", on_change="rerun"
    )
    if not asked.open:
        return
    with asked:
        st.caption(f"What is it really? The model says {plain(name_of(text.label))}.")
        session.begin(NAME, "")
        by = st.text_input("Your name", key=NAME, max_chars=100, placeholder=UNNAMED)
        session.keep(NAME, by)
        for place, label in enumerate(in_order(known_labels(connection, text.model))):
            st.button(
                plain(name_of(label)),
                key=f"{key}-{place}",
                on_click=_correct,
                args=(text, label, by, key),
                width="stretch",
            )


def _correct(text: StreamText, label: str, by: str, key: str) -> None:
    st.session_state[key] = False
    try:
        correct(
            text.id,
            label,
            store=page_store(),
            source=text.source,
            by=by.strip() or UNNAMED,
            origin="page",
            model=text.model,
        )
    except SentiloraError as error:
        st.session_state[_WRONG] = page_text(error.message)


def show_wrong_correction() -> None:
    """Say once why a correction was not taken."""
    told = st.session_state.pop(_WRONG, None)
    if told is not None:
        show_error(told)
