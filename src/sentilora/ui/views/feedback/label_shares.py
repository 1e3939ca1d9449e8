"""What the labels of a survey say: how sure the shares are, the shares, and the file."""

from __future__ import annotations

import streamlit as st

from sentilora.insights.report import figure_words as words
from sentilora.insights.survey.survey import FEWEST_LABELS, Survey
from sentilora.ui.display.answer_html import paint_table
from sentilora.ui.display.error_messages import page_text, told
from sentilora.ui.display.markdown import plain
from sentilora.ui.display.page_words import PAGE
from sentilora.ui.models.label_survey import LABELS_FILE, LabelSurvey

MORE = 20  # labels that a button asks for


def show_precision(survey: Survey) -> None:
    """Tell how wide the intervals of the shares are by now."""
    shares = survey.shares()
    if shares is None:
        missing = FEWEST_LABELS - len(survey)
        st.caption(f"Shares are corrected from {FEWEST_LABELS} labels on: {missing} to go.")
        return
    parts = [f"{name} ±{words.points(50 * (one.high - one.low))}" for name, one in shares.items()]
    st.caption(plain(f"How sure the shares are by now, in points: {', '.join(parts)}."))


def show_results(found: LabelSurvey, *, is_done: bool) -> None:
    """Show the shares so far, the file, and where to take it; open when all is labelled."""
    survey = found.survey
    if len(survey) and is_done:
        _show_shares(survey)
        if survey.rows < len(survey.feedback):
            st.button(
                f"Label {MORE} more",
                icon=":material/add:",
                on_click=found.ask_for_more,
                args=(MORE,),
            )
        _show_file(found)
    elif len(survey):
        with st.expander("Shares so far, and the file"):
            _show_shares(survey)
            _show_file(found)
    if not is_done:
        with st.expander("Go on with a file from another day"):
            _take_in(found)
    for note in found.notes:
        st.caption(plain(page_text(note, found.asked.feedback.names)))


def _show_shares(survey: Survey) -> None:
    shares, counted = survey.shares(), survey.counted()
    rows = [
        (
            name,
            words.share(counted[name]),
            "…" if shares is None else words.share(shares[name].value),
            "…" if shares is None else words.share_limits(shares[name]),
        )
        for name in survey.feedback.labels.names
    ]
    caption = f"Shares of {len(survey.feedback):,} texts, corrected by {len(survey):,} labels"
    headings = ("Label", "As the model counts", "Corrected", "Between (95 %)")
    st.html(paint_table(headings, rows, caption=caption))


def _show_file(found: LabelSurvey) -> None:
    asked = found.asked
    st.download_button(
        f"Download {LABELS_FILE}",
        data=found.download,
        file_name=LABELS_FILE,
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        type="primary",
    )
    st.caption(
        "Page Train reads this file as yours. A report with the corrected shares is made by this "
        "command:"
    )
    data = "sample" if asked.feedback.data is None else asked.feedback.name
    command = PAGE.command("insights", [asked.model, data], asked.insights_options())
    st.code(command, language="bash", wrap_lines=True)


def _take_in(found: LabelSurvey) -> None:
    given = st.file_uploader("labels.csv of the same texts", type="csv", key="label-given")
    if given is not None and st.button("Take in its labels", icon=":material/upload:"):
        names = {**found.asked.feedback.names, found.given_path: given.name}
        with told(names):
            found.take_in(given.getvalue())
        st.rerun()
