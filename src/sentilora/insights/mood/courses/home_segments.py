"""The segment in which a theme is at home, whose texts alone show its course best.

Most texts of a report speak of other products. They hide when a theme of one product came and went,
and a theme seems to rise where only its product grows. Which segment is a theme's home is found
over all dates, before any day is looked at, so that it gives luck no further choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.insight_report import SegmentShare
from sentilora.insights.mood.segments import Column
from sentilora.insights.mood.weighted_texts import Mentions, WeightedTexts

LEAST_PART = 0.5  # of the texts that mention a theme, which its home has at least
LEAST_TIMES = 3.0  # its share elsewhere, which its share at home is at least


@dataclass(frozen=True)
class Home:
    """A segment with the themes that are at home in it.

    Attributes:
        column: name of the column.
        value: the segment.
        texts: ``(N,)`` bool, its texts.
        themes: indices of the themes, rising.
    """

    column: str
    value: str
    texts: NDArray[np.bool_]
    themes: tuple[int, ...]


def homes_of(
    columns: Sequence[Column],
    stronger: Sequence[Sequence[SegmentShare]],
    mentions: Mentions,
    voices: WeightedTexts,
) -> tuple[Home, ...]:
    """Find the home of each theme: the segment where it is strongest and most of its texts are.

    Args:
        columns: columns with their values; versions, which follow each other, are no home.
        stronger: of each theme, K, the segments where it is stronger than elsewhere.
        mentions: which text mentions which theme.
        voices: the texts.

    Returns:
        Homes in the order of the columns and their values; themes without one are in none.
    """
    inside = {
        (column.name, value): column.groups == place
        for column in columns
        if not column.is_ordered
        for place, value in enumerate(column.values)
    }
    at_home: dict[tuple[str, str], list[int]] = {segment: [] for segment in inside}
    for theme, shares in enumerate(stronger):
        own = mentions.texts_of(theme)
        least = LEAST_PART * float(voices.weights[own].sum())
        for share in shares:  # the one where it is stronger by most comes first
            segment = (share.column, share.value)
            if segment not in inside or share.here < LEAST_TIMES * share.elsewhere:
                continue
            if float(voices.weights[own[inside[segment][own]]].sum()) > least:
                at_home[segment].append(theme)
                break
    return tuple(
        Home(*segment, inside[segment], tuple(themes))
        for segment, themes in at_home.items()
        if themes
    )
