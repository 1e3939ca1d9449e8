"""Rows of labelling programs, flattened: the text and its label become columns.

Known are Label Studio (tasks with annotations), Argilla (records with fields and responses), and
the rows that the data set server of the Hugging Face hub answers. Other rows stay as they are:
doccano and the short form of Label Studio are flat already, and what Prodigy answered is read by
jsonlines.py. A label that all annotators agree on is that label; others stay a list, and are bad
rows where a label is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def flattened(row: Any) -> Any:
    """Return a row with text and label as columns of their own; the row itself if it has them."""
    if not isinstance(row, dict):
        return row
    if isinstance(row.get("data"), dict) and isinstance(_tasks(row), list):
        return _label_studio(row)
    if isinstance(row.get("fields"), dict) and "responses" in row:
        return _argilla(row)
    if isinstance(row.get("row"), dict) and row.keys() <= {"row_idx", "row", "truncated_cells"}:
        return row["row"]
    return row


def only_one(values: list[Any]) -> Any:
    """Return the value that all of a list are, the list when they differ, None when it is empty."""
    different = [value for place, value in enumerate(values) if value not in values[:place]]
    if not different:
        return None
    return different[0] if len(different) == 1 else different


def _tasks(row: Mapping[str, Any]) -> Any:
    return row.get("annotations", row.get("completions"))  # as it was called before 1.0


def _label_studio(row: dict[str, Any]) -> dict[str, Any]:
    flat = {"id": row["id"]} if "id" in row else {}
    flat |= row["data"]
    said: dict[str, list[Any]] = {}
    for task in _tasks(row):
        if isinstance(task, dict) and not task.get("was_cancelled"):
            for name, value in _results(task):
                said.setdefault(name, []).append(value)
    return flat | {name: only_one(values) for name, values in said.items()}


def _results(task: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Iterate the names of controls and what was chosen there."""
    for result in task.get("result") or ():
        value = result.get("value") if isinstance(result, dict) else None
        if not isinstance(value, dict):
            continue
        name = str(result.get("from_name", "label"))
        for kind in ("choices", "rating", "number", "labels"):
            if kind in value:
                found = value[kind]
                yield name, only_one(found) if isinstance(found, list) else found


def _argilla(row: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {"id": row["id"]} if "id" in row else {}
    flat |= row["fields"]
    responses = row["responses"]
    if isinstance(responses, dict):
        for name, answers in responses.items():
            flat[name] = only_one([*_submitted(answers)])
    return flat


def _submitted(answers: Any) -> Iterator[Any]:
    for answer in answers if isinstance(answers, list) else ():
        if not isinstance(answer, dict):
            yield answer
        elif answer.get("status", "submitted") == "submitted":
            yield answer.get("value")
