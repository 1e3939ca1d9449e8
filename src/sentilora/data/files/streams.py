"""Files of text as streams, plain or gzip, and the chunks that readers hand on."""

from __future__ import annotations

import gzip
import io
import math
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sentilora.data.problems import Problems
from sentilora.data.visible import is_visible
from sentilora.errors import DataError
from sentilora.message import setting

_HEAD_BYTES = 4096
_FEW_CONTROLS = 4  # stray ones are the business of their rows
CHUNK_CHARACTERS = 1 << 24
UTF8 = "utf-8-sig"  # passes over a byte order mark
_BAD_BYTES = "surrogateescape"  # keeps broken bytes apart, so that their row can be named
CHUNK_ROWS = 8192  # of a file that are in memory at a time, at most
_MAGIC = {
    b"PK\x03\x04": "a zip archive or an Excel file; rename it so that it ends in .zip or .xlsx",
    b"\xd0\xcf\x11\xe0": "an old Excel file; rename it so that it ends in .xls",
    b"PAR1": "a parquet file; rename it so that it ends in .parquet",
    b"ARROW1": "an Arrow file; rename it so that it ends in .arrow",
    b"\x1f\x8b": "gzip data; rename it so that it ends in .gz",
    b"BZh": "bzip2 data; rename it so that it ends in .bz2",
    b"\xfd7zXZ": "xz data; rename it so that it ends in .xz",
    b"\x28\xb5\x2f\xfd": "zstandard data; rename it so that it ends in .zst",
    b"%PDF": "a PDF",
    b"SQLite format 3": "an SQLite data base; rename it so that it ends in .sqlite",
    b"\xff\xfe": "UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as UTF-8",
}
_TEXT_CONTROLS = b"\t\n\r\x0b\x0c\x1b\x08"


@dataclass(frozen=True)
class Chunk:
    """Some rows of a table: their numbers, and each asked-for column as a list."""

    rows: list[int]
    columns: dict[str, list[Any]]


class Table(Protocol):
    """A table that is read in chunks: a file of any format, or one part of a hub data set.

    Attributes:
        name: name that the user knows it by.
        files: paths of the files that it stands in.
        names: names of its columns, in order.
        notes: remarks for the user on how it is read, where that is not the usual.
        doubt: what else may be read, where no column fits; may be empty.
    """

    name: str
    files: tuple[Path, ...]
    names: tuple[str, ...]
    notes: tuple[str, ...]
    doubt: str

    def class_names(self, column: str) -> tuple[str, ...] | None:
        """Return the label names that the format stores for a column of label ids."""
        ...

    def chunks(
        self, columns: Sequence[str], problems: Problems, *, rows: int = CHUNK_ROWS
    ) -> Iterator[Chunk]:
        """Iterate the columns from the first row, in order; unreadable rows become problems."""
        ...


class ChunkBuilder:
    """Gathers rows into chunks, bounded in rows and in characters."""

    def __init__(self, columns: Sequence[str], rows: int) -> None:
        self._columns = tuple(columns)
        self._limit = rows
        self._start()

    def add(self, row: int, values: Sequence[Any]) -> Chunk | None:
        """Take in a row; return the chunk that it filled, if it did."""
        self._rows.append(row)
        for column, value in zip(self._lists, values, strict=True):
            column.append(value)
            if isinstance(value, str):
                self._characters += len(value)
        if len(self._rows) < self._limit and self._characters < CHUNK_CHARACTERS:
            return None
        return self.rest()

    def rest(self) -> Chunk | None:
        """Return what was gathered since the last chunk, if anything, and start anew."""
        chunk = Chunk(self._rows, dict(zip(self._columns, self._lists, strict=True)))
        self._start()
        return chunk if chunk.rows else None

    def _start(self) -> None:
        self._rows: list[int] = []
        self._lists: list[list[Any]] = [[] for _ in self._columns]
        self._characters = 0


@contextmanager
def open_bytes(
    path: Path, name: str, *, is_checked: bool = True
) -> Iterator[io.BufferedReader[Any]]:
    """Open a file that should hold text, unpacked when it ends in ``.gz``.

    Args:
        path: path of the file.
        name: name that the user knows it by.
        is_checked: whether to refuse what is no text of single bytes.

    Raises:
        DataError: it cannot be read, is not gzip as its name says, is empty, or is not text; also
            while it is being read.
    """
    is_packed = path.suffix.lower() == ".gz"
    try:
        with path.open("rb") as raw:
            if not is_packed:
                if is_checked:
                    refuse_binary(raw.peek(_HEAD_BYTES)[:_HEAD_BYTES], name)
                yield raw
                return
            with gzip.open(raw) as unpacked, io.BufferedReader(unpacked) as stream:
                if is_checked:
                    refuse_binary(stream.peek(_HEAD_BYTES)[:_HEAD_BYTES], name)
                yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{name} is not a whole gzip file: {error}. Pack or fetch it again."
        ) from error
    except OSError as error:
        raise DataError(f"{name} cannot be read: {error.strerror or error}.") from error


@contextmanager
def open_text(path: Path, name: str, *, encoding: str = UTF8) -> Iterator[io.TextIOWrapper]:
    """Open such a file with untranslated line ends.

    Bytes that the encoding has no character for become what :func:`broken_text` finds, so that
    their row can be named.

    Raises:
        DataError: as :func:`open_bytes`, or the file is not of this encoding at all.
    """
    with (
        open_bytes(path, name, is_checked=encoding == UTF8) as stream,
        io.TextIOWrapper(stream, encoding=encoding, errors=_BAD_BYTES, newline="") as text,
    ):
        try:
            yield text
        except UnicodeError as error:  # which no character can stand for
            raise DataError(
                f"{name} is not text of {setting('encoding', encoding)}. Name another encoding, or "
                "leave it out."
            ) from error


def refuse_binary(head: bytes, name: str) -> None:
    """Raise an error when a file does not begin like text of single bytes.

    Raises:
        DataError: it is empty, a known kind of file, or full of control bytes.
    """
    if len(head) < _HEAD_BYTES and not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise DataError(f"{name} is empty. Expected rows with a text and a label.")
    for magic, what in _MAGIC.items():
        if head.startswith(magic):
            raise DataError(f"{name} is not a text file: it looks like {what}.")
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in head)
    if controls > max(_FEW_CONTROLS, len(head) / 20):
        raise DataError(
            f"{name} is not a text file: {controls} of its first {len(head)} bytes are control "
            f"bytes. Expected UTF-8 text."
        )


def broken_text(text: str) -> str | None:
    """Say why a string that was read is no proper text; None when it is one."""
    if "\0" in text:
        return "NUL byte"
    if text.isascii():
        return None
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "broken encoding (not UTF-8)"
    return None


def text_problem(value: object) -> str | None:
    """Say why a value is no text to train on or to predict; None when it is one."""
    if value is None:
        return "no text"
    if not isinstance(value, str):
        return f"text is not a string but {type(value).__name__}"
    if not is_visible(value):
        return "empty text" if not value.strip() else "nothing but characters that nobody sees"
    return broken_text(value)


def number_of(value: object) -> float | None:
    """Read a value as a finite number; None when it is none, as yes and no are."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
