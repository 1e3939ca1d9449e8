"""Texts that arrive line by line: one text a line, or JSON Lines; or a CSV or JSON file as a whole.

Which it is is decided by the first line that is not blank: a JSON object means JSON Lines, the
begin of a list or of an object that goes on means JSON, and several names of which one is that of
the texts, or ``sep=``, mean CSV.
Lines are handed on as they arrive, so a slow stream is answered while it goes on. Blank lines are
passed over in JSON Lines; among texts they are rows without a text.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

from sentilora.data.columns import TEXT_NAMES, find_text_column, known_columns
from sentilora.data.files.read_options import TEXT, USUAL, Reading
from sentilora.data.files.streams import text_problem
from sentilora.data.files.temporary import ScratchFolder, told_when_full
from sentilora.data.files.text_form.charset import unicode_encoding
from sentilora.data.files.text_form.csv_dialect import DELIMITERS, Dialect
from sentilora.data.problems import Problems
from sentilora.data.text_cells import cell_problem
from sentilora.errors import ConfigError, DataError
from sentilora.inference.rows.text_rows import refuse
from sentilora.message import command, setting

NAME = "standard input"
BLOCK_BYTES = 1 << 18
_HEAD_BYTES = 64  # that tell the encoding, where no line ends before
_NAME_CHARACTERS = 40
_NAME_WORDS = 3
_MARK = b"\xef\xbb\xbf"
_DOCUMENT = re.compile(r"""\[\s*(\{|$)|\{\s*("|$)""")  # of JSON, over several lines


class _Readable(Protocol):
    def read1(self, size: int = -1, /) -> bytes: ...


class LineStream:
    """A stream of bytes whose lines are texts or JSON objects; can be read once.

    Args:
        stream: the bytes.
        text: name of the column with the texts, in JSON objects or in CSV.
        reading: how CSV is read; anything but an encoding means that it is CSV.

    Attributes:
        is_json: whether the lines are JSON objects.
        whole: ``csv`` or ``json`` where the whole is one table, which only ``raw_lines`` hands on;
            else empty.
        column: key of the texts in JSON objects.
        lone_name: first line of plain texts that may be the header of CSV of one column; else None.

    Raises:
        DataError: the stream holds nothing, or its first object has no such key.
        ConfigError: a column was asked for, and the lines are plain texts.
    """

    def __init__(
        self, stream: _Readable, *, text: str | None = None, reading: Reading = USUAL
    ) -> None:
        blocks = _blocks(_as_utf8(stream, reading.encoding))
        waiting = []
        first = None
        for block in blocks:
            waiting.append(block)
            first = next((line for line in block if line.strip()), None)
            if first is not None:
                break
        if first is None:
            raise DataError(
                f"{NAME} holds no text. Expected one text a line, or JSON Lines. "
                f"Type for instance: echo 'Great film' | {command('predict', 'RUN', input='-')}"
            )
        opened = _parse(first)
        line = _decode(first).lstrip("\r").split("\r")[0].strip()
        self.whole = _kind_of_table(line, opened, text, reading)
        self.is_json = isinstance(opened, dict) and not self.whole
        self.column = "text"
        if isinstance(opened, dict) and not self.whole:
            reading.refuse_other_than(TEXT, NAME, "JSON Lines")
            self.column = find_text_column(list(opened), text, NAME)
        elif self.whole:
            self.column = text or ""
        elif text is not None:
            raise ConfigError(
                f"{setting('text', text)} names a column, but the first line of {NAME} is no JSON "
                "object and no header of CSV with it. For one text a line leave out: "
                f"{setting('text', text)}"
            )
        self.lone_name = line if not (self.is_json or self.whole) and _is_name(line) else None
        self._blocks = chain(waiting, blocks)

    def values(self, *, skip_bad_rows: bool = False) -> Iterator[list[Any]]:
        """Iterate what should be texts, a block at a time, as they arrive.

        Raises:
            DataError: a row has no text, unless bad rows are skipped (and come as None).
        """
        row = 0
        for block in self._blocks:
            problems = Problems(NAME)
            values = []
            for value, problem in self._rows(block):
                row += 1
                values.append(value if problem is None else None)
                if problem is not None:
                    problems.add_row(row, problem)
            if not skip_bad_rows:
                refuse(problems)
            if values:
                yield values

    def json_lines(self, *, skip_bad_rows: bool = False) -> Iterator[bytes]:
        """Iterate all lines as JSON Lines: objects as they came, texts under the key ``text``.

        Raises:
            DataError: a line has no text, unless bad rows are skipped; objects are not checked.
        """
        if self.is_json:
            return chain.from_iterable(self._blocks)
        blocks = self.values(skip_bad_rows=skip_bad_rows)
        return texts_as_json(chain.from_iterable(blocks))

    def raw_lines(self) -> Iterator[bytes]:
        """Iterate all lines as they came, in UTF-8."""
        return chain.from_iterable(self._blocks)

    def _rows(self, block: list[bytes]) -> Iterator[tuple[Any, str | None]]:
        """Iterate values and what is wrong with them."""
        value: Any
        for line in block:
            if not self.is_json:
                # Old programs end lines with a carriage return alone.
                for value in _decode(line).split("\r"):
                    yield value, cell_problem(value)
            elif line.strip():
                found = _parse(line)
                if isinstance(found, dict):
                    value = found.get(self.column)
                    yield value, cell_problem(value)
                else:
                    yield None, "not a JSON object"


@contextmanager
def spooled(lines: Iterable[bytes], name: str = "lines.jsonl") -> Iterator[Path]:
    """Keep lines in a temporary file during the block, for those who read them twice."""
    folder = ScratchFolder()
    path = folder.path / name
    try:
        with told_when_full(path), path.open("wb") as file:
            for line in lines:
                file.write(line + b"\n")
        yield path
    finally:
        folder.remove()


def texts_as_json(texts: Iterable[str | None]) -> Iterator[bytes]:
    """Write texts as JSON Lines with the key ``text``; what cannot be predicted becomes null."""
    for text in texts:
        usable = None if text_problem(text) else text
        yield json.dumps({"text": usable}).encode("ascii")


def _is_name(line: str) -> bool:
    return line.strip('" ').casefold() in TEXT_NAMES


def _kind_of_table(line: str, opened: Any, text: str | None, reading: Reading) -> str:
    """Tell by its first line whether a stream is a table as a whole: ``csv``, ``json`` or empty."""
    if isinstance(opened, dict):
        is_found = text in opened or known_columns(opened, "text")
        is_nested = any(isinstance(value, dict | list) for value in opened.values())
        return "json" if is_nested and not is_found else ""
    if _DOCUMENT.match(line):
        return "json"
    is_csv = bool(reading.given.keys() - set(TEXT)) or line.casefold().startswith("sep=")
    return "csv" if is_csv or _is_header(line, text) else ""


def _is_header(line: str, text: str | None) -> bool:
    """Tell whether a line holds the names of CSV columns, the text's among them."""
    wanted = TEXT_NAMES if text is None else (text.strip().casefold(),)
    for delimiter in DELIMITERS:
        cells = Dialect(delimiter).fields_alone(line)[-1]
        names = [name.strip() for name in cells]
        is_named = len(names) > 1 and max(map(len, names)) <= _NAME_CHARACTERS
        if is_named and any(name.casefold() in wanted for name in names):
            return True
        # Less usual names are words of sentences, too: "Overall, a good product".
        is_sentence = any(cell[:1].isspace() or len(cell.split()) > _NAME_WORDS for cell in cells)
        if is_named and text is None and not is_sentence and known_columns(names, "text"):
            return True
    return text is not None and line.strip().strip('"').casefold() in wanted


def _as_utf8(stream: _Readable, encoding: str | None) -> Iterator[bytes]:
    """Iterate what each read brings; what is known to be no UTF-8 is written in it.

    Raises:
        DataError: it cannot be decoded.
    """
    head = stream.read1(BLOCK_BYTES)
    while 0 < len(head) < _HEAD_BYTES and b"\n" not in head and (more := stream.read1(BLOCK_BYTES)):
        head += more
    found = encoding or unicode_encoding(head)
    if found is None:
        yield head
        while data := stream.read1(BLOCK_BYTES):
            yield data
        return
    decoder = codecs.getincrementaldecoder(found)()
    try:
        while head:
            yield decoder.decode(head).encode("utf-8")
            head = stream.read1(BLOCK_BYTES)
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise DataError(
            f"{NAME} is not text in the encoding {found}: {error}. Name another with "
            f"{setting('encoding')}."
        ) from error


def _blocks(stream: Iterator[bytes]) -> Iterator[list[bytes]]:
    """Iterate whole lines; what one read brings is one block."""
    parts: list[bytes] = []
    is_start = True
    for data in stream:
        if is_start:
            data, is_start = data.removeprefix(_MARK), False
        parts.append(data)
        if b"\n" in data:
            *lines, rest = b"".join(parts).split(b"\n")
            parts = [rest]
            yield lines
    if rest := b"".join(parts):
        yield [rest]


def _decode(line: bytes) -> str:
    """Decode a line; bytes that are not UTF-8 stay recognisable, and are refused later."""
    return line.removesuffix(b"\r").decode("utf-8", "surrogateescape")


def _parse(line: bytes) -> Any:
    """Return the JSON value of a line, None when it is no JSON."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
