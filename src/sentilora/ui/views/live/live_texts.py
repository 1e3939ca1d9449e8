"""The texts of *Live*, newest first: they come by themselves, and can be turned like pages."""

from __future__ import annotations

import json

import streamlit as st
from sqlalchemy import Connection

from sentilora.monitoring.figures.given_labels import read_given_labels
from sentilora.monitoring.figures.text_stream import (
    StreamFilter,
    StreamPage,
    StreamPlace,
    read_stream,
)
from sentilora.ui.display.colours import tones_of
from sentilora.ui.display.error_messages import told
from sentilora.ui.display.live_html import Zone, moment, paint_stream_text
from sentilora.ui.models.live_store import reading
from sentilora.ui.models.messages import as_csv
from sentilora.ui.views.live.live_corrections import ask_for_label, show_wrong_correction

SHOWN = 20
TAKEN_HOME, TAKEN_FROM = 5_000, 100_000

_AFTER, _ASKED = "live-after", "live-asked"


def show_texts(connection: Connection, wanted: StreamFilter, zone: Zone, now_ms: int) -> None:
    """List the texts that are wanted, and lead to older ones."""
    state = st.session_state
    if state.get(_ASKED) != wanted:  # a place in other texts says nothing
        state[_ASKED] = wanted
        state.pop(_AFTER, None)
    after: StreamPlace | None = state.get(_AFTER)
    page = read_stream(connection, wanted, after, most=SHOWN)
    if after is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Newest", key="live-newest", icon=":material/first_page:", on_click=_turn)
            st.caption(f"Texts before {moment(after.at_ms, zone, now_ms)}; new ones do not appear.")
    tones = tones_of(sorted({text.label for text in page.texts}))
    numbers = [text.number for text in page.texts]
    given = read_given_labels(connection, numbers, wanted.model)
    show_wrong_correction()
    for text in page.texts:
        with st.container(border=True, gap=None, key=f"live-text-{text.number}"):
            st.html(paint_stream_text(text, given.get(text.number), tones, zone, now_ms))
            if text.text is not None:
                ask_for_label(connection, text)
    _tell_end(page, after, zone, now_ms)
    if page.after is not None:
        st.button(
            "Older" if page.is_full else "Look further back",
            key="live-older",
            icon=":material/keyboard_arrow_down:",
            on_click=_turn,
            args=(page.after,),
        )


def _tell_end(page: StreamPage, after: StreamPlace | None, zone: Zone, now_ms: int) -> None:
    """Say what the list does not show, and why."""
    if page.is_full:
        return
    if page.after is not None:
        st.caption(
            f"Looked back as far as {moment(page.after.at_ms, zone, now_ms)}; older texts were not "
            "looked at yet."
        )
    elif page.texts or after is not None:
        st.caption("There are no older ones.")
    else:
        st.caption("There is no such text in the store.")


def show_download(wanted: StreamFilter, zone: Zone) -> None:
    """Offer the texts that are wanted as a file, which *Overview* reads."""
    st.download_button(
        "Download these texts (CSV)",
        data=lambda: _as_file(wanted, zone),
        file_name="texts.csv",
        icon=":material/download:",
        help=f"The newest {TAKEN_HOME:,} of them. A ' stands before cells that a spreadsheet would "
        "take for formulas.",
        on_click="ignore",
    )


def _as_file(wanted: StreamFilter, zone: Zone) -> bytes:
    import datetime as dt

    import pyarrow as pa

    with told(), reading() as connection:
        page = read_stream(connection, wanted, most=TAKEN_HOME, look_at=TAKEN_FROM)
    columns: dict[str, list[object]] = {name: [] for name in ("at", "source", "id", "text")}
    columns |= {name: [] for name in ("label", "score", "segments", "conversation_id")}
    for one in page.texts:
        at = dt.datetime.fromtimestamp(one.at_ms / 1000, dt.UTC).astimezone(zone)
        columns["at"].append(at.isoformat(timespec="seconds"))
        columns["segments"].append(json.dumps(dict(one.segments), ensure_ascii=False))
        for name in ("source", "id", "text", "label", "score", "conversation_id"):
            columns[name].append(getattr(one, name))
    floats = {"score": pa.float64()}
    return as_csv(
        pa.table(
            {
                name: pa.array(cells, floats.get(name, pa.string()))
                for name, cells in columns.items()
            }
        )
    )


def _turn(after: StreamPlace | None = None) -> None:
    st.session_state[_AFTER] = after
