"""Charts of the pages. Streamlit gives them the ground and the ink of its theme."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd  # noqa: F401 - Altair breaks where another visitor has it half imported

from sentilora.evaluation.calibration import Bin
from sentilora.ui.display.colours import NEUTRAL, OTHERS, POSITIVE, label_colours

HEIGHT = 300
_BAR = 44


def draw_counts(counts: Mapping[str, int]) -> alt.Chart:
    """Draw how many texts got each label, with the figure beside each bar."""
    total = max(1, sum(counts.values()))
    rows = [
        {"label": name, "texts": count, "told": f"{count:,} ({count / total:.0%})"}
        for name, count in counts.items()
    ]
    base = alt.Chart(_data(rows)).encode(
        y=alt.Y("label:N", sort=list(counts), title=None, axis=alt.Axis(labelLimit=140)),
        x=alt.X(
            "texts:Q",
            title="texts",
            axis=alt.Axis(tickMinStep=1),
            scale=alt.Scale(domainMin=0, domainMax=max(1, *counts.values()) * 1.28),
        ),
    )
    bars = base.mark_bar(cornerRadiusEnd=4).encode(color=_colour(list(counts), legend=None))
    texts = base.mark_text(align="left", dx=6, color=NEUTRAL, fontSize=13).encode(text="told:N")
    return (bars + texts).properties(height=_BAR * len(counts) + 60)


def draw_over_time(
    unit: str, rows: Sequence[Mapping[str, Any]], labels: Sequence[str]
) -> alt.Chart:
    """Draw the share of each label by day, week or month."""
    titles = {"day": "day", "week": "week from", "month": "month"}
    form = "%b %Y" if unit == "month" else "%d %b %Y"
    return (
        alt.Chart(_data(rows))
        .mark_bar()
        .encode(
            x=alt.X(
                "start:O",
                title=titles[unit],
                axis=alt.Axis(
                    labelExpr=f"utcFormat(toDate(datum.value), '{form}')",
                    labelOverlap="greedy",
                    labelAngle=0,
                ),
            ),
            y=alt.Y("share:Q", title="share of texts", axis=alt.Axis(format="%"), stack="zero"),
            color=_colour(labels),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip("start:N", title=titles[unit]),
                alt.Tooltip("label:N"),
                alt.Tooltip("texts:Q", format=","),
                alt.Tooltip("share:Q", format=".0%"),
            ],
        )
        .transform_calculate(place=f"indexof({json.dumps(list(labels))}, datum.label)")
        .properties(height=HEIGHT)
    )


def draw_loss(points: Sequence[tuple[int, float]], steps: int | None) -> alt.Chart:
    """Draw the training loss over updates."""
    rows = [{"step": step, "loss": loss} for step, loss in points]
    return (
        alt.Chart(_data(rows))
        .mark_line(color=POSITIVE, strokeWidth=2)
        .encode(
            x=_steps(steps),
            y=alt.Y("loss:Q", title="training loss", scale=alt.Scale(zero=False)),
            tooltip=["step:Q", alt.Tooltip("loss:Q", format=".4f")],
        )
        .properties(height=HEIGHT)
    )


def draw_validation(evaluations: Sequence[Mapping[str, Any]], steps: int | None) -> alt.Chart:
    """Draw accuracy and macro F1 on the validation part over updates."""
    names = {"accuracy": "accuracy", "macro_f1": "macro F1"}
    rows = [
        {"step": one["step"], "figure": name, "value": one[key]}
        for one in evaluations
        for key, name in names.items()
    ]
    figures = list(names.values())
    return (
        alt.Chart(_data(rows))
        .mark_line(point=alt.OverlayMarkDef(size=60, filled=True), strokeWidth=2)
        .encode(
            x=_steps(steps),
            y=alt.Y(
                "value:Q",
                title="on validation",
                axis=alt.Axis(format="%"),
                scale=alt.Scale(zero=False),
            ),
            color=_colour(figures, OTHERS),
            shape=alt.Shape("figure:N", legend=None),
            strokeDash=alt.StrokeDash("figure:N", legend=None),
            tooltip=["step:Q", "figure:N", alt.Tooltip("value:Q", format=".1%")],
        )
        .properties(height=HEIGHT)
    )


def draw_reliability(bins: Mapping[str, Sequence[Bin]]) -> alt.Chart:
    """Draw accuracy against confidence for each model; the dashed line is what it should be."""
    rows = [
        {"model": name, "confidence": one.confidence, "accuracy": one.accuracy, "count": one.count}
        for name, found in bins.items()
        for one in found
    ]
    share = alt.Scale(domain=[0, 1])
    ideal = (
        alt.Chart(_data([{"confidence": end, "accuracy": end} for end in (0, 1)]))
        .mark_line(strokeDash=[5, 4], color=NEUTRAL)
        .encode(x="confidence:Q", y="accuracy:Q")
    )
    lines = (
        alt.Chart(_data(rows))
        .mark_line(point=alt.OverlayMarkDef(size=70, filled=True), strokeWidth=2)
        .encode(
            x=alt.X("confidence:Q", scale=share, axis=alt.Axis(format="%"), title="confidence"),
            y=alt.Y("accuracy:Q", scale=share, axis=alt.Axis(format="%"), title="accuracy"),
            color=_colour(list(bins), OTHERS, field="model"),
            shape=alt.Shape("model:N", legend=None, sort=list(bins)),
            tooltip=[
                "model:N",
                alt.Tooltip("confidence:Q", format=".1%"),
                alt.Tooltip("accuracy:Q", format=".1%"),
                alt.Tooltip("count:Q", title="texts", format=","),
            ],
        )
    )
    return (ideal + lines).properties(height=340)


def _data(rows: Sequence[Mapping[str, Any]]) -> alt.Data:
    return alt.Data(values=[dict(row) for row in rows])


def _steps(steps: int | None) -> alt.X:
    ends = {} if steps is None else {"scale": alt.Scale(domain=[0, steps])}
    return alt.X("step:Q", title="update", axis=alt.Axis(tickMinStep=1), **ends)


def _colour(
    names: Sequence[str], tones: Sequence[str] = (), *, field: str = "", **options: Any
) -> alt.Color:
    """Give each name its colour: that of a label, or one of ``tones`` in order."""
    if tones:
        found = [tones[index % len(tones)] for index in range(len(names))]
        field = field or "figure"
    else:
        found = list(label_colours(names).values())
    legend = {"legend": alt.Legend(orient="top", title=None, labelLimit=260)} | options
    return alt.Color(
        f"{field or 'label'}:N", scale=alt.Scale(domain=list(names), range=found), **legend
    )
