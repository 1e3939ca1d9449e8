"""A column of dates in any common spelling, read to days.

Read are dates and times of Arrow and pandas, ISO 8601 with or without a time, three numbers
(24.11.2026, 11/24/2026 4:35 PM), months by their English name (24 Nov 26, Tue Nov 24 09:30:00 +0000
2026), seconds and milliseconds since 1970, and the day numbers of spreadsheets. The day is the one
that is written; times of other zones are not moved. Of two digits, 69 to 99 are 1969 to 1999.

Whether 03/10/2026 lies in March or in October is told by the other rows, if all of them together
allow one reading; else somebody has to say. What programs write for no date (1970-01-01), and a few
days years away from all others (2062 for 2026) count as none, which is told. Not covered: months
without a day, weeks and quarters.
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.data.labelled.values.label_spellings import is_missing
from sentilora.data.problems import SHOWN_ROWS, quoted, shown_value, with_rows
from sentilora.errors import ConfigError, DataError
from sentilora.insights.date_spellings import NEVER, NONE, date_of, readings, stray_days
from sentilora.message import Message, setting

ORDERS = ("day-first", "month-first", "year-first")


@dataclass(frozen=True)
class Days:
    """What a column of dates says.

    Attributes:
        days: day of each row, ``(N,)`` datetime64[D]; NaT where there is none.
        notes: what a reader has to know of how they were read.
        unreadable: number of rows whose value is there and is no date.
    """

    days: NDArray[np.datetime64]
    notes: tuple[str, ...] = ()
    unreadable: int = 0


@dataclass(frozen=True)
class DateDoubt:
    """A date that can be read in two ways, and no row tells which.

    Attributes:
        row: row that it stands in, from 1.
        value: the date as it is written.
        readings: day in each of the two orders, by names of :data:`ORDERS`.
    """

    row: int
    value: str
    readings: dict[str, dt.date]


class DateReader:
    """Reads one column, piece by piece; twelve bytes a row are kept.

    Args:
        column: name of the column.
        source: name that the user knows the data by.
        order: one of :data:`ORDERS`, for three numbers in a row; None decides by all rows.
        takes_all: whether days far from all others are taken as they are.

    Raises:
        ConfigError: there is no such order.
    """

    def __init__(
        self, column: str, source: str, order: str | None = None, *, takes_all: bool = False
    ) -> None:
        if order is not None and order not in ORDERS:
            raise ConfigError(f"{setting('date_order', order)}: expected {', '.join(ORDERS)}.")
        self._column = column
        self._source = source
        self._order = order
        self._takes_all = takes_all
        self._read = tuple(array("i") for _ in ORDERS)
        self._known: dict[Any, tuple[int, int, int]] = {}
        self._forms: Counter[tuple[bool, ...]] = Counter()  # which orders read a value
        self._first: dict[tuple[bool, ...], tuple[int, str, tuple[int, int, int]]] = {}
        self._differs = False  # between day and month first
        self._bad: list[tuple[int, Any]] = []
        self._bad_count = 0

    def add(self, rows: Sequence[int], values: Sequence[Any]) -> None:
        """Read more rows.

        Args:
            rows: their numbers, from 1, as messages name them.
            values: their values.
        """
        for row, value in zip(rows, values, strict=True):
            found = self._readings(value)
            for days, day in zip(self._read, found, strict=True):
                days.append(day)
            if found == NONE:
                if not _is_empty(value):
                    self._note_bad(row, value)
            elif not found[0] == found[1] == found[2]:
                form = tuple(day != NEVER for day in found)
                self._forms[form] += 1
                self._first.setdefault(form, (row, str(value).strip(), found))
                if form[0] and form[1] and found[0] != found[1]:
                    self._differs = True
                    self._first.setdefault((), (row, str(value).strip(), found))

    def doubt(self) -> DateDoubt | None:
        """Return a date that can be read in two ways; None where the rows, or an order, tell."""
        fits = self._fitting()
        if self._order is not None or not any(fits):
            return None
        if fits[0] and fits[1] and self._differs:
            return self._doubt_of((), 0, 1)
        order = fits.index(True)
        # With two digits a year may stand first, too; it hardly does where that makes more years.
        if fits[2] and order != 2 and self._years(2) < self._years(order):
            return self._doubt_of(next(iter(self._first)), order, 2)
        return None

    def finish(self) -> Days:
        """Decide the order and return the days.

        Raises:
            DataError: more than one order can be meant, no order reads all rows, or hardly any
                value is a date.
        """
        order = self._decided()
        numbers = np.frombuffer(self._read[order or 0], dtype=np.int32)
        is_day = numbers != NEVER
        days = np.full(len(numbers), "NaT", dtype="datetime64[D]")
        days[is_day] = numbers[is_day].astype("datetime64[D]")
        read_otherwise = sum(
            count for form, count in self._forms.items() if order is not None and not form[order]
        )
        bad = self._bad_count + read_otherwise
        if bad > is_day.sum():
            raise DataError(
                f"{self._source}: column '{self._column}' hardly holds dates: {bad:,} of its "
                f"{bad + int(is_day.sum()):,} values are none, such as "
                f"{quoted([str(value) for _, value in self._all_bad(order)], 3)}. Choose another "
                f"column with {setting('date', 'NAME')}, or leave it out."
            )
        astray = np.zeros(len(days), np.bool_)
        if not self._takes_all:
            astray[is_day] = stray_days(days[is_day])
        told = self._stray_notes(days[astray], days[is_day])
        days[astray] = np.datetime64("NaT")
        return Days(days, (*self._notes(days[is_day & ~astray], order, bad), *told), bad)

    def _readings(self, value: Any) -> tuple[int, int, int]:
        if not isinstance(value, str):
            return readings(value)
        found = self._known.get(value)
        if found is None:
            found = readings(value)
            if len(self._known) < 1 << 16:
                self._known[value] = found
        return found

    def _note_bad(self, row: int, value: Any) -> None:
        self._bad_count += 1
        if len(self._bad) < SHOWN_ROWS:
            self._bad.append((row, value))

    def _all_bad(self, order: int | None) -> list[tuple[int, Any]]:
        """Return the first rows that are no dates, also those of another order."""
        others = [
            (row, value)
            for form, (row, value, _) in self._first.items()
            if form and order is not None and not form[order]
        ]
        return sorted([*self._bad, *others])[:SHOWN_ROWS]

    def _decided(self) -> int | None:
        """Return which order is meant, as an index; None where it does not matter."""
        if self._order is not None:
            return ORDERS.index(self._order)
        if not self._forms:
            return None
        if (doubt := self.doubt()) is not None:
            raise DataError(self._doubtful(doubt))
        if not any(fits := self._fitting()):
            raise DataError(self._mixture())
        return fits.index(True)

    def _fitting(self) -> list[bool]:
        """Tell for each order whether it reads all dates; for none where it does not matter."""
        return [
            bool(self._forms) and all(form[order] for form in self._forms)
            for order in range(len(ORDERS))
        ]

    def _years(self, order: int) -> int:
        """Count the years that the days lie in."""
        days = np.frombuffer(self._read[order], dtype=np.int32)
        years = days[days != NEVER].astype("datetime64[D]").astype("datetime64[Y]")
        return len(np.unique(years))

    def _doubt_of(self, form: tuple[bool, ...], *orders: int) -> DateDoubt:
        row, value, found = self._first[form]
        return DateDoubt(row, value, {ORDERS[order]: date_of(found[order]) for order in orders})

    def _doubtful(self, doubt: DateDoubt) -> str:
        ways = [
            f"{_written(day)} with the {order.split('-')[0]} first"
            for order, day in doubt.readings.items()
        ]
        first, second = (setting("date_order", order) for order in doubt.readings)
        return (
            f"{self._source}: the dates in column '{self._column}' can be read in two ways: "
            f"'{doubt.value}' (row {doubt.row}) is {ways[0]}, and {ways[1]}. No row tells which. "
            f"Say it with {first} or {second}."
        )

    def _mixture(self) -> str:
        """Say that no order reads all rows."""
        told = []
        for order, name in enumerate(ORDERS[:2]):
            alone = [form for form in self._forms if form[order] and not form[1 - order]]
            if alone:
                count = sum(self._forms[form] for form in alone)
                row, value, _ = self._first[alone[0]]
                told.append(f"{count:,} only {name.replace('-', ' ')} (row {row}: '{value}')")
        return (
            f"{self._source}: the dates in column '{self._column}' are not all of one order: "
            f"{'; '.join(told)}. Expected one order. Mend the column, or say the right one, for "
            f"instance {setting('date_order', 'day-first')}: others then count as without a date."
        )

    def _stray_notes(
        self, days: NDArray[np.datetime64], of: NDArray[np.datetime64]
    ) -> list[Message]:
        if not len(days):
            return []
        shown, counts = np.unique(days, return_counts=True)
        told = with_rows(zip(map(str, shown), counts.tolist(), strict=True))
        return [
            Message(
                f"days that are years away from all others count as none: {told}; "
                f"{setting('since', str(of.min()))} takes them as they are"
            )
        ]

    def _notes(self, days: NDArray[np.datetime64], order: int | None, bad: int) -> list[Message]:
        if not len(days):
            return [Message(f"column '{self._column}' holds no dates: nothing is told over time")]
        first, last = days.min().item(), days.max().item()
        span = f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
        if first == last:
            span = f"all {first:%Y-%m-%d}, so that nothing is told over time"
        told = ""
        shown = [one for form, one in self._first.items() if form and form[order or 0]]
        if order is not None and shown:
            _, value, found = shown[0]
            day = _written(date_of(found[order]))
            told = f"; read {ORDERS[order].replace('-', ' ')}: '{value}' is {day}"
        notes = [Message(f"dates from column '{self._column}', {span}{told}")]
        if bad:
            rows = [f"row {row} ({shown_value(value)})" for row, value in self._all_bad(order)]
            more = f", and {bad - len(rows):,} more" if bad > len(rows) else ""
            notes.append(
                Message(f"values that are no date count as without one: {', '.join(rows)}{more}")
            )
        return notes


def _is_empty(value: Any) -> bool:
    if value is None or value != value:  # NaN and NaT differ from themselves
        return True
    return isinstance(value, str) and (not value.strip() or is_missing(value))


def _written(day: dt.date) -> str:
    return f"{day:%d %B %Y}".lstrip("0")
