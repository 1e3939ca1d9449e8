"""Which columns hold dates, and how answers spread over them.

Dates are read as insights reads them. Proposed are columns of Arrow's dates and times, and of
strings that are dates but no plain numbers and no versions (1.10.2); whoever chooses another column
has numbers read, too.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sentilora.errors import DataError
from sentilora.insights.date_spellings import NONE, readings
from sentilora.insights.dates import ORDERS, DateReader

if TYPE_CHECKING:
    import pyarrow as pa

_LOOKED_AT = 1000  # values that decide whether strings are dates
_FEWEST_DATES = 0.95
_MOST_DAYS = 45  # of single days in a chart; then weeks, then months
_MOST_WEEKS = 80
_NUMBER_OR_VERSION = re.compile(r"\d+(?:\.\d+)?|\d+\.\d+\.\d")


@dataclass(frozen=True)
class DateColumn:
    """A column that holds dates.

    Attributes:
        name: name of the column.
        orders: orders of day, month and year that somebody has to choose from; none where the
            values tell, and where it does not matter.
        example: a value that can be read in two ways.
        has_order: whether any value would be another day in another order.
    """

    name: str
    orders: tuple[str, ...] = ()
    example: str = ""
    has_order: bool = False


def date_columns(table: pa.Table) -> list[DateColumn]:
    """Return the columns to propose, judged by their first values."""
    from pyarrow import types

    found = []
    for field in table.schema:
        values = table[field.name].slice(0, 5 * _LOOKED_AT)
        if types.is_date(field.type) or types.is_timestamp(field.type):
            found.append(DateColumn(field.name))
        elif types.is_string(field.type) or types.is_large_string(field.type):
            given = [v.strip() for v in values.to_pylist() if v and not v.isspace()][:_LOOKED_AT]
            shaped = [v for v in given if _NUMBER_OR_VERSION.fullmatch(v) is None]
            if len(shaped) >= _FEWEST_DATES * len(given):
                column = date_column(field.name, given)
                found += [] if column is None else [column]
    return found


def date_column(name: str, values: Sequence[Any]) -> DateColumn | None:
    """Return what the values of a column tell; None if fewer than 95 % of them are dates.

    Args:
        name: name of the column.
        values: dates, times, strings or numbers; None and empty ones are passed over.
    """
    given = [value for value in values if value not in (None, "")]
    found = [readings(value) for value in given]
    dates = sum(one != NONE for one in found)
    if not dates or dates < _FEWEST_DATES * len(given):
        return None
    if all(one == one[:1] * len(one) for one in found):
        return DateColumn(name)
    reader = DateReader(name, name)
    reader.add(range(1, len(given) + 1), given)
    try:
        reader.finish()
    except DataError:
        if (doubt := reader.doubt()) is None:  # two orders stand in it
            return DateColumn(name, ORDERS[:2], has_order=True)
        return DateColumn(name, tuple(doubt.readings), doubt.value, has_order=True)
    return DateColumn(name, has_order=True)


def count_over_time(
    values: Sequence[Any], labels: Iterable[str | None], order: str | None = None
) -> tuple[str, list[dict[str, Any]]]:
    """Count labels in days, weeks or months, whichever makes a readable chart.

    Args:
        values: dates, times, strings or numbers.
        labels: label of each; None for rows that are not counted.
        order: order of day, month and year, where the values do not tell.

    Returns:
        ``day``, ``week`` or ``month``, and rows of ``start`` (ISO date), ``label``, ``texts`` and
        ``share`` of the texts of that time, in ``[0, 1]``.

    Raises:
        DataError: the order is neither told nor given, or hardly any value is a date.
    """
    reader = DateReader("date", "The file", order, takes_all=True)
    reader.add(range(1, len(values) + 1), values)
    days: list[dt.date | None] = reader.finish().days.tolist()
    dated = [
        (day, label)
        for day, label in zip(days, labels, strict=True)
        if label is not None and day is not None
    ]
    if not dated:
        return "day", []
    unit = _unit(min(day for day, _ in dated), max(day for day, _ in dated))
    counts = Counter((_start(day, unit), label) for day, label in dated)
    totals: Counter[dt.date] = Counter()
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


def _unit(first: dt.date, last: dt.date) -> str:
    days = (last - first).days
    if days <= _MOST_DAYS:
        return "day"
    return "week" if days <= 7 * _MOST_WEEKS else "month"


def _start(day: dt.date, unit: str) -> dt.date:
    if unit == "week":
        return day - dt.timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day
