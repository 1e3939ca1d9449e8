"""Page *Compare*: what training bought, and several models side by side on the same texts."""

from __future__ import annotations

import streamlit as st

from sentilora import samples
from sentilora.errors import SentiloraError
from sentilora.evaluation.reports.report import read_report
from sentilora.ui import session
from sentilora.ui.display.answer_html import paint_table
from sentilora.ui.display.error_messages import show_error, told
from sentilora.ui.display.figure_rows import HEADINGS, measured_rows
from sentilora.ui.display.markdown import plain
from sentilora.ui.display.page_words import PAGE
from sentilora.ui.models.model_cache import open_shared
from sentilora.ui.models.model_choice import Choice, run_of
from sentilora.ui.models.model_comparison import MeasuredModel, Texts, disagreements, measure_texts
from sentilora.ui.pages.report_section import show_comparison, show_errors

MEASURED = "compare-measured"
SAMPLE, UPLOAD = "Sample test texts", "My labelled file"
MOST_TEXTS = 200  # on which models disagree, shown
MOST_MODELS = 4


def show() -> None:
    """Draw the page."""
    st.title("Compare", anchor=False)
    found = {one.path: one for one in session.choices()}
    paths = st.multiselect(
        "Models",
        list(found),
        default=list(dict.fromkeys([session.chosen().path, samples.GENERAL])),
        format_func=lambda path: found[path].name if path in found else path,
        max_selections=MOST_MODELS,
        key="compare-models",
    )
    if not paths:
        st.info("Choose at least one model.", icon=":material/arrow_upward:")
        return
    picked = [found[path] for path in paths]
    side, bought = st.tabs(["Side by side on the same texts", "Before and after training"])
    with side:
        _side_by_side(picked)
    with bought:
        _before_and_after(picked)


def _before_and_after(picked: list[Choice]) -> None:
    for one in picked:
        run = run_of(one.path)
        if run is None:
            st.caption(f"{plain(one.name)} has no report of its own training.")
            continue
        with told():
            report = read_report(run.path)
            show_comparison(report)


def _side_by_side(picked: list[Choice]) -> None:
    with told():
        texts = _ask_for_texts()
    asked = (texts, tuple(one.path for one in picked))
    if st.button("Measure", type="primary", icon=":material/balance:", disabled=texts is None):
        assert texts is not None
        st.session_state[MEASURED] = (asked, *_measure(picked, texts))
    kept = st.session_state.get(MEASURED)
    if kept is not None and kept[0] == asked:
        _show_measured(*kept[1:])


def _ask_for_texts() -> Texts | None:
    """Show where the labelled texts come from; None until all of it is known."""
    source = st.radio("Texts", [SAMPLE, UPLOAD], horizontal=True, key="compare-source")
    if source == SAMPLE:
        return Texts(samples.path("test"), "text", "label")
    upload = session.ask_for_file("A file with texts and labels", "compare-upload")
    if upload is None:
        return None
    text = session.ask_for_column(
        "Column with the texts", upload, upload.text_column, "compare-text"
    )
    label = session.ask_for_column(
        "Column with the labels", upload, upload.label_column, "compare-label"
    )
    return None if text is None or label is None else Texts(upload.path, text, label)


def _measure(picked: list[Choice], texts: Texts) -> tuple[list[MeasuredModel], list[str]]:
    """Measure one model after the other; return figures, and why others have none."""
    measured, problems = [], []
    bar = st.progress(0.0, "Reading the texts …")
    for place, one in enumerate(picked):

        def progress(done: int, total: int, *, place: int = place, name: str = one.name) -> None:
            share = (place + done / max(1, total)) / len(picked)
            bar.progress(share, f"{name}: {done:,} of {total:,} texts")

        try:
            model = open_shared(one.path)
            measured.append(measure_texts(model, one.name, texts, progress=progress))
        except SentiloraError as error:
            problems.append(f"{one.name}: {error.message.spelled(PAGE)}")
    bar.empty()
    return measured, problems


def _show_measured(measured: list[MeasuredModel], problems: list[str]) -> None:
    for problem in problems:
        show_error(problem)
    if not measured:
        return
    caption = "On the same texts; small figures are 95 % intervals"
    st.html(str(paint_table(["Model", *HEADINGS], measured_rows(measured), caption=caption)))
    show_errors({one.name: one.figures for one in measured}, list(measured[0].labels))
    if len(measured) > 1:
        _show_disagreements(measured)


def _show_disagreements(measured: list[MeasuredModel]) -> None:
    rows = disagreements(measured)
    st.subheader(f"Texts on which they disagree ({len(rows):,})", anchor=False)
    if not rows:
        st.caption("They give every text the same label.")
        return
    if len(rows) > MOST_TEXTS:
        st.caption(f"The first {MOST_TEXTS}: those that only some get right, the surest first.")
    columns = {name: [row[name] for row in rows[:MOST_TEXTS]] for name in rows[0]}
    st.dataframe(
        columns,
        hide_index=True,
        column_config={"text": st.column_config.TextColumn(width="large")},
    )
