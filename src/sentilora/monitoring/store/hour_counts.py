"""What an answer adds to the hourly counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

HOUR_MS = 3_600_000
KEY = ("hour", "source", "segment", "value", "model", "label")


@dataclass(frozen=True)
class StoredAnswer:
    """What a model said of a text.

    Attributes:
        model: name of the model.
        label: most probable label.
        score: its probability.
        signed: positive minus negative probability; None where labels are no sentiments.
        unknown: share of the tokens that the base does not know.
    """

    model: str
    label: str
    score: float
    signed: float | None
    unknown: float = 0.0


@dataclass
class Sums:
    """A number of texts, and sums of what was said of them."""

    texts: int = 0
    signed_sum: float = 0.0
    score_sum: float = 0.0
    unknown_sum: float = 0.0

    def add(self, answer: StoredAnswer, times: int) -> None:
        """Count a text so many times."""
        self.texts += times
        self.signed_sum += times * (answer.signed or 0.0)
        self.score_sum += times * answer.score
        self.unknown_sum += times * answer.unknown


SUMMED = tuple(field.name for field in fields(Sums))


def keys_of(
    at_ms: int, source: str, segments: Mapping[str, str], answer: StoredAnswer
) -> Iterable[tuple[Any, ...]]:
    """Yield where a text is counted: with all of its source, and with each segment of it."""
    for segment, value in (("", ""), *segments.items()):
        yield (at_ms // HOUR_MS, source, segment, value, answer.model, answer.label)
