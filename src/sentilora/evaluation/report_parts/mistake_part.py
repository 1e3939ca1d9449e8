"""Texts that the model got wrong, the surest first, for people to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sentilora.evaluation.report_parts.json_form import Raw, known_fields


@dataclass(frozen=True)
class Mistake:
    """A text whose answer is not its label.

    Attributes:
        row: number of the row in its file, from 1.
        text: the text; a long one is cut.
        label: label in the file.
        answer: label that the model gave.
        score: calibrated probability of the answer, in ``[0, 1]``.
        is_label_doubtful: whether the label may be the mistake, and not the answer.
    """

    row: int
    text: str
    label: str
    answer: str
    score: float
    is_label_doubtful: bool = False


@dataclass(frozen=True)
class MistakePart:
    """What the model got wrong.

    Attributes:
        wrong: number of rows with another answer than their label.
        doubtful: number of these whose label may be the mistake.
        shown: the first of them, the surest answers first.
    """

    wrong: int
    doubtful: int
    shown: tuple[Mistake, ...] = ()

    @classmethod
    def from_dict(cls, raw: Raw) -> MistakePart:
        """Take what :meth:`to_dict` gave."""
        shown: Sequence[Raw] = raw.get("shown") or ()
        return cls(
            raw["wrong"],
            raw["doubtful"],
            tuple(Mistake(**known_fields(Mistake, one)) for one in shown),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return asdict(self)
