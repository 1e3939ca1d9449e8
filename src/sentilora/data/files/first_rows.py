"""The first rows of a table, for advice on its columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from sentilora.data.files.streams import Table
from sentilora.data.problems import Problems
from sentilora.errors import DataError

ROWS = 200


def first_rows(table: Table) -> Callable[[], Mapping[str, Sequence[object]]]:
    """Return what reads the first values of each column, once it is asked; they are read once."""

    @cache
    def read() -> Mapping[str, Sequence[object]]:
        problems = Problems(table.name, keeps_rows=True)
        try:
            chunk = next(table.chunks(table.names, problems, rows=ROWS), None)
        except DataError:
            return {}
        return {} if chunk is None else {k: v[:ROWS] for k, v in chunk.columns.items()}

    return read
