"""Page *Train*: data and preset in, a training to watch, stop and resume, a report at the end."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from sentilora.errors import SentiloraError
from sentilora.evaluation.reports import wording
from sentilora.runs.event_file import read_events
from sentilora.runs.run_folder import Run
from sentilora.ui import session
from sentilora.ui.display import page_words
from sentilora.ui.display.altair_charts import draw_loss, draw_validation
from sentilora.ui.display.answer_html import paint_tiles
from sentilora.ui.display.error_messages import page_text, show_error, told
from sentilora.ui.display.markdown import plain
from sentilora.ui.jobs import training_jobs
from sentilora.ui.jobs.run_progress import (
    ELSEWHERE,
    FAILED,
    FINISHED,
    STARTING,
    STOPPED,
    Watched,
    watch,
)
from sentilora.ui.jobs.training_jobs import Job
from sentilora.ui.settings import read_app_settings
from sentilora.ui.views.report_section import show_report
from sentilora.ui.views.run_list import show_runs
from sentilora.ui.views.train_form import ask_for_training

SHOWN = "train-shown"  # the run that is looked at
STOPPING = "train-stopping"
REFRESH_S = 1.5


def show() -> None:
    """Draw the page."""
    st.title("Train a model", anchor=False)
    runs = read_app_settings().runs
    running = training_jobs.running_job(runs)
    if running is not None:
        st.session_state[SHOWN] = running.run.path.name
    name = st.session_state.get(SHOWN)
    if name is not None and (runs / name).parent == runs:
        _watch_page(runs / name)
        return
    job = ask_for_training(runs)
    if job is not None:
        st.session_state[SHOWN] = job.run.path.name
        st.rerun()
    show_runs(runs, _look, _open)


def _watch_page(folder: Path) -> None:
    """Show one training, live while it is at work."""
    job = Job(Run(folder))
    seen = _look(job)
    st.caption(plain(folder.name))
    if job.is_alive:
        _show_live(folder)
        return
    if seen.state == ELSEWHERE:
        _show_elsewhere(folder)
        return
    _show_state(seen)
    if seen.state == FINISHED:
        _show_finished(job)
    elif seen.state == STOPPED:
        _show_stopped(job, seen)
    elif seen.state == FAILED:
        show_error(page_text(seen.error or ""))
    _show_figures(seen)
    st.session_state.pop(STOPPING, None)
    st.button("Train another", on_click=_forget, icon=":material/add:")


@st.fragment(run_every=REFRESH_S)  # type: ignore[untyped-decorator]
def _show_live(folder: Path) -> None:
    """Draw what changes; the rest of the page is left alone until the training ends."""
    job = Job(Run(folder))
    seen = _look(job)
    _show_state(seen)
    is_stopping = st.session_state.get(STOPPING) == folder.name
    st.button(
        "Stopping …" if is_stopping else "Stop",
        icon=":material/stop:",
        key="train-stop",
        disabled=is_stopping or seen.state == STARTING,
        help="Writes a checkpoint first; you can go on later.",
        on_click=_stop,
        args=(job,),
    )
    st.caption("You can close this page: the training goes on, and is here when you come back.")
    _show_figures(seen)
    if not job.is_alive:
        st.rerun()


@st.fragment(run_every=REFRESH_S)  # type: ignore[untyped-decorator]
def _show_elsewhere(folder: Path) -> None:
    """Draw a training that was started in a terminal, as far as one can look at it from here."""
    seen = _look(Job(Run(folder)))
    if seen.state != ELSEWHERE:
        st.rerun()
        return
    _show_state(seen)
    st.info(
        "Another program is at work on this training, a terminal for instance. It can be watched "
        "here, and stopped there with Ctrl-C.",
        icon=":material/visibility:",
    )
    _show_figures(seen)
    st.button("Train another", on_click=_forget, icon=":material/add:")


def _stop(job: Job) -> None:
    st.session_state[STOPPING] = job.run.path.name
    job.stop()


def _look(job: Job) -> Watched:
    return watch(
        read_events(job.run.path),
        is_alive=job.is_alive,
        is_elsewhere=job.is_elsewhere,
        said=job.error,
    )


def _show_state(seen: Watched) -> None:
    words = {FINISHED: "Done", STOPPED: "Stopped", FAILED: "Failed", STARTING: "Starting …"}
    state = words.get(seen.state, f"At work: {seen.phase}")
    if seen.state == FINISHED:
        state += f" after {seen.step or 0:,} updates"  # fewer than planned if they no longer helped
    elif seen.steps:
        left = "" if seen.state in words else f", {wording.duration(seen.seconds_left)} left"
        state += f"; update {seen.step:,} of {seen.steps:,}{left}"
    st.progress(1.0 if seen.state == FINISHED else seen.share, state)


def _show_figures(seen: Watched) -> None:
    tiles = []
    if seen.losses:
        tiles.append(_tile("Training loss", f"{seen.losses[-1][1]:.3f}", "of the last updates"))
    if seen.evaluations:
        last = seen.evaluations[-1]
        at = f"validation, update {last['step']:,}"
        tiles.append(_tile("Accuracy", wording.percent(last["accuracy"]), at))
        tiles.append(_tile("Macro F1", wording.percent(last["macro_f1"]), at))
    if seen.rows:
        told_rows = ", ".join(f"{count:,} {part}" for part, count in seen.rows.items())
        tiles.append(_tile("Rows", f"{sum(seen.rows.values()):,}", told_rows))
    if tiles:
        st.html(str(paint_tiles(tiles)))
    if seen.losses:
        st.altair_chart(draw_loss(seen.losses, seen.steps), alt="Training loss over updates")
    if seen.evaluations:
        st.altair_chart(
            draw_validation(seen.evaluations, seen.steps),
            alt="Accuracy and macro F1 on the validation part over updates",
        )
    for note in seen.notes:
        st.caption(plain(note))


def _show_stopped(job: Job, seen: Watched) -> None:
    if seen.error:
        show_error(page_text(seen.error))
    st.info("The training was stopped. What it learned is kept.", icon=":material/pause:")
    if st.button(
        page_words.RESUME, type="primary", icon=":material/play_arrow:", key="train-resume"
    ):
        try:
            training_jobs.resume(job.run)
        except SentiloraError as error:
            show_error(page_text(error.message))
            return
        st.rerun()


def _show_finished(job: Job) -> None:
    path = str(job.run.path)
    with told():
        show_report(job.run.path)
    if session.chosen().path != path:
        st.button(
            "Use this model on all pages",
            type="primary",
            icon=":material/check:",
            on_click=session.choose,
            args=(path,),
        )


def _open(name: str) -> None:
    st.session_state[SHOWN] = name


def _forget() -> None:
    st.session_state.pop(SHOWN, None)


def _tile(name: str, value: str, note: str) -> dict[str, str]:
    return {"name": name, "value": value, "note": note}
