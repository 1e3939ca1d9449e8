"""The report of a run inside a page: result, comparison, confusion, cost, and details below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from sentilora.evaluation.metrics import Measured
from sentilora.evaluation.reports import wording
from sentilora.evaluation.reports.comparison import (
    BEFORE,
    baseline_name,
    best_baseline,
    caution,
    comparison,
    headline,
    plain_words,
    verdict,
)
from sentilora.evaluation.reports.report import Report, read_report
from sentilora.evaluation.reports.report_html import COST_DETAILS, cost_cards, cost_methods
from sentilora.ui.display.altair_charts import draw_reliability
from sentilora.ui.display.answer_html import Cell, paint_confusion, paint_table, paint_tiles
from sentilora.ui.display.figure_rows import FEW, HEADINGS, report_rows
from sentilora.ui.display.markdown import plain

DETAILS = "Details"


def show_report(folder: Path) -> None:
    """Draw the report of a finished run, and offer the whole page to take home.

    Raises:
        DataError: there is no report that can be read.
    """
    report = read_report(folder)
    words = plain_words(report)
    st.subheader(plain(words[0].upper() + words[1:]), anchor=False)
    st.html(str(paint_tiles(_result_tiles(report))))
    if said := caution(report):
        st.warning(plain(said), icon=":material/warning:")
    show_comparison(report)
    show_confusion({folder.name: report.after}, list(report.labels.names))
    _show_mistakes(report)
    _show_cost(report)
    with st.expander(DETAILS, key=f"details-{folder.name}"):
        st.text("\n".join(filter(None, [f"{headline(report)}.", verdict(report)])))
        rows, marked = report_rows(report)
        st.html(str(paint_table(["", *HEADINGS], rows, caption="All figures", marked=marked)))
        show_reliability({folder.name: report.after})
        details = [card for card in cost_cards(report.cost) if card["name"] in COST_DETAILS]
        st.html(str(paint_tiles(details)))
        st.caption(plain(cost_methods(report.cost)))
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
    show_figures([""], rows, caption=caption, marked=marked)


def show_figures(
    first: Sequence[str], rows: Sequence[Sequence[Cell]], *, caption: str, marked: int = -1
) -> None:
    """Draw the figures that anyone can read; the others stand under *Details*."""
    few = [row[: 1 + FEW] for row in rows]
    st.html(str(paint_table([*first, *HEADINGS[:FEW]], few, caption=caption, marked=marked)))


def show_confusion(measured: Mapping[str, Measured], labels: list[str]) -> None:
    """Draw what was taken for what by models, by name."""
    columns = st.columns(min(2, len(measured)))
    for place, (name, one) in enumerate(measured.items()):
        with columns[place % 2 if len(measured) > 1 else 0]:
            st.html(str(paint_confusion(one.confusion, list(one.per_label) or labels, name)))


def show_reliability(measured: Mapping[str, Measured]) -> None:
    """Draw how right models are where they are so sure, by name."""
    st.caption(
        "Reliability: a model whose points lie on the dashed line is as sure as it is right."
    )
    st.altair_chart(
        draw_reliability({name: one.reliability for name, one in measured.items()}),
        alt=f"Accuracy against confidence of {', '.join(measured)}",
    )


def _show_cost(report: Report) -> None:
    """Draw what the training took."""
    cards = [card for card in cost_cards(report.cost) if card["name"] not in COST_DETAILS]
    if cards:
        st.subheader("What it took", anchor=False)
        st.html(str(paint_tiles(cards)))


def _show_mistakes(report: Report) -> None:
    """Show the texts that were answered surely and wrong, where they were kept."""
    part = report.mistakes
    if part is None or not part.shown:
        return
    st.subheader("Surely wrong", anchor=False)
    asked = "; where the last column asks, look whether the label in the file is the mistake"
    st.caption(
        f"{part.wrong:,} answers are not the label in the file. Here are the surest"
        f"{asked if part.doubtful else ''}."
    )
    st.dataframe(
        {
            "Row": [one.row for one in part.shown],
            "Text": [one.text for one in part.shown],
            "In the file": [one.label for one in part.shown],
            "Answer": [f"{one.answer} ({one.score:.0%})" for one in part.shown],
            "Look": ["label?" if one.is_label_doubtful else "" for one in part.shown],
        },
        hide_index=True,
        column_config={
            "Row": st.column_config.NumberColumn(width="small"),
            "Text": st.column_config.TextColumn(width="large"),
        },
    )


def _result_tiles(report: Report) -> list[dict[str, str]]:
    """Tell the result in three figures: how often right, better than what, and than before."""
    lines = {line.key: line for line in comparison(report)}
    rows = report.metrics["rows"]
    limits = wording.interval("accuracy", report.intervals.get("accuracy"), rows)
    tiles = [
        {
            "name": "Texts right",
            "value": wording.percent(report.metrics["accuracy"]),
            "note": f"of {wording.count(rows)} test texts" + (f" [{limits}]" if limits else ""),
        }
    ]
    test, rival = report.comparison.significance, best_baseline(report)
    if test is not None and rival is not None:
        is_better = test.only_model_right > test.only_baseline_right
        answer = "Not shown" if test.is_luck else "Yes" if is_better else "No"
        right = wording.percent(rival.metrics["accuracy"])
        note = f"the best of them, {baseline_name(test.against)}: {right}"
        tiles.append({"name": "Better than simple methods?", "value": answer, "note": note})
    if (before := lines.get(BEFORE)) is not None:
        right = wording.percent(before.metrics["accuracy"])
        tiles.append({"name": "Before training", "value": right, "note": before.name})
    return tiles
