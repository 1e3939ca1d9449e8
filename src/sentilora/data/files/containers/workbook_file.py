"""Record batches to an Excel workbook, row by row, every string as text."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, BinaryIO

from sentilora.data.files.arrow import cells_of
from sentilora.data.files.temporary import told_when_full
from sentilora.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

MOST_ROWS = 1_048_576  # of a sheet, the header counted
_MOST_CHARACTERS = 32_767  # of a cell
# What XML has no form for, and what would be read as such an escape.
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_MOST_EXACT = 10**15  # Excel keeps 15 digits of a number


@contextmanager
def workbook_writer(stream: BinaryIO, schema: pa.Schema, path: Path) -> Iterator[WorkbookWriter]:
    """Write one sheet to a stream; the file is made at the end of the block.

    Raises:
        DataError: there are more rows, or longer texts, than a sheet can hold.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("predictions")
    writer = WorkbookWriter(sheet, schema, path)
    try:
        yield writer
    except BaseException:
        with suppress(OSError):
            sheet.close()  # the temporary file of the sheet
            sheet._writer.cleanup()
        raise
    with told_when_full(Path(gettempdir())):
        book.save(stream)


class WorkbookWriter:
    """Takes record batches of one schema."""

    def __init__(self, sheet: Any, schema: pa.Schema, path: Path) -> None:
        self._sheet = sheet
        self._path = path
        self._count = 0
        self._fields = list(schema)
        self._append(schema.names)

    def write(self, batch: pa.RecordBatch) -> None:
        """Append a batch."""
        columns = [
            cells_of(column, field)
            for column, field in zip(batch.columns, self._fields, strict=True)
        ]
        for values in zip(*columns, strict=True):
            self._append(values)

    def _append(self, values: Any) -> None:
        self._count += 1
        if self._count > MOST_ROWS:
            raise self._too_large(f"more than {MOST_ROWS:,} rows")
        with told_when_full(Path(gettempdir())):  # where openpyxl keeps rows until the end
            self._sheet.append([self._cell(value) for value in values])

    def _cell(self, value: Any) -> Any:
        """Return a cell; a string is never a formula, and no digit of a number is lost."""
        from openpyxl.cell import WriteOnlyCell

        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int) and abs(value) < _MOST_EXACT:
            return value
        if isinstance(value, float) and math.isfinite(value):
            return value
        if isinstance(value, dt.date | dt.time):
            if getattr(value, "tzinfo", None) is None:
                return value
            value = value.isoformat()
        text = json.dumps(value, default=str) if isinstance(value, dict | list) else str(value)
        if isinstance(value, float):
            text = "" if math.isnan(value) else text
        if len(text) > _MOST_CHARACTERS:
            raise self._too_large(f"a cell of more than {_MOST_CHARACTERS:,} characters")
        cell = WriteOnlyCell(self._sheet, "")
        cell._value, cell.data_type = (
            _ESCAPED.sub(_escape, text),
            "s",
        )  # set by hand: "=…" would be a formula
        return cell

    def _too_large(self, what: str) -> DataError:
        return DataError(
            f"{self._path} cannot hold {what}, as no Excel file can. Write a .csv or a .parquet "
            f"file: {self._path.with_suffix('.csv').name}"
        )


def _escape(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"
