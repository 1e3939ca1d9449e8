"""Figures of reports as rows of a table, for any number of runs side by side."""

from __future__ import annotations

from collections.abc import Sequence

from sentilora.evaluation.metrics import Intervals, Metrics
from sentilora.evaluation.reports import wording
from sentilora.evaluation.reports.comparison import MODEL, comparison
from sentilora.evaluation.reports.report import Report
from sentilora.ui.display.answer_html import Cell
from sentilora.ui.models.model_comparison import MeasuredModel

FEW = 2  # figures at the front of a row that anyone can read
HEADINGS = [column.title for column in wording.COLUMNS]


def report_rows(report: Report) -> tuple[list[list[Cell]], int]:
    """Return the lines of a report's comparison, and which one is the model's."""
    lines = comparison(report)
    marked = next(place for place, line in enumerate(lines) if line.key == MODEL)
    return [_row(line.name, line.what, line.metrics, line.intervals) for line in lines], marked


def measured_rows(measured: Sequence[MeasuredModel]) -> list[list[Cell]]:
    """Return a line for each model that was measured, the most accurate first."""
    ordered = sorted(measured, key=lambda one: -one.figures.metrics["accuracy"])
    return [
        _row(
            one.name,
            f"{wording.count(one.figures.metrics['rows'])} texts",
            one.figures.metrics,
            one.figures.intervals,
        )
        for one in ordered
    ]


def _row(name: str, what: str, metrics: Metrics, intervals: Intervals) -> list[Cell]:
    rows = metrics.get("rows") or 0
    cells = [
        (
            wording.metric(column.key, metrics.get(column.key), rows),
            wording.interval(column.key, intervals.get(column.key), rows),
        )
        for column in wording.COLUMNS
    ]
    return [(name, what), *cells]
