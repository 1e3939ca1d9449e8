"""Tables that are in memory already: pandas, polars, pyarrow, ``datasets``, lists of dicts.

A table of any library that hands out Arrow (``__arrow_c_stream__``) and has columns is taken as
well. None of the libraries is imported to find out what something is.
Not covered: lazy tables, which have no rows yet; they are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sentilora.data.column_values import likely_text as find_likely
from sentilora.data.columns import TEXT_NAMES, column_name, match_column
from sentilora.data.problems import quoted
from sentilora.errors import DataError
from sentilora.message import setting

if TYPE_CHECKING:
    import pyarrow as pa

_FRAMES = {
    ("pandas", "DataFrame"),
    ("polars", "DataFrame"),
    ("pyarrow", "Table"),
    ("pyarrow", "RecordBatch"),
    ("datasets", "Dataset"),
}
_LAZY = {("polars", "LazyFrame"), ("datasets", "IterableDataset")}
_LOOKED_AT = 20  # first rows, to guess which column holds texts


def is_from(value: object, library: str, name: str) -> bool:
    """Tell whether a value is of a class of a library, or of one made from it."""
    return any(
        kind.__name__ == name and kind.__module__.partition(".")[0] == library
        for kind in type(value).__mro__
    )


def is_frame(value: object) -> bool:
    """Tell whether a value is a table with named columns.

    Raises:
        DataError: it is one without rows in memory.
    """
    for library, name in _LAZY:
        if is_from(value, library, name):
            how = "it.collect()" if library == "polars" else "datasets.Dataset.from_list(list(it))"
            raise DataError(f"A {name} of {library} has no rows in memory. Read them first: {how}")
    if any(is_from(value, library, name) for library, name in _FRAMES):
        return True
    has_columns = hasattr(value, "column_names") or hasattr(value, "columns")
    return hasattr(value, "__arrow_c_stream__") and has_columns


def name_of(value: object) -> str:
    """Name a table in a message: ``the DataFrame``."""
    if type(value) in (dict, list, tuple):
        return "the rows"
    return f"the {type(value).__name__}"


def column_names(frame: Any) -> tuple[str, ...]:
    """Return the names of the columns of a table, as strings."""
    names = getattr(frame, "column_names", None)
    if names is None or callable(names):
        names = frame.schema.names if is_from(frame, "pyarrow", "RecordBatch") else frame.columns
    return tuple(str(name) for name in names)


def column_at(frame: Any, position: int) -> Any:
    """Return one column of a table, as its library does."""
    if is_from(frame, "pandas", "DataFrame"):
        return frame.iloc[:, position]
    if is_from(frame, "datasets", "Dataset"):
        return frame[frame.column_names[position]]
    if is_from(frame, "polars", "DataFrame"):
        return frame.to_series(position)
    return frame.column(position) if hasattr(frame, "column") else arrow_table(frame)[position]


def text_column(frame: Any, wanted: str) -> Any:
    """Return the column of a table that a user names.

    Raises:
        DataError: there is no such column, or there are two.
    """
    names = column_names(frame)
    found = match_column(names, column_name(wanted, "text"))
    if found is None or names.count(found) != 1:
        what = "no column" if found is None else "more than one column"
        raise DataError(
            f"{name_of(frame)} has {what} '{wanted}'. Found: {quoted(names)}. Choose one with "
            f"{setting('text', likely_text(frame))}."
        )
    return column_at(frame, names.index(found))


def likely_text(frame: Any) -> str:
    """Guess which column holds the texts: by its name, else by its values."""
    names = column_names(frame)
    known = [name for name in names if name.strip().casefold() in TEXT_NAMES]
    if known or not names:
        return known[0] if known else "NAME"
    first = {name: _first_values(column_at(frame, place)) for place, name in enumerate(names)}
    return find_likely(first) or names[0]


def arrow_table(frame: Any) -> pa.Table:
    """Return a table that is no pandas one in pyarrow's form."""
    import pyarrow as pa

    if is_from(frame, "pyarrow", "Table"):
        return frame
    if is_from(frame, "pyarrow", "RecordBatch"):
        return pa.Table.from_batches([frame])
    if is_from(frame, "datasets", "Dataset"):
        return frame.with_format("arrow")[:]
    return pa.table(frame)


def with_columns(frame: Any, added: Mapping[str, pa.Array]) -> Any:
    """Return a table of the same library with columns behind its own.

    Args:
        frame: the table; it stays as it is.
        added: the new columns by name, as long as the table.
    """
    if is_from(frame, "pandas", "DataFrame"):
        series = {name: _as_series(values, frame.index) for name, values in added.items()}
        return frame.assign(**series)
    if is_from(frame, "datasets", "Dataset"):
        for name, values in added.items():
            frame = frame.add_column(name, values.to_pylist())
        return frame
    table = arrow_table(frame)
    for name, values in added.items():
        table = table.append_column(name, values)
    if is_from(frame, "polars", "DataFrame"):
        import importlib

        return frame.hstack(importlib.import_module("polars").from_arrow(table.select(list(added))))
    return table


def _as_series(values: pa.Array, index: Any) -> Any:
    series = values.to_pandas()
    series.index = index
    return series


def _first_values(column: Any) -> list[Any]:
    values = column[:_LOOKED_AT]
    return values.to_pylist() if hasattr(values, "to_pylist") else list(values)
