"""A model beside the one that it started from, on the same rows.

Corrections that were held out are rows that people looked at, most of them because the old model
was wrong there. So they show whether corrections were learned, and cannot show what was lost; the
test part, which nobody chose, does that.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from numpy.typing import NDArray

from sentilora.evaluation.intervals import mcnemar
from sentilora.evaluation.report_parts.json_form import Raw, given, known_fields

LUCK = 0.05


@dataclass(frozen=True)
class SameRows:
    """Two models on the same rows, by McNemar's test.

    Attributes:
        rows: number of rows.
        old_right: number of rows that the old model gets right.
        new_right: number of rows that the new model gets right.
        only_old_right: number of rows that only the old one gets right.
        only_new_right: number of rows that only the new one gets right.
        p_value: probability of a difference this large if both were equally good.
    """

    rows: int
    old_right: int
    new_right: int
    only_old_right: int
    only_new_right: int
    p_value: float

    @property
    def old_accuracy(self) -> float:
        """Share of the rows that the old model gets right."""
        return self.old_right / max(1, self.rows)

    @property
    def new_accuracy(self) -> float:
        """Share of the rows that the new model gets right."""
        return self.new_right / max(1, self.rows)

    @property
    def is_luck(self) -> bool:
        """Whether the difference can be luck: as large in 5 of 100 tries, or in more."""
        return self.p_value >= LUCK

    @property
    def is_worse(self) -> bool:
        """Whether the new model is worse by more than luck."""
        return self.new_right < self.old_right and not self.is_luck

    @classmethod
    def from_dict(cls, raw: Raw) -> SameRows:
        """Take what ``asdict`` gave."""
        return cls(**known_fields(cls, raw))


@dataclass(frozen=True)
class OldAndNew:
    """What a model is worth beside the one that it started from.

    Attributes:
        old: name of the old model.
        old_sha256: hash of the manifest of the old model, which tells it from any other.
        test: both on the test part.
        corrections: both on the corrections that were held out; None without any.
    """

    old: str
    old_sha256: str
    test: SameRows
    corrections: SameRows | None = None

    @property
    def is_worse(self) -> bool:
        """Whether the new model is not to take the place of the old one.

        It is worse by more than luck on the test part or on the corrections; or it gets fewer rows
        right in all.
        """
        parts = [self.test, *([self.corrections] if self.corrections else [])]
        fewer = sum(one.new_right for one in parts) < sum(one.old_right for one in parts)
        return fewer or any(one.is_worse for one in parts)

    @classmethod
    def from_dict(cls, raw: Raw) -> OldAndNew:
        """Take what :meth:`to_dict` gave."""
        corrections = raw.get("corrections")
        return cls(
            raw["old"],
            raw["old_sha256"],
            SameRows.from_dict(raw["test"]),
            SameRows.from_dict(corrections) if corrections else None,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return given(asdict(self))


def same_rows(label_ids: NDArray[Any], old: NDArray[Any], new: NDArray[Any]) -> SameRows:
    """Compare the answers of two models.

    Args:
        label_ids: ``(N,)`` label ids of the rows, the truth.
        old: ``(N,)`` label ids that the old model chose.
        new: ``(N,)`` label ids that the new model chose.
    """
    test = mcnemar(label_ids, new, old)
    return SameRows(
        rows=len(label_ids),
        old_right=int((old == label_ids).sum()),
        new_right=int((new == label_ids).sum()),
        only_old_right=test.only_baseline_right,
        only_new_right=test.only_model_right,
        p_value=test.p_value,
    )
