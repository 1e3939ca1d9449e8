"""What is said of each part of an insights report: a change, a theme, a segment, a period.

Each sentence is made of the typed report alone, and carries the count and the interval behind it.
What may be chance is called so.
"""

from __future__ import annotations

import datetime as dt

from sentilora.evaluation.reports import wording
from sentilora.insights.insight_report import (
    Change,
    Comparison,
    Estimate,
    InsightReport,
    MixChange,
    Period,
    Segment,
    SegmentShare,
    Theme,
    ThemeShift,
    Trend,
)
from sentilora.insights.report import figure_words as words

# The day after the last period on which its name may still be "this week".
_IS_THIS = dt.timedelta(days=1)
_DIRECTIONS = {
    "new": "new",
    "rising": "rising",
    "fading": "fading",
    "steady": "no change beyond chance",
    "unknown": "not tested",
}


def change_told(report: InsightReport, change: Change) -> str:
    """Say one change of the mood, what changed with it, and what a moved mix explains of it."""
    went = "rose" if change.after.value > change.before.value else "fell"
    where = "" if change.column is None else f" where {change.column} is {change.value}"
    told = (
        f"On {words.day(change.date)} the mood {went}{where}: net sentiment "
        f"{words.net_interval(change.before)} before, {words.net_interval(change.after)} from then "
        f"on ({wording.p_value(change.p)})"
    )
    shifts = [shift_told(report, shift) for shift in change.themes[:2]]
    told += f"; with it {' and '.join(shifts)}" if shifts else ""
    if abs(change.from_mix) >= 1:
        told += f"; {words.signed_points(change.from_mix)} points of it come from who speaks"
    return f"{told}."


def changes_in_order(report: InsightReport) -> list[Change]:
    """Return the changes as they came, those of all texts before those of a segment."""
    return sorted(report.changes, key=lambda one: (one.date, one.column or "", one.value or ""))


def shift_told(report: InsightReport, shift: ThemeShift) -> str:
    """Say how the share of a theme moved between two groups of texts."""
    went = "rose" if shift.after > shift.before else "fell"
    return (
        f"{quoted(theme_name(report, shift.theme))} {went} from {words.share(shift.before)} to "
        f"{words.share(shift.after)} of the texts"
    )


def theme_told(theme: Theme, report: InsightReport) -> str:
    """Say what is known of a theme."""
    told = (
        f"{quoted(theme.name)}, in {wording.count(theme.texts)} of "
        f"{counted_texts(report.basis.texts)}, {words.share_interval(theme.share)}, net sentiment "
        f"{words.net_interval(theme.net)}"
    )
    if theme.impact is not None:
        told += f"; {impact_told(theme.impact)}"
    if theme.trend.direction not in ("unknown", "steady"):
        told += f"; {trend_told(theme.trend)}"
    return told


def impact_told(impact: Estimate) -> str:
    """Say what a theme costs, or brings."""
    if impact.low <= 0 <= impact.high:
        return f"without it the mood would hardly differ: {words.points_interval(impact)}"
    way = "better" if impact.value > 0 else "worse"
    low, high = sorted((abs(impact.low), abs(impact.high)))
    return (
        f"without it the mood would be {words.points(impact.value)} points {way} "
        f"({words.points(low)} to {words.points(high)})"
    )


def impact_figure(impact: Estimate) -> str:
    """Write the points by which the mood would differ without a theme, with their sign."""
    return words.signed_points(impact.value)


def trend_told(trend: Trend) -> str:
    """Say how the share of a theme runs, and whether that is more than chance."""
    since = "" if trend.since is None else f" since {words.day(trend.since)}"
    if trend.peak_since is not None:
        since += f", after a peak from {words.day(trend.peak_since)} on"
    told = [f"{_DIRECTIONS[trend.direction]}{since}"]
    if trend.before is not None and trend.after is not None:
        moved = f"from {words.share(trend.before)} to {words.share(trend.after)} of the texts"
        if trend.column is not None:
            moved += f" where {trend.column} is {trend.value}"
        told.append(moved)
    if trend.difference is not None:
        told.append(words.points_interval(_in_points(trend.difference)))
    if trend.p is not None:
        told.append(wording.p_value(trend.p))
    first, *rest = told
    return f"{first}: {', '.join(rest)}" if rest else first


def _in_points(share: Estimate) -> Estimate:
    return Estimate(value=share.value * 100, low=share.low * 100, high=share.high * 100)


def direction_word(trend: Trend) -> str:
    """Return the word beside the arrow of a theme."""
    return "steady" if trend.direction == "steady" else _DIRECTIONS[trend.direction]


def segment_told(found: Segment) -> str:
    """Say how a segment differs from all others."""
    chance = wording.p_value(found.p) if found.differs else "may be chance"
    return (
        f"Where {found.column} is {found.value}, net sentiment is {words.net_interval(found.net)} "
        f"in {counted_texts(found.texts)}, elsewhere {words.net_interval(found.elsewhere)} "
        f"({chance})"
    )


def segment_share_told(found: SegmentShare) -> str:
    """Say in which segment a theme is stronger than elsewhere."""
    return (
        f"Stronger where {found.column} is {found.value}: {words.share(found.here)} of its texts, "
        f"{words.share(found.elsewhere)} elsewhere ({wording.p_value(found.p)})"
    )


def mix_told(found: MixChange) -> str:
    """Say what the mix of segments explains; that is a change of who speaks, not of the mood."""
    went = "grew" if found.after > found.before else "shrank"
    if not found.before:
        went = "entered the data"
    when = f"on {words.day(found.since)}"
    if found.until is not None:
        when = f"from {words.day(found.since)} to {words.day(found.until)}"
    return (
        f"{found.column} {found.value} {went} {when}, from {words.share(found.before)} to "
        f"{words.share(found.after)} of the texts ({wording.p_value(found.p)}); that alone moves "
        f"net sentiment by {words.signed_points(found.net_change)} points, which is a change of "
        "who speaks, not of the mood"
    )


def segments_in_order(report: InsightReport) -> list[Segment]:
    """Return the segments, versions of a column in their own order."""
    places = {one.column: place for place, one in reversed(list(enumerate(report.segments)))}
    return sorted(
        report.segments,
        key=lambda one: (places[one.column], one.order) if one.order is not None else (-1, 0),
    )


def theme_groups(
    report: InsightReport,
) -> tuple[list[Theme], list[Theme], list[Theme]]:
    """Part the stable themes into pain points, delights and others, what weighs most first.

    A theme is a pain point or a delight if its net sentiment is surely below or above 0. A pain
    point whose texts are otherwise happy ones costs nothing, and comes last.
    """
    stable = [theme for theme in report.themes if theme.is_stable]
    pains, delights, others = (
        [theme for theme in stable if sure_sign(theme.net) == sign] for sign in (-1, 1, 0)
    )
    pains.sort(key=lambda theme: (-_impact(theme), -theme.texts))
    delights.sort(key=lambda theme: (_impact(theme), -theme.texts))
    others.sort(key=lambda theme: (-abs(_impact(theme)), -theme.texts))
    return pains, delights, others


def sure_sign(net: Estimate) -> int:
    """Return -1 or 1 for a net sentiment that is surely below or above 0; 0 for neither."""
    return (net.low > 0) - (net.high < 0)


def unsure_themes(report: InsightReport) -> list[Theme]:
    """Return the themes that may not come back in other texts, the largest first."""
    return [theme for theme in report.themes if not theme.is_stable]


def theme_name(report: InsightReport, key: str) -> str:
    """Return the name of a theme; its key where it is none of the report's."""
    return next((theme.name for theme in report.themes if theme.key == key), key)


def quoted(name: str) -> str:
    """Put a name into quotation marks."""
    return f"“{name}”"


def period_words(report: InsightReport, period: Period) -> str:
    """Name a period as its unit is named."""
    if report.period == "month" and not period.is_partial:
        return words.month(period.start)
    return words.days(period.start, period.end)


def period_name(report: InsightReport, found: Comparison) -> str:
    """Name the last period: ``This week (23–28 Nov 2026, not over yet)``."""
    unit = _unit(found)
    length = {"day": 1, "week": 7, "month": 31}[unit]
    is_now = report.basis.created.date() - found.start < dt.timedelta(days=length) + _IS_THIS
    name = {"day": "The last day"}.get(unit, f"This {unit}" if is_now else f"The last {unit}")
    end = ", not over yet" if found.is_partial else ""
    return f"{name} ({words.days(found.start, found.end)}{end})"


def before_name(found: Comparison) -> str:
    """Name the periods before the last one: ``the 4 weeks before``."""
    first, last = found.before_start, found.before_end
    unit, days = _unit(found), (last - first).days + 1
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    count = {"day": days, "week": round(days / 7), "month": months}[unit]
    return f"the {unit} before" if count == 1 else f"the {count} {unit}s before"


def _unit(found: Comparison) -> str:
    """Return the length of what is compared, which need not be that of the report's periods."""
    days = (found.end - found.start).days + 1
    return "day" if days == 1 else "week" if days <= 7 else "month"


def _impact(theme: Theme) -> float:
    return 0.0 if theme.impact is None else theme.impact.value


def counted_texts(number: int) -> str:
    """Write a number of texts: ``1 text``, ``1,200 texts``."""
    return counted(number, "text")


def does(number: int, one: str, many: str) -> str:
    """Return the form of a verb that goes with a number: ``holds`` for 1, else ``hold``."""
    return one if number == 1 else many


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: ``1 text``, ``1,200 texts``."""
    return f"{wording.count(number)} {noun}" + ("" if number == 1 else "s")
