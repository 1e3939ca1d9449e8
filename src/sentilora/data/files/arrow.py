"""Parquet files and parts of hub data sets: tables that are Arrow inside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentilora.data.files.streams import CHUNK_ROWS, Chunk
from sentilora.data.problems import Problems
from sentilora.errors import DataError

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa


class ParquetFile:
    """A table in a parquet file.

    Raises:
        DataError: the file is not parquet, or is damaged.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name
        self.files: tuple[Path, ...] = (path,)
        self.notes: tuple[str, ...] = ()
        with self._reader() as reader:
            self.schema = reader.schema_arrow
            self.row_count: int = reader.metadata.num_rows
        self.names: tuple[str, ...] = tuple(self.schema.names)

    def class_names(self, column: str) -> tuple[str, ...] | None:
        """Return the names of a ``ClassLabel`` that Hugging Face datasets wrote into the file."""
        try:
            info = json.loads((self.schema.metadata or {}).get(b"huggingface", b"{}"))
            names = info["info"]["features"][column]["names"]
        except (ValueError, KeyError, TypeError):
            return None
        return tuple(str(name) for name in names) if isinstance(names, list) else None

    def batches(self, columns: Sequence[str] | None, rows: int) -> Iterator[pa.RecordBatch]:
        """Iterate record batches; all columns when none are named."""
        import pyarrow as pa

        wanted = None if columns is None else list(columns)
        try:
            with self._reader() as reader:
                yield from reader.iter_batches(batch_size=rows, columns=wanted)
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{self.name} cannot be read: {error}") from error

    def chunks(
        self, columns: Sequence[str], problems: Problems, *, rows: int = CHUNK_ROWS
    ) -> Iterator[Chunk]:
        """Iterate the columns in chunks."""
        del problems  # a damaged parquet file is damaged as a whole
        if columns:
            yield from _numbered(self.batches(columns, rows), columns)

    def _reader(self) -> Any:
        import pyarrow as pa
        from pyarrow import parquet

        try:
            return parquet.ParquetFile(self.path, pre_buffer=False)
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{self.name} is not a parquet file: {error}") from error


class HubTable:
    """One part of a data set from the hub, as the datasets library keeps it."""

    def __init__(self, part: datasets.Dataset, name: str) -> None:
        self.part = part
        self.name = name
        self.files: tuple[Path, ...] = ()
        self.notes: tuple[str, ...] = ()
        self.names: tuple[str, ...] = tuple(part.column_names)

    def class_names(self, column: str) -> tuple[str, ...] | None:
        """Return the names of a ``ClassLabel`` column."""
        features: Mapping[str, Any] = self.part.features
        names = getattr(features.get(column), "names", None)
        return tuple(names) if names else None

    def chunks(
        self, columns: Sequence[str], problems: Problems, *, rows: int = CHUNK_ROWS
    ) -> Iterator[Chunk]:
        """Iterate the columns in chunks."""
        del problems
        if columns:
            part = self.part.select_columns(list(columns)).with_format("arrow")
            yield from _numbered(part.iter(batch_size=rows), columns)


def _numbered(tables: Iterator[Any], columns: Sequence[str]) -> Iterator[Chunk]:
    row = 1
    for table in tables:
        rows = list(range(row, row + table.num_rows))
        row += table.num_rows
        yield Chunk(rows, {column: table.column(column).to_pylist() for column in columns})
