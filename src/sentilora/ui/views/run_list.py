"""Runs that there are: opened again, given another name, deleted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from sentilora.errors import SentiloraError
from sentilora.runs.run_folder import Run, list_runs
from sentilora.ui.display.error_messages import page_text, show_error
from sentilora.ui.display.markdown import plain
from sentilora.ui.jobs import training_jobs
from sentilora.ui.jobs.run_names import delete_run, rename_run
from sentilora.ui.jobs.run_progress import ELSEWHERE, RUNNING, STARTING, Watched
from sentilora.ui.jobs.training_jobs import Job

MOST_LISTED = 12


def show_runs(runs: Path, look: Callable[[Job], Watched], open_run: Callable[[str], None]) -> None:
    """List what was trained here, the newest first.

    Args:
        runs: folder of the runs.
        look: function that says how far one is.
        open_run: function that shows one; it is given its name.
    """
    times = {run.path.name: _time_of(run.path / "config.toml") for run in list_runs(runs)}
    for job in training_jobs.find_jobs(runs):  # those that failed before they had a folder
        times.setdefault(job.run.path.name, _time_of(job.folder / training_jobs.PROCESS))
    names = sorted(times, key=lambda name: times[name], reverse=True)
    if not names:
        return
    st.subheader("Earlier trainings", anchor=False)
    for name in names[:MOST_LISTED]:
        job = Job(Run(runs / name))
        state = look(job).state
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                f"{plain(name)} ({state})",
                key=f"open-{name}",
                on_click=open_run,
                args=(name,),
                icon=":material/history:",
            )
            if state not in (STARTING, RUNNING, ELSEWHERE):
                _offer_changes(job.run)
    if len(names) > MOST_LISTED:
        st.caption(f"{len(names) - MOST_LISTED:,} older ones lie in {plain(str(runs))}.")


def _offer_changes(run: Run) -> None:
    name = run.path.name
    with st.popover("Change", icon=":material/edit:", key=f"change-{name}"):
        new = st.text_input("New name", name, key=f"name-{name}")
        if st.button("Rename", key=f"rename-{name}", disabled=new.strip() == name):
            _try(lambda: rename_run(run, new.strip()))
        st.caption("Deleted is all: the model, its report, and the copy of the file.")
        is_sure = st.checkbox("I do not need it any more", key=f"sure-{name}")
        if st.button("Delete", key=f"delete-{name}", disabled=not is_sure):
            _try(lambda: delete_run(run))


def _try(change: Callable[[], object]) -> None:
    try:
        change()
    except SentiloraError as error:
        show_error(page_text(error.message))
    else:
        st.rerun()


def _time_of(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
