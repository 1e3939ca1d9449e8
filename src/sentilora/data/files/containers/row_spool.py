"""Rows of any container, kept as JSON Lines in a temporary folder and read from there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sentilora.data.files.jsonlines import JsonLinesFile
from sentilora.data.files.temporary import ScratchFolder, told_when_full


def spool(
    rows: Iterable[Any],
    files: Sequence[Path],
    name: str,
    notes: Sequence[str] = (),
    class_names: Sequence[str] | None = None,
) -> JsonLinesFile:
    """Write rows to a temporary file and open them as a table.

    Args:
        rows: the rows, what JSON can hold; a row that is no dictionary is a bad row of the table.
        files: paths of the files that they stand in.
        name: name that the user knows them by.
        notes: remarks for the user on how they are read.
        class_names: names of the label ids in the column ``label``, where they are known.

    Raises:
        DataError: the disk is full, or there are no rows.
    """
    folder = ScratchFolder()
    path = folder.path / "rows.jsonl"
    with told_when_full(path):
        file = path.open("w", encoding="ascii")
    with file:
        for row in rows:
            line = json.dumps(row)
            with told_when_full(path):
                file.write(line + "\n")
        with told_when_full(path):
            file.flush()
    table = JsonLinesFile(files[0], name, stored=path)
    table.files = tuple(files)
    table.notes = tuple(notes)
    table.label_names = None if class_names is None else tuple(class_names)
    return folder.serve(table)
