"""Page *Overview*: what a file of feedback says, and the messages behind each figure."""

from __future__ import annotations

from functools import partial

import streamlit as st

from sentilora.ui import session
from sentilora.ui.display import page_words
from sentilora.ui.display.error_messages import told
from sentilora.ui.display.markdown import plain
from sentilora.ui.display.page_words import PAGE
from sentilora.ui.jobs.page_job import PageJob
from sentilora.ui.models.analysed_file import AnalysedFile, FeedbackChoices, analyse
from sentilora.ui.views.feedback.feedback_form import FeedbackBoxes, ask_for_feedback
from sentilora.ui.views.feedback.overview_figures import (
    show_cards,
    show_course,
    show_segments,
    show_themes,
)
from sentilora.ui.views.feedback.overview_messages import (
    forget_choices,
    show_downloads,
    show_messages,
)
from sentilora.ui.views.job_watch import start_job, take_over, watch_job

WORKING, ANALYSED = "overview-working", "overview-analysed"
BOXES = FeedbackBoxes(
    key="overview",
    segments=page_words.SEGMENTS,
    placeholder="Compare by nothing",
    no_date="Nothing over time",
    may_have_labels=True,
)


def show() -> None:
    """Draw the page."""
    st.title("Overview", anchor=False)
    st.caption("What customers feel, and why: each figure lists the messages that it stands on.")
    asked, is_ready = ask_for_feedback(BOXES)
    kept = session.visit().kept
    job: PageJob[FeedbackChoices, AnalysedFile] | None = kept.get(WORKING)
    if asked is None:
        kept.pop(ANALYSED, None)
        if job is not None:
            kept.pop(WORKING).stop()
        return
    is_alive = job is not None and job.is_alive
    if st.button(
        "Analyse",
        type="primary",
        icon=":material/insights:",
        disabled=not is_ready or is_alive,
    ):
        job = _start(asked)
        is_alive = job.is_alive
    if is_alive:
        watch_job(WORKING, "statements")
        return
    if job is not None and (job.result is not None or job.asked == asked):
        take_over(WORKING, ANALYSED, asked.names, "Stopped. Press the button to begin again.")
    found: AnalysedFile | None = kept.get(ANALYSED)
    if found is not None:
        with told(asked.names):
            _show_found(found, asked)


def _start(asked: FeedbackChoices) -> PageJob[FeedbackChoices, AnalysedFile]:
    """Begin to analyse; what was found before goes."""
    session.visit().kept.pop(ANALYSED, None)
    forget_choices()
    with told(asked.names):
        model = session.chosen_model()
    work = partial(analyse, model, asked, session.session_folder(), spelling=PAGE)
    return start_job(WORKING, PageJob(asked, work))


def _show_found(found: AnalysedFile, asked: FeedbackChoices) -> None:
    report = found.report
    st.header(
        plain(f"{found.asked.name}, {found.asked.model}, {found.at}"), anchor=False, divider=True
    )
    if found.asked != asked:
        st.warning(
            "These are the figures from before. The choices above, or the model at the left, have "
            "changed since: press “Analyse” for new ones.",
            icon=":material/history:",
        )
    show_downloads(found)
    show_cards(report)
    show_course(report)
    messages = session.found_once(("messages", found.path), found.messages)
    show_themes(report, messages)
    show_segments(report)
    show_messages(report, messages)
