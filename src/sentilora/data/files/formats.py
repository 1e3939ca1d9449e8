"""The file endings that can be read and written."""

from __future__ import annotations

from pathlib import Path

from sentilora.errors import DataError

ENDINGS = (".csv", ".tsv", ".jsonl", ".parquet", ".csv.gz", ".tsv.gz", ".jsonl.gz")

_NEAR = {".json": ".jsonl", ".ndjson": ".jsonl", ".txt": ".csv, .tsv or .jsonl", ".xlsx": ".csv"}


def ending_of(path: Path) -> str:
    """Return the known ending of a file name, in lower case.

    Raises:
        DataError: it is none of those that can be read and written.
    """
    lowered = path.name.lower()
    for ending in sorted(ENDINGS, key=len, reverse=True):
        if lowered.endswith(ending):
            return ending
    near = _NEAR.get(path.suffix.lower())
    advice = f" Save it as {near} first." if near else ""
    found = path.suffix or "none"
    raise DataError(
        f"{path}: unknown file ending ({found}). Expected {', '.join(ENDINGS)}.{advice}"
    )


def has_ending(name: str) -> bool:
    """Tell whether a name ends like a file of rows, readable or not."""
    return name.lower().endswith((*ENDINGS, *_NEAR))
