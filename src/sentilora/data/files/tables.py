"""Files of rows, whatever their format: opened for labels, or streamed with all their columns.

``open_batches`` and ``write_batches`` serve prediction on files: no labels, every column kept as
it is, memory bounded by one batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentilora.data.columns import find_text_column
from sentilora.data.files.arrow import ParquetFile
from sentilora.data.files.delimited import DelimitedFile
from sentilora.data.files.formats import ENDINGS, ending_of
from sentilora.data.files.json_types import JsonTypes
from sentilora.data.files.jsonlines import JsonLinesFile
from sentilora.data.files.read_options import DELIMITED, USUAL, Reading
from sentilora.data.files.streams import CHUNK_ROWS, broken_text
from sentilora.data.files.table_files import BatchWriter, write_batches
from sentilora.data.problems import Problems, quoted, raise_if_any
from sentilora.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "BatchWriter",
    "Batches",
    "find_text_column",
    "open_batches",
    "open_table",
    "write_batches",
]

_MEND_HINT = "Mend these rows and run again: every row is kept, so none can be left out."


def open_table(
    path: Path, name: str | None = None, reading: Reading = USUAL
) -> DelimitedFile | JsonLinesFile | ParquetFile:
    """Open one file by its ending.

    Raises:
        DataError: it is missing, its ending is unknown, or it does not hold what it says.
        ConfigError: ``reading`` holds settings that say nothing about its format.
    """
    name = str(path) if name is None else name
    ending = ending_of(path)
    if not path.is_file():
        what = "is a folder, not a file" if path.is_dir() else "does not exist"
        raise DataError(f"{name} {what}. Expected a file ending in {', '.join(ENDINGS)}.")
    if ending == ".parquet":
        reading.refuse_other_than((), name, "a Parquet file")
        return ParquetFile(path, name)
    if ending.startswith(".jsonl"):
        reading.refuse_other_than((), name, "a JSON Lines file")
        return JsonLinesFile(path, name)
    reading.refuse_other_than(DELIMITED, name, "a CSV file")
    return DelimitedFile(path, name, "\t" if ending.startswith(".tsv") else ",", reading)


class Batches:
    """The rows of a file as record batches; can be iterated more than once.

    Attributes:
        name: name that the user knows the file by.
        path: path of the file.
        schema: schema of every batch. Columns of CSV and TSV are strings; a JSON Lines column of
            one plain type has that type, any other is a string of JSON, marked in the field's
            metadata.
        row_count: number of rows in the file.
        notes: remarks on how the file is read.
    """

    def __init__(self, table: DelimitedFile | JsonLinesFile | ParquetFile, rows: int) -> None:
        self.name = table.name
        self.path = table.path
        self.notes = table.notes
        self._table = table
        self._rows = rows
        self._types = JsonTypes()
        doubled = sorted({name for name in table.names if table.names.count(name) > 1})
        if doubled:
            raise DataError(f"{self.name}: column names that occur twice: {quoted(doubled)}.")
        self.schema, self.row_count = self._survey()

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        if isinstance(self._table, ParquetFile):
            yield from self._table.batches(None, self._rows)
            return
        problems = Problems(self.name)
        for chunk in self._table.chunks(self.schema.names, problems, rows=self._rows):
            arrays = [
                pa.array(self._types.values(field.name, chunk.columns[field.name]), field.type)
                for field in self.schema
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=self.schema)
        raise_if_any([problems], hint=_MEND_HINT)

    def _survey(self) -> tuple[pa.Schema, int]:
        """Read through the file once: a bad row is better found before the work than after it."""
        import pyarrow as pa

        table = self._table
        if isinstance(table, ParquetFile):
            return table.schema, table.row_count
        problems = Problems(self.name)
        count = 0
        if isinstance(table, JsonLinesFile):
            for row, values in table.objects(problems):
                count += 1
                self._types.see(row, values, problems)
            schema = self._types.schema()
        else:
            schema = pa.schema([(name, pa.string()) for name in table.names])
            for chunk in table.chunks(table.names, problems):
                count += len(chunk.rows)
                for name, cells in chunk.columns.items():
                    _check_cells(name, chunk.rows, cells, problems)
        raise_if_any([problems], hint=_MEND_HINT)
        return schema, count


def open_batches(path: str | Path, *, rows: int = CHUNK_ROWS, reading: Reading = USUAL) -> Batches:
    """Open a file to stream its rows, ``rows`` at a time at most.

    The file is read through once to check and count its rows.

    Raises:
        DataError: it cannot be read, or has rows that are not rows; all are named.
    """
    return Batches(open_table(Path(path), reading=reading), rows)


def _check_cells(name: str, rows: list[int], values: list[Any], problems: Problems) -> None:
    if broken_text("".join(values)) is None:
        return
    for row, value in zip(rows, values, strict=True):
        if (kind := broken_text(value)) is not None:
            problems.add_row(row, kind, f"column '{name}'")
