"""Files of rows, whatever their format: opened for labels, or streamed with all their columns.

``open_batches`` and ``write_batches`` serve prediction on files: no labels, every column kept as
it is, memory bounded by one batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

from sentilora.data.columns import LABEL_NAMES, TEXT_NAMES, find_text_column
from sentilora.data.files.arrow import ArrowTable, arrow_table, parquet_table
from sentilora.data.files.containers.folder_parts import Piece, find_parts
from sentilora.data.files.containers.joined_tables import JoinedRows, Member, joined
from sentilora.data.files.containers.json_document import open_json
from sentilora.data.files.containers.labelled_lines import (
    is_labelled,
    open_labelled_lines,
    open_line_pair,
)
from sentilora.data.files.containers.packed import extracted, unpack_command, unpacked
from sentilora.data.files.containers.workbook import open_workbook
from sentilora.data.files.delimited import DelimitedFile
from sentilora.data.files.formats import (
    ARROW,
    EXPECTED,
    LINES,
    WORKBOOKS,
    ending_of,
    split_packing,
)
from sentilora.data.files.json_types import JsonTypes
from sentilora.data.files.jsonlines import JsonLinesFile, in_chunks
from sentilora.data.files.plaintext import PlainTextFile, is_plain_text
from sentilora.data.files.read_options import DELIMITED, TEXT, USUAL, Reading
from sentilora.data.files.streams import CHUNK_ROWS, Table, broken_text, open_text
from sentilora.data.files.table_files import BatchWriter, write_batches
from sentilora.data.files.text_form.charset import find_encoding
from sentilora.data.problems import Problems, doubled_names, quoted, raise_if_any
from sentilora.errors import DataError
from sentilora.files import path_of

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

_STREAMED = (".csv", ".tsv", ".txt", *LINES)  # unpacked from .gz while they are read
_MEND_HINT = "Mend these rows and run again: every row is kept, so none can be left out."


def open_table(path: Path, name: str | None = None, reading: Reading = USUAL) -> Table:
    """Open one file by its ending.

    Raises:
        DataError: it is missing, its ending is unknown, or it does not hold what it says.
        ConfigError: ``reading`` holds settings that say nothing about its format.
    """
    name = str(path) if name is None else name
    path = path_of(path)
    if not path.is_file():
        ending_of(path)
        what = "is a folder, not a file" if path.is_dir() else "does not exist"
        raise DataError(f"{name} {what}. Expected a file ending in {EXPECTED}.")
    ending = ending_of(path)
    if ending == ".zip":
        return _open_archive(path, name, reading)
    plain, packing = split_packing(ending)
    if not packing or (packing == ".gz" and plain in _STREAMED):
        return _open_unpacked(path, name, plain, reading)
    inner, folder = unpacked(path, name, packing)
    table = folder.serve(_open_unpacked(inner, name, plain, reading))
    table.files = (path,)
    return table


def open_pieces(
    pieces: Sequence[Piece], name: str, reading: Reading = USUAL, *, archive: Path | None = None
) -> Table:
    """Open files that belong together as one table.

    Args:
        pieces: the files.
        name: name that the user knows them by.
        reading: how they are read.
        archive: path of the zip archive that they stand in, if they do.

    Raises:
        DataError: one of them cannot be opened, or they do not have the same columns.
        ConfigError: ``reading`` holds settings that say nothing about their format.
    """
    members = [Member(_open_piece(piece, reading), piece.constants) for piece in pieces]
    if archive is None:
        return joined(members, name)
    way = f"Unpack it, and give one file by its name: {unpack_command(archive)}"
    return joined(members, name, way)


def _open_piece(piece: Piece, reading: Reading) -> Table:
    if piece.labels is None:
        return open_table(piece.path, reading=reading)
    name = str(piece.path)
    reading.refuse_other_than(TEXT, name, "a file of texts, one a line")
    return open_line_pair(piece.path, piece.labels, name, reading.encoding)


def _open_archive(path: Path, name: str, reading: Reading) -> Table:
    """Open the only table of a zip archive."""
    folder = extracted(path, name)
    pieces = [piece for part in find_parts(folder.path, name).values() for piece in part]
    if len(pieces) != 1 or pieces[0].constants:
        inside = [str(piece.path.relative_to(folder.path)) for piece in pieces]
        raise DataError(
            f"{name}: expected one table in it. Found: {quoted(inside)}. Unpack it, and give one "
            f"by its name: {unpack_command(path)}"
        )
    table = folder.serve(_open_piece(pieces[0], reading))
    table.name, table.files = name, (path,)
    return table


def _open_unpacked(path: Path, name: str, ending: str, reading: Reading) -> Table:
    if ending == ".parquet":
        reading.refuse_other_than((), name, "a Parquet file")
        return parquet_table(path, name)
    if ending in ARROW:
        reading.refuse_other_than((), name, "an Arrow file")
        return arrow_table(path, name)
    if ending in WORKBOOKS:
        return open_workbook(path, name, ending, reading)
    if ending == ".json" or ending in LINES:
        reading.refuse_other_than(TEXT, name, "a JSON file")
        return open_json(path, name, reading.encoding)
    if ending == ".txt":
        return _open_text(path, name, reading)
    reading.refuse_other_than(DELIMITED, name, "a CSV file")
    return DelimitedFile(path, name, "\t" if ending == ".tsv" else ",", reading)


def open_texts(path: Path, reading: Reading = USUAL) -> Table:
    """Open a file for its texts alone: one of plain text is a text a line, whatever it holds.

    Raises:
        DataError: as :func:`open_table`.
        ConfigError: as :func:`open_table`.
    """
    name = str(path)
    if not is_plain_text(path) or (
        path.is_file() and is_labelled(_first_line(path, name, reading))
    ):
        return open_table(path, name, reading)
    return PlainTextFile(path, name, reading)


def _first_line(path: Path, name: str, reading: Reading) -> str:
    encoding, _ = find_encoding(path, name, reading.encoding)
    with open_text(path, name, encoding=encoding) as stream:
        return next((line for line in stream if line.strip()), "")


def _open_text(path: Path, name: str, reading: Reading) -> Table:
    """Open lines of texts, of labels and texts, or of a table with tabs or commas."""
    first = _first_line(path, name, reading)
    if is_labelled(first):
        reading.refuse_other_than(TEXT, name, "a file of labelled lines")
        return open_labelled_lines(path, name, reading.encoding)
    names = {field.strip().casefold() for field in first.split(",")}
    is_header = not (names.isdisjoint(TEXT_NAMES) or names.isdisjoint(LABEL_NAMES))
    if is_header or "\t" in first or reading.given.keys() - TEXT:
        reading.refuse_other_than(DELIMITED, name, "a file of text")
        return DelimitedFile(path, name, "\t" if "\t" in first else ",", reading)
    return PlainTextFile(path, name, reading)


class Batches:
    """The rows of a file as record batches; can be iterated more than once.

    Attributes:
        name: name that the user knows the file by.
        files: paths of the files that the rows stand in.
        schema: schema of every batch. Columns of CSV and TSV are strings; a JSON Lines column of
            one plain type has that type, any other is a string of JSON, marked in the field's
            metadata.
        row_count: number of rows in the file.
        notes: remarks on how the file is read.
        where: function that says in which line a row stands; None where rows have no lines.
        doubt: what else may be read where no column fits, such as another sheet; may be empty.
    """

    def __init__(self, table: Table, rows: int) -> None:
        self.name = table.name
        self.files = table.files
        self.notes = table.notes
        self.where: Callable[[int], str] | None = getattr(table, "where", None)
        self.doubt: str = table.doubt
        self._table = table
        self._rows = rows
        self._types = JsonTypes()
        if doubled := doubled_names(table.names):
            raise DataError(f"{self.name}: {doubled}")
        self.schema, self.row_count = self._survey()

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        if isinstance(self._table, ArrowTable):
            yield from self._table.batches(None, self._rows)
            return
        problems = Problems(self.name)
        names = self.schema.names
        if _has_objects(self._table):
            chunks = in_chunks(self._table.objects(problems), names, self._rows)
        else:
            chunks = self._table.chunks(names, problems, rows=self._rows)
        for chunk in chunks:
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
        if isinstance(table, ArrowTable):
            return table.schema, table.row_count
        problems = Problems(self.name)
        count = 0
        if _has_objects(table):
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


def _has_objects(table: Table) -> TypeGuard[JsonLinesFile | JoinedRows]:
    """Tell whether the values of a table have the types of JSON."""
    return isinstance(table, JsonLinesFile) or (isinstance(table, JoinedRows) and table.is_json)


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
