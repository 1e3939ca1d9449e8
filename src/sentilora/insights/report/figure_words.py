"""How the figures of an insights report are written: shares, net sentiments, intervals, dates."""

from __future__ import annotations

import datetime as dt

from sentilora.evaluation.reports import wording
from sentilora.insights.insight_report import Estimate

MINUS = "−"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WITH_DECIMAL_BELOW = 0.1


def net(value: float) -> str:
    """Write a net sentiment, or points of it, with its sign: ``−38``, ``+4``, ``0``."""
    whole = round(value)
    return f"{whole:+d}".replace("-", MINUS) if whole else "0"


def net_interval(found: Estimate) -> str:
    """Write a net sentiment with its interval: ``−38 (−52 to −24)``."""
    return f"{net(found.value)} ({net_limits(found)})"


def net_limits(found: Estimate) -> str:
    """Write the interval of a net sentiment: ``−52 to −24``."""
    return f"{net(found.low)} to {net(found.high)}"


def points(value: float) -> str:
    """Write a number of points without a sign, small ones with a decimal: ``5``, ``0.4``."""
    size = abs(value)
    return f"{size:.1f}" if size < 3 else f"{size:.0f}"


def signed_points(value: float) -> str:
    """Write points with their sign, small ones with a decimal: ``+0.4``, ``−12``."""
    told = points(value)
    if not float(told):
        return "0"
    return (MINUS if value < 0 else "+") + told


def points_interval(found: Estimate) -> str:
    """Write points with their interval: ``+5 points (+3 to +7)``."""
    low, high = signed_points(found.low), signed_points(found.high)
    return f"{signed_points(found.value)} points ({low} to {high})"


def share(value: float) -> str:
    """Write a share in percent, a small one with a decimal: ``64 %``, ``5.8 %``, ``5 %``."""
    return wording.percent(value, _digits(value)).replace(".0 %", " %")


def share_interval(found: Estimate, of: str = "") -> str:
    """Write a share with its interval: ``64 % (53–74)``, ``64 % negative (53–74)``."""
    value = wording.percent(found.value, _digits(found.value))
    return f"{value}{of and f' {of}'} ({share_limits(found)})"


def share_limits(found: Estimate) -> str:
    """Write the interval of a share, in percent: ``53–74``."""
    digits = _digits(found.value)
    return "–".join(f"{end * 100:.{digits}f}" for end in (found.low, found.high))


def day(date: dt.date) -> str:
    """Write a day: ``24 Nov 2026``."""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def short_day(date: dt.date) -> str:
    """Write a day whose year is known: ``24 Nov``."""
    return f"{date.day} {_MONTHS[date.month - 1]}"


def month(date: dt.date) -> str:
    """Write a month: ``Nov 2026``."""
    return f"{_MONTHS[date.month - 1]} {date.year}"


def days(start: dt.date, end: dt.date) -> str:
    """Write a stretch of days: ``23–28 Nov 2026``, ``28 Sep – 28 Nov 2026``."""
    if start == end:
        return day(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{day(end)}"
    first = short_day(start) if start.year == end.year else day(start)
    return f"{first} – {day(end)}"


def _digits(value: float) -> int:
    return 1 if 0 < value < _WITH_DECIMAL_BELOW else 0
