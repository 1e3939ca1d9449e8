from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sentilora.data.files.sources import locate, open_single
from sentilora.data.files.tables import Batches
from sentilora.data.labelled.reader import read_examples

LABELLED = [
    {"text": "Lovely, it works", "label": "positive"},
    {"text": 'It "broke"\nat once', "label": "negative"},
    {"text": "ünïcode ☕", "label": "positive"},
]


@pytest.fixture
def labelled() -> list[dict[str, Any]]:
    """Three rows with a text and a label."""
    return [dict(row) for row in LABELLED]


@pytest.fixture
def rows() -> Callable[[Path], list[dict[str, Any]]]:
    """Read all columns of a file, as a prediction does."""

    def read(path: Path, **options: Any) -> list[dict[str, Any]]:
        batches = Batches(open_single(path, **options), 2)
        found = [row for batch in batches for row in batch.to_pylist()]
        assert len(found) == batches.row_count
        return found

    return read


@pytest.fixture
def pairs() -> Callable[[Path], list[tuple[str, str]]]:
    """Read texts and labels, as a training does."""

    def read(path: Path, **options: Any) -> list[tuple[str, str]]:
        examples = read_examples(path, **options)
        names = examples.labels.names
        return [
            (text, names[label_id])
            for text, label_id in zip(examples.texts, examples.label_ids, strict=True)
        ]

    return read


@pytest.fixture
def notes() -> Callable[[Path], str]:
    return lambda path: "; ".join(locate(path).open("train").notes)
