"""``report.html``: the report for people, one page that needs nothing but itself.

No scripts, no requests; pictures are inline SVG. Parts that a report does not hold are left out, so
that the page also serves ``sentilora evaluate``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from sentilora.errors import ConfigError
from sentilora.evaluation.metrics import Measured
from sentilora.evaluation.report_parts.run_part import DataPart
from sentilora.evaluation.report_parts.training_part import Cost, CurvePoint, TrainingPart
from sentilora.evaluation.reports import wording
from sentilora.evaluation.reports.comparison import (
    Line,
    against_old,
    best_baseline,
    caution,
    comparison,
    headline,
    skipped_baselines,
    verdict,
)
from sentilora.evaluation.reports.report import Report
from sentilora.evaluation.reports.svg_charts import Series, line_chart, reliability_diagram, smooth
from sentilora.labels import Labels

if TYPE_CHECKING:
    from jinja2 import Environment

_MOST_LABELS_IN_BARS = 8


def render_html(report: Report) -> str:
    """Render a report as one self-contained page."""
    lines, after, training = comparison(report), report.after, report.training
    labels = list(report.label_names)
    return page_environment().get_template("report.html.j2").render(
        report=report,
        run=report.run,
        data=report.dataset,
        headline=_unbroken(headline(report)),
        verdict=verdict(report),
        caution=caution(report),
        tiles=_tiles(report),
        lines=lines,
        columns=wording.COLUMNS,
        axis=_axis(lines),
        rows=after.metrics["rows"],
        confusion=_confusion(after.confusion),
        per_label=after.per_label,
        labels=labels,
        tones=dict(zip(labels, label_tones(labels), strict=True)),
        balance=_balance(report.dataset, labels),
        has_bars=len(labels) <= _MOST_LABELS_IN_BARS,
        reliability=_reliability_chart(after),
        calibration=report.calibration,
        curves=_curves(training) if training else [],
        cost=cost_cards(report.cost),
        cost_methods=cost_methods(report.cost),
        proof=training.proof if training else None,
        skipped=skipped_baselines(report),
        against_old=against_old(report.old_and_new) if report.old_and_new else [],
        mistakes=report.mistakes,
        orders=wording.orders(report.order),
        is_training=report.cost is not None,
        wording=wording,
    )  # fmt: skip


@cache
def page_environment(*more: Path) -> Environment:
    """Return the Jinja environment of this room; everything put into HTML is escaped.

    Args:
        more: folders whose templates build on those of this room.
    """
    from jinja2 import Environment, FileSystemLoader, select_autoescape

    environment = Environment(
        loader=FileSystemLoader([Path(__file__).parent, *more]),
        autoescape=select_autoescape(("html.j2",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        percent=wording.percent, count=wording.count, size=wording.size, duration=wording.duration
    )
    return environment


def label_tones(names: Sequence[str]) -> list[str]:
    """Return a CSS colour class for each label.

    Sentiments run from orange over grey to blue, whatever their order; other labels get colours
    that only tell them apart.
    """
    try:
        signs = Labels(tuple(names)).polarities
    except ConfigError:
        signs = None
    if signs is None:
        return [f"q{index % 8}" for index in range(len(names))]
    if len(set(signs)) == len(signs):
        return [f"d{2 + 2 * sign}" for sign in signs]
    return [f"d{round(4 * index / (len(names) - 1))}" for index in range(len(names))]


def _unbroken(sentence: str) -> str:
    """Keep numbers and their units, intervals and names on one line."""
    sentence = sentence.replace(" %", "\u00a0%").replace("TF-IDF", "TF\u2011IDF")
    return re.sub(r"(\[[\d.]+,) ", "\\1\u00a0", sentence)


def _tiles(report: Report) -> list[dict[str, str]]:
    metrics, intervals = report.metrics, report.intervals
    rows = metrics["rows"]
    tiles = [
        {
            "name": wording.METRICS[name].title,
            "value": wording.metric(name, metrics.get(name), rows),
            "note": "95 % interval" if limits else "",
            "limits": limits,
        }
        for name in ("accuracy", "macro_f1", "ece")
        for limits in [wording.interval(name, intervals.get(name), rows)]
    ]
    tiles[-1] |= {"limits": "", "note": "gap between confidence and accuracy"}
    rival = best_baseline(report)
    if rival is not None:
        gain = (metrics["accuracy"] - rival.metrics["accuracy"]) * 100
        tiles.append(
            {
                "name": "Against the best baseline",
                "value": f"{gain:+.1f} points".replace("-", "\u2212"),
                "note": f"accuracy; {rival.name}",
                "limits": "",
            }
        )
    return tiles


def _axis(lines: Sequence[Line]) -> tuple[float, float]:
    """Return the ends of the accuracy strips, in whole tenths, so that all of them fit."""
    ends = [line.metrics["accuracy"] for line in lines]
    ends += [end for line in lines for end in line.intervals.get("accuracy") or ()]
    low, high = int(min(ends) * 10) / 10, -int(-max(ends) * 10 // 1) / 10
    return low, max(high, low + 0.1)


def _confusion(matrix: Sequence[Sequence[int]]) -> list[list[dict[str, Any]]]:
    cells = []
    for down, row in enumerate(matrix):
        total = max(1, sum(row))
        cells.append(
            [
                {
                    "count": number,
                    "share": number / total,
                    "heat": f"{number / total:.3f}",
                    "is_right": down == across,
                }
                for across, number in enumerate(row)
            ]
        )
    return cells


def _balance(data: DataPart, labels: Sequence[str]) -> list[dict[str, Any]]:
    parts = []
    for name, by_label in data.label_counts.items():
        total = sum(by_label.values())
        shares = {label: by_label.get(label, 0) / max(1, total) for label in labels}
        parts.append({"name": name, "rows": total, "counts": by_label, "shares": shares})
    return parts


def _reliability_chart(after: Measured) -> Markup:
    ece = wording.metric("ece", after.metrics.get("ece"))
    return reliability_diagram(
        after.reliability,
        description="Reliability diagram: accuracy of answers by confidence in "
        f"{len(after.reliability)} bins; expected calibration error {ece}.",
    )


def _curves(training: TrainingPart) -> list[dict[str, Any]]:
    """Draw the loss and the validation figures over steps, as far as they were recorded."""
    loss = _points(training.loss_curve, "loss")
    validation, best = training.validation_curve, training.best_step
    mark = (float(best), f"kept: step {best:,}") if best is not None else None
    losses = line_chart(
        [
            Series("", smooth(loss, 240), "faint"),
            Series("training loss", smooth(loss, 40)),
            Series("validation log loss", _points(validation, "log_loss"), "two"),
        ],
        description=_told("Loss over steps", loss),
        x_label="step",
        mark=mark,
    )
    scores = line_chart(
        [
            Series("validation macro F1", _points(validation, "macro_f1")),
            Series("validation accuracy", _points(validation, "accuracy"), "two"),
        ],
        description=_told("Validation macro F1 over steps", _points(validation, "macro_f1")),
        x_label="step",
        as_percent=True,
        mark=mark,
    )
    named = (("Loss", losses), ("Validation", scores))
    return [{"name": name, "chart": chart} for name, chart in named if chart]


def _told(what: str, points: Sequence[tuple[float, float]]) -> str:
    if not points:
        return what
    return f"{what}: from {points[0][1]:.3f} at the start to {points[-1][1]:.3f} at the end."


def _points(curve: Sequence[CurvePoint], name: str) -> list[tuple[float, float]]:
    found = [(point.step, point.figures.get(name)) for point in curve]
    return [(float(step), float(value)) for step, value in found if value is not None]


# Cards of :func:`cost_cards` that only some readers want.
COST_DETAILS = frozenset(("Speed", "Weights trained", "Stored"))


def cost_cards(cost: Cost | None) -> list[dict[str, str]]:
    """Say what training cost, one card a figure; what was not measured has none."""
    if cost is None:
        return []
    share, full = wording.percent(cost.trainable_share), cost.full_model_bytes
    part = ""
    if full and cost.model_bytes is not None:
        part = f", {cost.model_bytes / full:.1%} of the {wording.size(full)} of all weights"
    cards: list[tuple[str, Any, Callable[[Any], str], str]] = [
        ("Time", cost.seconds, partial(wording.duration, digits=1),
         f"{wording.count(cost.steps)} steps"),
        ("Speed", cost.tokens_per_second, lambda value: f"{value:,.0f} tokens/s",
         f"{wording.millions(cost.tokens)} tokens in all"),
        ("Weights trained", cost.trainable_parameters, wording.millions,
         f"{share} of {wording.millions(cost.total_parameters)}"),
        ("Stored", cost.model_bytes, wording.size, f"on disk{part}".replace("%", " %")),
        ("Peak memory", cost.peak_memory_bytes, wording.size, "of the training process"),
        ("Energy", cost.energy_kwh, wording.energy, "of the training"),
        ("CO₂ equivalent", cost.co2_g, lambda grams: f"{grams:,.1f} g", "of that energy"),
    ]  # fmt: skip
    return [
        {"name": name, "value": tell(value), "note": note}
        for name, value, tell, note in cards
        if value is not None
    ]


def cost_methods(cost: Cost | None) -> str:
    """Say how energy and CO2 were found."""
    if cost is None:
        return ""
    told = {"Energy": cost.energy_method, "CO₂": cost.co2_method}
    return " ".join(f"{what}: {method}." for what, method in told.items() if method)
