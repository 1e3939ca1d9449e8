"""The same rows for every side: train, validation, and a held-out part that only measures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sentilora.data.labelled.examples import Examples
from sentilora.data.labelled.reader import read_examples
from sentilora.data.labelled.split import split
from sentilora.data.labelled.stratification import thin

VALIDATION_SHARE = 0.1


def read_parts(
    data: str,
    *,
    heldout_rows: int,
    rows: int | None,
    seed: int,
    columns: tuple[str | None, str | None] = (None, None),
    group: str | None = None,
) -> dict[str, Examples]:
    """Cut a labelled file into ``train``, ``validation`` and ``heldout``.

    The held-out rows are taken first, label by label, so that they are the same however many rows
    are trained on. The same text never stands in two parts, nor the same group. Presets choose
    their best checkpoint on ``validation``; the ordinary recipe leaves it alone, so that all train
    on the same rows.

    Args:
        data: file, or folder with ``train.*``.
        heldout_rows: about so many rows measure accuracy.
        rows: train and validation together; None for all that are left.
        seed: of the split.
        columns: names of text and label; None to find them.
        group: column whose values stay on one side.

    Raises:
        DataError: the file cannot be read, or is too small to be split.
    """
    text, label = columns
    examples = read_examples(data, text=text, label=label, group=group)
    rest, heldout = split(examples, heldout_rows / len(examples), seed=seed)
    if rows is not None and rows < len(rest):
        rest = rest.select(thin(rest.label_ids, rows, seed))
    train, validation = split(rest, VALIDATION_SHARE, seed=seed)
    return {"train": train, "validation": validation, "heldout": heldout}


def write_parts(parts: dict[str, Examples], folder: Path) -> None:
    """Write each part as a parquet file with the columns ``text`` and ``label`` (a name)."""
    for name, examples in parts.items():
        _write(examples, folder / f"{name}.parquet")


def _write(examples: Examples, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = examples.labels.names
    columns: dict[str, Any] = {
        "text": examples.texts,
        "label": [names[label_id] for label_id in examples.label_ids],
    }
    pq.write_table(pa.table(columns), path)
