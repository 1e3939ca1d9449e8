"""A job of the page, watched: how far it is, a button that stops it, and what came of it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from sentilora.ui import session
from sentilora.ui.display.error_messages import Names, page_text, show_error
from sentilora.ui.jobs.page_job import PageJob

REFRESH_S = 0.7
AT_ONCE_S = 1.0  # small work is done before anyone has to be told how far it is


def start_job(key: str, job: PageJob[Any, Any]) -> PageJob[Any, Any]:
    """Begin a job, and keep it where a page that is loaded again finds it."""
    session.visit().kept[key] = job
    job.start()
    job.wait(AT_ONCE_S)
    return job


@st.fragment(run_every=REFRESH_S)  # type: ignore[untyped-decorator]
def watch_job(key: str, noun: str) -> None:
    """Draw how far a job is; the rest of the page is left alone until it has ended.

    Args:
        key: key that it is kept under.
        noun: noun for what is counted, as ``rows``.
    """
    job: PageJob[Any, Any] | None = session.visit().kept.get(key)
    if job is None or not job.is_alive:
        st.rerun()
        return
    share = job.done / job.total if job.total else 0.0
    said = f"{job.done:,} of {job.total:,} {noun}" if job.total else "Reading the file …"
    if job.phase:
        said = f"{job.phase[0].upper()}{job.phase[1:]}" + (f": {said}" if job.total else " …")
    st.progress(min(1.0, share), said)
    st.button("Stop", icon=":material/stop:", key=f"{key}-stop", on_click=job.stop)
    st.caption("You can load this page again or look at others: the work goes on.")


def take_over(key: str, to: str, names: Names, stopped: str) -> None:
    """Keep what came of a job, or say why nothing did.

    Args:
        key: key that the job is kept under.
        to: key that its result is kept under.
        names: names by which a visitor knows the files.
        stopped: words for a job that was stopped.
    """
    kept = session.visit().kept
    job: PageJob[Any, Any] = kept[key]
    if job.result is not None:
        kept[to] = job.result
        kept.pop(key, None)
    elif job.error is not None:
        show_error(page_text(job.error.message, names))
    elif not job.is_unwanted:
        show_error(
            "The work ended before it was done. The terminal that serves this page says why."
        )
    else:
        st.info(stopped, icon=":material/pause:")
