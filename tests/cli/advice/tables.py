"""Small files of labelled texts in the shapes that people have."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from tests.helpers.texts import make_texts

TEXTS = [text for text, _ in make_texts(48, seed=8)]
FILE = "my rows.csv"  # names with blanks have to be quoted
CHECK = f"check '{FILE}'"


def table(names: Sequence[str], rows: Iterable[Sequence[Any]], mark: str = ",") -> str:
    """Write a table as CSV."""
    return "\n".join([mark.join(names), *(mark.join(map(str, row)) for row in rows), ""])


def labelled(*values: Any) -> list[tuple[Any, ...]]:
    """Return rows of a text and one of the values in turn."""
    return [(text, values[row % len(values)]) for row, text in enumerate(TEXTS)]


def rated(column: str, *values: Any) -> dict[str, str]:
    """Return a file with a column of labels or ratings."""
    return {FILE: table(["text", column], labelled(*values))}


PRAISE = labelled("positive", "negative")
PLAIN = rated("label", "positive", "negative")


def workbook(*sheets: tuple[str, Sequence[Sequence[Any]]]) -> bytes:
    """Return an Excel file."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()
