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
from itertools import chain, islice

from sentilora.data.files.streams import number_of
from sentilora.data.files.text_form.csv_dialect import Dialect

_FEW = 20  # different values that make a column one of labels
_SHORT = 40  # characters
_BLOCK_LINES = 512


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
        """Iterate the fields of all records: none of a blank line, and none where ``error`` is set.

        Args:
            stream: the lines, with their ends.
            above: number of lines that stand above them.
        """
        lines = _Lines(stream)
        while True:
            reader = self.dialect.reader(chain.from_iterable(lines.blocks()))
            while True:
                before = lines.start
                self.error = ""
                try:
                    fields = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    fields, self.error = [], str(error)
                now = lines.start = lines.base + reader.line_num
                self.line, self.last = above + before + 1, above + now
                if now - before == 1 or not self._is_broken(lines.held(before, now), fields):
                    yield fields
                    continue
                yield []
                # The line that opens the quotes is lost, and not the rows that they swallowed.
                lines.go_back(before + 1)
                break

    def _is_broken(self, lines: list[str], fields: list[str]) -> bool:
        """Tell whether a record of several lines is none, and note why."""
        self.is_closed = not self.error
        self.is_rows = self._are_rows(lines, self._has_width(fields) and self.is_closed)
        if self.is_rows and self.is_closed:
            self.error = "quotes around rows"
        return bool(self.error)

    def _are_rows(self, lines: list[str], is_whole: bool) -> bool:
        """Tell whether the lines of a record are rows by themselves.

        All are, or those between the first and the last one, where quotes stand, mostly are; in a
        record that is none anyway, half of them are.
        """
        if self.width < 2 or self.is_sure:
            return False
        fewest, mark = self.width - 1, self.dialect.delimiter
        may_be = [line.count(mark) >= fewest for line in lines]
        if is_whole and not all(may_be) and not any(may_be[1:-1]):
            return False  # what most texts of several lines are: found out at little cost
        is_row = [may and self._is_row(line) for may, line in zip(may_be, lines, strict=True)]
        if all(is_row):
            return True
        if not is_whole:
            return sum(is_row) * 2 >= len(lines)
        within = is_row[1:-1]
        tells = any(habit.tells for habit in self.habits)
        return len(within) > (not tells) and sum(within) * 2 >= len(within)

    def _is_row(self, line: str) -> bool:
        return any(
            self._has_width(fields) and self._fit(fields[: self.width])
            for fields in self.dialect.fields_alone(line.rstrip("\r\n"))
        )

    def _has_width(self, fields: list[str]) -> bool:
        """Tell whether there are as many fields as in a row, empty ones at the end left out."""
        if len(fields) <= self.width:
            return len(fields) == self.width
        return not "".join(fields[self.width :]).strip()

    def _fit(self, fields: list[str]) -> bool:
        """Tell whether values are such as the columns hold, as far as they can be told at all."""
        told = [
            habit.fits(value)
            for habit, value in zip(self.habits, fields, strict=True)
            if habit.tells
        ]
        return sum(told) * 2 >= len(told)


class _Lines:
    """Lines of which the last ones can be read again.

    Attributes:
        base: number of lines that were read before the blocks began.
        start: number of lines up to the record that is being read; earlier ones are forgotten.
    """

    def __init__(self, stream: Iterator[str]) -> None:
        self._stream = stream
        self._kept: list[list[str]] = []
        self._first = 0  # number of lines before those that are kept
        self._waiting: list[str] = []
        self.base = 0
        self.start = 0

    def blocks(self) -> Iterator[list[str]]:
        """Iterate the lines, some at a time."""
        if self._waiting:
            self._kept = [self._waiting]
            self._waiting = []
            yield self._kept[0]
        while block := list(islice(self._stream, _BLOCK_LINES)):
            while self._kept and self._first + len(self._kept[0]) <= self.start:
                self._first += len(self._kept.pop(0))
            self._kept.append(block)
            yield block

    def held(self, start: int, end: int) -> list[str]:
        """Return lines of the record that was just read."""
        lines: list[str] = []
        first = self._first
        for block in self._kept:
            lines += block[max(0, start - first) : max(0, end - first)]
            first += len(block)
        return lines

    def go_back(self, start: int) -> None:
        """Begin the blocks again with a line that is still held."""
        ahead = self._first + sum(map(len, self._kept))
        self._waiting = self.held(start, ahead)
        self._kept, self._first = [], start
        self.base = self.start = start
