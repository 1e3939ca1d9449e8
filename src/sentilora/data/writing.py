"""Record batches to files, written whole or not at all."""

from __future__ import annotations

import csv
import datetime
import decimal
import gzip
import io
import json
import math
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from sentilora.data.locating import ending_of
from sentilora.errors import DataError

if TYPE_CHECKING:
    import pyarrow

JSON_MARK = {b"sentilora.json": b"1"}  # on a string field whose values are JSON


class BatchWriter(Protocol):
    """Takes record batches of one schema."""

    def write(self, batch: pyarrow.RecordBatch) -> None:
        """Append a batch."""
        ...


@contextmanager
def write_batches(path: str | Path, schema: pyarrow.Schema) -> Iterator[BatchWriter]:
    """Write a table in the format of the file name's ending, whole or not at all.

    The rows go to a temporary file beside the target, which takes the target's place when the
    block ends well and is removed when it does not.

    Raises:
        DataError: the ending is unknown, or the file cannot be written.
    """
    path = Path(path)
    ending = ending_of(path)
    with replacing(path) as stream:
        if ending == ".parquet":
            with _parquet_writer(stream, schema) as writer:
                yield writer
        elif ending.endswith(".gz"):
            with gzip.GzipFile("", "wb", fileobj=stream, mtime=0) as packed:
                yield _text_writer(packed, schema, ending)  # type: ignore[arg-type]
        else:
            yield _text_writer(stream, schema, ending)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file beside ``path`` that replaces it at the end of the block.

    Raises:
        DataError: the file cannot be written.
    """
    if path.is_dir():
        raise DataError(f"{path} is a folder. Give the name of a file to write.")
    if not path.parent.is_dir():
        raise DataError(f"{path} cannot be written: there is no folder {path.parent}. Make it.")
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        stream = temporary.open("xb")
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with stream:
            yield stream
        temporary.replace(path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename in (None, str(temporary)):
            raise _unwritable(path, error) from error
        raise


def _unwritable(path: Path, error: OSError) -> DataError:
    return DataError(f"{path} cannot be written: {error.strerror or error}.")
