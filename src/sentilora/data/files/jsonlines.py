"""JSON Lines files: one object a line, UTF-8."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from sentilora.data.files.streams import CHUNK_ROWS, Chunk, ChunkBuilder, open_bytes
from sentilora.data.problems import Problems, quoted
from sentilora.errors import DataError

_NAMED_BY = 1000  # rows whose keys are taken as the columns


class JsonLinesFile:
    """A table in a JSON Lines file; values keep their JSON type, a missing key is None.

    Raises:
        DataError: the file cannot be opened, is empty, is not text, or holds one JSON array.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name
        self.files: tuple[Path, ...] = (path,)
        self.notes: tuple[str, ...] = ()
        self._refuse_array()
        first = islice(self.objects(Problems(name)), _NAMED_BY)
        self.names = tuple(dict.fromkeys(key for _, values in first for key in values))

    def class_names(self, column: str) -> None:
        """Return None: the format holds no label names beside the column."""

    def chunks(
        self, columns: Sequence[str], problems: Problems, *, rows: int = CHUNK_ROWS
    ) -> Iterator[Chunk]:
        """Iterate the columns in chunks; lines that are no objects become problems."""
        builder = ChunkBuilder(columns, rows)
        for row, values in self.objects(problems):
            full = builder.add(row, [values.get(column) for column in columns])
            if full is not None:
                yield full
        if (rest := builder.rest()) is not None:
            yield rest

    def objects(self, problems: Problems) -> Iterator[tuple[int, dict[str, Any]]]:
        """Iterate row numbers and objects; blank lines are passed over."""
        row = 0
        with open_bytes(self.path, self.name) as stream:
            for number, line in enumerate(stream, start=1):
                raw = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
                if not raw.strip():
                    continue
                row += 1
                values = _parse(raw, row, number, problems)
                if values is not None:
                    yield row, values

    def _refuse_array(self) -> None:
        with open_bytes(self.path, self.name) as stream:
            stripped = (line.removeprefix(b"\xef\xbb\xbf").strip() for line in stream)
            first = next(filter(None, stripped), b"")
        if first.startswith(b"["):
            raise DataError(
                f"{self.name} holds a JSON array. Expected JSON Lines: one object a line. "
                f"Convert it with: jq -c '.[]' {quoted([self.name])} > rows.jsonl"
            )


def _parse(raw: bytes, row: int, line: int, problems: Problems) -> dict[str, Any] | None:
    try:
        values = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        problems.add_row(row, "broken encoding (not UTF-8)", f"line {line}, byte {error.start + 1}")
        return None
    except json.JSONDecodeError as error:
        problems.add_row(row, "not JSON", f"line {line}, column {error.colno}: {error.msg}")
        return None
    except (ValueError, RecursionError) as error:
        problems.add_row(row, "not JSON", f"line {line}: {error}")
        return None
    if not isinstance(values, dict):
        problems.add_row(row, "not a JSON object", f"line {line}: {type(values).__name__}")
        return None
    return values
