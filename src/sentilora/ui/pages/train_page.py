"""Page *Train*: data and preset in, a training to watch, stop and resume, a report at the end."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from sentilora import samples
from sentilora.config import PRESETS, TrainingConfig
from sentilora.evaluation.reports import wording
from sentilora.model.bases.known_bases import BASES
from sentilora.runs.event_file import read_events
from sentilora.runs.run_folder import Run, list_runs
from sentilora.section import limits_of
from sentilora.ui import session
from sentilora.ui.display import page_words
from sentilora.ui.display.altair_charts import draw_loss, draw_validation
from sentilora.ui.display.answer_html import paint_tiles
from sentilora.ui.display.error_messages import show_error, told
from sentilora.ui.display.markdown import plain
from sentilora.ui.jobs import training_jobs
from sentilora.ui.jobs.run_progress import FAILED, FINISHED, STARTING, STOPPED, Watched, watch
from sentilora.ui.jobs.training_jobs import Job
from sentilora.ui.pages.report_section import show_report
from sentilora.ui.settings import read_app_settings

SHOWN = "train-shown"  # the run that is looked at
STOPPING = "train-stopping"
REFRESH_S = 1.5
MOST_LISTED = 6
SAMPLE, UPLOAD = "Sample reviews", "My file"
GENERAL = "general (goes on from the model that ships)"

_WHAT_IT_TAKES = {
    "fast": "a first look",
    "balanced": "the default",
    "best": "reads longest, trains longest",
}


def show() -> None:
    """Draw the page."""
    st.title("Train a model", anchor=False)
    runs = read_app_settings().runs
    running = training_jobs.running_job(runs)
    if running is not None:
        st.session_state[SHOWN] = running.run.path.name
    name = st.session_state.get(SHOWN)
    if name is not None:
        _watch_page(runs / name)
        return
    with told(page_words.TRAIN_PAGE):
        _ask(runs)
    _list_trainings(runs)


def _ask(runs: Path) -> None:
    source = st.radio("Data", [SAMPLE, UPLOAD], horizontal=True, key="train-source")
    upload = text = label = None
    if source == UPLOAD:
        upload = session.ask_for_file("A file with texts and labels", "train-upload")
        if upload is not None:
            text = session.ask_for_column(
                page_words.TEXT_COLUMN, upload, upload.text_column, "train-text"
            )
            label = session.ask_for_column(
                page_words.LABEL_COLUMN, upload, upload.label_column, "train-label"
            )
    else:
        label = "label"
        st.caption("600 short reviews that ship with SentiLoRA, and 300 to test on.")
    preset = st.segmented_control(
        page_words.PRESET,
        list(PRESETS),
        default="fast",
        required=True,
        key="train-preset",
        format_func=lambda name: f"{name}: {_WHAT_IT_TAKES[name]}",
    )
    with st.expander("More settings", key="train-more"):
        base = st.selectbox(
            page_words.START_FROM,
            [*BASES, GENERAL],
            key="train-base",
            accept_new_options=True,
            help="A base by name, by its id on the Hugging Face hub, or a folder. minilm and "
            "general need no hub.",
        )
        epochs = st.number_input(
            page_words.EPOCHS,
            *limits_of(TrainingConfig, "epochs"),
            value=None,
            placeholder="the preset decides",
            key="train-epochs",
        )
        skip = st.checkbox(page_words.SKIP_TRAINING_ROWS, key="train-skip")
    is_ready = source == SAMPLE or None not in (upload, text, label)
    if st.button("Train", type="primary", icon=":material/play_arrow:", disabled=not is_ready):
        settings = {
            "data.train": samples.NAME if upload is None else str(upload.path),
            "base": None if base == GENERAL else base,
            "start_from": samples.GENERAL if base == GENERAL else None,
            "preset": preset,
            "data.text": text,
            "data.label": label,
            "training.epochs": epochs,
            "data.skip_bad_rows": skip,
        }
        st.session_state[SHOWN] = training_jobs.start(settings, runs).run.path.name
        st.rerun()


def _watch_page(folder: Path) -> None:
    """Show one training, live while it is at work."""
    job = Job(Run(folder))
    seen = _look(job)
    is_live = job.is_alive
    st.caption(plain(folder.name))
    if is_live:
        _show_live(folder)
        return
    _show_state(seen)
    if seen.state == FINISHED:
        _show_finished(job)
    elif seen.state == STOPPED:
        _show_stopped(job, seen)
    elif seen.state == FAILED:
        show_error(seen.error or "")
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


def _stop(job: Job) -> None:
    st.session_state[STOPPING] = job.run.path.name
    job.stop()


def _look(job: Job) -> Watched:
    return watch(read_events(job.run.path), is_alive=job.is_alive, said=job.error)


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
        show_error(seen.error)
    st.info("The training was stopped. What it learned is kept.", icon=":material/pause:")
    if st.button(
        page_words.RESUME, type="primary", icon=":material/play_arrow:", key="train-resume"
    ):
        with told(page_words.TRAIN_PAGE):
            training_jobs.resume(job.run)
        st.rerun()


def _show_finished(job: Job) -> None:
    path = str(job.run.path)
    with told(page_words.TRAIN_PAGE):
        show_report(job.run.path)
    if session.chosen().path != path:
        st.button(
            "Use this model on all pages",
            type="primary",
            icon=":material/check:",
            on_click=session.choose,
            args=(path,),
        )


def _list_trainings(runs: Path) -> None:
    """Offer what was trained here before, and what can go on, the newest first."""
    started = [job.run for job in training_jobs.find_jobs(runs)]
    unfinished = [run for run in list_runs(runs) if not run.is_finished]
    names = sorted({run.path.name for run in (*started, *unfinished)}, reverse=True)
    if not names:
        return
    st.subheader("Earlier trainings", anchor=False)
    for name in names[:MOST_LISTED]:
        seen = _look(Job(Run(runs / name)))
        st.button(
            f"{plain(name)} ({seen.state})",
            key=f"open-{name}",
            on_click=_open,
            args=(name,),
            icon=":material/history:",
        )


def _open(name: str) -> None:
    st.session_state[SHOWN] = name


def _forget() -> None:
    st.session_state.pop(SHOWN, None)


def _tile(name: str, value: str, note: str) -> dict[str, str]:
    return {"name": name, "value": value, "note": note}
