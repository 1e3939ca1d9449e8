"""The train part without the rows that a deep check moves out, and a log of every change.

Likely wrong labels, copies, rows that stand in another part, one text with two labels, junk and
rows that cannot be used are moved out; no label is changed. Near copies with other labels (edits
that turn the mood may be meant so), other languages and personal data stay, the last masked on
request. Nothing is lost: the log holds what was moved out, with all columns.

Not covered: the other parts, which stay as they are, and files with broken rows, which have to be
mended before.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sentilora.data.files.arrow import cells_of
from sentilora.data.files.formats import output_ending
from sentilora.data.files.read_options import Reading
from sentilora.data.files.sources import locate
from sentilora.data.files.streams import CHUNK_ROWS
from sentilora.data.files.table_files import as_json
from sentilora.data.files.tables import Batches, write_batches
from sentilora.data.labelled.check import Check
from sentilora.data.labelled.quality_findings import (
    BAD_ROW,
    MOVED,
    PERSONAL,
    Cleaned,
)
from sentilora.data.problems import RowProblem
from sentilora.data.stored_frames import is_in_memory
from sentilora.errors import ConfigError, DataError
from sentilora.files import replacing_output
from sentilora.message import setting
from sentilora.quality.personal_data import masked

if TYPE_CHECKING:
    import pyarrow as pa

Reasons = Mapping[int, Sequence[Mapping[str, str]]]


def check_target(path: Path, *parts: Any) -> None:
    """Find out before the work whether the cleaned file can be written.

    Args:
        path: path of the file to write.
        parts: the data, and the other parts where they are given by themselves; None for none.

    Raises:
        ConfigError: it is the data itself, or lies in the folder that is the data.
        DataError: its ending is unknown, it is a folder, or its folder does not exist.
    """
    ending = output_ending(path)
    name = f"{path.name[: -len(ending)]}-cleaned{ending}"
    for part in parts:
        if part is None or is_in_memory(part):
            continue
        data, written = Path(part).resolve(), (path.resolve(), log_of(path).resolve())
        is_within = data in written[0].parents
        if data in written or is_within:
            what = f"lies in {part}, which is" if is_within else "is"
            other = data.with_name(name) if is_within else path.with_name(name)
            raise ConfigError(
                f"{path} {what} the data as well; expected another file, so that the data stay as "
                f"they are. Type for instance: {setting('fix', str(other))}"
            )
    if path.is_dir() or not path.parent.is_dir():
        what = "is a folder" if path.is_dir() else f"lies in {path.parent}, which is no folder"
        raise DataError(f"{path} {what}; expected the name of a file in a folder that is there.")


def log_of(path: Path) -> Path:
    """Return the path of the log beside a cleaned file."""
    return path.with_name(f"{path.name[: -len(output_ending(path))]}-log.jsonl")


def write_cleaned(
    found: Check,
    data: Any,
    path: Path,
    skipped: Iterable[RowProblem],
    *,
    masks: bool,
    reading: Reading,
) -> Cleaned:
    """Write the rows that stay, with all their columns, and the log of the others.

    Args:
        found: what a deep check found in the data.
        data: the data, as they were checked.
        path: path of the file to write.
        skipped: rows of the train part that cannot be used.
        masks: whether personal data are masked, in the texts of both files.
        reading: how the data are read.

    Raises:
        DataError: the data hold rows that are no rows, or a file cannot be written.
    """
    reasons = _reasons(found, skipped)
    batches = Batches(locate(data, reading).open("train"), CHUNK_ROWS)
    personal = {
        one.row: [{"kind": PERSONAL, "reason": one.reason}]
        for one in (found.quality.rows if masks and found.quality is not None else ())
        if one.part == "train" and one.kind == PERSONAL
    }
    row, moved, masked_rows = 0, 0, 0
    with (
        replacing_output(log_of(path)) as log,
        write_batches(path, batches.schema) as writer,
    ):
        for batch in batches:
            numbers = range(row + 1, row + 1 + len(batch))
            row += len(batch)
            if masks:
                batch = _masked(batch, found.text_column)
            for place, number in enumerate(numbers):
                if number in reasons:
                    values = _values(batch, place)
                    _log(log, number, "moved out", reasons[number], values)
                    moved += 1
                elif number in personal:
                    _log(log, number, "masked", personal[number])
                    masked_rows += 1
            stays = np.array([number not in reasons for number in numbers], np.bool_)
            writer.write(batch.filter(_mask(stays)))
    kinds = Counter(kind for all_of in reasons.values() for kind in {r["kind"] for r in all_of})
    return Cleaned(str(path), str(log_of(path)), row - moved, dict(kinds), moved, masked_rows)


def _reasons(found: Check, skipped: Iterable[RowProblem]) -> Reasons:
    reasons: dict[int, list[Mapping[str, str]]] = {}
    for problem in skipped:
        reasons.setdefault(problem.row, []).append({"kind": BAD_ROW, "reason": problem.problem})
    for one in () if found.quality is None else found.quality.rows:
        if one.part == "train" and one.kind in MOVED:
            reasons.setdefault(one.row, []).append({"kind": one.kind, "reason": one.reason})
    return reasons


def _mask(stays: Any) -> pa.Array:
    import pyarrow as pa

    return pa.array(stays)


def _masked(batch: pa.RecordBatch, column: str) -> pa.RecordBatch:
    """Mask personal data in the column of texts."""
    import pyarrow as pa

    place = batch.schema.get_field_index(column)
    values = batch.column(place).to_pylist() if place >= 0 else [0]
    if not all(value is None or isinstance(value, str) for value in values):
        raise DataError(
            f"The texts of column '{column}' stand within objects, where they cannot be masked; "
            "expected a column of texts alone. Write them to one, and check that file."
        )
    texts = [None if value is None else masked(str(value)) for value in values]
    field = batch.schema.field(place)
    return batch.set_column(place, field, pa.array(texts, field.type))


def _values(batch: pa.RecordBatch, place: int) -> dict[str, Any]:
    row = batch.slice(place, 1)
    return {field.name: as_json(cells_of(row.column(field.name), field)[0]) for field in row.schema}


def _log(
    stream: Any,
    row: int,
    change: str,
    reasons: Sequence[Mapping[str, str]],
    values: Mapping[str, Any] | None = None,
) -> None:
    line: dict[str, Any] = {"row": row, "change": change, "reasons": list(reasons)}
    if values is not None:
        line["values"] = values
    stream.write(json.dumps(line, ensure_ascii=False).encode("utf-8") + b"\n")
