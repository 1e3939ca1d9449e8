"""The messages behind the figures of *Overview*: filters, the list, and what to take home."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import streamlit as st

from sentilora.insights.insight_report import Comparison, InsightReport
from sentilora.insights.insights_result import STATEMENTS_FILE
from sentilora.insights.report.figure_words import days
from sentilora.insights.report.insight_files import HTML_FILE, JSON_FILE
from sentilora.insights.report.sentences import period_words
from sentilora.ui.models.analysed_file import AnalysedFile
from sentilora.ui.models.messages import (
    SHOWN,
    Wanted,
    as_csv,
    choose_messages,
    count_texts,
    shown_messages,
)

if TYPE_CHECKING:
    import pyarrow as pa

ALL = "all"
THEME, PERIOD, SEGMENT = "overview-theme", "overview-period", "overview-segment"
LABELS, WORDS = "overview-labels", "overview-words"


def forget_choices() -> None:
    """Forget what was chosen about other figures."""
    for key in (THEME, PERIOD, SEGMENT, LABELS, WORDS):
        st.session_state.pop(key, None)


def list_messages(**chosen: str) -> None:
    """List the messages of one figure: a callback of what is clicked.

    Args:
        chosen: value of each filter, by its key without ``overview-``; the others take all.
    """
    for key in (THEME, PERIOD, SEGMENT):
        st.session_state[key] = chosen.get(key.removeprefix("overview-"), ALL)
    for key in (LABELS, WORDS):
        st.session_state.pop(key, None)


def periods_by_name(report: InsightReport) -> dict[str, tuple[dt.date, dt.date]]:
    """Return first and last day of each period, the last period first.

    What is compared comes before them where it is no period of its own, as a month among weeks.
    """
    found = {period_words(report, one): (one.start, one.end) for one in reversed(report.periods)}
    compared = report.comparison
    if compared is None or (compared.start, compared.end) in found.values():
        return found
    name = days(compared.start, compared.end)
    return {name: (compared.start, compared.end), **found}


def compared_period(report: InsightReport, compared: Comparison) -> str:
    """Return the name under which the boxes list what is compared with the time before."""
    names = {ends: name for name, ends in periods_by_name(report).items()}
    return names[compared.start, compared.end]


def segments_by_name(report: InsightReport) -> dict[str, tuple[str, str]]:
    """Return column and value of each segment."""
    return {f"{one.column}: {one.value}": (one.column, one.value) for one in report.segments}


def wanted_now(report: InsightReport) -> Wanted:
    """Return what the filters say."""
    state = st.session_state
    theme = state.get(THEME, ALL)
    return Wanted(
        theme=None if theme == ALL else theme,
        period=periods_by_name(report).get(state.get(PERIOD, ALL)),
        segment=segments_by_name(report).get(state.get(SEGMENT, ALL)),
        labels=tuple(state.get(LABELS) or ()),
        words=state.get(WORDS, ""),
    )


def show_filters(report: InsightReport) -> None:
    """Show the boxes for period and segment; they count for themes and messages."""
    periods, segments = periods_by_name(report), segments_by_name(report)
    if not periods and not segments:
        return
    left, right = st.columns(2)
    if periods:
        with left:
            st.selectbox("Period", [ALL, *periods], key=PERIOD)
    if segments:
        with right if periods else left:
            st.selectbox("Segment", [ALL, *segments], key=SEGMENT)


def show_messages(report: InsightReport, messages: pa.Table) -> None:
    """List the messages that are chosen, with a file to take home."""
    names = {theme.key: theme.name for theme in report.themes}
    st.subheader("Messages", anchor=False)
    st.selectbox("Theme", [ALL, *names], format_func=lambda key: names.get(key, key), key=THEME)
    st.pills("Labels", list(report.basis.counted), selection_mode="multi", key=LABELS)
    st.text_input("Words in the statement", key=WORDS, placeholder="delivery")
    found = choose_messages(messages, wanted_now(report))
    more = f", the first {SHOWN:,} are shown" if found.num_rows > SHOWN else ""
    st.caption(f"{found.num_rows:,} statements in {count_texts(found):,} texts{more}.")
    shown = shown_messages(found, names)
    st.dataframe(
        shown,
        hide_index=True,
        column_config={
            "Row": st.column_config.NumberColumn(width="small"),
            "Statement": st.column_config.TextColumn(width="large"),
            "Probability": st.column_config.ProgressColumn(
                format="percent", min_value=0.0, max_value=1.0
            ),
        },
        height=420,
    )
    st.download_button(
        "Download these statements (CSV)",
        data=lambda: as_csv(found),
        file_name="statements.csv",
        icon=":material/download:",
        help="A ' stands before cells that a spreadsheet would take for formulas.",
        on_click="ignore",
    )


def show_downloads(found: AnalysedFile) -> None:
    """Show what to take home: the report as a page to send round, and as data."""
    stem = found.asked.name.partition(".")[0].replace(" ", "-")
    files = (
        ("Weekly report (HTML)", HTML_FILE, f"{stem}-insights.html", "text/html"),
        ("Report (JSON)", JSON_FILE, f"{stem}-insights.json", "application/json"),
        ("All statements", STATEMENTS_FILE, f"{stem}-{STATEMENTS_FILE}", None),
    )
    with st.container(horizontal=True):
        for place, (label, name, shown, kind) in enumerate(files):
            st.download_button(
                label,
                data=(found.path / name).read_bytes,
                file_name=shown,
                mime=kind,
                icon=":material/download:",
                on_click="ignore",
                type="primary" if place == 0 else "secondary",
            )
