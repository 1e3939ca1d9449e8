"""Which columns of a table of feedback are read, and what their values mean."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.data.columns import (
    column_name,
    find_text_column,
    fold_name,
    known_columns,
    match_column,
)
from sentilora.data.files.first_rows import first_rows
from sentilora.data.files.streams import Table
from sentilora.data.labelled.values.label_spellings import is_missing, spell
from sentilora.data.problems import doubled_names, quoted
from sentilora.errors import ConfigError, DataError, several
from sentilora.message import Message, setting

_DATE_NAMES = (
    *("created", "createdat", "createdtime", "createtime", "date", "datetime", "dateposted"),
    *("day", "posted", "postedat", "publishedat", "reviewdate", "submitted", "submittedat"),
    *("time", "timestamp", "tweetcreated"),
)


@dataclass(frozen=True)
class FeedbackColumns:
    """Names of the columns; None where a column was not asked for.

    Attributes:
        segments: columns whose values part the texts, in the order in which they were asked for.
    """

    text: str | None = None
    date: str | None = None
    segments: Sequence[str] = ()
    id: str | None = None
    author: str | None = None

    def __post_init__(self) -> None:
        for role in ("text", "date", "id", "author"):
            object.__setattr__(self, role, column_name(getattr(self, role), role))
        if isinstance(self.segments, str):
            raise ConfigError(
                f"{setting('segments', self.segments)}: expected a list of columns. Type for "
                f"instance: {setting('segments', [self.segments])}"
            )
        names = [column_name(name, "segments") for name in self.segments]
        kept = tuple(dict.fromkeys(name for name in names if name is not None))
        object.__setattr__(self, "segments", kept)

    @property
    def used(self) -> tuple[str, ...]:
        """All that are there, each once."""
        names = (self.text, self.date, *self.segments, self.id, self.author)
        return tuple(dict.fromkeys(name for name in names if name is not None))

    def found_in(self, table: Table) -> FeedbackColumns:
        """Return the columns as the table names them, the text found where it was not named.

        Raises:
            DataError: there is no such column, all that are missing are named at once; or two
                columns have one name.
        """
        if doubled := doubled_names(table.names):
            raise DataError(f"{table.name}: {doubled}")
        problems: list[str] = []
        found: dict[str, Any] = {}
        for role in ("date", "id", "author"):
            found[role] = self._match(table, role, getattr(self, role), problems)
        segments = [self._match(table, "segments", name, problems) for name in self.segments]
        if self.text is not None:
            found["text"] = self._match(table, "text", self.text, problems)
        if problems:
            told = several(table.name, problems)
            raise DataError(f"{told}\nFound: {quoted(table.names)}. {table.doubt}".rstrip())
        if self.text is None:
            try:
                found["text"] = find_text_column(table.names, None, table.name, first_rows(table))
            except DataError as error:
                raise DataError(f"{error.template} {table.doubt}".rstrip()) from error
        return FeedbackColumns(segments=[name for name in segments if name], **found)

    @staticmethod
    def _match(table: Table, role: str, wanted: str | None, problems: list[str]) -> str | None:
        name = match_column(table.names, wanted)
        if wanted is not None and name not in table.names:
            problems.append(f"no column '{wanted}' ({setting(role)})")
            return None
        return name

    def notes(self, table: Table, *, is_labelled: bool) -> list[Message]:
        """Name the column of the texts, and those that were not asked for and would tell more."""
        told = [] if is_labelled else [f"texts from column '{self.text}'"]
        dates = [name for name in table.names if fold_name(name) in _DATE_NAMES]
        if self.date is None and dates:
            way = setting("date", dates[0])
            told.append(f"column '{dates[0]}' may hold dates: {way} tells the course over time")
        labels = known_columns(table.names, "label", self.used)
        if not is_labelled and len(labels) == 1:
            way = setting("label", labels[0])
            told.append(f"column '{labels[0]}' may hold labels: {way} uses them, not the model")
        return [Message(one) for one in told]


class ValueCodes:
    """Values of a column as numbers, so that a million rows take little room."""

    def __init__(self) -> None:
        self._codes = array("i")
        self._known: dict[str, int] = {}

    def add(self, values: Sequence[Any]) -> None:
        """Take in more rows."""
        for value in values:
            name = spell(value)
            if name is None or is_missing(name):
                self._codes.append(-1)
            else:
                self._codes.append(self._known.setdefault(name, len(self._known)))

    def codes(self) -> NDArray[np.int32]:
        """Return the number of each row's value, ``(N,)`` int32; -1 where there is none."""
        return np.array(self._codes, dtype=np.int32)

    def values(self) -> NDArray[np.object_]:
        """Return the value of each row, ``(N,)`` object; None where there is none."""
        names = np.array([*self._known, None], dtype=object)
        return names[self.codes()]


def strings(values: Sequence[Any]) -> list[str]:
    """Write ids as strings; where there is none, as nothing."""
    return [spell(value) or "" for value in values]
