"""The charts of *Live*: mood with its interval, and below it the number of texts by label."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd  # noqa: F401 - Altair breaks where another visitor has it half imported

from sentilora.evaluation.reports.wording import percent
from sentilora.insights.insight_report import Estimate
from sentilora.insights.report.figure_words import net_interval
from sentilora.monitoring.figures.hour_moods import CoursePoint, in_order, signs_of
from sentilora.monitoring.store.hour_counts import HOUR_MS
from sentilora.ui.display.colours import NEUTRAL, POSITIVE, tones_of

_AXIS = 48  # width of both axes, so that the pictures stand below each other
_MOOD, _VOLUME = 210, 190
_LONGEST = 40


def draw_live_mood(points: Sequence[CoursePoint], label: str | None) -> alt.LayerChart:
    """Draw net sentiment, or the share of a label, with its interval; hours without texts are gaps.

    Args:
        points: course.
        label: label whose share is drawn; net sentiment when None.
    """
    rows: list[dict[str, Any]] = []
    stretch = 0
    for point in points:
        found = _estimate(point, label)
        if found is None:
            stretch += 1
            continue
        told = net_interval(found) if label is None else _share(found)
        rows.append(
            {
                **_times(point),
                "value": found.value,
                "low": found.low,
                "high": found.high,
                "stretch": stretch,
                "told": told,
                "texts": float(point.rolling.texts),
            }
        )
    title = "net sentiment" if label is None else f"share of {label[:_LONGEST]}"
    base = alt.Chart(alt.Data(values=rows)).encode(x=_hours(points, "end"))
    scale = alt.Scale(domain=_domain(rows, label))
    signed = "(datum.value > 0 ? '+' : '') + datum.label"
    how = {"labelExpr": signed} if label is None else {"format": "%"}
    axis = alt.Axis(minExtent=_AXIS, maxExtent=_AXIS, **how)
    value = alt.Y("value:Q", title=title, axis=axis, scale=scale)
    tooltip = [
        alt.Tooltip("end:T", title="up to", format="%d %b %H:%M"),
        alt.Tooltip("told:N", title=title),
        alt.Tooltip("texts:Q", format=","),
    ]
    layers = [
        base.mark_area(color=POSITIVE, opacity=0.22).encode(
            y=alt.Y("low:Q", title=title, axis=axis, scale=scale),
            y2="high:Q",
            detail="stretch:N",
        ),
        base.mark_line(color=POSITIVE, strokeWidth=2).encode(y=value, detail="stretch:N"),
        base.mark_point(size=55, filled=True, color=POSITIVE, opacity=1).encode(
            y=value, tooltip=tooltip
        ),
    ]
    if label is None:
        zero = alt.Chart(alt.Data(values=[{"zero": 0}]))
        layers.insert(0, zero.mark_rule(color=NEUTRAL).encode(y="zero:Q"))
    return alt.layer(*layers).properties(height=_MOOD)


def draw_live_volume(points: Sequence[CoursePoint]) -> alt.Chart:
    """Draw the number of texts of each stretch, by label."""
    names = in_order(label for point in points for label in point.own.counts)
    rows: list[dict[str, Any]] = []
    for point in points:
        low = 0.0
        for name in names:
            texts = float(point.own.counts.get(name, 0))
            if texts:
                told = {"label": name[:_LONGEST], "texts": texts, "low": low, "high": low + texts}
                rows.append({**_times(point), **told})
            low += texts
    tones = tones_of(names)
    axis = alt.Axis(minExtent=_AXIS, maxExtent=_AXIS, tickCount=3, tickMinStep=1)
    shown = [name[:_LONGEST] for name in names]
    colour = alt.Color(
        "label:N",
        scale=alt.Scale(domain=shown, range=[tones[name] for name in names]),
        legend=alt.Legend(orient="top", title=None, labelLimit=160),
    )
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_bar()
        .encode(
            x=_hours(points, "start"),
            x2="end:T",
            y=alt.Y("low:Q", title="texts", axis=axis),  # a bar with both ends is not stacked
            y2="high:Q",
            color=colour,
            tooltip=[
                alt.Tooltip("start:T", title="from", format="%d %b %H:%M"),
                alt.Tooltip("end:T", title="up to", format="%d %b %H:%M"),
                alt.Tooltip("label:N"),
                alt.Tooltip("texts:Q", format=","),
            ],
        )
        .properties(height=_VOLUME)
    )


def has_net(points: Sequence[CoursePoint]) -> bool:
    """Whether the labels of a course are sentiments."""
    return signs_of({label for point in points for label in point.rolling.counts}) is not None


def _estimate(point: CoursePoint, label: str | None) -> Estimate | None:
    return point.rolling.net if label is None else point.rolling.share([label])


def _share(found: Estimate) -> str:
    return f"{percent(found.value)} ({percent(found.low)} to {percent(found.high)})"


def _times(point: CoursePoint) -> dict[str, float]:
    """Return both ends, in milliseconds since 1970."""
    return {"start": float(point.start * HOUR_MS), "end": float(point.end * HOUR_MS)}


def _moment(hour: int) -> alt.DateTime:
    """Return the beginning of an hour as layers share it: they do not agree on plain numbers."""
    at = dt.datetime.fromtimestamp(hour * 3600, dt.UTC)
    return alt.DateTime(year=at.year, month=at.month, date=at.day, hours=at.hour, utc=True)


def _hours(points: Sequence[CoursePoint], name: str) -> alt.X:
    """Return the axis of time, in the zone of the browser, which both pictures share."""
    ends = [_moment(points[0].start), _moment(points[-1].end)]
    clock = "timeFormat(datum.value, '%H:%M')"
    axis = alt.Axis(
        labelExpr=f"{clock} == '00:00' ? timeFormat(datum.value, '%d %b') : {clock}",
        labelOverlap="greedy",
        labelAngle=0,
        tickCount=6,
        labelFlush=False,
    )
    return alt.X(f"{name}:T", title=None, axis=axis, scale=alt.Scale(domain=ends))


def _domain(rows: Sequence[Mapping[str, Any]], label: str | None) -> list[float]:
    if label is not None:
        return [0, min(1.0, max([0.1, *(row["high"] for row in rows)]) * 1.1)]
    low = min([0, *(row["low"] for row in rows)])
    high = max([0, *(row["high"] for row in rows)])
    return [20 * (low // 20), 20 * -(-max(high, 1) // 20)]
