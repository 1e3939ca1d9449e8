"""How the user wants a file of rows to be read: encoding, delimiter, header and the like.

What is left open is found out from the file, and told where it is not the usual.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal, TypedDict, get_args

from sentilora.errors import ConfigError, several
from sentilora.message import setting

if TYPE_CHECKING:
    from sentilora.data_settings import TableSection

Quoting = Literal["csv", "none"]
Header = Literal["first", "none"]

_TABS = ("tab", "\\t", "\t")
TEXT = ("encoding",)
DELIMITED = ("encoding", "delimiter", "quoting", "header", "columns", "skip_lines")


class ReadOptions(TypedDict, total=False):
    """Keywords of every function that reads files, as :class:`Reading` explains them."""

    encoding: str | None
    delimiter: str | None
    quoting: Quoting | None
    header: Header | None
    columns: str | Sequence[str] | None
    skip_lines: int
    sheet: str | int | None


@dataclass(frozen=True)
class Reading:
    """How a file of rows is read.

    Attributes:
        encoding: encoding of a text file by Python's name, such as ``cp1252``; found out when None.
        delimiter: character between fields, or ``tab``; found out when None.
        quoting: ``csv`` where quotes hold a field together, ``none`` where they are plain text;
            ``csv`` when None, but then quotes around what looks like rows are an error.
        header: ``first`` where the first line holds the column names, ``none`` where it is a row;
            ``first`` when None, but then a first line that looks like data is an error.
        columns: names of the columns of a file without a header, as a list or joined by commas;
            when None, they are called ``1``, ``2`` and so on.
        skip_lines: number of lines above the header (or above the first row) to pass over.
        sheet: sheet of a workbook, by name, or by number from 1; the first one when None.

    Raises:
        ConfigError: a value cannot be meant; all such are named.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quoting: Quoting | None = None
    header: Header | None = None
    columns: str | Sequence[str] | None = None
    skip_lines: int = 0
    sheet: str | int | None = None

    def __post_init__(self) -> None:
        if isinstance(self.columns, str):
            object.__setattr__(self, "columns", [part.strip() for part in self.columns.split(",")])
        if self.columns is not None:
            object.__setattr__(self, "columns", tuple(self.columns))
        if self.delimiter in _TABS:
            object.__setattr__(self, "delimiter", "\t")
        if problems := [*_faults(self)]:
            raise ConfigError(several("how to read the file", problems))

    @property
    def given(self) -> dict[str, str | int | list[str]]:
        """The settings that differ from their defaults, as they are typed."""
        found = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default:
                found[field.name] = list(value) if isinstance(value, tuple) else value
        if found.get("delimiter") == "\t":
            found["delimiter"] = "tab"
        return found

    def refuse_other_than(self, names: Sequence[str], source: str, what: str) -> None:
        """Refuse settings that say nothing about a kind of file.

        Args:
            names: settings that do say something about it.
            source: name that the user knows the file by.
            what: kind of the file, in words: ``a Parquet file``.

        Raises:
            ConfigError: another setting was given.
        """
        other = [setting(name, value) for name, value in self.given.items() if name not in names]
        if other:
            raise ConfigError(
                f"{source} is {what}, of which {', '.join(other)} says nothing. Leave it out."
            )


def reading_of(section: TableSection) -> Reading:
    """Return how the files of a configuration are read.

    Raises:
        ConfigError: a value cannot be meant.
    """
    return Reading(**{field.name: getattr(section, field.name) for field in fields(Reading)})


def _faults(reading: Reading) -> list[str]:
    found = []
    if reading.encoding is not None and not _is_encoding(reading.encoding):
        found.append(
            f"{setting('encoding', reading.encoding)}: no text encoding has this name; expected "
            "one such as utf-8, cp1252, latin-1 or utf-16"
        )
    delimiter = reading.delimiter
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n\0'):
        found.append(f"{setting('delimiter', delimiter)}: expected one character, or tab")
    for name, kind in (("quoting", Quoting), ("header", Header)):
        value = getattr(reading, name)
        if value is not None and value not in get_args(kind):
            found.append(f"{setting(name, str(value))}: expected {' or '.join(get_args(kind))}")
    if not isinstance(reading.skip_lines, int) or reading.skip_lines < 0:
        found.append(f"{setting('skip_lines', reading.skip_lines)}: expected 0 or more lines")
    return found + _column_faults(reading)


def _column_faults(reading: Reading) -> list[str]:
    columns = reading.columns
    if columns is None:
        return []
    if reading.header != "none":
        named = f"{setting('columns', list(columns))} names columns of a file without a header"
        return [f"{named}: add {setting('header', 'none')}, or leave it out"]
    if not all(isinstance(name, str) and name.strip() for name in columns):
        return [f"{setting('columns', [str(name) for name in columns])}: a name is empty"]
    if len(set(columns)) < len(columns):
        return [f"{setting('columns', list(columns))}: a name stands there twice"]
    return []


def _is_encoding(name: str) -> bool:
    try:
        codecs.lookup(name)
        "".encode(name)
    except (LookupError, ValueError, TypeError):
        return False
    return True


USUAL = Reading()  # nothing was said
