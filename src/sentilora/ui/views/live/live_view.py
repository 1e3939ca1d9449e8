"""The frame of *Live*: what is asked again every few seconds, and what stays while it is."""

from __future__ import annotations

import time

import streamlit as st

from sentilora.errors import ConfigError, DataError
from sentilora.monitoring.figures.offers import Offers, read_offers
from sentilora.monitoring.figures.text_stream import StreamFilter
from sentilora.ui.display.error_messages import page_text, show_error
from sentilora.ui.display.live_html import zone_of
from sentilora.ui.models.live_store import page_store, reading
from sentilora.ui.views.live.live_alerts import show_asked_alert, show_open_alerts, show_past_alerts
from sentilora.ui.views.live.live_choices import LiveChoice, ask_for_scope, ask_for_texts
from sentilora.ui.views.live.live_figures import show_course, show_now, show_parts, show_sources
from sentilora.ui.views.live.live_texts import show_download, show_texts

REFRESH_S = 5.0


def show_store() -> None:
    """Draw what the store holds, or wait for it."""
    try:
        with reading() as connection:
            offers = read_offers(connection)
    except (ConfigError, DataError):
        _wait_for_store()
        return
    if offers.newest_hour is None:
        _wait_for_texts()
        return
    st.caption("What a monitor stores, as it comes. Figures are of the model's answers.")
    choice = ask_for_scope(offers, now_ms())
    every = REFRESH_S if choice.renews else None
    st.fragment(_show_figures, run_every=every)(choice)
    st.header("Texts", anchor=False, divider=True)
    texts = ask_for_texts(offers, choice.scope, zone_of(st.context.timezone))
    st.fragment(_show_texts, run_every=every)(texts)
    show_download(texts, zone_of(st.context.timezone))
    st.caption("What texts are about, and whether that changes: page [Overview](overview).")


def now_ms() -> int:
    """Return what time it is, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def _show_figures(choice: LiveChoice) -> None:
    """Draw all but the texts, from one connection."""
    zone, now = zone_of(st.context.timezone), now_ms()
    try:
        with reading() as connection:
            show_now(connection, choice, zone, now)
            show_asked_alert(connection, zone, now)
            show_open_alerts(connection, zone, now)
            show_course(connection, choice, now)
            show_parts(connection, choice, now)
            show_sources(connection, zone, now)
            show_past_alerts(connection, zone, now)
    except DataError as error:
        _tell_away(error)


def _show_texts(texts: StreamFilter) -> None:
    try:
        with reading() as connection:
            show_texts(connection, texts, zone_of(st.context.timezone), now_ms())
    except DataError as error:
        _tell_away(error)


@st.fragment(run_every=REFRESH_S)  # type: ignore[untyped-decorator]
def _wait_for_store() -> None:
    """Say what is wrong with the store, and go on once it is there."""
    try:
        with reading() as connection:
            read_offers(connection)
    except ConfigError as error:
        show_error(page_text(error.message))
        return
    except DataError as error:
        _tell_away(error)
        return
    st.rerun()


@st.fragment(run_every=REFRESH_S)  # type: ignore[untyped-decorator]
def _wait_for_texts() -> None:
    """Say that the store is empty, and go on once a text is in it."""
    found = Offers()
    try:
        with reading() as connection:
            found = read_offers(connection)
    except DataError as error:
        _tell_away(error)
        return
    if found.newest_hour is not None:
        st.rerun()
    st.info(
        "No text is in the store yet. The first one appears by itself.", icon=":material/inbox:"
    )
    st.text(f"Store: {page_store().name}")


def _tell_away(error: DataError) -> None:
    """Say that the store is away: word by word, as an address may look like Markdown."""
    st.warning(
        "The store cannot be read now. This page goes on by itself once it can.",
        icon=":material/cloud_off:",
    )
    st.text(page_text(error.message))
