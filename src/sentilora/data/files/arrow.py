"""Tables that are Arrow inside: Parquet, Arrow and Feather files, and data sets of ``datasets``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentilora.data.files.streams import CHUNK_ROWS, Chunk
from sentilora.data.problems import Problems
from sentilora.errors import DataError

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa

# Reads record batches of some columns, or of all when None, with so many rows at most.
Batcher = Callable[[Sequence[str] | None, int], "Iterator[pa.RecordBatch]"]


JSON_MARK = {b"sentilora.json": b"1"}  # metadata of a string field whose values are JSON
_WAY = "Fetch or write it again."


class ArrowTable:
    """A table whose rows come as record batches.

    Attributes:
        schema: types of all columns.
        row_count: number of rows.
    """

    def __init__(
        self, name: str, files: Sequence[Path], schema: pa.Schema, row_count: int, read: Batcher
    ) -> None:
        self.name = name
        self.files: tuple[Path, ...] = tuple(files)
        self.notes: tuple[str, ...] = ()
        self.doubt = ""
        self.schema = schema
        self.row_count = row_count
        self.names: tuple[str, ...] = tuple(schema.names)
        self._read = read

    def class_names(self, column: str) -> tuple[str, ...] | None:
        """Return the names of a ``ClassLabel`` that Hugging Face datasets wrote into the schema."""
        try:
            info = json.loads((self.schema.metadata or {}).get(b"huggingface", b"{}"))
            names = info["info"]["features"][column]["names"]
        except (ValueError, KeyError, TypeError):
            return None
        return tuple(str(name) for name in names) if isinstance(names, list) else None

    def batches(self, columns: Sequence[str] | None, rows: int) -> Iterator[pa.RecordBatch]:
        """Iterate record batches; all columns when none are named.

        Raises:
            DataError: the file is damaged.
        """
        import pyarrow as pa

        try:
            yield from self._read(columns, rows)
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{self.name} cannot be read: {error}. {_WAY}") from error

    def chunks(
        self, columns: Sequence[str], problems: Problems, *, rows: int = CHUNK_ROWS
    ) -> Iterator[Chunk]:
        """Iterate the columns in chunks."""
        del problems  # such a file is damaged as a whole, or not at all
        row = 1
        for batch in self.batches(columns, rows) if columns else ():
            numbers = list(range(row, row + batch.num_rows))
            row += batch.num_rows
            yield Chunk(numbers, {column: values_of(batch.column(column)) for column in columns})


def parquet_table(path: Path, name: str) -> ArrowTable:
    """Open a Parquet file.

    Raises:
        DataError: it is none, or is damaged.
    """
    import pyarrow as pa
    from pyarrow import parquet

    def opened() -> Any:
        try:
            return parquet.ParquetFile(path, pre_buffer=False)
        except (pa.ArrowException, OSError) as error:
            raise DataError(
                f"{name} is not a parquet file: {str(error).rstrip('.')}. {_WAY}"
            ) from error

    def read(columns: Sequence[str] | None, rows: int) -> Iterator[pa.RecordBatch]:
        wanted = None if columns is None else list(columns)
        with opened() as reader:
            yield from reader.iter_batches(batch_size=rows, columns=wanted)

    with opened() as reader:
        return ArrowTable(name, [path], reader.schema_arrow, reader.metadata.num_rows, read)


def arrow_table(path: Path, name: str) -> ArrowTable:
    """Open an Arrow or Feather file, or a stream as Hugging Face datasets keep on disk.

    Raises:
        DataError: it is none of these, or is damaged.
    """
    import pyarrow as pa

    def whole() -> Iterator[pa.RecordBatch]:
        with pa.memory_map(str(path)) as source:
            if source.read(6) == b"ARROW1":
                reader = pa.ipc.open_file(source)
                yield from (reader.get_batch(i) for i in range(reader.num_record_batches))
            else:
                source.seek(0)
                yield from pa.ipc.open_stream(source)

    def read(columns: Sequence[str] | None, rows: int) -> Iterator[pa.RecordBatch]:
        for batch in whole():
            batch.validate(full=True)  # a damaged offset would end the process, not raise
            chosen = batch if columns is None else batch.select(list(columns))
            for start in range(0, batch.num_rows, rows):
                yield chosen.slice(start, rows)

    try:
        schema = _arrow_schema(path)
        return ArrowTable(name, [path], schema, sum(batch.num_rows for batch in whole()), read)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{name} is not an Arrow or Feather file: {error}. {_WAY}") from error


def dataset_table(part: datasets.Dataset, name: str, files: Sequence[Path] = ()) -> ArrowTable:
    """Read a data set of ``datasets``: a part of one from the hub, or one saved to disk."""

    def read(columns: Sequence[str] | None, rows: int) -> Iterator[pa.RecordBatch]:
        chosen = part if columns is None else part.select_columns(list(columns))
        for table in chosen.with_format("arrow").iter(batch_size=rows):
            table.validate(full=True)  # as above: its files may be damaged, too
            yield from table.combine_chunks().to_batches()

    return ArrowTable(name, files, part.features.arrow_schema, len(part), read)


def values_of(column: pa.Array) -> list[Any]:
    """Return the values of a column; of strings that are not UTF-8, the bad bytes stay apart.

    They become what :func:`~sentilora.data.files.streams.broken_text` finds.
    """
    try:
        return column.to_pylist()  # type: ignore[no-any-return]
    except UnicodeDecodeError:
        return [_decoded(value) for value in column]


def holds_json(field: pa.Field) -> bool:
    """Tell whether a column has values of several kinds, kept as JSON."""
    return bool((field.metadata or {}).items() >= JSON_MARK.items())


def cells_of(column: pa.Array, field: pa.Field) -> list[Any]:
    """Return the values of a column as they came, also of one that is kept as JSON."""
    values = values_of(column)
    if not holds_json(field):
        return values
    return [None if value is None else json.loads(value) for value in values]


def _decoded(value: Any) -> Any:
    try:
        return value.as_py()
    except UnicodeDecodeError:
        return value.as_buffer().to_pybytes().decode("utf-8", "surrogateescape")


def _arrow_schema(path: Path) -> pa.Schema:
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        is_file = source.read(6) == b"ARROW1"
        source.seek(0)
        return (pa.ipc.open_file(source) if is_file else pa.ipc.open_stream(source)).schema
