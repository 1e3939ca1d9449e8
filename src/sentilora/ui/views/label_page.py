"""Page *Label*: the texts that tell most, one by one, a key a label."""

from __future__ import annotations

import time
from functools import partial

import streamlit as st

from sentilora.ui import session
from sentilora.ui.display import page_words
from sentilora.ui.display.answer_html import paint_text
from sentilora.ui.display.error_messages import told
from sentilora.ui.display.markdown import plain
from sentilora.ui.display.page_words import PAGE
from sentilora.ui.jobs.page_job import PageJob
from sentilora.ui.models.label_survey import LabelSurvey, SurveyChoices, open_label_survey
from sentilora.ui.views.feedback.feedback_form import FeedbackBoxes, ask_for_feedback
from sentilora.ui.views.feedback.label_shares import show_precision, show_results
from sentilora.ui.views.job_watch import start_job, take_over, watch_job

OPENING, OPENED = "label-opening", "label-opened"
BOXES = FeedbackBoxes(
    key="label",
    segments=page_words.SHOWN_COLUMNS,
    placeholder="Show the text alone",
    no_date="Show no date",
    may_have_labels=False,
)
ROWS = 60
SEEN_S = 0.2
SKIP, UNDO = "S", "U"

_SEEN = "label-seen"

OpeningJob = PageJob[SurveyChoices, LabelSurvey]


def show() -> None:
    """Draw the page."""
    st.title("Label", anchor=False)
    kept = session.visit().kept
    found: LabelSurvey | None = kept.get(OPENED)
    if found is not None:
        with told(found.asked.feedback.names):
            _show_survey(found)
        return
    st.caption(
        "A few labels of yours tell how many texts of each kind there really are. You are asked "
        "for the texts that tell most; what the model says of them is not shown."
    )
    feedback, is_ready = ask_for_feedback(BOXES)
    job: OpeningJob | None = kept.get(OPENING)
    if feedback is None:
        if job is not None:
            kept.pop(OPENING).stop()
        return
    session.begin("label-rows", ROWS)
    rows = st.number_input(page_words.LABELS_WANTED, min_value=1, step=10, key="label-rows")
    asked = SurveyChoices(feedback, session.chosen().path, session.keep("label-rows", int(rows)))
    is_alive = job is not None and job.is_alive
    if st.button(
        "Begin", type="primary", icon=":material/label:", disabled=not is_ready or is_alive
    ):
        job = _start(asked)
        is_alive = job.is_alive
    if is_alive:
        watch_job(OPENING, "texts")
        return
    if job is not None and (job.result is not None or job.asked == asked):
        take_over(OPENING, OPENED, feedback.names, "Stopped. Press the button to begin again.")
        if OPENED in kept:
            st.rerun()


def _start(asked: SurveyChoices) -> OpeningJob:
    """Begin to read the texts and to have them answered."""
    with told(asked.feedback.names):
        model = session.chosen_model()
    work = partial(open_label_survey, model, asked, session.session_folder(), spelling=PAGE)
    return start_job(OPENING, PageJob(asked, work))


@st.fragment  # type: ignore[untyped-decorator]
def _show_survey(found: LabelSurvey) -> None:
    """Draw the next text with its buttons; only this is drawn again with each label."""
    feedback = found.asked.feedback
    st.subheader(plain(f"{feedback.name}, {feedback.model}"), anchor=False)
    survey = found.survey
    st.progress(
        len(survey) / survey.rows, f"{len(survey):,} of {survey.rows:,} labelled", width="stretch"
    )
    show_precision(survey)
    index = survey.next_text()
    if index is None:
        is_done = len(survey) >= survey.rows
        st.success(
            "All labelled." if is_done else "There are no more texts but those you skipped.",
            icon=":material/check_circle:",
        )
    else:
        _show_text(found, index)
    with st.container(horizontal=True):
        if index is not None:
            _button(found, "Skip", SKIP, "skip", index)
        _button(found, "Undo", UNDO, "undo", is_off=not survey.can_undo)
        if st.button("Other texts", icon=":material/arrow_back:", type="tertiary"):
            session.visit().kept.pop(OPENED, None)  # its file stays
            st.rerun()
    show_results(found, is_done=index is None)
    st.session_state[_SEEN] = time.monotonic()


def _show_text(found: LabelSurvey, index: int) -> None:
    survey = found.survey
    with st.container(border=True):
        st.caption(plain(" · ".join(survey.about(index))))
        st.html(paint_text(survey.feedback.texts[index]))
    with st.container(horizontal=True):
        for label_id, name in enumerate(survey.feedback.labels.names):
            _button(found, plain(name), str(label_id + 1), "answer", index, label_id)


def _button(
    found: LabelSurvey, label: str, key: str, does: str, *given: int, is_off: bool = False
) -> None:
    st.button(
        label,
        key=f"label-key-{key}",
        shortcut=key,
        on_click=_press,
        args=(found, does, *given),
        disabled=is_off,
        width="stretch" if does == "answer" else "content",
        type="primary" if does == "answer" else "secondary",
    )


def _press(found: LabelSurvey, does: str, *given: int) -> None:
    """Do what a key says, unless it comes again sooner than anybody can have read the next text."""
    now = time.monotonic()
    before = st.session_state.get(_SEEN, now)  # none: the first drawing has not ended
    st.session_state[_SEEN] = now  # a key that comes again may stop the drawing before its end
    if now - before >= SEEN_S:
        getattr(found, does)(*given)
