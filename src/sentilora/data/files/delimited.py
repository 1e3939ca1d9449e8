"""CSV and TSV files, read row by row (RFC 4180 quoting).

TSV files are quoted like CSV files, as pandas and Hugging Face datasets write them, unless the user
says that quotes are plain text. What the form of the file is, and where it is not the usual one,
``text_form/`` finds out.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from os import SEEK_END
from pathlib import Path

from sentilora.data.files.read_options import USUAL, Reading
from sentilora.data.files.streams import CHUNK_CHARACTERS, CHUNK_ROWS, UTF8, Chunk, open_text
from sentilora.data.files.text_form.charset import find_encoding
from sentilora.data.files.text_form.csv_dialect import Sample, try_dialect
from sentilora.data.files.text_form.csv_layout import find_layout
from sentilora.data.files.text_form.row_records import Records
from sentilora.data.files.text_form.total_line import find_total
from sentilora.data.problems import Problems, quoted
from sentilora.message import Message, setting

_AROUND_ROWS = "quotes that open in one row and close in a later one, or never"
_LAST_BYTES = 4096
_MARK = "\ufeff"  # of a file that another one was put behind
_CASES = (str, str.lower, str.upper, str.title)
_SAMPLE_LINES = 10_000
_SAMPLE_CHARACTERS = 1 << 21


class DelimitedFile:
    """A table in a CSV or TSV file; every value is a string.

    Attributes:
        doubt: how to read the file if its first line is a row; empty where that cannot be.

    Raises:
        DataError: the file cannot be opened, is empty, is not text, or has a form that cannot be
            told for sure.
    """

    def __init__(self, path: Path, name: str, delimiter: str, reading: Reading = USUAL) -> None:
        self.path = path
        self.name = name
        self.files: tuple[Path, ...] = (path,)
        self._reading = reading
        self._encoding, notes = find_encoding(path, name, reading.encoding)
        sample = self._sample()
        self._layout = find_layout(sample, name, delimiter, reading)
        self._total = find_total(self._last_lines(sample), self._layout)
        self.names = self._layout.names
        self.notes = (*notes, *self._layout.notes)
        if self._total:
            told = f"{name}: the last line is a total, and no row: {quoted(self._total)}"
            self.notes += (Message(told),)
        self.doubt = self._layout.doubt
        # Noted only where a row is not just below the last one, once for all passes.
        self._turns = array("q", [0])
        self._lines_above = array("q", [self._layout.above])
        self._records_above = array("q", [self._layout.records_above])

    def class_names(self, column: str) -> None:
        """Return None: the format holds no label names beside the column."""

    def chunks(
        self, columns: Sequence[str], problems: Problems, *, rows: int = CHUNK_ROWS
    ) -> Iterator[Chunk]:
        """Iterate the columns in chunks; rows that are not rows of this table become problems."""
        places = [self.names.index(column) for column in columns]
        problems.where = self.where
        problems.encoding = "UTF-8" if self._encoding == UTF8 else self._encoding
        numbers: list[int] = []
        found: list[list[str]] = []
        characters = 0
        with open_text(self.path, self.name, encoding=self._encoding) as stream:
            for row, fields in self._rows(stream, problems):
                numbers.append(row)
                found.append(fields)
                characters += sum(map(len, fields))
                if len(found) >= rows or characters >= CHUNK_CHARACTERS:
                    yield _chunk(columns, places, numbers, found)
                    numbers, found, characters = [], [], 0
        if found:
            yield _chunk(columns, places, numbers, found)

    def where(self, row: int) -> str:
        """Say in which line a row stands that was read, in the file and in a spreadsheet."""
        place = bisect_right(self._turns, row) - 1
        line, shown = row + self._lines_above[place], row + self._records_above[place]
        return f"line {line}" if line == shown else f"line {line}, {shown} in a spreadsheet"

    def _turn(self, row: int, lines_above: int, blank: int) -> int:
        if row > self._turns[-1]:  # not met in a pass before
            self._turns.append(row)
            self._lines_above.append(lines_above)
            self._records_above.append(self._layout.records_above + blank)
        return lines_above

    def _rows(self, stream: Iterator[str], problems: Problems) -> Iterator[tuple[int, list[str]]]:
        layout = self._layout
        width = len(layout.names)
        # A cell of the header or of the total begins few rows: only these are looked at closely.
        header = () if self._reading.header == "none" else layout.names
        starts = {*self._total[:1]}
        for name in header[:1]:
            starts |= {mark + way(name) for mark in ("", _MARK) for way in _CASES}
        header = tuple(map(_folded, header))
        records = Records(
            layout.dialect, width, layout.habits, is_sure=self._reading.quoting == "csv"
        )
        row, blank, above = 0, 0, layout.above
        for fields in records.read(islice(stream, layout.above, None), layout.above):
            if len(fields) != width or fields[0] in starts:
                if (not fields and not records.error) or (fields and fields == self._total):
                    blank += 1
                    continue
                problem = self._problem(fields, records, header)
            else:
                problem = None
            row += 1
            if records.line - row != above:
                above = self._turn(row, records.line - row, blank)
            if problem is None:
                yield row, fields
            else:
                kind, lines, detail = problem
                problems.add_row(row, kind, f"{lines or self.where(row)}{detail}")

    def _problem(
        self, fields: list[str], records: Records, header: tuple[str, ...]
    ) -> tuple[str, str, str] | None:
        """Return what is wrong with a record: its kind, its lines if several, and more of it."""
        width = len(self.names)
        if records.error:
            return self._broken(records)
        if len(fields) == width:
            is_header = tuple(map(_folded, fields)) == header
            return ("the header once more", "", "") if is_header else None
        if len(fields) > width and not "".join(fields[width:]).strip():
            return None  # empty fields at the end
        kind = f"wrong number of fields (the header has {width})"
        return kind, "", f": {len(fields)} fields"

    def _broken(self, records: Records) -> tuple[str, str, str]:
        advice = []
        if self._reads_plain:
            plain = setting("quoting", "none")
            advice.append(f"if quotes are plain text in this file, read it with {plain}")
        lines = f"lines {records.line} to {records.last}" if records.last > records.line else ""
        if not records.is_rows or not lines:
            return "; ".join(["broken quotes", *advice]), lines, f": {records.error}"
        if records.is_closed:
            advice.append(f"if they hold one text together, with {setting('quoting', 'csv')}")
        return "; ".join([_AROUND_ROWS, *advice]), lines, ""

    @cached_property
    def _reads_plain(self) -> bool:
        """Whether the first lines fit when quotes are plain text."""
        layout = self._layout
        lines = self._sample().lines[layout.above :]
        trial = try_dialect(replace(layout.dialect, quote=""), Sample(lines, is_whole=True))
        return trial.is_clean and trial.width == len(layout.names)

    def _last_lines(self, sample: Sample) -> list[str]:
        if self.path.suffix.lower() == ".gz" or self._encoding.startswith(("utf-16", "utf-32")):
            # A longer one cannot be read from the end.
            return [line.rstrip("\r\n") for line in sample.lines] if sample.is_whole else []
        with self.path.open("rb") as file:
            size = file.seek(0, SEEK_END)
            start = file.seek(max(0, size - _LAST_BYTES))
            lines = file.read().decode(self._encoding, "replace").splitlines()
        return lines[1:] if start else lines

    def _sample(self) -> Sample:
        lines: list[str] = []
        characters = 0
        with open_text(self.path, self.name, encoding=self._encoding) as stream:
            for line in stream:
                lines.append(line)
                characters += len(line)
                if len(lines) >= _SAMPLE_LINES or characters >= _SAMPLE_CHARACTERS:
                    return Sample(lines, is_whole=False)
        return Sample(lines, is_whole=True)


def _folded(name: str) -> str:
    return name.removeprefix(_MARK).strip().casefold()


def _chunk(
    columns: Sequence[str], places: Sequence[int], numbers: list[int], found: list[list[str]]
) -> Chunk:
    by_place = list(zip(*found, strict=False))  # a row may have empty fields at its end
    cells = [list(by_place[place]) for place in places]
    return Chunk(numbers, dict(zip(columns, cells, strict=True)))
