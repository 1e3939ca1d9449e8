"""How many of the measured texts the model has seen before, and its figures on the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sentilora.evaluation.report_parts.comparison_part import Figures
from sentilora.evaluation.report_parts.json_form import Raw, given


@dataclass(frozen=True)
class SeenPart:
    """What a model has seen of the rows that it is measured on.

    Attributes:
        train: number of rows whose text it learned from.
        validation: number of other rows whose text its checkpoint and calibration were chosen by.
        unseen: number of rows with other texts.
        figures: its figures on the unseen rows alone; None if there are none.
    """

    train: int
    validation: int
    unseen: int
    figures: Figures | None = None

    @classmethod
    def from_dict(cls, raw: Raw) -> SeenPart:
        """Take what :meth:`to_dict` gave."""
        figures = Figures.from_dict(raw) if raw.get("metrics") else None
        return cls(raw["train"], raw["validation"], raw["unseen"], figures)

    def to_dict(self) -> dict[str, Any]:
        """Return the counts, and ``metrics`` and ``intervals`` of the unseen rows, for JSON."""
        counts = {"train": self.train, "validation": self.validation, "unseen": self.unseen}
        figures = self.figures.to_dict() if self.figures is not None else {}
        return given({**counts, **figures})
