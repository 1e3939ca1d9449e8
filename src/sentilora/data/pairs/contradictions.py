"""Preferences that are turned round in another row."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt


def contradictions(subjects: npt.NDArray[Any], preferences: npt.NDArray[Any]) -> dict[int, int]:
    """Find preferences of A over B that stand beside one of B over A, about the same subject.

    Args:
        subjects: ``(P,)`` subject of each preference: what it is about.
        preferences: ``(P, 2)`` what is preferred, and what it is preferred to.

    Returns:
        For each of them, by position, the position of the first one that says the opposite.
    """
    triples = [
        (int(subject), int(first), int(second))
        for subject, (first, second) in zip(subjects, preferences, strict=True)
    ]
    places: dict[tuple[int, int, int], int] = {}
    for place, triple in enumerate(triples):
        places.setdefault(triple, place)
    opposites = {
        place: places.get((subject, second, first))
        for place, (subject, first, second) in enumerate(triples)
    }
    return {place: other for place, other in opposites.items() if other is not None}
