"""What a side is told, and the names of the files that all sides read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PARTS = ("train", "validation", "heldout")


@dataclass(frozen=True)
class Job:
    """What one side trains on, and for how long.

    Attributes:
        side: ``ordinary``, ``ordinary-full``, ``full``, a preset, ``full-PRESET``, or ``gemm``.
        folder: holds one parquet file a part, and is where the side writes.
        device: ``cpu``, ``cuda`` or ``mps``.
        threads: of matrix products; the same for all sides.
        minutes: own time after which a training stops; None to go on to its planned end.
        max_tokens: limit per text for all sides; None leaves each recipe its own.
        epochs: passes over the train rows, for SentiLoRA's sides; None leaves the presets' own.
        first_tokens: the held-out rows are measured after this many trained tokens …
        growth: … and each time the tokens have grown by this factor.
        test: file that is scored once at the end.
        columns: text and label column of ``test``; None to find them by name.
        ordinary_rate: learning rate of the ordinary recipe; None for the recipe's own.
    """

    side: str
    base: str
    folder: Path
    seed: int
    device: str
    threads: int
    minutes: float | None = None
    max_tokens: int | None = None
    epochs: int | None = None
    first_tokens: int = 50_000
    growth: float = 1.25
    test: str | None = None
    columns: tuple[str | None, str | None] = (None, None)
    ordinary_rate: float | None = None

    @property
    def limit_s(self) -> float:
        """Own seconds after which the training stops."""
        return self.minutes * 60 if self.minutes else float("inf")

    def part(self, name: str) -> Path:
        """Return the file of a part."""
        return self.folder / f"{name}.parquet"
