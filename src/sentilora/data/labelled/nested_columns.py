"""Columns of JSON that hold objects, as help desks export them, and how to make them plain.

A label such as ``{"score": "good"}`` is no value. Which of its keys is the label is for the user
to say, once each key is a column of its own.
"""

from __future__ import annotations

from pathlib import Path

from sentilora.data.column_values import Sample
from sentilora.data.files.formats import LINES
from sentilora.data.files.streams import Table
from sentilora.data.problems import quoted

_CODE = (
    "import json, pandas, pathlib; pandas.json_normalize({rows}).to_csv({target!r}, index=False)"
)
_TEXT = "pathlib.Path({source!r}).read_text('utf-8-sig')"


def nested_advice(table: Table, sample: Sample) -> str:
    """Say which columns hold objects, and how they become columns; nothing where none does.

    Args:
        table: table that the columns are of.
        sample: what reads its first rows.
    """
    nested = {
        name: list(dict.fromkeys(str(key) for value in found for key in value))
        for name, values in sample().items()
        if (found := [value for value in values if isinstance(value, dict)])
    }
    if not nested:
        return ""
    keys = [f"{name}.{key}" for name, inner in nested.items() for key in inner]
    told = f"The columns {quoted(list(nested))} hold objects, which are neither texts nor labels."
    return f"{told} Make columns of them, {quoted(keys)}{_command(table)}"


def _command(table: Table) -> str:
    """Return the command that does it; the end of the sentence where the rows stand elsewhere."""
    path = Path(table.name)  # of a file; rows in memory and on the hub have other names
    text = _TEXT.format(source=str(path))
    if path.suffix.lower() in LINES and path.is_file():
        rows = f"[json.loads(row) for row in {text}.split('\\n') if row.strip()]"
    elif path.suffix.lower() == ".json" and path.is_file() and _is_array(path):
        rows = f"json.loads({text})"
    else:
        return ", and give the file with these."
    target = f"{path.stem}-flat.csv"
    code = _CODE.format(rows=rows, target=target)
    return f', in {target}: python -c "{code}"'


def _is_array(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[")
