"""Page *File*: a file of texts in, charts, a table to filter and a file to take home out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from sentilora.evaluation.reports import wording
from sentilora.inference.rows.answers import FileSummary
from sentilora.ui import session
from sentilora.ui.data_form import ask_for_data, show_understood
from sentilora.ui.date_columns import DateColumn, count_over_time, date_column, date_columns
from sentilora.ui.display import page_words
from sentilora.ui.display.altair_charts import draw_counts, draw_over_time
from sentilora.ui.display.error_messages import page_text, told
from sentilora.ui.display.markdown import plain
from sentilora.ui.jobs.page_job import PageJob
from sentilora.ui.models.scored_file import (
    SHOWN,
    Asked,
    ScoredFile,
    choose_rows,
    score_file,
    shown_labels,
)
from sentilora.ui.understood_rows import understand_texts
from sentilora.ui.views.job_watch import start_job, take_over, watch_job

if TYPE_CHECKING:
    import pyarrow as pa

SCORING, SCORED = "file-scoring", "file-scored"

FileJob = PageJob[Asked, ScoredFile]


def show() -> None:
    """Draw the page."""
    st.title("Analyse a file", anchor=False)
    kept = session.visit().kept
    choices = ask_for_data(
        "A file with a column of texts", "file", has_labels=False, checks_texts=False
    )
    if choices is None:
        kept.pop(SCORED, None)
        if (old := kept.pop(SCORING, None)) is not None:
            old.stop()
        return
    asked: Asked = (choices, session.chosen().name, session.not_sure_below())
    found = show_understood(choices, understand_texts, is_complete=choices.text is not None)
    scoring: FileJob | None = kept.get(SCORING)
    is_alive = scoring is not None and scoring.is_alive
    if st.button(
        "Analyse the file",
        type="primary",
        icon=":material/bolt:",
        disabled=found is None or not found.is_usable or is_alive,
    ):
        scoring = _start(asked)
        is_alive = scoring.is_alive
    if is_alive:
        watch_job(SCORING, "rows")
        return
    if scoring is not None and (scoring.result is not None or scoring.asked == asked):
        stopped = f"Stopped after {scoring.done:,} rows. What was answered is kept: press the "
        stopped += "button to go on."
        take_over(SCORING, SCORED, scoring.asked[0].upload.names, stopped)
    scored: ScoredFile | None = kept.get(SCORED)
    if scored is not None:
        with told(choices.upload.names):
            _show_scored(scored, asked)


def _start(asked: Asked) -> FileJob:
    """Begin to answer a file; what was answered before goes."""
    session.visit().kept.pop(SCORED, None)
    choices, name, threshold = asked
    with told(choices.upload.names):
        model = session.chosen_model()
    work = partial(score_file, model, name, choices, threshold)
    return start_job(SCORING, PageJob(asked, work))


def _show_scored(scored: ScoredFile, asked: Asked) -> None:
    table = scored.read()
    summary = scored.summary
    counts = scored.counts(table)
    st.header(
        plain(f"{scored.upload.name}, column “{scored.column}”, {scored.model}, {scored.at}"),
        anchor=False,
        divider=True,
    )
    if scored.asked != asked:
        st.warning(
            "These are the answers from before. The choices above, or those at the left, have "
            "changed since: press “Analyse the file” for new ones.",
            icon=":material/history:",
        )
    st.success(_told(summary, scored.threshold), icon=":material/check_circle:")
    for note in summary.notes:
        st.caption(plain(page_text(note, scored.upload.names)))
    st.download_button(
        f"Download {plain(scored.download_name)}",
        data=scored.download,
        file_name=scored.download_name,
        icon=":material/download:",
        on_click="ignore",
        type="primary",
    )
    st.subheader("How the answers are distributed", anchor=False)
    st.altair_chart(draw_counts(counts), alt=f"Texts by label: {_counted(counts)}")
    _show_over_time(table, scored)
    _show_rows(table, scored, list(counts))


def _show_over_time(table: pa.Table, scored: ScoredFile) -> None:
    given = list(scored.choices.columns)
    found = {column.name: column for column in date_columns(table.select(given))}
    st.subheader("Over time", anchor=False)
    key = f"dates-{scored.upload.key}"
    session.begin(key, next(iter(found), None))
    name = st.selectbox(
        page_words.DATE_COLUMN, given, index=None, placeholder="No chart over time", key=key
    )
    session.keep(key, name)
    if name is None:
        st.caption("No column holds dates." if not found else "Choose a column for the chart.")
        return
    column = _looked_at(str(scored.path), name)
    if column is None:
        st.caption(
            f"No chart: the values of “{plain(name)}” are not read as dates. Read are 2026-11-24, "
            "24.11.2026, 11/24/2026 and 24 Nov 2026, with a time behind them or without."
        )
        return
    order = None
    if column.orders:
        order = st.radio(
            f"{plain(column.example or name)} is written",
            column.orders,
            index=None,
            format_func=page_words.order_words,
            horizontal=True,
            key=f"{key}-{name}-order",
        )
        if order is None:
            st.caption("No chart yet: the dates can be read in two ways, so choose one.")
            return
    unit, rows = _counted_over_time(str(scored.path), name, order, (scored.label, scored.abstained))
    labels = list(dict.fromkeys([*scored.summary.label_counts, *(row["label"] for row in rows)]))
    dated = sum(row["texts"] for row in rows)
    st.altair_chart(
        draw_over_time(unit, rows, labels),
        alt=f"Share of each label by {unit}, from {rows[0]['start']} to {rows[-1]['start']}",
    )
    if dated < scored.summary.rows - scored.summary.skipped:
        st.caption(f"{dated:,} of {scored.summary.rows:,} rows have a date and an answer.")


@st.cache_data(max_entries=16, show_spinner=False)  # type: ignore[untyped-decorator]
def _looked_at(path: str, column: str) -> DateColumn | None:
    """Judge a column by all of its values, once."""
    import pyarrow.parquet as pq

    return date_column(column, pq.read_table(path, columns=[column])[column].to_pylist())


@st.cache_data(max_entries=16, show_spinner=False)  # type: ignore[untyped-decorator]
def _counted_over_time(
    path: str, column: str, order: str | None, answers: tuple[str, str]
) -> tuple[str, list[dict[str, Any]]]:
    """Count once what every click on the page would count again."""
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=[column, *answers])
    labels = shown_labels(table, *answers)
    return count_over_time(table[column].to_pylist(), labels.to_pylist(), order)


def _show_rows(table: pa.Table, scored: ScoredFile, names: list[str]) -> None:
    st.subheader("Row by row", anchor=False)
    labels = st.pills("Labels", names, selection_mode="multi", default=names, key=f"rows-{names}")
    words = st.text_input("Words in the text", key="rows-words", placeholder="login")
    scores = st.slider("Probability of the label", 0.0, 1.0, (0.0, 1.0), 0.01, key="rows-scores")
    found = choose_rows(table, scored, labels=labels, words=words, scores=scores)
    more = f", the first {SHOWN:,} are shown" if found.num_rows > SHOWN else ""
    st.caption(f"{found.num_rows:,} of {table.num_rows:,} rows{more}.")
    first = [scored.column, scored.label, scored.score]
    order = [*first, *(name for name in scored.choices.columns if name != scored.column)]
    percent = st.column_config.ProgressColumn(format="percent", min_value=0.0, max_value=1.0)
    st.dataframe(
        found.slice(0, SHOWN),
        hide_index=True,
        column_order=order,
        column_config={
            scored.column: st.column_config.TextColumn(width="large"),
            scored.score: percent,
        },
        height=420,
    )


def _told(summary: FileSummary, threshold: float) -> str:
    parts = [f"{summary.rows:,} rows in {wording.duration(summary.seconds)}"]
    if summary.skipped:
        parts.append(f"{summary.skipped:,} left out, which cannot be used")
    if summary.abstained:
        parts.append(f"{summary.abstained:,} not sure (below {threshold:.0%}, or nothing known)")
    if summary.truncated:
        parts.append(f"{summary.truncated:,} longer than the model reads")
    if summary.unknown:
        parts.append(f"{summary.unknown:,} of which the model does not know half or more")
    return f"{'; '.join(parts)}."


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())
