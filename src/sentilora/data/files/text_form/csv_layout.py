"""What stands where in a CSV file: lines above the header, names of columns, where rows begin.

What is no usual file, and can be told for sure, is read and told: a line ``sep=;``, the second and
third header lines of survey exports, columns without a name and without values. Where the user has
to say, the error has the settings that read the file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sentilora.data.files.read_options import Reading
from sentilora.data.files.streams import broken_text
from sentilora.data.files.text_form.csv_dialect import (
    CURLY,
    Dialect,
    Sample,
    Trial,
    delimiters_of,
    find_dialect,
)
from sentilora.data.files.text_form.header_signs import (
    likely_columns,
    looks_like_row,
    may_be_row,
    subheader_count,
    title_count,
)
from sentilora.data.files.text_form.row_records import Habit, habits_of
from sentilora.data.problems import quoted, shortened
from sentilora.errors import DataError
from sentilora.message import Message, setting

_SEPARATOR = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_FEW = 0.1  # share of rows, at most, that spill into columns without a name
_CALLED = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "'|'"}


@dataclass(frozen=True)
class Layout:
    """What stands where in a file.

    Attributes:
        dialect: dialect of the file.
        names: names of the columns.
        above: number of lines above the first row.
        records_above: number of records above it, as a spreadsheet counts lines.
        habits: what the columns hold.
        notes: remarks for the user, where the file is not the usual.
        doubt: how to read the file if its first line is a row; empty where that cannot be.
    """

    dialect: Dialect
    names: tuple[str, ...]
    above: int
    records_above: int
    habits: tuple[Habit, ...]
    notes: tuple[str, ...] = ()
    doubt: str = ""


@dataclass(frozen=True)
class _Start:
    """Where the lines of a file begin to count.

    Attributes:
        sample: the lines from there on.
        above: number of lines above them.
        usual: dialect that is tried first.
        is_open: whether the delimiter may be another one.
    """

    sample: Sample
    above: int
    usual: Dialect
    is_open: bool


def find_layout(sample: Sample, name: str, delimiter: str, reading: Reading) -> Layout:
    """Find out what stands where.

    Args:
        sample: the first lines of the file, all that the user passes over included.
        name: name that the user knows the file by.
        delimiter: delimiter that is usual for the ending of the file.
        reading: what the user said.

    Raises:
        DataError: there is no header, or it cannot be told which line it is.
    """
    start = _start(sample, name, delimiter, reading)
    columns = reading.columns
    width = None if columns is None else len(columns)
    trial = find_dialect(start.sample, start.usual, is_open=start.is_open, width=width)
    if trial.is_headless:
        raise DataError(
            f"{name}: the header has broken quotes. Mend them, or read quotes as plain text "
            f"with {setting('quoting', 'none')}."
        )
    notes = [Message(f"{name} {note}") for note in _notes_on(trial.dialect, start.usual)]
    if reading.header == "none":
        names = _given_names(trial, columns, name)
        rows = [one.fields for one in trial.records]
        return Layout(
            trial.dialect,
            names,
            start.above,
            start.above,
            habits_of(rows, len(names)),
            tuple(notes),
        )
    return _with_header(trial, start.above, notes, name, is_sure=reading.header == "first")


def _start(sample: Sample, name: str, delimiter: str, reading: Reading) -> _Start:
    above = reading.skip_lines
    lines = sample.lines[above:]
    told = _SEPARATOR.fullmatch(lines[0]) if lines else None
    if told is not None:
        delimiter, lines, above = told[1], lines[1:], above + 1
    blank = next((place for place, line in enumerate(lines) if line.strip()), len(lines))
    lines, above = lines[blank:], above + blank
    if not lines:
        raise DataError(f"{name} is empty. Expected a header and rows.")
    usual = Dialect(reading.delimiter or delimiter, quote="" if reading.quoting == "none" else '"')
    is_open = reading.delimiter is None and told is None
    return _Start(Sample(lines, sample.is_whole), above, usual, is_open)


def _notes_on(dialect: Dialect, usual: Dialect) -> list[str]:
    notes = []
    if dialect.delimiter != usual.delimiter:
        mark = "tab" if dialect.delimiter == "\t" else dialect.delimiter
        called = _CALLED.get(dialect.delimiter, f"'{mark}'")
        notes.append(f"is read as fields between {called} ({setting('delimiter', mark)})")
    if dialect.has_blanks and not usual.has_blanks:
        notes.append("has blanks before its quotes; they are no part of a value")
    if dialect.has_backslashes and not usual.has_backslashes:
        notes.append('is read with \\" as a quote within quotes, as MySQL writes it')
    if dialect.quote != usual.quote:
        marks = dialect.quote + CURLY.get(dialect.quote, "")[:1]
        notes.append(f"is read with {marks} as quotes")
    return notes


def _given_names(trial: Trial, columns: Any, name: str) -> tuple[str, ...]:
    """Return the names of the columns of a file without a header."""
    width = len(trial.records[0].fields)
    if columns is None:
        return ("text",) if width == 1 else tuple(map(str, range(1, width + 1)))
    if len(columns) != width:
        raise DataError(
            f"{name}: {setting('columns', list(columns))} names {len(columns)} columns, and the "
            f"first row has {width} fields: {quoted(trial.records[0].fields)}. Name {width}."
        )
    return tuple(columns)


def _with_header(
    trial: Trial, above: int, notes: list[Message], name: str, *, is_sure: bool
) -> Layout:
    header = trial.records[0]
    width = len(header.fields)
    rows = [one.fields for one in trial.records[1:] if len(one.fields) >= width]
    if broken_text("".join(header.fields)) is not None:
        raise DataError(
            f"{name}: the header is no proper text: {quoted(header.fields)}. Name the encoding "
            f"with {setting('encoding')}, or save the file as UTF-8."
        )
    if not is_sure:
        _refuse_labelled_lines(header.fields, name)
        _refuse_titles(trial, above, name)
        _refuse_row(header.fields, rows, name)
    _refuse_other_delimiter(trial, name)
    names = list(header.fields)
    below = subheader_count(names, rows)
    last = header.line
    if below:
        last = trial.records[below].line
        lines = (
            f"line {above + last}"
            if below == 1
            else f"lines {above + header.line + 1} to {above + last}"
        )
        notes.append(Message(f"{name} has more of a header in {lines}, as survey tools write it"))
        names = [own or more.strip() for own, more in zip(names, rows[0], strict=False)]
    rows = rows[below:]
    names, dropped = _named(names, rows)
    if dropped:
        said = "column(s) at the end without a name hold next to nothing, left out"
        notes.append(Message(f"{name}: {dropped} {said}"))
    doubt = ""
    if not is_sure and not below and may_be_row(names, rows):
        doubt = (
            f"If the first line of {name} is a row, read it with "
            f"{_no_header([header.fields, *rows], width)}."
        )
    return Layout(
        trial.dialect,
        tuple(names),
        above + last,
        above + 1 + below,
        habits_of(rows, len(names)),
        tuple(notes),
        doubt,
    )


def _named(names: list[str], rows: Sequence[Sequence[str]]) -> tuple[list[str], int]:
    """Name columns by their place, or leave them out where they are empty, at the end.

    A few values in such a column are what a comma in a text has pushed there: their rows are then
    too long, and told.
    """
    kept, most = len(names), len(rows) * _FEW
    while kept > 1 and not names[kept - 1].strip():
        if sum(bool(row[kept - 1].strip()) for row in rows) > most:
            break
        kept -= 1
    named = names[:kept]
    nameless = [place for place, one in enumerate(named) if not one.strip()]
    if len(nameless) > 1:
        for place in nameless:
            named[place] = f"column{place + 1}"
    return named, len(names) - kept


def _refuse_titles(trial: Trial, above: int, name: str) -> None:
    count = title_count(trial)
    if not count:
        return
    lines = above + trial.records[count - 1].line
    raise DataError(
        f"{name}: the first line looks like a title: {quoted(trial.records[0].fields)}. The names "
        f"of the columns seem to stand below it: {quoted(trial.records[count].fields)}. Read it "
        f"with {setting('skip_lines', lines)}; if the first line holds the names, with "
        f"{setting('header', 'first')}."
    )


def _refuse_labelled_lines(names: Sequence[str], name: str) -> None:
    if names[0].startswith("__label__"):
        raise DataError(
            f"{name} is no CSV: its first line, '{shortened(names[0])}', is one of fastText. Copy "
            "it to a file that ends in .txt, and give that."
        )


def _refuse_row(names: Sequence[str], rows: Sequence[Sequence[str]], name: str) -> None:
    if not looks_like_row(names, rows):
        return
    raise DataError(
        f"{name}: the first line looks like data, not like column names: {quoted(names)}. Read it "
        f"with {_no_header([names, *rows], len(names))}; if it holds the names, with "
        f"{setting('header', 'first')}."
    )


def _no_header(rows: Sequence[Sequence[str]], width: int) -> str:
    columns = likely_columns([row for row in rows if len(row) >= width], width)
    return f"{setting('header', 'none')} {setting('columns', columns)}"


def _refuse_other_delimiter(trial: Trial, name: str) -> None:
    """Refuse a header of one name that another delimiter would split, unlike the rows."""
    header = trial.records[0].fields
    if len(header) > 1:
        return
    for other in delimiters_of(header[0]):
        if other != trial.dialect.delimiter:
            mark = "tab" if other == "\t" else other
            called = _CALLED.get(other, f"'{other}'")
            raise DataError(
                f"{name}: the columns seem to be separated by {called}, but not all rows fit. The "
                f"header is {quoted(header)}. Read it with {setting('delimiter', mark)}."
            )
