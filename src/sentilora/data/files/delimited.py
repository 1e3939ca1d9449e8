"""CSV and TSV files, read row by row (RFC 4180 quoting).

TSV files are quoted like CSV files, as pandas and Hugging Face datasets write them, unless the user
says that quotes are plain text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from sentilora.data.files.read_options import USUAL, Reading
from sentilora.data.files.streams import CHUNK_ROWS, Chunk, ChunkBuilder, broken_text, open_text
from sentilora.data.files.text_form.charset import find_encoding
from sentilora.data.problems import Problems, quoted
from sentilora.errors import DataError
from sentilora.message import setting

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

_MAX_FIELD = 1 << 26  # characters; an unclosed quote must not swallow a whole disk


class DelimitedFile:
    """A table in a CSV or TSV file; every value is a string.

    Raises:
        DataError: the file cannot be opened, is empty, is not text, or has another delimiter.
    """

    def __init__(self, path: Path, name: str, delimiter: str, reading: Reading = USUAL) -> None:
        self.path = path
        self.name = name
        self.files: tuple[Path, ...] = (path,)
        self.reading = reading
        self.delimiter = reading.delimiter or delimiter
        csv.field_size_limit(max(_MAX_FIELD, csv.field_size_limit()))
        self.encoding, self.notes = find_encoding(path, name, reading.encoding)
        with open_text(path, name, encoding=self.encoding) as stream:
            self.names = self._read_header(stream)

    def class_names(self, column: str) -> None:
        """Return None: the format holds no label names beside the column."""

    def chunks(
        self, columns: Sequence[str], problems: Problems, *, rows: int = CHUNK_ROWS
    ) -> Iterator[Chunk]:
        """Iterate the columns in chunks; rows that are not rows of this table become problems."""
        places = [self.names.index(column) for column in columns]
        builder = ChunkBuilder(columns, rows)
        with open_text(self.path, self.name, encoding=self.encoding) as stream:
            reader = self._reader(stream)
            if self.reading.header != "none":
                next(reader)
            for row, fields in self._rows(reader, problems):
                if (full := builder.add(row, [fields[place] for place in places])) is not None:
                    yield full
        if (rest := builder.rest()) is not None:
            yield rest

    def _reader(self, stream: TextIO) -> CsvReader:
        lines = islice(stream, self.reading.skip_lines, None)
        if self.reading.quoting == "none":
            return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE)
        return csv.reader(lines, delimiter=self.delimiter, strict=True)

    def _rows(self, reader: CsvReader, problems: Problems) -> Iterator[tuple[int, list[str]]]:
        row = 0
        width = len(self.names)
        kind = f"wrong number of fields (the header has {width})"
        above = self.reading.skip_lines
        while True:
            line = above + reader.line_num + 1
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                row += 1
                problems.add_row(row, "broken quotes", f"line {line}: {error}")
                continue
            if not fields:
                continue
            row += 1
            if len(fields) != width:
                problems.add_row(row, kind, f"line {line}: {len(fields)} fields")
                continue
            yield row, fields

    def _read_header(self, stream: TextIO) -> tuple[str, ...]:
        reader = self._reader(stream)
        try:
            header = next(reader)
        except StopIteration:
            raise DataError(f"{self.name} is empty. Expected a header and rows.") from None
        except csv.Error as error:
            raise DataError(f"{self.name}: the header has broken quotes: {error}") from error
        if not header:
            raise DataError(f"{self.name}: line 1 is blank. Expected a header with column names.")
        if self.reading.header == "none":
            return self._named(len(header))
        if broken_text("".join(header)) is not None:
            raise DataError(
                f"{self.name}: the header is not UTF-8 text: {quoted(header)}. "
                f"Save the file as UTF-8."
            )
        self._refuse_other_delimiter(header)
        return tuple(header)

    def _named(self, width: int) -> tuple[str, ...]:
        """Return the names of the columns of a file without a header."""
        columns = self.reading.columns
        if columns is None:
            return tuple(map(str, range(1, width + 1)))
        if len(columns) != width:
            raise DataError(
                f"{self.name}: {setting('columns', list(columns))} names {len(columns)} columns, "
                f"and the first row has {width} fields. Name {width}."
            )
        return tuple(columns)

    def _refuse_other_delimiter(self, header: list[str]) -> None:
        if len(header) > 1:
            return
        for other, called in ((";", "';'"), ("\t", "tabs"), (",", "','"), ("|", "'|'")):
            if other in header[0] and other != self.delimiter:
                expected = "tabs" if self.delimiter == "\t" else "','"
                raise DataError(
                    f"{self.name}: the columns seem to be separated by {called}; expected "
                    f"{expected}. The header is {quoted(header)}. Save the file with commas as "
                    f".csv, or with tabs as .tsv."
                )
