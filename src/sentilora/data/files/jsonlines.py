"""JSON Lines files: one object a line, UTF-8."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from sentilora.data.files.streams import CHUNK_ROWS, Chunk, ChunkBuilder, broken_text, open_bytes
from sentilora.data.problems import Problems, shortened, shown_value

_NAMED_BY = 1000  # rows whose keys are taken as the columns

# What Prodigy writes beside each text: what was said of the label, and which choices were made.
_ANSWER, _CHOICE, _LABEL = "answer", "accept", "label"
_HASHES = ("_input_hash", "_task_hash")


def _number(written: str) -> float | str:
    """Read a number; one that no float can hold stays as it is written."""
    value = float(written)
    return value if math.isfinite(value) else written


def _constant(written: str) -> str | None:
    """Read what Python writes for numbers that JSON has no form for; NaN is a missing value."""
    return None if written == "NaN" else written


class DoubledKeyError(ValueError):
    """A key that stands twice in an object, with other values.

    Attributes:
        values: the object, with the last value of each key.
    """

    def __init__(self, key: str, values: dict[str, Any]) -> None:
        super().__init__(key)
        self.values = values


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Read an object; of a key that stands twice nobody can tell which value is meant."""
    values = dict(pairs)
    if len(values) < len(pairs):
        doubled = next((key for key, value in pairs if values[key] != value), None)
        if doubled is not None:
            raise DoubledKeyError(f"'{shortened(doubled)}'", values)
    return values


decoder = json.JSONDecoder(parse_float=_number, parse_constant=_constant, object_pairs_hook=_object)


class JsonLinesFile:
    """A table in a JSON Lines file; values keep their JSON type, a missing key is None.

    Raises:
        DataError: the file cannot be opened, is empty, or is not text.
    """

    def __init__(self, path: Path, name: str, *, stored: Path | None = None) -> None:
        self.path = stored or path
        self.name = name
        self.files: tuple[Path, ...] = (path,)
        self.notes: tuple[str, ...] = ()
        self.label_names: tuple[str, ...] | None = None
        self.doubt = ""  # what else may be read, where no column fits
        first = islice(self.objects(Problems(name), takes_doubled=True), _NAMED_BY)
        names = dict.fromkeys(key for _, values in first for key in values)
        self._annotated = _ANSWER in names and not names.keys().isdisjoint(_HASHES)
        if self._annotated and _CHOICE in names:
            names.setdefault(_LABEL)
        self.names = tuple(names)

    def class_names(self, column: str) -> tuple[str, ...] | None:
        """Return the names of the ids in the column ``label``, where the source knows them."""
        return self.label_names if column == _LABEL else None

    def chunks(
        self, columns: Sequence[str], problems: Problems, *, rows: int = CHUNK_ROWS
    ) -> Iterator[Chunk]:
        """Iterate the columns in chunks; lines that are no objects become problems.

        In an export of Prodigy, where the label is asked for, so do rows whose answer is not
        "accept": their label is the one that was turned down, or none.
        """
        found = self.objects(problems)
        if self._annotated and _LABEL in columns:
            found = _accepted(found, problems)
        yield from in_chunks(found, columns, rows)

    def objects(
        self, problems: Problems, *, takes_doubled: bool = False
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """Iterate row numbers and objects; blank lines are passed over.

        Args:
            problems: what collects the lines that are no objects.
            takes_doubled: whether objects in which a key stands twice are iterated, too.
        """
        row = 0
        with open_bytes(self.path, self.name) as stream:
            for number, line in enumerate(stream, start=1):
                raw = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
                if not raw.strip():
                    continue
                row += 1
                values = _parse(raw, row, number, problems, takes_doubled)
                if values is not None:
                    yield row, values


def in_chunks(
    objects: Iterable[tuple[int, dict[str, Any]]], columns: Sequence[str], rows: int
) -> Iterator[Chunk]:
    """Gather columns of objects in chunks of so many rows at most; a missing key is None."""
    builder = ChunkBuilder(columns, rows)
    for row, values in objects:
        if (full := builder.add(row, [values.get(column) for column in columns])) is not None:
            yield full
    if (rest := builder.rest()) is not None:
        yield rest


def _accepted(
    objects: Iterable[tuple[int, dict[str, Any]]], problems: Problems
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Pass on what an annotator accepted, with the choice as label where there is no label."""
    for row, values in objects:
        if (answer := values.get(_ANSWER)) == "accept":
            values.setdefault(_LABEL, values.get(_CHOICE))
            yield row, values
        else:
            problems.add_row(row, "the answer is not 'accept'", shown_value(answer))


def _parse(
    raw: bytes, row: int, line: int, problems: Problems, takes_doubled: bool
) -> dict[str, Any] | None:
    try:
        values = decoder.decode(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        problems.add_row(row, "broken encoding (not UTF-8)", f"line {line}, byte {error.start + 1}")
        return None
    except json.JSONDecodeError as error:
        problems.add_row(row, "not JSON", f"line {line}, column {error.colno}: {error.msg}")
        return None
    except DoubledKeyError as error:
        problems.add_row(row, "a key stands twice, with other values", f"line {line}: {error}")
        return error.values if takes_doubled else None
    except (ValueError, RecursionError) as error:
        problems.add_row(row, "not JSON", f"line {line}: {error}")
        return None
    if not isinstance(values, dict):
        problems.add_row(row, "not a JSON object", f"line {line}: {type(values).__name__}")
        return None
    if (kind := broken_text("".join(values))) is not None:
        problems.add_row(row, f"name of a column: {kind}", f"line {line}")
        return None
    return values
