"""The mood over time as inline SVG: net sentiment with its interval, volume, and changes.

Drawn twice, for a page and for a phone, because letters in a picture shrink with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from sentilora.evaluation.reports.svg_shapes import (
    LEFT,
    RIGHT,
    TOP,
    Frame,
    box,
    course,
    disc,
    nice_ticks,
    path_of,
    segment,
    svg,
    swatches,
    text,
    y_axis,
)
from sentilora.insights.insight_report import Estimate, InsightReport, Period
from sentilora.insights.report import figure_words as words
from sentilora.insights.report.sentences import changes_in_order, period_words

WIDE, NARROW = 980, 350

_MOOD, _VOLUME, _GAP, _FOOT = 190, 52, 26, 26  # heights
_LABEL = 74  # width of a date below the chart


def mood_chart(report: InsightReport, width: float) -> Markup:
    """Draw the mood over time; nothing where no period has a text.

    Args:
        report: report with periods.
        width: width of the picture, in units of which text is 12 high.
    """
    told = [period.net for period in report.periods if period.net is not None]
    if not told:
        return Markup()
    ticks = nice_ticks(
        max(-100.0, min(0.0, *(net.low for net in told))),
        min(100.0, max(0.0, *(net.high for net in told))),
    )
    frame = Frame(
        (0, len(report.periods)), (ticks[0], ticks[-1]), width, bottom=TOP + _MOOD, top=TOP
    )
    floor = frame.bottom + _GAP + _VOLUME
    parts = [
        *y_axis(frame, ticks),
        segment("axis", LEFT, frame.up(0), width - RIGHT, frame.up(0)),
        *_volume(report, frame, floor),
        *_course(report.periods, frame),
        *_levels(report, frame),
        *_changes(report, frame, floor),
        *_readings(report, frame, floor),
        *_dates(report, frame, floor),
        *_legend(report),
    ]
    return svg(parts, width, floor + _FOOT, _description(report))


def _course(periods: Sequence[Period], frame: Frame) -> Iterator[Markup]:
    """Draw band, line and dots; a period without texts leaves a gap."""
    for run in _runs(periods):
        middles = [frame.across(place + 0.5) for place, _ in run]
        if len(run) == 1:
            # A lonely period has no band to lie in.
            middles = [middles[0] - 3, middles[0] + 3]
            run = run * 2
        nets = [net for _, net in run]
        upper = [(x, frame.up(net.high)) for x, net in zip(middles, nets, strict=True)]
        lower = [(x, frame.up(net.low)) for x, net in zip(middles, nets, strict=True)]
        yield Markup('<polygon class="band" points="{}"/>').format(path_of([*upper, *lower[::-1]]))
        line = [(x, frame.up(net.value)) for x, net in zip(middles, nets, strict=True)]
        yield course("one", line)
    if len(periods) > frame.width / 8:
        return
    for place, period in enumerate(periods):
        if period.net is not None:
            tone = "dot open" if period.is_partial else "dot one"
            yield disc(tone, frame.across(place + 0.5), frame.up(period.net.value), 3.2)


def _runs(periods: Sequence[Period]) -> Iterator[list[tuple[int, Estimate]]]:
    run: list[tuple[int, Estimate]] = []
    for place, period in enumerate(periods):
        if period.net is not None:
            run.append((place, period.net))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _volume(report: InsightReport, frame: Frame, floor: float) -> Iterator[Markup]:
    most = max(period.texts for period in report.periods)
    slot = frame.across(1) - frame.across(0)
    inset = min(2.0, slot * 0.12)
    yield segment("axis", LEFT, floor, frame.width - RIGHT, floor)
    yield text(LEFT - 7, floor - _VOLUME + 9, f"{most:,}", "end")
    yield text(LEFT - 7, floor + 1, "0", "end")
    for place, period in enumerate(report.periods):
        if period.texts:
            height = max(1.0, _VOLUME * period.texts / most)
            tone = "rows partial" if period.is_partial else "rows"
            left, right = frame.across(place) + inset, frame.across(place + 1) - inset
            yield box(tone, left, floor - height, right, floor)


def _levels(report: InsightReport, frame: Frame) -> Iterator[Markup]:
    """Draw net sentiment between two changes, as it is told of them."""
    changes = [change for change in changes_in_order(report) if change.column is None]
    places = [0.0, *(_place(report, change.date) for change in changes), frame.x[1]]
    levels = [change.before for change in changes[:1]] + [change.after for change in changes]
    for level, start, end in zip(levels, places, places[1:], strict=False):
        y = frame.up(level.value)
        yield segment("level", frame.across(start), y, frame.across(end), y)


def _changes(report: InsightReport, frame: Frame, floor: float) -> Iterator[Markup]:
    for number, change in enumerate(changes_in_order(report), 1):
        x = frame.across(_place(report, change.date))
        yield segment("mark change", x, frame.top - 2, x, floor)
        yield disc("flag", x, frame.top - 4, 8)
        yield Markup(
            '<text class="in-flag" x="{:g}" y="{:g}" text-anchor="middle">{}</text>'
        ).format(x, frame.top, number)


def _readings(report: InsightReport, frame: Frame, floor: float) -> Iterator[Markup]:
    """Lay an unseen box over each period that tells its figures to who points at it."""
    for place, period in enumerate(report.periods):
        says = f"{period_words(report, period)}: {period.texts:,} texts"
        if period.net is not None:
            says += f", net sentiment {words.net_interval(period.net)}"
        if period.is_partial:
            says += "; not all of it is in the data"
        left, right = frame.across(place), frame.across(place + 1)
        yield Markup("<g><title>{}</title>{}</g>").format(
            says, box("unseen", left, frame.top, right, floor)
        )


def _dates(report: InsightReport, frame: Frame, floor: float) -> Iterator[Markup]:
    slot = frame.across(1) - frame.across(0)
    every = max(1, -int(-_LABEL // slot))
    year = None
    for place in range(0, len(report.periods), every):
        start = report.periods[place].start
        x = frame.across(place + 0.5)
        if report.period == "month":
            told = words.month(start)
        else:
            told = words.short_day(start) if start.year == year else words.day(start)
        year = start.year
        half = 3.2 * len(told)
        x = min(max(x, LEFT - 20 + half), frame.width - half)
        yield text(x, floor + 18, told, "middle")


def _legend(report: InsightReport) -> list[Markup]:
    named = [("fill one", "net sentiment"), ("band", "interval"), ("rows", "texts")]
    if any(change.column is None for change in report.changes):
        named.append(("fill two", "level"))
    return swatches(named, left=6)


def _place(report: InsightReport, date: dt.date) -> float:
    """Return where a day lies, in periods from the first one."""
    for place, period in enumerate(report.periods):
        if date <= period.end:
            length = (period.end - period.start).days + 1
            return place + max(0.0, (date - period.start).days / length)
    return float(len(report.periods))


def _description(report: InsightReport) -> str:
    told = [period for period in report.periods if period.net is not None]
    first, last = told[0], told[-1]
    assert first.net is not None
    assert last.net is not None
    says = (
        f"Net sentiment by {report.period}, from {words.net_interval(first.net)} "
        f"({period_words(report, first)}) to {words.net_interval(last.net)} "
        f"({period_words(report, last)})"
    )
    days = [words.day(change.date) for change in changes_in_order(report)]
    return f"{says}; changes: {', '.join(days)}." if days else f"{says}; no change found."
