"""The texts of a file, and the rows that have none that can be predicted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentilora.data.column_values import likely_text
from sentilora.data.files.arrow import holds_json
from sentilora.data.files.read_options import USUAL, Reading
from sentilora.data.files.sources import open_single
from sentilora.data.files.streams import text_problem
from sentilora.data.files.tables import Batches, find_text_column
from sentilora.data.labelled.values.label_spellings import is_missing
from sentilora.data.problems import Problems, shown_value
from sentilora.errors import DataError, several
from sentilora.message import setting

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 8192  # of a file that are in memory at a time, at most


@dataclass(frozen=True)
class TextRows:
    """The rows of a file and where their texts are.

    Attributes:
        batches: the rows, with all columns.
        column: name of the column with the texts.
    """

    batches: Batches
    column: str

    @property
    def name(self) -> str:
        """What the user knows the source by."""
        return self.batches.name

    def texts_of(self, batch: pa.RecordBatch) -> list[Any]:
        """Return the values of the text column; :func:`text_problem` tells which are texts.

        A word for none, such as ``nan``, comes as None.

        Raises:
            DataError: a parquet file holds strings that are not UTF-8.
        """
        return [None if is_missing(value) else value for value in self.values_of(batch)]

    def values_of(self, batch: pa.RecordBatch) -> list[Any]:
        """Return the values of the text column as they stand there.

        Raises:
            DataError: a parquet file holds strings that are not UTF-8.
        """
        try:
            values: list[Any] = batch.column(self.column).to_pylist()
        except UnicodeDecodeError as error:
            raise DataError(
                f"{self.name}: column '{self.column}' holds bytes that are not UTF-8 text: "
                f"{error}. Write the file again with UTF-8 strings."
            ) from error
        if holds_json(self.batches.schema.field(self.column)):
            return [None if value is None else json.loads(value) for value in values]
        return values


def open_rows(
    source: str | Path,
    *,
    text: str | None = None,
    skip_bad_rows: bool = False,
    name: str | None = None,
    reading: Reading = USUAL,
) -> TextRows:
    """Open a file to predict its rows; it is read through first, so that no bad row comes late.

    Args:
        source: path of a file of any format that can be read, or of a folder that is one table.
        text: column with the texts; by default the one named text, review, sentence or content.
        skip_bad_rows: whether to let rows without a text pass.
        name: name that the user knows the file by.
        reading: how the file is read.

    Raises:
        DataError: it cannot be read, has no such column, or has rows without a text.
    """
    batches = Batches(open_single(Path(source), name, reading), ROWS)
    try:
        column = find_text_column(
            batches.schema.names, text, batches.name, lambda: _first_values(batches)
        )
    except DataError as error:
        raise DataError(f"{error.template} {batches.doubt}".rstrip()) from error
    _check_type(batches, column)
    rows = TextRows(batches, column)
    if not skip_bad_rows:
        values = (rows.values_of(batch) for batch in batches)
        refuse_bad_rows(rows.name, values, where=batches.where, are_cells=True)
    return rows


def _first_values(batches: Batches) -> dict[str, list[Any]]:
    """Return the first values of each column, for advice."""
    batch = next(iter(batches), None)
    return {} if batch is None else batch.slice(0, 200).to_pydict()


def refuse_bad_rows(
    name: str,
    batches: Iterable[list[Any]],
    *,
    where: Callable[[int], str] | None = None,
    are_cells: bool = False,
) -> None:
    """Raise one error that names the rows whose value is no text.

    Args:
        name: name that the user knows the rows by.
        batches: the values.
        where: function that says in which line of the file a row stands.
        are_cells: whether a word such as ``nan`` stands for an empty cell.

    Raises:
        DataError: there is at least one.
    """
    problems = Problems(name)
    problems.where = where
    for row, value in enumerate(_all(batches), start=1):
        if (kind := text_problem(value)) is not None:
            problems.add_row(row, kind)
        elif are_cells and is_missing(value):
            problems.add_row(row, "a word for no text", shown_value(value))
    refuse(problems)


def refuse(problems: Problems) -> None:
    """Raise an error when there are bad rows.

    Raises:
        DataError: there is at least one.
    """
    if lines := problems.row_lines():
        raise DataError(
            f"{several(problems.source, lines)}\nExpected a text in every row. Give them one, or "
            f"leave their predictions empty with {setting('skip_bad_rows', True)}."
        )


def _all(batches: Iterable[list[Any]]) -> Iterator[Any]:
    for batch in batches:
        yield from batch


def _check_type(batches: Batches, column: str) -> None:
    from pyarrow import types

    field = batches.schema.field(column)
    kind = field.type.value_type if types.is_dictionary(field.type) else field.type
    is_text = (types.is_string, types.is_large_string, types.is_string_view, types.is_null)
    if not any(check(kind) for check in is_text):
        other = likely_text(_first_values(batches), (column,))
        way = (
            "No other column looks like texts: write them as strings, or name their column."
            if other is None
            else f"Choose the column with the texts with {setting('text', other)}."
        )
        raise DataError(f"{batches.name}: column '{column}' holds {kind}, expected strings. {way}")
