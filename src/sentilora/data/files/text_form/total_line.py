"""A line of totals below the rows, as spreadsheets have it."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

from sentilora.data.files.streams import number_of
from sentilora.data.files.text_form.csv_dialect import Sample, try_dialect
from sentilora.data.files.text_form.csv_layout import Layout
from sentilora.data.files.text_form.row_records import Habit, habits_of

_TOTAL = re.compile(
    r"((grand |sub)?totals?|sum|summe|gesamt|insgesamt|total general|somme|totale|totaal|razem|"
    r"average|mean|mittelwert|count|rows|records)\s*:?",
    re.IGNORECASE,
)


def find_total(lines: Sequence[str], layout: Layout) -> list[str]:
    """Return the fields of the last line if it is a total, else none.

    It begins with a word for totals, and holds nothing else but numbers; a blank line stands above
    it, or its numbers stand where the rows have none.

    Args:
        lines: the last lines of the file, without their ends.
        layout: what the rows of the file are like.
    """
    filled = [place for place, line in enumerate(lines) if line.strip()]
    if len(filled) < 3:
        return []
    last = filled[-1]
    try:
        fields = next(layout.dialect.reader([lines[last]]), [])
    except csv.Error:
        return []
    if not is_total([cell for cell in fields if cell.strip()]):
        return []
    is_apart = not lines[last - 1].strip()
    is_unlike = len(fields) == len(layout.names) and any(
        habit.tells and not habit.fits(cell)
        for habit, cell in zip(_habits_above(lines[:last], layout), fields, strict=True)
        if cell.strip()
    )
    return fields if is_apart or is_unlike else []


def is_total(cells: Sequence[str]) -> bool:
    """Tell whether the filled cells of a line are a word for totals and numbers."""
    if len(cells) < 2 or not _TOTAL.fullmatch(cells[0].strip()):
        return False
    return all(number_of(cell) is not None for cell in cells[1:])


def _habits_above(lines: Sequence[str], layout: Layout) -> Sequence[Habit]:
    """Find out what the columns hold above the last line, which the layout may have seen."""
    width = len(layout.names)
    ends = [f"{line}\n" for line in lines]
    records = [one.fields for one in try_dialect(layout.dialect, Sample(ends, True)).records]
    rows = [row for row in records if len(row) == width and tuple(row) != layout.names]
    return habits_of(rows, width)
