"""Changes of the mood of one product or country, which the total may not show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.mood.changes.change_points import (
    DEALS,
    ChangePoint,
    Scan,
    confirmed_changes,
)
from sentilora.insights.mood.changes.day_counts import DayCounts, day_counts
from sentilora.insights.mood.changes.stretches import (
    CONTRASTS,
    FEWEST_INSIDE,
    penalty,
    variances,
)
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
    assert voices.dates is not None
    known = ~np.isnat(voices.dates)
    budget.count(len(segments))
    scans = [Scan(series, MOST_BINS) for *_, series in segments]
    strongest = np.array([scan.found for scan in scans])

    def draw(deals: int) -> Floats:
        luck: Floats = np.max([scan.luck(generator, deals) for scan in scans], axis=0)
        return luck

    luck = luck_of(draw, float(strongest.max()), DEALS)
    chances = p_of_maximum(strongest, luck)
    found = []
    for (segment, inside, series), chance in zip(segments, chances.tolist(), strict=True):
        gate = budget.correct("segment changes", chance)
        changes = confirmed_changes(series, gate, budget, generator)
        if not changes:
            continue
        others = day_counts(voices, ~inside & known, MOST_DAYS)
        found += [
            replace(change, texts=inside, segment=segment)
            for change in _apart(changes, series, others, luck, budget.rate)
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
    own = moves[0]
    is_sure = own.low > 0 or own.high < 0
    is_more = own.value * apart.value > 0
    return bool(is_sure and is_more and abs(apart.value) * Z >= norm.isf(rate / 2) * width)


def _apart(
    changes: Sequence[ChangePoint],
    series: DayCounts,
    others: DayCounts,
    luck: Floats,
    rate: float,
) -> list[ChangePoint]:
    """Drop the weakest changes until each is as strong as what luck shows anywhere rarely is.

    A change that all share opens the first test for every segment. What then remains of the stretch
    before or after a change, when the move of the other texts in these days is taken off it, has
    to stand out among all days and segments: a week of kind stars in one country is not told in
    the wake of a crisis everywhere.

    Args:
        changes: changes of the segment, oldest first.
        series: texts of the segment by day.
        others: all other texts by day.
        luck: ``(R,)``, strongest stretch of each deal, of any segment.
        rate: chance at or below which a change stays.
    """
    kept, end = list(changes), series.days[-1] + 1
    while kept:
        edges = [series.days[0], *(change.date for change in kept), end]
        scores = _apart_scores(edges, series, others)
        chances = p_of_maximum(np.array([max(pair) for pair in pairwise(scores)]), luck)
        weakest = int(np.argmax(chances))
        if chances[weakest] <= rate:
            return [
                replace(change, first=edges[place], last=edges[place + 2] - 1)
                for place, change in enumerate(kept)
            ]
        del kept[weakest]
    return []


def _apart_scores(
    edges: Sequence[np.datetime64], series: DayCounts, others: DayCounts
) -> list[float]:
    """Say how far each stretch of a segment leaves those beside it, beyond what others do.

    Args:
        edges: first day of each stretch, and the day after the last.
        series: texts of the segment by day.
        others: all other texts by day.

    Returns:
        The strongest contrast of each stretch, penalised as in stretches.py.
    """
    deviation = np.sqrt(np.maximum(variances(series.counts) * series.spread, 1e-12))
    total, scores = float(series.counts.sum()), []
    for number, (first, last) in enumerate(pairwise(edges)):
        window = (edges[max(number - 1, 0)], edges[min(number + 2, len(edges) - 1)])
        own, size, around = _contrast(series, (first, last), window)
        common, *sizes = _contrast(others, (first, last), window)
        if min(size, around) < FEWEST_INSIDE:
            scores.append(-np.inf)
            continue
        rest = own - common if min(sizes) >= FEWEST_INSIDE else own
        error = deviation * math.sqrt(1 / size + 1 / around)
        scores.append(float((np.abs(rest) / error).max() - penalty(size, total)))
    return scores


def _contrast(
    series: DayCounts,
    stretch: tuple[np.datetime64, np.datetime64],
    window: tuple[np.datetime64, np.datetime64],
) -> tuple[Floats, float, float]:
    """Return how a stretch differs from the rest of a window, ``(M,)``, and texts of both."""
    inside = (series.days >= stretch[0]) & (series.days < stretch[1])
    around = (series.days >= window[0]) & (series.days < window[1]) & ~inside
    here, there = series.counts[inside].sum(axis=0), series.counts[around].sum(axis=0)
    size, rest = float(here.sum()), float(there.sum())
    difference = here @ CONTRASTS / max(size, 1) - there @ CONTRASTS / max(rest, 1)
    return difference, size, rest
