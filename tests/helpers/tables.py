"""Tables of any format, read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]


def read(path: Path) -> Rows:
    """Read a file of any format back as rows."""
    from sentilora.data.files.tables import open_batches

    return [row for batch in open_batches(path) for row in batch.to_pylist()]
