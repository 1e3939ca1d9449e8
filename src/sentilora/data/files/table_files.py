"""Record batches to files, written whole or not at all."""

from __future__ import annotations

import gzip
import io
import json
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TextIO, cast

from sentilora.data.files.formats import ending_of
from sentilora.files import replacing_output

if TYPE_CHECKING:
    import pyarrow as pa

JSON_MARK = {b"sentilora.json": b"1"}  # metadata of a string field whose values are JSON


class BatchWriter(Protocol):
    """Takes record batches of one schema."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Append a batch."""
        ...


@contextmanager
def write_batches(path: str | Path, schema: pa.Schema) -> Iterator[BatchWriter]:
    """Write a table in the format of the file name's ending, whole or not at all.

    The rows go to a temporary file beside the target, which takes the target's place when the
    block ends well and is removed when it does not. Values that a text format has no form for are
    written as JSON or as Python writes them (dates in ISO form).

    Raises:
        DataError: the ending is unknown, or the file cannot be written.
    """
    path = Path(path)
    ending = ending_of(path)
    with replacing_output(path) as stream:
        if ending == ".parquet":
            from pyarrow import parquet

            with parquet.ParquetWriter(stream, schema) as writer:
                yield writer
        elif ending.endswith(".gz"):
            with (
                gzip.GzipFile("", "wb", fileobj=stream, mtime=0) as packed,
                _text_writer(cast(BinaryIO, packed), schema, ending) as lines,
            ):
                yield lines
        else:
            with _text_writer(stream, schema, ending) as lines:
                yield lines


@contextmanager
def _text_writer(stream: BinaryIO, schema: pa.Schema, ending: str) -> Iterator[BatchWriter]:
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    if ending.startswith(".jsonl"):
        yield _JsonLinesWriter(text, schema)
    else:
        yield _DelimitedWriter(text, schema, "\t" if ending.startswith(".tsv") else ",")
    text.flush()
    text.detach()


class _DelimitedWriter:
    """Quotes as RFC 4180 says; the csv module leaves a lone carriage return unquoted."""

    def __init__(self, stream: TextIO, schema: pa.Schema, delimiter: str) -> None:
        self._stream = stream
        self._delimiter = delimiter
        self._special = re.compile(f'["{delimiter}\r\n]')
        self._write_row(schema.names)

    def write(self, batch: pa.RecordBatch) -> None:
        columns = [[_as_cell(value) for value in column.to_pylist()] for column in batch.columns]
        for values in zip(*columns, strict=True):
            self._write_row(values)

    def _write_row(self, values: Sequence[str]) -> None:
        cells = [self._quoted(value) if self._special.search(value) else value for value in values]
        # A lone empty cell is quoted, as a blank line is no row.
        self._stream.write((self._delimiter.join(cells) if cells != [""] else '""') + "\n")

    def _quoted(self, value: str) -> str:
        return '"' + value.replace('"', '""') + '"'


class _JsonLinesWriter:
    def __init__(self, stream: TextIO, schema: pa.Schema) -> None:
        self._stream = stream
        self._names = schema.names
        self._json = [(field.metadata or {}).items() >= JSON_MARK.items() for field in schema]

    def write(self, batch: pa.RecordBatch) -> None:
        columns = []
        for column, is_json in zip(batch.columns, self._json, strict=True):
            convert = _from_json if is_json else _as_json
            columns.append([convert(value) for value in column.to_pylist()])
        for values in zip(*columns, strict=True):
            line = dict(zip(self._names, values, strict=True))
            self._stream.write(json.dumps(line, ensure_ascii=False) + "\n")


def _from_json(value: str | None) -> Any:
    return None if value is None else _as_json(json.loads(value))


def _as_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (dict, list)):
        return json.dumps(_as_json(value), ensure_ascii=False)
    return value if isinstance(value, str) else str(_as_json(value))


def _as_json(value: Any) -> Any:
    """Return what JSON has a form for; numbers that are none become null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (str, int, bool)):
        return value
    if isinstance(value, dict):
        return {str(key): _as_json(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_json(inner) for inner in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
