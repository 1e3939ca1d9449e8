"""A report as HTML for notebooks, in the notebook's own colours."""

from __future__ import annotations

from markupsafe import Markup

from sentilora.evaluation.reports import wording
from sentilora.evaluation.reports.comparison import caution, comparison, plain_words
from sentilora.evaluation.reports.report import Report

_HEAD, _CELL = Markup('<th style="text-align:left">{}</th>'), Markup("<td>{}{}</td>")
_LIMITS = Markup("<br><small>{}</small>")


def paint_report(report: Report) -> str:
    """Say what the figures come to, and put them beside those of simple methods."""
    said = plain_words(report)
    lines = [Markup("<div><b>{}</b></div>").format(f"{said[0].upper()}{said[1:]}")]
    if told := caution(report):
        lines.append(Markup("<div>{}</div>").format(told))
    names = [metric.title for metric in wording.COLUMNS]
    head = Markup("").join(Markup("<th>{}</th>").format(name) for name in names)
    rows = [Markup("<tr><th></th>{}</tr>").format(head)]
    for line in reversed(comparison(report)):
        cells = []
        for metric in wording.COLUMNS:
            n = line.metrics.get("rows", 0)
            value = wording.metric(metric.key, line.metrics.get(metric.key), n)
            limits = wording.interval(metric.key, line.intervals.get(metric.key), n)
            cells.append(_CELL.format(value, _LIMITS.format(limits) if limits else ""))
        rows.append(Markup("<tr>{}{}</tr>").format(_HEAD.format(line.name), Markup("").join(cells)))
    lines.append(Markup("<table>{}</table>").format(Markup("").join(rows)))
    return str(Markup("").join(lines))
