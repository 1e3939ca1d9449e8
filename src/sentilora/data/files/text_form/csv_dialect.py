"""Which dialect of CSV a file is written in: delimiter, quotes, blanks, backslashes.

What the user left open is tried on the first lines of the file. The usual dialect of the file's
ending is kept where it fits; another one is taken where that fits every line, and told.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sentilora.data.columns import is_known_name

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

DELIMITERS = (",", ";", "\t", "|")
_SELDOM = "^~¦§¬"  # delimiters that hardly stand in texts; others need a header that shows them
_NO_DELIMITERS = frozenset(" \"'_-.()[]?“”„«»‘’…")
CURLY = {"“": "”", "„": "“”", "«": "»", "»": "«", "‘": "’"}  # opening marks, and what closes them
_MAX_FIELD = 1 << 26  # characters; an unclosed quote must not swallow a whole disk
_ESCAPED = re.compile(r'\\(["\\])')
_MOST = 0.8  # share of rows with the header's number of fields that makes a delimiter likely


@dataclass(frozen=True)
class Dialect:
    """How fields are separated and held together.

    Attributes:
        delimiter: character between fields.
        quote: character that holds a field together, the opening one where two do; empty where all
            quotes are plain text.
        has_blanks: whether a blank may stand between a delimiter and a quote.
        has_backslashes: whether a backslash, not a second quote, says that a quote is plain text.
    """

    delimiter: str
    quote: str = '"'
    has_blanks: bool = False
    has_backslashes: bool = False

    def reader(self, lines: Iterable[str]) -> CsvReader:
        """Return a reader of lines with their ends; it raises ``csv.Error`` for broken quotes."""
        csv.field_size_limit(max(_MAX_FIELD, csv.field_size_limit()))
        if not self.quote:
            return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE)
        return csv.reader(
            self._with_plain_quotes(lines),
            delimiter=self.delimiter,
            quotechar=self.quote,
            skipinitialspace=self.has_blanks,
            strict=True,
        )

    def fields_alone(self, line: str) -> list[list[str]]:
        """Return the fields of a line that is looked at alone: with quotes, and as plain text."""
        plain = replace(self, quote="")
        ways = [plain.reader([line])]
        if self.quote:
            lines = self._with_plain_quotes([line])
            ways.append(csv.reader(lines, delimiter=self.delimiter, quotechar=self.quote))
        found = []
        for way in ways:
            try:
                found.append(next(way, []))
            except csv.Error:
                continue
        return found

    def _with_plain_quotes(self, lines: Iterable[str]) -> Iterable[str]:
        """Write lines so that the same mark opens and closes a field, and is doubled within."""
        if self.has_backslashes:
            lines = map(_with_doubled_quotes, lines)
        closing = CURLY.get(self.quote)
        if closing is None:
            return lines
        mark = re.escape(self.delimiter)
        within = re.compile(rf"(?<=[^{mark}]){self.quote}")
        end = re.compile(rf"[{closing}](?={mark}|\r?\n?$)")
        return (end.sub(self.quote, within.sub(self.quote * 2, line)) for line in lines)


@dataclass(frozen=True)
class Sample:
    """The first lines of a file, with their ends.

    Attributes:
        lines: lines that are looked at.
        is_whole: whether the file has no more of them.
    """

    lines: Sequence[str]
    is_whole: bool


@dataclass(frozen=True)
class Record:
    """One record of a file: its fields, and the number of lines up to its end."""

    fields: list[str]
    line: int


@dataclass(frozen=True)
class Trial:
    """What the first lines are in one dialect.

    Attributes:
        dialect: the dialect.
        records: records that are not blank.
        error_count: number of records whose quotes are broken.
        is_headless: whether the first record is one of these.
        width: number of fields that most records have.
    """

    dialect: Dialect
    records: list[Record]
    error_count: int
    is_headless: bool
    width: int

    @property
    def first(self) -> int:
        """Index of the first record that has the usual number of fields."""
        return next((i for i, one in enumerate(self.records) if len(one.fields) == self.width), 0)

    @property
    def good_count(self) -> int:
        """Number of records that have the usual width."""
        return sum(len(one.fields) == self.width for one in self.records)

    def share(self, start: int = 0) -> float:
        """Return the share of the records from ``start`` on that have the usual width."""
        rest = self.records[start:]
        good = sum(len(one.fields) == self.width for one in rest)
        return good / max(1, len(rest) + self.error_count)

    @property
    def is_clean(self) -> bool:
        """Whether every record is whole and has as many fields as the first one."""
        return self.share() == 1 and not self.is_headless


def try_dialect(dialect: Dialect, sample: Sample) -> Trial:
    """Read the first lines in a dialect; what the end of the sample cuts off is left out."""
    records: list[Record] = []
    errors, is_headless = 0, False
    reader = dialect.reader(sample.lines)
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            break
        except csv.Error:
            is_cut = not sample.is_whole and reader.line_num >= len(sample.lines)
            errors += not is_cut
            is_headless = is_headless or not records
            continue
        if fields:
            records.append(Record(fields, reader.line_num))
    counts: dict[int, int] = {}
    for one in records:
        counts[len(one.fields)] = counts.get(len(one.fields), 0) + 1
    width = max(counts, key=lambda key: counts[key], default=0)
    return Trial(dialect, records, errors, is_headless, width)


def find_dialect(
    sample: Sample, usual: Dialect, *, is_open: bool, width: int | None = None
) -> Trial:
    """Find the dialect that fits the first lines.

    Args:
        sample: the lines, from the header on.
        usual: dialect to keep where it fits, and where no other one fits better.
        is_open: whether the delimiter may be another one.
        width: number of fields that rows have, where that is known.
    """
    kept = try_dialect(usual, sample)
    if kept.is_clean and (kept.width > 1 or kept.width == width):
        return _without_quotes(kept, sample)
    others = [try_dialect(other, sample) for other in _others(usual, sample, is_open)]
    others = [trial for trial in others if trial.width > 1 or not is_open]
    if width is not None:
        others = [trial for trial in others if trial.width == width]
    names = len(kept.records[0].fields) if kept.records else 0
    clean = [trial for trial in others if trial.is_clean and trial.width >= names]
    if clean:
        return _without_quotes(clean[0], sample)
    if kept.is_clean or (kept.width > 1 and kept.share(kept.first) >= _MOST):
        return kept
    # Lines above the header, or rows that are broken: the rest has to fit.
    likely = [trial for trial in others if trial.share(trial.first) >= _MOST]
    # By number before share: quotes that are none would swallow the rows that do not fit.
    return max(likely, key=lambda trial: (trial.good_count, trial.share(trial.first)), default=kept)


def delimiters_of(header: str) -> list[str]:
    """Return the delimiters that the first line of a file may have: usual, and others it shows.

    Others part it into names of which one is known, as ``text:label`` has them.
    """
    found = [mark for mark in (*DELIMITERS, *_SELDOM) if mark in header]
    for mark in dict.fromkeys(header.strip()):
        if mark.isalnum() or mark in _NO_DELIMITERS or mark in found or not mark.isprintable():
            continue
        if any(is_known_name(name.strip(" \"'")) for name in header.strip().split(mark)):
            found.append(mark)
    return found


def _without_quotes(trial: Trial, sample: Sample) -> Trial:
    """Take marks around every name of the header, or every value, as quotes, if that fits too."""
    for mark in ("'", *CURLY) if trial.dialect.quote else ():
        if not _are_quoted(trial, mark):
            continue
        other = try_dialect(replace(trial.dialect, quote=mark), sample)
        if other.is_clean and other.width == trial.width:
            return other
    return trial


def _are_quoted(trial: Trial, mark: str) -> bool:
    """Tell whether marks stand around all names; or, if they are curly, all values of a column."""
    closing = CURLY.get(mark, mark)

    def is_quoted(cell: str) -> bool:
        return len(cell) > 2 and cell[0] == mark and cell[-1] in closing

    header, *rows = [one.fields for one in trial.records] or [[]]
    if header and all(map(is_quoted, header)):
        return True
    columns = zip(*rows, strict=True) if mark in CURLY and len(rows) > 1 else ()
    return any(all(map(is_quoted, column)) for column in columns)


def _others(usual: Dialect, sample: Sample, is_open: bool) -> Iterator[Dialect]:
    """Iterate other dialects that the lines give a reason for."""
    text = "".join(sample.lines)
    delimiters = [usual.delimiter]
    if is_open:
        header = sample.lines[0] if sample.lines else ""
        marks = [mark for mark in DELIMITERS if mark in text]
        marks += [mark for mark in delimiters_of(header) if mark not in DELIMITERS]
        delimiters += [mark for mark in marks if mark != usual.delimiter]
    for delimiter in delimiters:
        plain = replace(usual, delimiter=delimiter)
        if delimiter != usual.delimiter:
            yield plain
        if not usual.quote:
            continue
        if f'{delimiter} "' in text:
            yield replace(plain, has_blanks=True)
        if '\\"' in text:
            yield replace(plain, has_backslashes=True)
        if f"{delimiter}'" in text or "\n'" in text:
            yield replace(plain, quote="'")
        for mark in CURLY:
            if text.startswith(mark) or f"{delimiter}{mark}" in text or f"\n{mark}" in text:
                yield replace(plain, quote=mark)


def _with_doubled_quotes(line: str) -> str:
    if "\\" not in line:
        return line
    return _ESCAPED.sub(lambda found: '""' if found[1] == '"' else "\\", line)
