"""Which columns hold dates, and how answers spread over them.

Read are Arrow's own dates and times, and strings: in ISO form (2026-03-10, 2026-03-10T09:30:00Z),
as numbers (24.11.2026, 11/24/2026 4:35 PM) and with the name of a month (24 Nov 2026). Whether
03/10/2026 lies in March or in October is told by the other rows, if one of them has a day above 12;
else whoever looks at it has to say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

DAY_FIRST, MONTH_FIRST = "day first", "month first"

_LOOKED_AT = 1000  # values that decide whether strings are dates, and in which order
_MOST_DAYS = 45  # of single days in a chart; then weeks, then months
_MOST_WEEKS = 80
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d.*)?")
_NUMBERS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:,?\s.*)?")
_NAMED_MONTH = re.compile(r"(?=.*\b\d{4}\b)(?=.*\d)(?=.*(?:^|[\s\d,.-])[A-Za-z]{3,9}\b).{8,40}")


@dataclass(frozen=True)
class DateColumn:
    """A column that holds dates.

    Attributes:
        name: name of the column.
        order: whether days stand before months or behind them; None where that cannot be told, and
            where it does not matter.
        is_open: whether somebody has to say the order.
        example: a value that can be read in two ways.
    """

    name: str
    order: str | None = None
    is_open: bool = False
    example: str = ""


def date_columns(table: pa.Table) -> list[DateColumn]:
    """Return the columns whose values are dates, all but one in twenty at least."""
    from pyarrow import types

    found = []
    for field in table.schema:
        if types.is_date(field.type) or types.is_timestamp(field.type):
            found.append(DateColumn(field.name))
        elif types.is_string(field.type) or types.is_large_string(field.type):
            values = [v for v in table[field.name].slice(0, 5 * _LOOKED_AT).to_pylist() if v]
            if (column := _column_of(field.name, values[:_LOOKED_AT])) is not None:
                found.append(column)
    return found


def day_of(value: Any, order: str | None = None) -> date | None:
    """Return the day that a value names; None if it names none.

    Args:
        value: date, time or string.
        order: ``day first`` or ``month first``, for three numbers in a row; None reads no such.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    text = value.strip()
    if (numbers := _NUMBERS.fullmatch(text)) is not None:
        return _day_of_numbers(numbers, order)
    if _ISO.fullmatch(text) is not None:
        return _iso_day(text)
    return _named_day(text) if _NAMED_MONTH.fullmatch(text) else None


def _column_of(name: str, values: list[str]) -> DateColumn | None:
    order = _order_of(values)
    dates = sum(day_of(value, order or DAY_FIRST) is not None for value in values)
    if not values or dates < 0.95 * len(values):
        return None
    pairs = [match for value in values if (match := _NUMBERS.fullmatch(value.strip())) is not None]
    if not pairs or order is not None:
        return DateColumn(name, order)
    return DateColumn(name, None, is_open=True, example=pairs[0][0])


def _order_of(values: list[str]) -> str | None:
    """Return which of two numbers is the day, as far as the values tell."""
    found = [match for value in values if (match := _NUMBERS.fullmatch(value.strip())) is not None]
    if not found:
        return None
    first = sum(int(match[1]) > 12 for match in found)
    second = sum(int(match[3]) > 12 for match in found)
    if first != second:
        return DAY_FIRST if first > second else MONTH_FIRST
    # Where dates are written with dots, days come first; with strokes, it depends on the country.
    return DAY_FIRST if all(match[2] == "." for match in found) else None


def _day_of_numbers(numbers: re.Match[str], order: str | None) -> date | None:
    if order is None:
        return None
    day, month = (1, 3) if order == DAY_FIRST else (3, 1)
    year = int(numbers[4])
    try:
        return date(year if year > 99 else 2000 + year, int(numbers[month]), int(numbers[day]))
    except ValueError:
        return None


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _named_day(text: str) -> date | None:
    import pandas as pd

    try:
        return pd.Timestamp(text).date()
    except (ValueError, OverflowError):
        return None


def count_over_time(
    values: Iterable[Any], labels: Iterable[str | None], order: str | None = None
) -> tuple[str, list[dict[str, Any]]]:
    """Count labels in days, weeks or months, whichever makes a readable chart.

    Returns:
        ``day``, ``week`` or ``month``, and rows of ``start`` (ISO date), ``label``, ``texts`` and
        ``share`` of the texts of that time, in ``[0, 1]``.
    """
    dated = [
        (day, label)
        for value, label in zip(values, labels, strict=True)
        if label is not None and (day := day_of(value, order)) is not None
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
