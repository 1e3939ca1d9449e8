from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

Rows = Sequence[dict[str, Any]]


def as_csv(rows: Rows, delimiter: str = ",") -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8")


def as_jsonl(rows: Rows) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes | Rows], Path]:
    """Write bytes, text or rows to a file of any format, by its ending."""

    def write_file(name: str, content: str | bytes | Rows) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            content = content.encode("utf-8")
        if not isinstance(content, bytes):
            if name.endswith(".parquet"):
                parquet.write_table(pa.Table.from_pylist(list(content)), path)
                return path
            content = as_jsonl(content) if ".jsonl" in name else as_csv(content, _delimiter(name))
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return write_file


def _delimiter(name: str) -> str:
    return "\t" if ".tsv" in name else ","


@pytest.fixture
def reviews() -> Callable[[int], list[dict[str, Any]]]:
    """Make rows that alternate between the labels, no two texts alike."""

    def make(count: int, labels: Sequence[str] = ("negative", "positive")) -> list[dict[str, Any]]:
        return [{"text": f"review {i}", "label": labels[i % len(labels)]} for i in range(count)]

    return make
