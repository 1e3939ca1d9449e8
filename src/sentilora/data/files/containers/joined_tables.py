"""Several files of the same columns as one table, their rows numbered on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentilora.data.files.arrow import ArrowTable
from sentilora.data.files.delimited import DelimitedFile
from sentilora.data.files.jsonlines import JsonLinesFile
from sentilora.data.files.streams import CHUNK_ROWS, Chunk, Table
from sentilora.data.problems import Problems, quoted
from sentilora.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Member:
    """One of the files of a joined table.

    Attributes:
        table: its rows.
        constants: values that its path says of all rows, as in ``label=positive/``.
    """

    table: Table
    constants: Mapping[str, str | None]


def joined(members: Sequence[Member], name: str, way: str = "Give one file by its name.") -> Table:
    """Join tables; a single one without constants stays as it is.

    Args:
        members: the tables.
        name: name that the user knows them by.
        way: sentence that says how one of them is given alone.

    Raises:
        DataError: they do not have the same columns.
    """
    first = members[0]
    if len(members) == 1 and not first.constants:
        return first.table
    is_json = all(isinstance(member.table, JsonLinesFile) for member in members)
    for member in members[1:]:
        names, others = {*first.table.names}, {*member.table.names}
        if names.isdisjoint(others) if is_json else names != others:
            raise DataError(
                f"{name} holds files of different columns: {_file_name(first)} has "
                f"{quoted(first.table.names)}, {_file_name(member)} has "
                f"{quoted(member.table.names)}. {way}"
            )
    if all(isinstance(member.table, ArrowTable) for member in members):
        return _joined_arrow(members, name, way)
    return JoinedRows(members, name)


def _file_name(member: Member) -> str:
    return member.table.files[0].name


class JoinedRows:
    """Files of any format, read one after another.

    Attributes:
        is_json: whether the values keep the types of JSON.
    """

    def __init__(self, members: Sequence[Member], name: str) -> None:
        self.name = name
        self.files = _files(members)
        self.notes = _notes(members)
        self.doubt = next((member.table.doubt for member in members if member.table.doubt), "")
        self.is_json = not all(isinstance(member.table, DelimitedFile) for member in members)
        self.names = tuple(
            dict.fromkeys(
                column for member in members for column in (*member.table.names, *member.constants)
            )
        )
        self._members = tuple(members)

    def class_names(self, column: str) -> tuple[str, ...] | None:
        """Return the label names that all files store for a column of ids."""
        found = {member.table.class_names(column) for member in self._members}
        return found.pop() if len(found) == 1 else None

    def chunks(
        self, columns: Sequence[str], problems: Problems, *, rows: int = CHUNK_ROWS
    ) -> Iterator[Chunk]:
        """Iterate the columns of all files in chunks; bad rows are told with their file."""
        before = 0
        for member in self._members:
            shifted = _Shifted(problems, before, member.table.name)
            asked = [column for column in columns if column in member.table.names]
            for chunk in member.table.chunks(asked or member.table.names[:1], shifted, rows=rows):
                if chunk.rows:
                    shifted.last = max(shifted.last, chunk.rows[-1])
                    numbers = [row + before for row in chunk.rows]
                    yield Chunk(numbers, _with_constants(chunk, columns, member))
            before += shifted.last

    def objects(self, problems: Problems) -> Iterator[tuple[int, dict[str, Any]]]:
        """Iterate row numbers and rows."""
        before = 0
        for member in self._members:
            shifted = _Shifted(problems, before, member.table.name)
            for row, values in _objects(member.table, shifted):
                shifted.last = max(shifted.last, row)
                yield row + before, {**values, **member.constants}
            before += shifted.last


def _objects(table: Table, problems: Problems) -> Iterator[tuple[int, dict[str, Any]]]:
    if isinstance(table, JsonLinesFile):
        yield from table.objects(problems)
        return
    for chunk in table.chunks(table.names, problems):
        for place, row in enumerate(chunk.rows):
            yield row, {name: values[place] for name, values in chunk.columns.items()}


def _joined_arrow(members: Sequence[Member], name: str, way: str) -> ArrowTable:
    """Join Parquet and Arrow files, their columns cast to common types."""
    import pyarrow as pa

    tables = [member.table for member in members if isinstance(member.table, ArrowTable)]
    try:
        schema = pa.unify_schemas([table.schema for table in tables], promote_options="permissive")
    except pa.ArrowException as error:
        raise DataError(f"{name} holds files whose types do not fit: {error}. {way}") from error
    for key in dict.fromkeys(key for member in members for key in member.constants):
        if key not in schema.names:
            schema = schema.append(pa.field(key, pa.string()))

    def read(columns: Sequence[str] | None, rows: int) -> Iterator[pa.RecordBatch]:
        names = schema.names if columns is None else list(columns)
        wanted = pa.schema([schema.field(name) for name in names], schema.metadata)
        for table, member in zip(tables, members, strict=True):
            asked = [name for name in names if name in table.names]
            for batch in table.batches(asked or table.names[:1], rows):
                yield _fitted(batch, wanted, member.constants)

    count = sum(table.row_count for table in tables)
    table = ArrowTable(name, _files(members), schema, count, read)
    table.notes = _notes(members)
    return table


def _fitted(
    batch: pa.RecordBatch, schema: pa.Schema, constants: Mapping[str, str | None]
) -> pa.RecordBatch:
    import pyarrow as pa

    arrays = [
        batch.column(field.name).cast(field.type)
        if field.name in batch.schema.names
        else pa.array([constants.get(field.name)] * batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _files(members: Sequence[Member]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(file for member in members for file in member.table.files))


def _notes(members: Sequence[Member]) -> tuple[str, ...]:
    found = dict.fromkeys(note for member in members for note in member.table.notes)
    return (f"{len(members):,} files read as one table", *found)


class _Shifted(Problems):
    """Problems of one file, told by the row numbers of the whole."""

    def __init__(self, whole: Problems, before: int, name: str) -> None:
        super().__init__(whole.source, keeps_rows=whole.keeps_rows)
        self.last = 0
        self._whole = whole
        self._before = before
        self._name = name

    def add(self, problem: str) -> None:
        """Note a problem of the file."""
        self._whole.add(f"{self._name}: {problem}")

    def add_row(self, row: int, kind: str, detail: str = "") -> None:
        """Note that a row of the file has a problem."""
        self.last = max(self.last, row)
        where = f"{self._name}, row {row:,}"
        self._whole.add_row(row + self._before, kind, f"{where}: {detail}" if detail else where)


def _with_constants(chunk: Chunk, columns: Sequence[str], member: Member) -> dict[str, list[Any]]:
    count = len(chunk.rows)
    return {
        column: chunk.columns[column]
        if column in chunk.columns
        else [member.constants.get(column)] * count
        for column in columns
    }
