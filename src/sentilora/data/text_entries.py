"""What a caller hands over as texts: a list of strings in the end, or one error that says why not.

Taken are a string, everything that can be gone through in order (lists, tuples, generators,
columns of pandas, polars, pyarrow, numpy and ``datasets``), and tables together with the name of a
column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import compress
from typing import Any

from sentilora.data.frames import is_frame, is_from, likely_text, name_of, text_column
from sentilora.data.problems import shortened
from sentilora.data.visible import is_visible
from sentilora.errors import ConfigError, DataError, several
from sentilora.message import setting

_MISSING = ("NoneType", "NAType", "NaTType")  # None, pandas.NA, pandas.NaT


@dataclass(frozen=True)
class TextEntries:
    """Values in the order in which they were given; not yet checked.

    Attributes:
        values: the values, texts or not.
        index: index of a pandas column; None for everything else.
    """

    values: list[Any]
    index: Any = None

    def only(self, wanted: Sequence[bool]) -> TextEntries:
        """Return the entries at the places where ``wanted`` says so."""
        values = list(compress(self.values, wanted))
        return TextEntries(values, None if self.index is None else self.index[list(wanted)])

    def name(self, position: int) -> str:
        """Name an entry in a message, by its place and by its label in pandas."""
        if self.index is None or self.index[position] == position:
            return f"entry {position}"
        return f"entry {position} (index {self.index[position]!r})"


def open_entries(given: Any, text: str | None = None) -> TextEntries:
    """Take what was given apart.

    Args:
        given: a string, texts in order, or a table.
        text: name of the column of a table that holds the texts; None for everything else.

    Raises:
        DataError: it is nothing that can hold texts, or a table without ``text``.
        ConfigError: ``text`` was given, and there is no table.
    """
    if isinstance(given, str):
        given = [given]
    elif is_frame(given):
        if text is None:
            raise DataError(_which_column(given))
        return open_entries(text_column(given, text))
    if text is not None:
        raise ConfigError(
            f"{setting('text', text)} names a column of a table, and a {type(given).__name__} was "
            "given. Leave it out, or give a table, such as a pandas DataFrame."
        )
    if is_from(given, "pandas", "Series") or is_from(given, "pandas", "Index"):
        return TextEntries(given.tolist(), getattr(given, "index", None))
    return TextEntries(_in_order(given))


def checked_texts(entries: TextEntries) -> list[str]:
    """Return the values, all of them texts.

    Raises:
        DataError: some are none; they are named.
    """
    if not _are_texts(entries.values):
        problems = [
            f"{entries.name(position)} {problem}"
            for position, value in enumerate(entries.values)
            if (problem := entry_problem(value)) is not None
        ]
        if problems:
            shown = several("the texts", problems, most=10)
            raise DataError(f"{shown}\nLeave them out, or give them a text.")
    return entries.values


def entry_problem(value: object) -> str | None:
    """Say why a value is no text, as the rest of a sentence; None when it is one."""
    if is_missing(value):
        return f"is missing ({value})"
    if not isinstance(value, str):
        return f"is {type(value).__name__} {shortened(repr(value))}, not a string"
    if not is_visible(value):
        return "holds nothing but characters that nobody sees" if value.strip() else "is empty"
    if not is_unicode(value):
        return f"holds half of a character (a lone surrogate): '{shortened(value)}'"
    return None


def _are_texts(values: list[Any]) -> bool:
    """Tell quickly whether all is well."""
    try:
        return all(map(is_visible, values)) and is_unicode("".join(values))
    except TypeError:
        return False


def is_missing(value: object) -> bool:
    """Tell whether a value says that there is none: None, NaN, or those of pandas."""
    return type(value).__name__ in _MISSING or (isinstance(value, float) and value != value)


def is_unicode(text: str) -> bool:
    """Tell whether a string can be written, as one with half of a character cannot."""
    try:
        return text.isascii() or text.encode("utf-8") != b""
    except UnicodeEncodeError:
        return False


_FLATTENED = {0: "Give its text: texts.item()", 2: "Give one column: texts[:, 0]"}


def _in_order(given: Any) -> list[Any]:
    kind = type(given).__name__
    if isinstance(given, bytes | bytearray | memoryview):
        raise DataError(
            f"{kind} {shortened(repr(given))} is no text. Decode it: data.decode('utf-8')"
        )
    if isinstance(given, Mapping):
        raise DataError(
            f"A {kind} with the keys {shortened(str(list(given)))} is no list of texts. Give the "
            "texts in it, for instance: list(texts.values())"
        )
    if isinstance(given, Set):
        raise DataError(
            f"A {kind} has no order, and answers come in the order of the texts. Give a list: "
            "sorted(texts)"
        )
    if getattr(given, "ndim", 1) != 1:
        raise DataError(
            f"{kind} of shape {tuple(given.shape)} is no list of texts: expected one dimension. "
            f"{_FLATTENED.get(given.ndim, 'Give all texts in a row: texts.ravel()')}"
        )
    for convert in ("to_pylist", "tolist", "to_list"):  # pyarrow, numpy, polars
        if hasattr(given, convert):
            values: list[Any] = getattr(given, convert)()
            return values
    if not isinstance(given, Iterable):
        raise DataError(
            f"{kind} {shortened(repr(given))} is no text. Expected a string, or strings in a list, "
            "a column of a table or the like."
        )
    return list(given)


def _which_column(frame: Any) -> str:
    column = likely_text(frame)
    return (
        f"{name_of(frame)[4:]} is a table, expected texts. Give its column of texts: "
        f"df[{column!r}], or the table with {setting('text', column)}."
    )
