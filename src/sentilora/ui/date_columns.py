"""Which columns hold dates, and how answers spread over them.

Read are Arrow's own dates and times, and strings in ISO form (2026-03-10, 2026-03-10T09:30:00Z).
Not covered: 03/10/2026, which is March in one country and October in another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

_LOOKED_AT = 200  # values that decide whether strings are dates
_MOST_DAYS = 45  # of single days in a chart; then weeks, then months
_MOST_WEEKS = 80


def date_columns(table: pa.Table) -> list[str]:
    """Return the columns whose values are dates, all but one in twenty at least."""
    from pyarrow import types

    found = []
    for field in table.schema:
        if types.is_date(field.type) or types.is_timestamp(field.type):
            found.append(field.name)
        elif types.is_string(field.type) or types.is_large_string(field.type):
            values = [v for v in table[field.name].slice(0, 5 * _LOOKED_AT).to_pylist() if v]
            values = values[:_LOOKED_AT]
            dates = sum(day_of(value) is not None for value in values)
            if values and dates >= 0.95 * len(values):
                found.append(field.name)
    return found


def day_of(value: Any) -> date | None:
    """Return the day that a value names; None if it names none."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or len(value) < len("2026-01-01"):
        return None
    try:
        return datetime.fromisoformat(value.strip()).date()
    except ValueError:
        return None


def count_over_time(
    values: Iterable[Any], labels: Iterable[str | None]
) -> tuple[str, list[dict[str, Any]]]:
    """Count labels in days, weeks or months, whichever makes a readable chart.

    Returns:
        ``day``, ``week`` or ``month``, and rows of ``start`` (ISO date), ``label``, ``texts`` and
        ``share`` of the texts of that time, in ``[0, 1]``.
    """
    dated = [
        (day, label)
        for value, label in zip(values, labels, strict=True)
        if label is not None and (day := day_of(value)) is not None
    ]
    if not dated:
        return "day", []
    unit = _unit(min(day for day, _ in dated), max(day for day, _ in dated))
    counts = Counter((_start(day, unit), label) for day, label in dated)
    totals: Counter[date] = Counter()
    for (start, _), texts in counts.items():
        totals[start] += texts
    rows = [
        {
            "start": start.isoformat(),
            "label": label,
            "texts": texts,
            "share": texts / totals[start],
        }
        for (start, label), texts in sorted(counts.items())
    ]
    return unit, rows


def _unit(first: date, last: date) -> str:
    days = (last - first).days
    if days <= _MOST_DAYS:
        return "day"
    return "week" if days <= 7 * _MOST_WEEKS else "month"


def _start(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day
