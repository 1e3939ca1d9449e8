"""From a source of any format to labelled examples on disk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from sentilora.data.files.read_options import USUAL, Reading
from sentilora.data.files.sources import locate
from sentilora.data.files.temporary import ScratchFolder, arrow_writer, read_batches
from sentilora.data.files.text_form.mojibake import texts_note
from sentilora.data.labelled.draft import Draft, draft, settle
from sentilora.data.labelled.examples import Examples
from sentilora.data.labelled.scan import Asked, Scan
from sentilora.data.labelled.values.meanings import Meanings
from sentilora.data.problems import raise_if_any
from sentilora.labels import Labels
from sentilora.message import Message

if TYPE_CHECKING:
    import pyarrow as pa


def read_examples(
    data: Any,
    *,
    text: str | None = None,
    label: str | None = None,
    group: str | None = None,
    labels: Labels | None = None,
    stars: int | None = None,
    scale: str | None = None,
    any_text: bool = False,
    skip_bad_rows: bool = False,
    part: str = "train",
    min_per_label: int = 0,
    reading: Reading = USUAL,
) -> Examples:
    """Read one part of the data.

    Args:
        data: a file, a folder with parts, a hub data set id, ``sample``, or rows in memory.
        text: column with the texts; found by name when None.
        label: column with the labels; found by name when None.
        group: column to keep, by which the data may be split.
        labels: label names of the values: of ids from 0 on, or of as many other numbers from the
            lowest up; decided by the values when None.
        stars: highest rating (5 or 10), if the values are ratings from 1 on; None if they are not.
        scale: worst and best rating, such as ``0-10``, if the values are ratings on another scale.
        any_text: whether texts may be nearly all numbers, dates or single words.
        skip_bad_rows: whether to leave out rows that cannot be used and keep them in ``skipped``;
            else they are an error.
        part: name of the part to read from a source that has parts: ``train``, ``validation`` or
            ``test``.
        min_per_label: smallest number of rows of each label.
        reading: how files are read.

    Raises:
        DataError: the source cannot be read or used; all problems are named with their rows.
        ConfigError: ``stars`` is neither 5 nor 10, or ``scale`` is none.
    """
    asked = Asked(text, label, group, stars, skip_bad_rows, reading, scale, any_text)
    found = draft(locate(data, reading), part, asked)
    settle(found, labels, min_per_label)
    raise_if_any([found.scan.problems])
    return finish(found)


def finish(draft: Draft) -> Examples:
    """Write the examples of a settled draft whose problems do not stop it."""
    import datasets
    import pyarrow as pa

    found, meanings = draft.scan, draft.meanings
    assert meanings is not None
    assert meanings.labels is not None
    folder = ScratchFolder()
    path = folder.path / "examples.arrow"
    fields = [("text", pa.string()), ("label_id", pa.int32()), ("row", pa.int64())]
    if found.columns.group is not None:
        fields.append(("group", pa.string()))
    schema = pa.schema(fields)
    with arrow_writer(path, schema) as write:
        for batch in _labelled(found, meanings, schema):
            write(batch)
    return Examples(
        table=folder.serve(datasets.Dataset.from_file(str(path))),
        labels=meanings.labels,
        source=draft.source,
        files=found.table.files,
        skipped=found.problems.rows,
        notes=_notes(found, meanings),
        folder=folder,
    )


def _labelled(found: Scan, meanings: Meanings, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Put label ids in the place of codes; rows whose value stands for no label are left out."""
    import pyarrow as pa

    of = [meanings.of[spelling] for spelling in found.spellings]
    ids = np.array([value if isinstance(value, int) else -1 for value in of], np.int32)
    for batch in read_batches(found.path):
        label_ids = ids[batch.column("code").to_numpy()]
        arrays = {name: batch.column(name) for name in batch.schema.names if name != "code"}
        arrays["label_id"] = pa.array(label_ids)
        columns = [arrays[name] for name in schema.names]
        labelled = pa.RecordBatch.from_arrays(columns, schema=schema)
        is_good = label_ids >= 0
        yield labelled if is_good.all() else labelled.filter(pa.array(is_good))


def _notes(found: Scan, meanings: Meanings) -> tuple[str, ...]:
    columns, problems = found.columns, found.problems
    notes = [*found.table.notes, *texts_note(found.first_texts, found.table.notes)]
    notes.append(f"texts from column '{columns.text}', labels from column '{columns.label}'")
    notes += meanings.notes
    if problems.rows:
        notes.append(left_out_note(found))
    return tuple(notes)


def left_out_note(found: Scan) -> Message:
    """Say which rows were left out."""
    kinds = "; ".join(found.problems.row_lines())
    return Message(f"{len(found.problems.rows):,} rows of {found.table.name} left out: {kinds}")
