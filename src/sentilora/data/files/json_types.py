"""Arrow types for JSON Lines columns, whose values may be of any kind in any row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sentilora.data.files.arrow import JSON_MARK
from sentilora.data.files.streams import broken_text
from sentilora.data.problems import Problems

if TYPE_CHECKING:
    import pyarrow as pa


class JsonTypes:
    """Learns from all rows which columns there are, and of which one kind each is, if of one."""

    def __init__(self) -> None:
        self._kinds: dict[str, set[str]] = {}
        self._json: frozenset[str] = frozenset()

    def see(self, row: int, values: Mapping[str, Any], problems: Problems) -> None:
        """Take in one row; what Arrow cannot hold becomes a problem."""
        for name, value in values.items():
            kinds = self._kinds.setdefault(name, set())
            if value is not None:
                kinds.add(_kind(value))
            written = value if isinstance(value, str) else ""
            if (kind := broken_text(name + written)) is not None:
                problems.add_row(row, kind, f"key '{name}'".encode("ascii", "replace").decode())

    def schema(self) -> pa.Schema:
        """Return a column for each key that was seen, in the order of first sight."""
        import pyarrow as pa

        types = {
            "bool": pa.bool_(),
            "int": pa.int64(),
            "float": pa.float64(),
            "str": pa.string(),
        }
        fields = []
        for name, kinds in self._kinds.items():
            only = next(iter(kinds), "str") if len(kinds) < 2 else "json"
            if only == "json":
                fields.append(pa.field(name, pa.string(), metadata=JSON_MARK))
            else:
                fields.append(pa.field(name, types[only]))
        self._json = frozenset(field.name for field in fields if field.metadata == JSON_MARK)
        return pa.schema(fields)

    def values(self, name: str, values: list[Any]) -> list[Any]:
        """Return values as the column's type takes them: as they are, or written as JSON."""
        if name not in self._json:
            return values
        return [None if value is None else json.dumps(value) for value in values]


def _kind(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
        return "json"
    name = type(value).__name__
    return name if name in ("bool", "int", "float", "str") else "json"
