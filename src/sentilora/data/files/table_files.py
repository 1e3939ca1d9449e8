"""Record batches to files, written whole or not at all."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TextIO, cast

from sentilora.data.files.arrow import cells_of
from sentilora.data.files.containers.workbook_file import workbook_writer
from sentilora.data.files.formats import ARROW, LINES, WORKBOOKS, output_ending, split_packing
from sentilora.data.files.streams import number_of
from sentilora.files import replacing_output

if TYPE_CHECKING:
    import pyarrow as pa

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class BatchWriter(Protocol):
    """Takes record batches of one schema."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Append a batch."""
        ...


@contextmanager
def write_batches(
    path: str | Path, schema: pa.Schema, *, escape_formulas: bool = False
) -> Iterator[BatchWriter]:
    """Write a table in the format of the file name's ending, whole or not at all.

    The rows go to a temporary file beside the target, which takes the target's place when the
    block ends well and is removed when it does not. Values that a text format has no form for are
    written as JSON or as Python writes them (dates in ISO form).

    Args:
        path: path of the file.
        schema: schema of the batches.
        escape_formulas: whether to put a ``'`` before cells of CSV and TSV that a spreadsheet would
            take for a formula. Cells of ``.xlsx`` are written as text, which it never runs.

    Raises:
        DataError: the ending is unknown, or the file cannot be written.
    """
    path = Path(path)
    plain, packing = split_packing(output_ending(path))
    with replacing_output(path) as stream:
        if plain == ".parquet":
            from pyarrow import parquet

            with parquet.ParquetWriter(stream, schema) as writer:
                yield writer
        elif plain in ARROW:
            import pyarrow as pa

            with pa.ipc.new_file(stream, schema) as arrow:
                yield arrow
        elif plain in WORKBOOKS:
            with workbook_writer(stream, schema, path) as book:
                yield book
        else:
            with (
                _packed(stream, packing) as packed,
                _text_writer(packed, schema, plain, escape_formulas) as lines,
            ):
                yield lines


@contextmanager
def _packed(stream: BinaryIO, packing: str) -> Iterator[BinaryIO]:
    """Pack what is written, the same each time."""
    if not packing:
        yield stream
    elif packing == ".gz":
        with gzip.GzipFile("", "wb", fileobj=stream, mtime=0) as packed:
            yield cast(BinaryIO, packed)
    elif packing == ".zst":
        import pyarrow as pa

        with pa.CompressedOutputStream(pa.PythonFile(stream, "w"), "zstd") as packed:
            yield packed
    else:
        opener = bz2.BZ2File if packing == ".bz2" else lzma.LZMAFile
        with opener(stream, "wb") as packed:
            yield cast(BinaryIO, packed)


@contextmanager
def _text_writer(
    stream: BinaryIO, schema: pa.Schema, ending: str, escape_formulas: bool
) -> Iterator[BatchWriter]:
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    if ending == ".json":
        text.write("[")
        yield _JsonWriter(text, schema, before="\n", between=",\n")
        text.write("\n]\n")
    elif ending in LINES:
        yield _JsonWriter(text, schema, after="\n")
    else:
        delimiter = "\t" if ending == ".tsv" else ","
        yield _DelimitedWriter(text, schema, delimiter, escape_formulas)
    text.flush()
    text.detach()


class _DelimitedWriter:
    """Quotes as RFC 4180 says; the csv module leaves a lone carriage return unquoted."""

    def __init__(
        self, stream: TextIO, schema: pa.Schema, delimiter: str, escape_formulas: bool
    ) -> None:
        self._stream = stream
        self._delimiter = delimiter
        self._special = re.compile(f'["{delimiter}\r\n]')
        self._escape = escape_formulas
        self._fields = list(schema)
        self._write_cells(tuple(self._as_written(schema.names)))

    def write(self, batch: pa.RecordBatch) -> None:
        columns = [
            self._cells(column, field)
            for column, field in zip(batch.columns, self._fields, strict=True)
        ]
        for cells in zip(*columns, strict=True):
            self._write_cells(cells)

    def _cells(self, column: pa.Array, field: pa.Field) -> list[str]:
        """Return a column as it is written; a number holds nothing that is quoted or run."""
        from pyarrow import types

        values = cells_of(column, field)
        if types.is_floating(column.type) or types.is_integer(column.type):
            return [_as_number(value) for value in values]
        return self._as_written([_as_cell(value) for value in values])

    def _as_written(self, cells: list[str]) -> list[str]:
        if self._escape:
            cells = [f"'{cell}" if _is_formula(cell) else cell for cell in cells]
        return [self._quoted(cell) if self._special.search(cell) else cell for cell in cells]

    def _write_cells(self, cells: Sequence[str]) -> None:
        # A lone empty cell is quoted, as a blank line is no row.
        self._stream.write((self._delimiter.join(cells) if cells != ("",) else '""') + "\n")

    def _quoted(self, value: str) -> str:
        return '"' + value.replace('"', '""') + '"'


class _JsonWriter:
    """Objects, with what stands before the first one, between two, and after each."""

    def __init__(
        self,
        stream: TextIO,
        schema: pa.Schema,
        *,
        before: str = "",
        between: str = "",
        after: str = "",
    ) -> None:
        self._stream = stream
        self._before = before
        self._between = between
        self._after = after
        self._names = schema.names
        self._fields = list(schema)

    def write(self, batch: pa.RecordBatch) -> None:
        columns = [
            [as_json(value) for value in cells_of(column, field)]
            for column, field in zip(batch.columns, self._fields, strict=True)
        ]
        for values in zip(*columns, strict=True):
            line = dict(zip(self._names, values, strict=True))
            self._stream.write(self._before + json.dumps(line, ensure_ascii=False) + self._after)
            self._before = self._between


def _is_formula(value: str) -> bool:
    """Tell whether a spreadsheet would run a cell; a number with a sign is none."""
    return value.startswith(_FORMULA) and number_of(value) is None


def _as_number(value: float | None) -> str:
    if value is None or value != value:  # what is no number (NaN) is empty, as in pandas
        return ""
    return str(_finite(value))


def _as_cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (dict, list)):
        return json.dumps(as_json(value), ensure_ascii=False)
    return str(as_json(value))


def _finite(value: float) -> float | str | None:
    if math.isfinite(value):
        return value
    return None if math.isnan(value) else str(value).replace("inf", "Infinity")


def as_json(value: Any) -> Any:
    """Return what JSON has a form for: NaN becomes null, and infinity a string."""
    if isinstance(value, float):
        return _finite(value)
    if value is None or isinstance(value, (str, int, bool)):
        return value
    if isinstance(value, dict):
        return {str(key): as_json(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(inner) for inner in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
