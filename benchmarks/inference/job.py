"""What one side of the scoring race is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Job:
    """A side.

    Attributes:
        side: its name in the table.
        kind: what opens it, a key of ``OPENERS`` in ``sides.py``.
        folder: what it opens.
        precision: number format, for SentiLoRA's sides.
        batch_rows: texts in a batch of a peer; None to let it choose its quickest.
        max_tokens: what a peer cuts texts at.
    """

    side: str
    kind: str
    folder: Path
    precision: str = "fp32"
    batch_rows: int | None = None
    max_tokens: int = 512


@dataclass(frozen=True)
class Turn:
    """What a side does next.

    Attributes:
        texts: what to label.
        what: ``tune`` (choose the batch size, and warm up: at once and one by one), ``all`` (at
            once) or ``single`` (one by one).
    """

    texts: list[str]
    what: str
