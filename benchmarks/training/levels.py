"""When a side reached an accuracy, and when it reached it for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEVELS = (0.85, 0.88, 0.90, 0.9095, 0.92, 0.924)


@dataclass(frozen=True)
class Point:
    """The accuracy on the held-out rows at one moment.

    Attributes:
        step: updates so far.
        tokens: trained so far, padding not counted.
        seconds: own time so far.
        accuracy: in ``[0, 1]``.
    """

    step: int
    tokens: int
    seconds: float
    accuracy: float


def first_reached(points: Sequence[Point], level: float) -> Point | None:
    """Return the first measurement at or above a level."""
    return next((point for point in points if point.accuracy >= level), None)


def kept_from(points: Sequence[Point], level: float) -> Point | None:
    """Return the first measurement from which on none falls below a level."""
    kept = None
    for point in reversed(points):
        if point.accuracy < level:
            break
        kept = point
    return kept
