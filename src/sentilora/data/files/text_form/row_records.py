"""The records of a CSV file, one after the other, and what is wrong with those that are none.

A quote that is never closed, or closed some rows later, makes one field of whole rows, and the csv
module says nothing. So a record of several lines is looked at again: where each line would be a
row of its own, and its values are such as the columns hold elsewhere, the quotes are no quotes. The
line that opens them is named, and the lines after it are read for themselves.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, tee

from sentilora.data.files.streams import number_of
from sentilora.data.files.text_form.csv_dialect import Dialect

_FEW = 20  # different values that make a column one of labels
_SHORT = 40  # characters
_MOST = 0.8  # share of the lines, where they are many, that make rows of all of them
_MANY = 5


@dataclass(frozen=True)
class Habit:
    """What the values of a column have in common: numbers only, or few different ones.

    Attributes:
        is_number: whether all are numbers.
        values: the values, where they are few and short; None where they are not.
    """

    is_number: bool
    values: frozenset[str] | None

    @property
    def tells(self) -> bool:
        """Whether a value can be told to be of this column."""
        return self.is_number or self.values is not None

    def fits(self, value: str) -> bool:
        """Tell whether a value may stand in the column."""
        value = value.strip().strip('"')
        if self.is_number:
            return number_of(value) is not None
        return self.values is None or value in self.values


def habits_of(rows: Sequence[Sequence[str]], width: int) -> tuple[Habit, ...]:
    """Find out what the columns of some rows hold."""
    habits = []
    for place in range(width):
        cells = [row[place].strip() for row in rows if len(row) > place]
        cells = [cell for cell in cells if cell and "\n" not in cell and "\r" not in cell]
        values = set(cells)
        is_number = bool(cells) and all(number_of(cell) is not None for cell in values)
        is_few = 0 < len(values) <= min(_FEW, len(cells) / 2)
        is_short = all(len(cell) <= _SHORT for cell in values)
        habits.append(Habit(is_number, frozenset(values) if is_few and is_short else None))
    return tuple(habits)


@dataclass
class Records:
    """Reads records from lines; can be iterated once.

    Attributes:
        dialect: dialect of the file.
        width: number of fields of a row.
        habits: what the columns hold; a value for each field.
        is_sure: whether quotes hold a field together whatever stands in it.
        line: number of the line that the last record begins in, from 1.
        last: number of the line that it ends in.
        error: what is wrong with the last record; empty when nothing is.
        is_rows: whether the error is that the lines of a field are rows.
        is_closed: whether the quotes around them are closed again.
    """

    dialect: Dialect
    width: int
    habits: tuple[Habit, ...]
    is_sure: bool = False
    line: int = 0
    last: int = 0
    error: str = ""
    is_rows: bool = False
    is_closed: bool = False

    def read(self, stream: Iterator[str], above: int) -> Iterator[list[str]]:
        """Iterate the fields of all records, none of a blank line; see ``error`` after each.

        Args:
            stream: the lines, with their ends.
            above: number of lines that stand above them.
        """
        waiting: list[str] = []  # lines that are read again
        while True:
            lines, behind = tee(chain(waiting, stream))
            reader = self.dialect.reader(lines)
            start, before = above, 0
            held: list[str] = []
            while True:
                self.error = ""
                try:
                    fields = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    fields, self.error = [], str(error)
                now = reader.line_num
                self.line, self.last = start + before + 1, start + now
                if now - before == 1:
                    next(behind)
                    before = now
                    yield fields
                    continue
                held = list(islice(behind, now - before))
                is_rows = self._are_rows(held)
                if not self.error and not is_rows:
                    before = now
                    yield fields
                    continue
                self.is_rows, self.is_closed = is_rows, not self.error
                self.error = self.error or "quotes around rows"
                yield []
                # The line that opens the quotes is lost, and not the rows that they swallowed.
                above = start + before + 1
                waiting = held[1:] + waiting[now:]
                break

    def _are_rows(self, lines: list[str]) -> bool:
        """Tell whether each line of a record is a row by itself."""
        if self.width < 2 or self.is_sure:
            return False
        good = sum(map(self._is_row, lines))
        return good == len(lines) or (len(lines) >= _MANY and good >= _MOST * len(lines))

    def _is_row(self, line: str) -> bool:
        return any(
            len(fields) == self.width and self._fit(fields)
            for fields in self.dialect.fields_alone(line.rstrip("\r\n"))
        )

    def _fit(self, fields: list[str]) -> bool:
        """Tell whether values are such as the columns hold, as far as they can be told at all."""
        told = [
            habit.fits(value)
            for habit, value in zip(self.habits, fields, strict=True)
            if habit.tells
        ]
        return sum(told) * 2 >= len(told)
