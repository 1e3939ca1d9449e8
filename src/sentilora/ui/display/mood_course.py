"""The mood over time for the page: net sentiment with its interval, volume, and changes."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

import altair as alt
import pandas as pd  # noqa: F401 - Altair breaks where another visitor has it half imported

from sentilora.insights.insight_report import InsightReport
from sentilora.ui.display.colours import NEGATIVE, NEUTRAL, POSITIVE

CLICKED = "clicked"

_AXIS = 48  # width of both axes, so that the pictures stand below each other
_MOOD, _VOLUME = 230, 96
_STEP = 20  # points of net sentiment between two lines


def draw_mood(report: InsightReport, names: Sequence[str]) -> alt.LayerChart:
    """Draw net sentiment by period, with intervals, and the days on which it changed.

    Args:
        report: report with periods.
        names: names of the periods.
    """
    base = _base(report, names)
    measured = [period.net for period in report.periods if period.net is not None]
    limits = [end for one in measured for end in (one.low, one.high, 0.0)]
    ends = [_STEP * math.floor(min(limits) / _STEP), _STEP * max(1, math.ceil(max(limits) / _STEP))]
    scale = alt.Scale(domain=ends)
    has_net = base.transform_filter("isValid(datum.value)")
    title = "net sentiment"
    axis = alt.Axis(minExtent=_AXIS, maxExtent=_AXIS)
    net = alt.Y("value:Q", title=title, axis=axis, scale=scale)
    low = alt.Y("low:Q", title=title, axis=axis, scale=scale)
    changed = [_period_of(report, change.date) for change in report.changes]
    marks = alt.Data(values=[{"start": start} for start in changed if start])
    return alt.layer(
        alt.Chart(marks).mark_rule(color=NEGATIVE, strokeDash=[5, 4]).encode(x=_days(report)),
        alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(color=NEUTRAL).encode(y="zero:Q"),
        has_net.mark_rule(color=POSITIVE, strokeWidth=7, opacity=0.35).encode(y=low, y2="high:Q"),
        has_net.mark_line(color=POSITIVE, strokeWidth=2).encode(y=net),
        has_net.mark_point(size=110, filled=True, color=POSITIVE, opacity=1, cursor="pointer")
        .encode(y=net, tooltip=_told())
        .add_params(_clicked()),
    ).properties(height=_MOOD)


def draw_volume(report: InsightReport, names: Sequence[str]) -> alt.Chart:
    """Draw the number of texts of each period.

    Args:
        report: report with periods.
        names: names of the periods.
    """
    axis = alt.Axis(minExtent=_AXIS, maxExtent=_AXIS, tickCount=2, tickMinStep=1)
    return (
        _base(report, names)
        .mark_bar(color=NEUTRAL, cursor="pointer")
        .encode(y=alt.Y("texts:Q", title="texts", axis=axis), tooltip=_told())
        .add_params(_clicked())
        .properties(height=_VOLUME)
    )


def _base(report: InsightReport, names: Sequence[str]) -> alt.Chart:
    rows = [
        {
            "start": period.start.isoformat(),
            "period": name,
            "texts": period.texts,
            **({} if period.net is None else period.net.model_dump()),
        }
        for period, name in zip(report.periods, names, strict=True)
    ]
    return alt.Chart(alt.Data(values=rows)).encode(x=_days(report))


def _days(report: InsightReport) -> alt.X:
    """Return the axis that all layers share: a band for each period, named below its middle."""
    form = "%b %Y" if report.period == "month" else "%d %b %Y"
    axis = alt.Axis(
        labelExpr=f"utcFormat(toDate(datum.value), '{form}')",
        labelOverlap="greedy",
        labelAngle=0,
        labelFlush=False,
    )
    starts = [period.start.isoformat() for period in report.periods]
    return alt.X("start:O", title=None, axis=axis, scale=alt.Scale(domain=starts, type="band"))


def _clicked() -> alt.Parameter:
    return alt.selection_point(name=CLICKED, fields=["period"])


def _told() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("period:N"),
        alt.Tooltip("texts:Q", format=","),
        alt.Tooltip("value:Q", title="net sentiment", format="+.0f"),
        alt.Tooltip("low:Q", title="from", format="+.0f"),
        alt.Tooltip("high:Q", title="to", format="+.0f"),
    ]


def _period_of(report: InsightReport, date: dt.date) -> str | None:
    """Return the first day of the period that a day lies in."""
    found = (one.start.isoformat() for one in report.periods if one.start <= date <= one.end)
    return next(found, None)
