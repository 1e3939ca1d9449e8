"""Figures of reports as rows of a table, for any number of runs side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sentilora.evaluation.reports import wording
from sentilora.ui.display.answer_html import Cell
from sentilora.ui.models.model_comparison import Measured

COLUMNS = ("accuracy", "macro_f1", "macro_recall", "log_loss", "ece")
HEADINGS = [wording.METRICS[name] for name in COLUMNS]


def report_rows(report: Mapping[str, Any]) -> tuple[list[list[Cell]], int]:
    """Return the lines of a report (before, baselines, the model), and which one is the model's.

    They go from the least to the most accurate, so that what training bought is read downwards.
    """
    lines = sorted(wording.comparison(report), key=lambda line: _accuracy(line.metrics))
    marked = next(place for place, line in enumerate(lines) if line.key == "model")
    return [_row(line.name, line.what, line.metrics, line.intervals) for line in lines], marked


def measured_rows(measured: Sequence[Measured]) -> list[list[Cell]]:
    """Return a line for each model that was measured, the most accurate first."""
    ordered = sorted(measured, key=lambda one: -_accuracy(one.part["metrics"]))
    return [
        _row(
            one.name,
            f"{wording.count(one.part['metrics']['rows'])} texts",
            one.part["metrics"],
            one.part["intervals"],
        )
        for one in ordered
    ]


def _row(
    name: str, what: str, metrics: Mapping[str, Any], intervals: Mapping[str, Any]
) -> list[Cell]:
    rows = int(metrics.get("rows") or 0)
    cells = [
        (
            wording.metric(key, metrics.get(key), rows),
            wording.interval(key, intervals.get(key), rows),
        )
        for key in COLUMNS
    ]
    return [(name, what), *cells]


def _accuracy(metrics: Mapping[str, Any]) -> float:
    return float(metrics["accuracy"])
