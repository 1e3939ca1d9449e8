"""Whether the first row of a sheet holds the names of the columns, or is a title or a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sentilora.data.files.text_form.header_signs import likely_columns, lone_count, looks_like_row
from sentilora.data.problems import quoted
from sentilora.errors import DataError
from sentilora.message import setting


def refuse_other_header(
    looked_at: Sequence[tuple[int, Sequence[Any]]], name: str, above: int
) -> None:
    """Refuse a first row that looks like a title, or like the rows below it.

    Args:
        looked_at: the first filled rows, each with the number of rows above it in the sheet.
        name: name of the sheet for the user.
        above: number of rows that are passed over already.

    Raises:
        DataError: it does; the settings that read the sheet are named.
    """
    rows = [["" if cell is None else str(cell) for cell in row] for _, row in looked_at]
    first = setting("header", "first")
    if count := lone_count(rows):
        skipped = setting("skip_lines", above + looked_at[count][0])
        title = quoted([cell for cell in rows[0] if cell])
        raise DataError(
            f"{name}: the first row looks like a title: {title}. The names of the columns seem to "
            f"stand below it: {quoted(rows[count])}. Read it with {skipped}; if the first row "
            f"holds the names, with {first}."
        )
    width = max(map(len, rows))
    rows = [row + [""] * (width - len(row)) for row in rows]
    if looks_like_row(rows[0], rows[1:]):
        columns = setting("columns", likely_columns(rows, width))
        raise DataError(
            f"{name}: the first row looks like data, not like column names: {quoted(rows[0])}. "
            f"Read it with {setting('header', 'none')} {columns}; if it holds the names, with "
            f"{first}."
        )
