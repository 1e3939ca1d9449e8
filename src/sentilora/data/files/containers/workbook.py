"""Sheets of workbooks (Excel, LibreOffice) as rows; the values that were last computed.

Excel's ``.xlsx`` is streamed by openpyxl; LibreOffice's ``.ods`` is read by calamine, which holds
the sheet in memory, so that its size is looked at before. Blank rows are passed over. Of merged
cells the first one has the value.
Not covered: hidden rows and filters, which are read like all others.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any

from sentilora.data.files.containers.opendocument import cell_count, readable
from sentilora.data.files.containers.packed import check_members
from sentilora.data.files.containers.row_spool import spool
from sentilora.data.files.containers.sheet_header import refuse_other_header
from sentilora.data.files.containers.workbook_damage import damage_told, protected, told
from sentilora.data.files.jsonlines import JsonLinesFile
from sentilora.data.files.read_options import Reading
from sentilora.data.files.text_form.total_line import is_total
from sentilora.data.problems import Problems, doubled_names, quoted
from sentilora.errors import DataError
from sentilora.message import Message, setting

SETTINGS = ("sheet", "header", "columns", "skip_lines")
MOST_BYTES = 1 << 30  # of a workbook when it is unpacked

_OLD = b"\xd0\xcf\x11\xe0"
_LOOKED_AT = 100  # rows, to tell whether the first one is a header
_STREAMED = (".xlsx", ".xlsm")
_MOST_CELLS = 50_000_000  # of a sheet that is held in memory
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def open_workbook(path: Path, name: str, ending: str, reading: Reading) -> JsonLinesFile:
    """Open a sheet of a workbook, its first filled row as header.

    Args:
        path: path of the file.
        name: name that the user knows it by.
        ending: ending of its name, such as ``.xlsx``.
        reading: which sheet, how many rows to pass over, and what the columns are called.

    Raises:
        DataError: it is no workbook, is protected by a password, is too large, has no such sheet,
            or the sheet has no rows.
        ConfigError: ``reading`` says what means nothing for a workbook.
    """
    reading.refuse_other_than(SETTINGS, name, "a workbook")
    _check(path, name, ending)
    with _sheets(path, name, ending) as (names, rows_of):
        sheet, note = _choose(names, reading.sheet, name)
        rows = _Rows(rows_of(sheet), f"{name}, sheet '{sheet}'", reading, names)
        table = spool(rows, [path], name, note)
        if rows.total:
            told = f"{name}: the last line is a total, and no row: {quoted(rows.total)}"
            table.notes += (Message(told),)
        table.doubt = _other_sheets(names, sheet)
    _refuse_uncomputed(table, path, ending, names.index(sheet), rows.names)
    return table


class _Rows:
    """The filled rows of a sheet as dictionaries; ``names`` are known once iteration began.

    A line of totals at the end is no row; after the iteration, ``total`` holds it.
    """

    def __init__(
        self, cells: Iterable[Sequence[Any]], name: str, reading: Reading, sheets: list[str]
    ) -> None:
        self._sheets = sheets
        self.names: tuple[str, ...] = ()
        self.total: list[str] = []
        self._cells = islice(cells, reading.skip_lines, None)
        self._name = name
        self._reading = reading

    def __iter__(self) -> Iterator[dict[str, Any]]:
        rows = ([_value(cell) for cell in cells] for cells in self._cells)
        # A row of zeros, or of FALSE, is not blank.
        filled = (one for one in enumerate(rows) if any(cell is not None for cell in one[1]))
        looked_at = list(islice(filled, _LOOKED_AT))
        if not looked_at:
            other = f" Choose a sheet with {setting('sheet', self._sheets[-1])}."
            raise DataError(
                f"{self._name} is empty. Expected a header and rows."
                f"{other if len(self._sheets) > 1 else ''}"
            )
        placed = chain(looked_at, filled)
        if self._reading.header == "none":
            given = self._reading.columns
            self.names = tuple(given or map(str, range(1, len(looked_at[0][1]) + 1)))
        else:
            if self._reading.header is None:
                refuse_other_header(looked_at, self._name, self._reading.skip_lines)
            self.names = self._header(next(placed)[1])
        yield from map(self._row, self._without_total(placed))

    def _without_total(self, placed: Iterable[tuple[int, list[Any]]]) -> Iterator[list[Any]]:
        above = last = -1
        held: list[Any] | None = None
        for place, row in placed:
            if held is not None:
                yield held
            above, last, held = last, place, row
        if held is None:
            return
        words = [str(cell) for cell in held if cell is not None]
        # Right below the others it may be a row.
        if above >= 0 and last - above > 1 and is_total(words):
            self.total = words
        else:
            yield held

    def _header(self, cells: Sequence[Any]) -> tuple[str, ...]:
        names = ["" if cell is None else str(cell).strip() for cell in cells]
        while names and not names[-1]:
            names.pop()
        if doubled := doubled_names(filter(None, names)):
            raise DataError(f"{self._name}: {doubled}")
        return tuple(names)

    def _row(self, cells: Sequence[Any]) -> dict[str, Any]:
        """Return a row; cells of columns without a name are kept under the column's letter."""
        from openpyxl.utils import get_column_letter

        row = {name: None for name in self.names if name}
        for place, value in enumerate(cells):
            name = self.names[place] if place < len(self.names) else ""
            if name or value is not None:
                row[name or f"column {get_column_letter(place + 1)}"] = value
        return row


@contextmanager
def _sheets(path: Path, name: str, ending: str) -> Iterator[tuple[list[str], Any]]:
    """Open a workbook: the names of its sheets, and a function that iterates the rows of one."""
    with ExitStack() as stack:
        with damage_told(name, ending):
            if ending in _STREAMED:
                book = stack.enter_context(_streamed(path, is_computed=True))
                sheets = {sheet.title: sheet for sheet in book.worksheets}
                names = list(sheets)
            else:
                from python_calamine import load_workbook

                book = stack.enter_context(closing(load_workbook(readable(path))))
                names = book.sheet_names

        def rows_of(title: str) -> Iterator[Sequence[Any]]:
            with damage_told(name, ending):
                if ending in _STREAMED:
                    yield from _streamed_rows(sheets[title])
                else:
                    yield from book.get_sheet_by_name(title).iter_rows()

        yield names, rows_of


@contextmanager
def _streamed(path: Path, *, is_computed: bool) -> Iterator[Any]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and validations, which are not read
        with closing(load_workbook(path, read_only=True, data_only=is_computed)) as book:
            yield book


def _streamed_rows(sheet: Any) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()  # some programs write a wrong size, which would cut off rows
    return sheet.iter_rows(values_only=True)  # type: ignore[no-any-return]


def _choose(names: list[str], wanted: str | int | None, name: str) -> tuple[str, list[Message]]:
    """Return the sheet to read, and what to tell the user when there are others."""
    if not names:
        raise DataError(f"{name} has no sheets with cells. Give one with a header and rows.")
    others = f"of the sheets {quoted(names)}"
    if wanted is None:
        advice = f"; another one is read with {setting('sheet', names[-1])}"
        note = Message(f"sheet '{names[0]}' {others}{advice}")
        return names[0], [note] if len(names) > 1 else []
    if isinstance(wanted, str) and wanted in names:
        return wanted, []
    if str(wanted).isdecimal() and 0 < int(wanted) <= len(names):
        return names[int(wanted) - 1], []
    raise DataError(
        f"{name} has no sheet '{wanted}'. Found: {quoted(names)}. Choose one with "
        f"{setting('sheet', names[0])}, or by its number from 1."
    )


def _other_sheets(names: Sequence[str], sheet: str) -> str:
    """Say how another sheet is read, for the case that this one has not the columns."""
    others = [name for name in names if name != sheet]
    if not others:
        return ""
    return (
        f"This is the sheet '{sheet}'. The others are {quoted(others)}; read one with "
        f"{setting('sheet', others[-1])}."
    )


def _value(cell: Any) -> Any:
    """Return the value of a cell as JSON has it; None when it is empty."""
    if isinstance(cell, str):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell) if cell.strip() else None
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else cell
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return cell if cell is None or isinstance(cell, bool | int) else str(cell)


def _check(path: Path, name: str, ending: str) -> None:
    """Refuse what is no workbook, is protected, or would fill the memory."""
    with path.open("rb") as file:
        head = file.read(1 << 16)
    if head.startswith(_OLD):
        if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
            raise DataError(protected(name))
        raise DataError(f"{name} is an old Excel file. Rename it so that it ends in .xls.")
    what, way = f"{name} is not a {ending} workbook", "If it is text, give it the ending .csv."
    with told(name, what, way):
        archive = zipfile.ZipFile(path)
    with archive:
        check_members(archive, name, MOST_BYTES)
        if ending != ".ods":
            return
        with told(name, what, way):
            cells = cell_count(archive)
    if cells > _MOST_CELLS:
        raise DataError(
            f"{name} has {cells:,} cells in a sheet; {_MOST_CELLS:,} are the most. Save it as .csv."
        )


def _refuse_uncomputed(
    table: JsonLinesFile, path: Path, ending: str, sheet: int, names: Sequence[str]
) -> None:
    """Refuse formulas that no program has computed yet: their cells would be read as empty."""
    if ending not in _STREAMED:
        return
    first = next(table.objects(Problems(table.name)), (1, {}))[1]
    empty = [place for place, name in enumerate(names) if name and first.get(name) is None]
    if not empty:
        return
    with _streamed(path, is_computed=False) as book:
        rows = islice(_streamed_rows(book.worksheets[sheet]), 100)
        for cells in rows:
            for place in empty:
                if place < len(cells) and str(cells[place]).startswith("="):
                    raise DataError(
                        f"{table.name}: column '{names[place]}' holds formulas whose results are "
                        "not in the file. Open it in a spreadsheet, and save it again."
                    )
