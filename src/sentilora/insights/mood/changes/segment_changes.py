"""Changes of the mood of one product or country, which the total may not show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.mood.changes.change_points import (
    DEALS,
    ChangePoint,
    Scan,
    confirmed_changes,
)
from sentilora.insights.mood.changes.day_counts import DayCounts, day_counts
from sentilora.insights.mood.estimates import Z, difference_estimate
from sentilora.insights.mood.false_alarms import AlarmBudget, luck_of, p_of_maximum
from sentilora.insights.mood.segments import Column
from sentilora.insights.mood.weighted_texts import Floats, WeightedTexts, net_of

MOST_SEGMENTS = 20
MOST_BINS = 50
MOST_DAYS = 250


def segment_changes(
    columns: Sequence[Column],
    voices: WeightedTexts,
    budget: AlarmBudget,
    generator: np.random.Generator,
) -> tuple[ChangePoint, ...]:
    """Find the days on which the mood of one segment changed, and not that of the other texts.

    All segments share one test: the strongest stretch of any of them is compared with the strongest
    that luck gives in any.

    Args:
        columns: columns with their values; those of versions, which follow each other, are left
            out, and all but the largest values.
        voices: the texts.
        budget: the rate of false alarms.
        generator: source of luck.

    Returns:
        Changes, surest first.
    """
    segments = _segments(columns, voices)
    if not segments:
        return ()
    budget.count(len(segments))
    scans = [Scan(series, MOST_BINS) for *_, series in segments]
    strongest = np.array([scan.found for scan in scans])

    def draw(deals: int) -> Floats:
        luck: Floats = np.max([scan.luck(generator, deals) for scan in scans], axis=0)
        return luck

    chances = p_of_maximum(strongest, luck_of(draw, float(strongest.max()), DEALS))
    found = [
        replace(change, texts=inside, segment=segment)
        for (segment, inside, series), chance in zip(segments, chances.tolist(), strict=True)
        for change in confirmed_changes(
            series, budget.correct("segment changes", chance), budget, generator
        )
    ]
    own = [change for change in found if _is_its_own(change, voices, budget.rate / len(found))]
    return tuple(sorted(own, key=lambda change: change.p))


def _segments(
    columns: Sequence[Column], voices: WeightedTexts
) -> list[tuple[tuple[str, str], NDArray[np.bool_], DayCounts]]:
    """Find the largest values with days and texts enough."""
    assert voices.dates is not None
    known = ~np.isnat(voices.dates)
    named = [
        (column, place)
        for column in columns
        if not column.is_ordered
        for place in range(len(column.values))
    ]
    named.sort(key=lambda one: -int((one[0].groups == one[1]).sum()))
    segments = []
    for column, place in named[:MOST_SEGMENTS]:
        inside = (column.groups == place) & known
        series = day_counts(voices, inside, MOST_DAYS)
        if series.is_enough and inside.sum() < known.sum():
            segments.append(((column.name, column.values[place]), inside, series))
    return segments


def _is_its_own(change: ChangePoint, voices: WeightedTexts, rate: float) -> bool:
    """Say whether the mood of a segment moved by more than that of the other texts meanwhile."""
    from scipy.stats import norm

    assert change.texts is not None
    moves = []
    for texts in (change.texts, ~change.texts):
        sides = replace(change, texts=texts).sides(voices)
        before, after = (net_of(voices.tally(side)) for side in sides)
        if before is None or after is None:
            return True
        moves.append(difference_estimate(before, after))
    apart = difference_estimate(moves[1], moves[0])
    width = apart.value - apart.low if apart.value > 0 else apart.high - apart.value
    return bool(abs(apart.value) * Z >= norm.isf(rate / 2) * width)
