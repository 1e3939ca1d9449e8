"""Labelled rows in memory, written as Parquet files, which everything that reads files can read.

A file is named by the hash of what is in it, so that the same rows are the same file. Taken are
tables (``frames.py``), ``datasets.DatasetDict`` and dicts of parts, dicts of columns, rows as dicts
or as ``(text, label)``, and the pair ``(texts, labels)`` that scikit-learn users have.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sentilora.data.columns import TEXT_NAMES
from sentilora.data.frames import arrow_table, column_at, column_names, is_frame, is_from, name_of
from sentilora.data.problems import doubled_names, quoted, shortened
from sentilora.data.text_entries import is_missing, is_unicode, open_entries
from sentilora.errors import DataError, several
from sentilora.files import sha256_of

if TYPE_CHECKING:
    import pyarrow as pa

WHOLE = "file"  # the part that rows without parts are
_EXPECTED = (
    "Expected the path of a file or folder, a table such as a DataFrame, rows as dicts, or the "
    "pair (texts, labels)."
)
_SHOWN = 10


def is_in_memory(data: object) -> bool:
    """Tell whether data are rows themselves, and not the name of a place where rows are."""
    return not isinstance(data, str | os.PathLike)


def source_name(data: object) -> str:
    """Name data in messages and reports."""
    return name_of(data) if is_in_memory(data) else str(data)


def parts_in_memory(data: Any) -> dict[str, Any]:
    """Return the tables that data hold by the name of their part, ``file`` for the only one.

    Raises:
        DataError: they are no rows.
    """
    if is_frame(data) or not isinstance(data, Mapping):
        return {WHOLE: data}
    has_parts = bool(data) and all(is_frame(one) or _are_rows(one) for one in data.values())
    return dict(data) if has_parts else {WHOLE: data}


def store_frame(data: Any, folder: Path) -> Path:
    """Write rows as a Parquet file into a folder, unless they are there already.

    Raises:
        DataError: they are no rows with named columns, a text among them is no text, or the folder
            cannot be written.
    """
    from pyarrow import parquet

    table = _table(data)
    name = type(data).__name__.lower() if is_frame(data) else "rows"
    partial = folder / f".{uuid4().hex}.parquet"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        parquet.write_table(table, partial)
        final = folder / f"{name}-{sha256_of(partial)[:12]}.parquet"
        return partial.replace(final)
    except OSError as error:
        raise DataError(
            f"{source_name(data)} cannot be written to {folder}: {error.strerror or error}."
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _table(data: Any) -> pa.Table:
    import pyarrow as pa

    if is_frame(data) and not is_from(data, "pandas", "DataFrame"):
        table = arrow_table(data)
        if is_from(data, "datasets", "Dataset"):  # with the names of its class labels
            table = table.replace_schema_metadata(_features(data))
        return _checked(table, source_name(data))
    names, column = _columns(data)
    _refuse_doubled(names, source_name(data))
    arrays = [_array(column(place), name, data) for place, name in enumerate(names)]
    return pa.table(dict(zip(names, arrays, strict=True)))


def _columns(data: Any) -> tuple[tuple[str, ...], Callable[[int], Any]]:
    """Return names, and what gives the column at a place."""
    if is_frame(data):
        return column_names(data), lambda place: column_at(data, place)
    if isinstance(data, Mapping):
        held = _held_columns(data)
    elif isinstance(data, tuple) and len(data) == 2 and all(map(_is_column, data)):
        held = _held_columns({"text": data[0], "label": data[1]})
    else:
        held = _of_rows(data)
    names = tuple(held)
    return names, lambda place: held[names[place]]


def _held_columns(columns: Mapping[Any, Any]) -> dict[str, Any]:
    singles = [str(name) for name, values in columns.items() if not _is_column(values)]
    if singles or not columns:
        raise DataError(
            f"A dict of {quoted(singles or list(columns))} holds no columns of rows. {_EXPECTED}"
        )
    held = {
        str(name): values if is_from(values, "pandas", "Series") else open_entries(values).values
        for name, values in columns.items()
    }
    sizes = {name: len(values) for name, values in held.items()}
    if len(set(sizes.values())) > 1:
        listed = ", ".join(f"{count:,} of {name}" for name, count in sizes.items())
        raise DataError(f"Columns of one length were expected, and found were {listed}.")
    return held


def _of_rows(data: Any) -> dict[str, list[Any]]:
    if isinstance(data, bytes | str) or not isinstance(data, Iterable) or _is_one_column(data):
        raise DataError(
            f"{type(data).__name__} {shortened(repr(data))} holds no labelled rows. {_EXPECTED}"
        )
    rows = list(data)
    if all(isinstance(row, tuple) and len(row) == 2 for row in rows):
        rows = [{"text": text, "label": label} for text, label in rows]
    for place, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise DataError(
                f"Row {place} of the rows is {type(row).__name__} {shortened(repr(row))}, and "
                f"holds no text with a label. {_EXPECTED}"
            )
    names = dict.fromkeys(str(name) for row in rows for name in row)
    if not names:
        raise DataError(f"There are no rows. {_EXPECTED}")
    return {name: [row.get(name) for row in rows] for name in names}


def _array(values: Any, name: str, data: Any) -> pa.Array:
    """Make a column of what Python or pandas holds; values of several kinds become strings."""
    import pyarrow as pa

    is_text = name.strip().casefold() in TEXT_NAMES
    try:
        array = pa.array(values, from_pandas=True)
        if isinstance(array, pa.ChunkedArray):
            array = array.combine_chunks()
        if _is_plain(array.type):
            return array
    except (pa.ArrowException, UnicodeError, TypeError, ValueError, OverflowError):
        pass
    return pa.array(_spelled(list(values), name, source_name(data), is_text=is_text), pa.string())


def _spelled(values: list[Any], name: str, source: str, *, is_text: bool) -> list[str | None]:
    problems = []
    found: list[str | None] = []
    for place, value in enumerate(values):
        if is_missing(value):
            found.append(None)
            continue
        text = value if isinstance(value, str) else _spell(value)
        if is_text and not isinstance(value, str):
            problems.append(f"row {place + 1} is {type(value).__name__} {shortened(repr(value))}")
        elif not is_unicode(text):
            problems.append(f"row {place + 1} holds half of a character: '{shortened(text)}'")
        found.append(text)
    if problems:
        told = several(f"column '{name}' of {source}", problems, most=_SHOWN)
        raise DataError(f"{told}\nExpected strings. Mend these rows, or leave them out.")
    return found


def _spell(value: Any) -> str:
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, default=str, ensure_ascii=False)
    return str(value)


def _is_plain(kind: Any) -> bool:
    """Tell whether a Parquet file can hold a type, and what reads labels knows it."""
    from pyarrow import types

    if types.is_dictionary(kind) or types.is_list(kind):
        return _is_plain(kind.value_type)
    known = (types.is_string, types.is_large_string, types.is_string_view, types.is_null)
    numbers = (types.is_boolean, types.is_integer, types.is_floating, types.is_decimal)
    return any(check(kind) for check in (*known, *numbers, types.is_date, types.is_timestamp))


def _checked(table: pa.Table, source: str) -> pa.Table:
    _refuse_doubled(table.column_names, source)
    if not table.column_names:
        raise DataError(f"{source} has no columns. {_EXPECTED}")
    return table


def _refuse_doubled(names: Sequence[str], source: str) -> None:
    if doubled := doubled_names(names):
        raise DataError(f"{source}: {doubled}")


def _features(dataset: Any) -> dict[bytes, bytes]:
    """Return the metadata by which ``datasets`` itself keeps the kinds of columns in a file."""
    features = dataset.features.to_dict()
    return {b"huggingface": json.dumps({"info": {"features": features}}).encode()}


def _are_rows(value: Any) -> bool:
    if not isinstance(value, list | tuple) or not value:
        return False
    return all(isinstance(row, Mapping) for row in value)


def _is_column(value: Any) -> bool:
    is_single = isinstance(value, str | bytes | Mapping) or is_frame(value)
    return not is_single and isinstance(value, Iterable)


def _is_one_column(value: Any) -> bool:
    return hasattr(value, "tolist") or hasattr(value, "to_pylist") or hasattr(value, "to_list")
