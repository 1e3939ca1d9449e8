"""Page *Compare*: what training bought, and several models side by side on the same texts."""

from __future__ import annotations

import streamlit as st

from sentilora import samples
from sentilora.data.labelled.scan import Asked
from sentilora.errors import SentiloraError
from sentilora.evaluation.reports.report import read_report
from sentilora.ui import session
from sentilora.ui.data_form import ask_for_data, show_understood
from sentilora.ui.display.answer_html import paint_table
from sentilora.ui.display.error_messages import Names, page_text, show_error, told
from sentilora.ui.display.figure_rows import HEADINGS, measured_rows
from sentilora.ui.display.markdown import plain
from sentilora.ui.models.model_cache import open_shared
from sentilora.ui.models.model_choice import Choice, run_of
from sentilora.ui.models.model_comparison import MeasuredModel, Texts, disagreements, measure_texts
from sentilora.ui.understood_rows import understand_labels
from sentilora.ui.views.report_section import (
    DETAILS,
    show_comparison,
    show_confusion,
    show_figures,
    show_reliability,
)

MEASURED, UPLOADED = "compare-measured", "compare-upload"
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
    texts = _ask_for_texts()
    asked = (texts, tuple(one.path for one in picked))
    if st.button("Measure", type="primary", icon=":material/balance:", disabled=texts is None):
        assert texts is not None
        st.session_state.pop(MEASURED, None)
        upload = session.visit().kept.get(UPLOADED)
        names = upload.names if upload is not None else {}
        st.session_state[MEASURED] = (asked, *_measure(picked, texts, names))
    kept = st.session_state.get(MEASURED)
    if kept is not None and kept[0] == asked:
        _show_measured(*kept[1:])


def _ask_for_texts() -> Texts | None:
    """Show where the labelled texts come from; None until all of it is known."""
    session.begin("compare-source", SAMPLE)
    source = st.radio("Texts", [SAMPLE, UPLOAD], horizontal=True, key="compare-source")
    if session.keep("compare-source", source) == SAMPLE:
        return Texts(samples.path("test"), Asked("text", "label"))
    choices = ask_for_data("A file with texts and labels", "compare", has_labels=True)
    if choices is None:
        return None
    found = show_understood(choices, understand_labels, is_complete=choices.has_both)
    if found is None or not found.usable or (found.left_out and not choices.skip_bad_rows):
        return None
    return Texts(choices.upload.path, choices.asked(), choices.labels)


def _measure(
    picked: list[Choice], texts: Texts, names: Names
) -> tuple[list[MeasuredModel], dict[str, list[str]]]:
    """Measure one model after the other; return figures, and which models have none, and why."""
    measured: list[MeasuredModel] = []
    problems: dict[str, list[str]] = {}
    bar = st.progress(0.0, "Reading the texts …")
    for place, one in enumerate(picked):

        def progress(done: int, total: int, *, place: int = place, name: str = one.name) -> None:
            share = (place + done / max(1, total)) / len(picked)
            bar.progress(share, f"{name}: {done:,} of {total:,} texts")

        try:
            model = open_shared(one.path)
            measured.append(measure_texts(model, one.name, texts, progress=progress))
        except SentiloraError as error:
            problems.setdefault(page_text(error.message, names), []).append(one.name)
    bar.empty()
    return measured, problems


def _show_measured(measured: list[MeasuredModel], problems: dict[str, list[str]]) -> None:
    for problem, models in problems.items():
        show_error(f"{', '.join(models)}: {problem}")
    if not measured:
        return
    for one in measured:
        if one.caution:
            st.warning(f"{plain(one.name)}: {plain(one.caution)}", icon=":material/warning:")
    show_figures(
        ["Model"],
        measured_rows(measured),
        caption="On the same texts, those rightest first; small figures are 95 % intervals",
    )
    if measured[0].left_out:
        st.caption(f"{measured[0].left_out:,} rows were left out.")
    for note in dict.fromkeys(note for one in measured for note in one.notes):
        st.caption(plain(page_text(note)))
    show_confusion({one.name: one.figures for one in measured}, list(measured[0].labels))
    if len(measured) > 1:
        _show_disagreements(measured)
    with st.expander(DETAILS):
        headings = ["Model", *HEADINGS]
        st.html(str(paint_table(headings, measured_rows(measured), caption="All figures")))
        show_reliability({one.name: one.figures for one in measured})


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
