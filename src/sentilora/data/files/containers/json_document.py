"""JSON files of any shape: arrays, objects that hold a list of rows, columns, and JSON Lines.

Rows are decoded one after another by the decoder of the standard library, so that a large file
needs no more memory than its largest row. Only files of columns, such as ``DataFrame.to_json()``
writes, are held whole.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from sentilora.data.columns import TEXT_NAMES
from sentilora.data.files.containers.annotations import flattened
from sentilora.data.files.containers.json_shapes import rows_of
from sentilora.data.files.containers.row_spool import spool
from sentilora.data.files.jsonlines import DoubledKeyError, JsonLinesFile, decoder
from sentilora.data.files.streams import open_text
from sentilora.data.files.text_form.charset import find_encoding
from sentilora.data.problems import quoted
from sentilora.errors import DataError

WHOLE_CHARACTERS = 64 << 20  # one value of this length is decoded at once, at most
_BLOCK_CHARACTERS = 1 << 20
_SPACE = " \t\r\n\ufeff"
_LINES_HINT = (
    "Write one row a line instead, as pandas does with "
    "df.to_json('rows.jsonl', orient='records', lines=True)."
)


def open_json(path: Path, name: str, encoding: str | None = None) -> JsonLinesFile:
    """Open a JSON file of any shape, JSON Lines included.

    Args:
        path: path of the file.
        name: name that the user knows it by.
        encoding: encoding that the user named; found out when None.

    Raises:
        DataError: it is empty, is not JSON, or has no rows that can be found.
    """
    found, notes = find_encoding(path, name, encoding)
    with open_text(path, name, encoding=found) as stream:
        is_lines = _is_lines(stream)
    if found == "utf-8-sig" and is_lines:
        return JsonLinesFile(path, name)
    with open_text(path, name, encoding=found) as stream:
        document = JsonDocument(stream, name)
        rows = (flattened(row) for row in document.rows())
        try:
            table = spool(rows, [path], name)
        except DataError:
            if encoding is None and is_lines:  # some lines are broken, and each can be named
                return JsonLinesFile(path, name)
            raise
    table.notes = (*notes, *document.notes)
    return table


class JsonDocument:
    """The rows of a JSON text, in order; can be read once.

    Attributes:
        notes: remarks for the user on where the rows were found, once they are read.
    """

    def __init__(self, stream: TextIO, name: str) -> None:
        self.notes: list[str] = []
        self._stream = stream
        self._name = name
        self._buffer = ""
        self._place = 0
        self._is_end = False
        self._row = 0

    def rows(self) -> Iterator[Any]:
        """Iterate the rows.

        Raises:
            DataError: it is not JSON, or it cannot be told where the rows are.
        """
        if self._next() == "[":
            yield from self._array()
        elif self._is_wide():
            yield from self._object()
        else:
            first = self._value()
            if not self._next():
                rows, note = rows_of(first, self._name)
                self.notes += [note] if note else []
                yield from rows
            else:
                yield first
            while self._next():
                yield self._value()
        if self._next():
            raise self._broken("more stands after its end")

    def _opens_objects(self) -> bool:
        """Enter a list; tell whether objects are in it."""
        self._take("[")
        return self._next() == "{"

    def _array(self) -> Iterator[Any]:
        self._take("[")
        yield from self._rest()

    def _rest(self) -> Iterator[Any]:
        """Iterate the values of a list that was entered."""
        is_first = True
        while (char := self._next()) != "]":
            if not is_first:
                self._take(",")
            elif not char:
                raise self._broken("it ends within a list")
            is_first = False
            yield self._value()
        self._take("]")

    def _object(self) -> Iterator[Any]:
        """Iterate the rows of the one list of objects in a wide object, without holding it."""
        self._take("{")
        found: str | None = None
        while self._next() != "}":
            key = str(self._value())
            self._take(":")
            if self._next() != "[":
                self._value()
            elif not self._opens_objects():
                deque(self._rest(), maxlen=0)
            elif found is None:
                found = key
                yield from self._rest()
            else:
                raise DataError(
                    f"{self._name} holds several lists: {quoted([found, key])}. {_LINES_HINT}"
                )
            if self._next() == ",":
                self._take(",")
        self._take("}")
        if found is None:
            raise DataError(f"{self._name} holds no list of rows. {_LINES_HINT}")
        self.notes.append(f"the rows are those of '{found}'")

    def _is_wide(self) -> bool:
        """Tell whether what is next is too large to be decoded at once."""
        self._fill(WHOLE_CHARACTERS // 4)
        if self._is_end:
            return False
        try:
            decoder.raw_decode(self._buffer, self._place)
        except (ValueError, RecursionError):
            return True
        return False

    def _next(self) -> str:
        """Return the next character that is no white space, without taking it."""
        while True:
            while self._place < len(self._buffer):
                char = self._buffer[self._place]
                if char not in _SPACE:
                    return char
                self._place += 1
            if not self._fill(_BLOCK_CHARACTERS):
                return ""

    def _take(self, char: str) -> None:
        if self._next() != char:
            raise self._broken(f"expected {char!r}")
        self._place += 1

    def _value(self) -> Any:
        """Decode the next value; read on while it may not be complete."""
        self._next()
        self._row += 1
        while True:
            try:
                value, end = decoder.raw_decode(self._buffer, self._place)
            except json.JSONDecodeError as error:
                if not self._more():
                    raise self._broken(error.msg) from error
                continue
            except DoubledKeyError as error:
                raise DataError(
                    f"{self._name}: the key {error} stands twice in value {self._row:,}, with "
                    "other values. Expected each key once: take out the wrong one."
                ) from error
            except (ValueError, RecursionError) as error:
                raise self._broken(str(error)) from error
            if end == len(self._buffer) and self._more():
                continue  # a number may go on
            self._place = end
            return value

    def _more(self) -> bool:
        waiting = len(self._buffer) - self._place
        if waiting > WHOLE_CHARACTERS:
            raise DataError(
                f"{self._name}: near value {self._row:,} it is not JSON, or one value is longer "
                f"than {WHOLE_CHARACTERS >> 20} million characters. {_LINES_HINT}"
            )
        return self._fill(max(waiting, _BLOCK_CHARACTERS))

    def _fill(self, size: int) -> bool:
        """Read on; False when there is nothing more."""
        more = "" if self._is_end else self._stream.read(size)
        self._is_end = self._is_end or len(more) < size
        if more:
            self._buffer, self._place = self._buffer[self._place :] + more, 0
        return bool(more)

    def _broken(self, why: str) -> DataError:
        near = self._buffer[self._place : self._place + 40]
        where = f"near {near!r}" if near else "at its end"
        return DataError(f"{self._name} is not JSON: value {self._row:,}, {where}: {why}.")


def _is_lines(stream: TextIO) -> bool:
    """Tell whether a text is JSON Lines whose rows are flat."""
    lines = (line.strip(_SPACE) for line in iter(lambda: stream.readline(WHOLE_CHARACTERS), ""))
    filled = (line for line in lines if line)
    first = next(filled, "")
    if first.startswith("["):
        return False
    try:
        value = decoder.decode(first)
    except (ValueError, RecursionError):
        return not first.startswith("{") or next(filled, "{").startswith("{")
    if not isinstance(value, dict):
        return True
    if next(filled, None) is None:
        return _is_row(value)
    return flattened(value) is value


def _is_row(value: dict[str, Any]) -> bool:
    """Tell whether the only line of a file is a row, and not a document."""
    if any(isinstance(value[name], str) and name.casefold() in TEXT_NAMES for name in value):
        return flattened(value) is value
    return not any(isinstance(inner, dict | list) for inner in value.values())
