"""The report of a run inside a page: result, comparison, confusion, reliability and cost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from sentilora.evaluation.metrics import Measured
from sentilora.evaluation.reports.comparison import headline, verdict
from sentilora.evaluation.reports.report import Report, read_report
from sentilora.evaluation.reports.report_html import cost_cards, cost_methods
from sentilora.ui.display.altair_charts import draw_reliability
from sentilora.ui.display.answer_html import paint_confusion, paint_table, paint_tiles
from sentilora.ui.display.figure_rows import HEADINGS, report_rows


def show_report(folder: Path) -> None:
    """Draw the report of a finished run, and offer the whole page to take home.

    Raises:
        DataError: there is no report that can be read.
    """
    report = read_report(folder)
    st.subheader(headline(report), anchor=False)
    if said := verdict(report):
        st.text(said)
    show_comparison(report)
    show_errors({folder.name: report.after}, list(report.labels.names))
    show_cost(report)
    page = folder / "report.html"
    if page.is_file():
        st.download_button(
            "Download the whole report (one web page)",
            data=page.read_bytes,
            file_name=f"{folder.name}-report.html",
            mime="text/html",
            icon=":material/download:",
            on_click="ignore",
            key=f"report-{folder.name}",
        )


def show_comparison(report: Report) -> None:
    """Draw the table of the model, its untrained self and the baselines."""
    rows, marked = report_rows(report)
    name = report.run.name or ""
    caption = f"{name}, on the same test texts; small figures are 95 % intervals"
    st.html(str(paint_table(["", *HEADINGS], rows, caption=caption, marked=marked)))


def show_errors(measured: Mapping[str, Measured], labels: list[str]) -> None:
    """Draw confusion matrices and reliability curves of models, by name."""
    columns = st.columns(min(2, len(measured)))
    for place, (name, one) in enumerate(measured.items()):
        with columns[place % 2 if len(measured) > 1 else 0]:
            st.html(str(paint_confusion(one.confusion, list(one.per_label) or labels, name)))
    st.caption(
        "Reliability: a model whose points lie on the dashed line is as sure as it is right."
    )
    st.altair_chart(
        draw_reliability({name: one.reliability for name, one in measured.items()}),
        alt=f"Accuracy against confidence of {', '.join(measured)}",
    )


def show_cost(report: Report) -> None:
    """Draw what the training took."""
    cards = cost_cards(report.cost)
    if cards:
        st.subheader("What it took", anchor=False)
        st.html(str(paint_tiles(cards)))
        st.caption(cost_methods(report.cost))
