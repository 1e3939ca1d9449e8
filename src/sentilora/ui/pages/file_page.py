"""Page *File*: a file of texts in, charts, a table to filter and a file to take home out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from sentilora.events import as_counts
from sentilora.inference.rows.answers import FileSummary
from sentilora.ui import session
from sentilora.ui.date_columns import count_over_time, date_columns
from sentilora.ui.display import page_words
from sentilora.ui.display.altair_charts import draw_counts, draw_over_time
from sentilora.ui.display.error_messages import told
from sentilora.ui.display.markdown import plain
from sentilora.ui.models.scored_file import SHOWN, ScoredFile, choose_rows, preview, score_file
from sentilora.ui.settings import MAX_UPLOAD_MB
from sentilora.ui.uploads import Upload

if TYPE_CHECKING:
    import pyarrow as pa

SCORED, PREVIEW = "file-scored", "file-preview"


def show() -> None:
    """Draw the page."""
    st.title("Analyse a file", anchor=False)
    with told():
        upload = session.ask_for_file("A file with a column of texts", "file-upload")
    if upload is None:
        st.session_state.pop(SCORED, None)
        st.caption(
            f"CSV, TSV, JSON Lines or Parquet, up to {MAX_UPLOAD_MB} MB; CSV, TSV and JSON Lines "
            "also as .gz. The file stays on the machine that this page runs on, and goes when you "
            "leave."
        )
        return
    with told():
        _ask(upload)
        scored: ScoredFile | None = st.session_state.get(SCORED)
        if scored is not None and scored.upload.key == upload.key:
            _show_scored(scored)


def _ask(upload: Upload) -> None:
    if (kept := st.session_state.get(PREVIEW, (None, {})))[0] != upload.key:
        kept = st.session_state[PREVIEW] = upload.key, preview(upload)  # reads the file through
    with st.expander(f"The first rows of {plain(upload.name)}"):
        st.dataframe(kept[1], hide_index=True)
    column = session.ask_for_column(
        page_words.TEXT_COLUMN, upload, upload.text_column, "file-column"
    )
    skip = st.checkbox(page_words.SKIP_ROWS, value=False, key="file-skip")
    is_asked = st.button(
        "Analyse the file", type="primary", icon=":material/bolt:", disabled=column is None
    )
    if column is None:
        st.info("Choose the column with the texts.", icon=":material/arrow_upward:")
    elif is_asked:
        model = session.chosen_model()
        bar = st.progress(0.0, "Reading the file …")

        def progress(done: int, total: int | None) -> None:
            share = done / total if total else 0.0
            bar.progress(min(1.0, share), f"{done:,} of {total or 0:,} rows")

        scored = score_file(model, upload, column, skip_bad_rows=skip, listener=as_counts(progress))
        bar.empty()
        st.session_state[SCORED] = scored


def _show_scored(scored: ScoredFile) -> None:
    table = scored.read()
    summary = scored.summary
    st.success(_told(summary), icon=":material/check_circle:")
    for note in summary.notes:
        st.caption(plain(note))
    st.download_button(
        f"Download {plain(scored.download_name)}",
        data=scored.download,
        file_name=scored.download_name,
        icon=":material/download:",
        on_click="ignore",
        type="primary",
    )
    st.subheader("How the answers are distributed", anchor=False)
    st.altair_chart(
        draw_counts(summary.label_counts), alt=f"Texts by label: {_counted(summary.label_counts)}"
    )
    _show_over_time(table, scored)
    _show_rows(table, scored)


def _show_over_time(table: pa.Table, scored: ScoredFile) -> None:
    given = list(scored.upload.columns)
    dates = date_columns(table.select(given))
    if not dates:
        return
    st.subheader("Over time", anchor=False)
    column = dates[0]
    if len(dates) > 1:
        column = st.selectbox("Column with the dates", dates, key=f"dates-{scored.upload.key}")
    unit, rows = _counted_over_time(str(scored.path), column, scored.label)
    labels = list(scored.summary.label_counts)
    st.altair_chart(
        draw_over_time(unit, rows, labels),
        alt=f"Share of each label by {unit}, from {rows[0]['start']} to {rows[-1]['start']}",
    )


@st.cache_data(max_entries=16, show_spinner=False)  # type: ignore[untyped-decorator]
def _counted_over_time(path: str, column: str, label: str) -> tuple[str, list[dict[str, Any]]]:
    """Count once what every click on the page would count again."""
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=[column, label])
    return count_over_time(table[column].to_pylist(), table[label].to_pylist())


def _show_rows(table: pa.Table, scored: ScoredFile) -> None:
    st.subheader("Row by row", anchor=False)
    names = list(scored.summary.label_counts)
    labels = st.pills("Labels", names, selection_mode="multi", default=names, key=f"rows-{names}")
    words = st.text_input("Words in the text", key="rows-words", placeholder="login")
    scores = st.slider("Probability of the label", 0.0, 1.0, (0.0, 1.0), 0.01, key="rows-scores")
    found = choose_rows(table, scored, labels=labels, words=words, scores=scores)
    more = f", the first {SHOWN:,} are shown" if found.num_rows > SHOWN else ""
    st.caption(f"{found.num_rows:,} of {table.num_rows:,} rows{more}.")
    first = [scored.column, scored.label, scored.score]
    order = [*first, *(name for name in scored.upload.columns if name != scored.column)]
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


def _told(summary: FileSummary) -> str:
    rate = summary.rows / summary.seconds if summary.seconds else 0.0
    parts = [f"{summary.rows:,} rows in {summary.seconds:.1f} s ({rate:,.0f} a second)"]
    if summary.skipped:
        parts.append(f"{summary.skipped:,} without a text")
    if summary.truncated:
        parts.append(f"{summary.truncated:,} longer than the model reads")
    return f"{'; '.join(parts)}. Computed by {summary.engine}."


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())
