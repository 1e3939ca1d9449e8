"""Where the rows are in one JSON object: under a key, as columns, or it is a row itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sentilora.data.columns import TEXT_NAMES
from sentilora.data.files.containers.annotations import flattened
from sentilora.data.problems import quoted
from sentilora.errors import DataError

# Names of the list of rows, where there are other lists of objects beside it.
_ROWS = ("data", "rows", "records", "items", "results", "reviews", "examples", "documents")


def rows_of(document: Any, name: str) -> tuple[Iterable[Any], str]:
    """Return the rows of a document, and a remark on where they were found, or nothing.

    Raises:
        DataError: several lists could be the rows.
    """
    if not isinstance(document, dict):
        return [document], ""
    if _is_row(document):
        return [document], ""
    if (split := _split_rows(document)) is not None:
        return split, ""
    lists = [key for key, value in document.items() if _is_list_of(value, dict)]
    named = [key for key in lists if key.casefold() in _ROWS]
    chosen = lists if len(lists) == 1 else named
    if len(chosen) == 1:
        return document[chosen[0]], f"the rows are those of '{chosen[0]}'"
    if lists:
        first = lists[0]
        code = f"import pandas, json; pandas.DataFrame(json.load(open({name!r}))[{first!r}])"
        raise DataError(
            f"{name} holds several lists of rows: {quoted(lists)}. Take one out, for instance: "
            f"python -c \"{code}.to_csv('{first}.csv', index=False)\""
        )
    columns = _column_rows(document)
    return ([document], "") if columns is None else (columns, "")


def _is_row(document: dict[str, Any]) -> bool:
    named = any(
        isinstance(value, str) and key.casefold() in TEXT_NAMES for key, value in document.items()
    )
    return named or flattened(document) is not document


def _split_rows(document: dict[str, Any]) -> Iterable[Any] | None:
    """Return the rows of pandas' form ``split``: names, and a list of values for each row."""
    names, data = document.get("columns"), document.get("data")
    if not _is_list_of(data, list) or not _is_list_of(names, str):
        return None
    return (dict(zip(names, values, strict=False)) for values in data)  # type: ignore[union-attr, arg-type]


def _column_rows(document: dict[str, Any]) -> Iterable[Any] | None:
    """Return the rows of a document of columns, of equal length, or of rows by their name."""
    values = list(document.values())
    if all(isinstance(value, list) for value in values) and len({*map(len, values)}) == 1:
        return (dict(zip(document, row, strict=True)) for row in zip(*values, strict=True))
    if not values or not all(isinstance(value, dict) for value in values):
        return None
    inner = dict.fromkeys(key for value in values for key in value)
    if _are_numbers(document) and not _are_numbers(inner):
        return values  # form "index": each row by its name
    return ({name: column.get(key) for name, column in document.items()} for key in inner)


def _are_numbers(keys: Iterable[str]) -> bool:
    return all(key.isdecimal() for key in keys)


def _is_list_of(value: Any, kind: type) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, kind) for one in value)
