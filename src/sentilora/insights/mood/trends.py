"""New, rising, steady or fading: how the shares of themes run.

For each theme, the day is looked for at which its share before and after differ most: the signed
root of the log-likelihood ratio of two binomials (Wilks 1938, Ann. Math. Stat. 9:60), which stays
tame for a handful of mentions. The strongest of all days and themes is compared with the strongest
that luck gives (mentions dealt anew to days of the same volume), so that *any* false trend in a
report is as rare as the rate says.

``shares_over_time`` serves whatever texts mention: themes here, values of a segment in ``mix``.

Not covered: seasons; a share that rises and falls back is told by its stronger half.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.insight_report import Direction, Estimate, ThemeShift, Trend
from sentilora.insights.mood.change_points import ChangePoint
from sentilora.insights.mood.estimates import difference_estimate, share_estimate
from sentilora.insights.mood.false_alarms import (
    FEWEST_DAYS,
    SHUFFLES,
    AlarmBudget,
    bins_of,
    holm,
    overdispersion,
    p_of_maximum,
    shuffled_mentions,
    whole,
)
from sentilora.insights.mood.periods import Dates, date_of
from sentilora.insights.mood.weighted_texts import Floats, Ints, Mentions, WeightedTexts

FEWEST_MENTIONS = 10
FEWEST_SHIFTED = 5
MOST_BINS = 60  # of the test; the day is found among all days
LEAST_SIDE = 0.05  # of the texts, on either side of the day
NEW = 0.05  # a share before, in parts of the share after, that is as good as none
_DRAWS = 4_000_000  # at once, for memory


@dataclass(frozen=True)
class ShareCourse:
    """How the share of what texts mention runs over time.

    Attributes:
        since: first day of the new share, datetime64[D]; None where no day stands out.
        before: share before that day, or in the first half of the texts.
        after: share from that day on, or in the second half.
        p: corrected for all comparisons of the report.
    """

    since: np.datetime64 | None
    before: Estimate
    after: Estimate
    p: float

    @property
    def difference(self) -> Estimate:
        """The share after minus that before."""
        return difference_estimate(self.before, self.after)


def shares_over_time(
    mentions: Mentions,
    voices: WeightedTexts,
    family: str,
    budget: AlarmBudget,
    generator: np.random.Generator,
) -> list[ShareCourse | None]:
    """Find the day at which each share moved most, and whether that is more than luck.

    Args:
        mentions: which text mentions what.
        voices: the texts.
        family: family of comparisons that this belongs to.
        budget: the rate of false alarms.
        generator: source of luck.

    Returns:
        Courses, K; None for what too few dated texts mention.
    """
    assert voices.dates is not None
    known = ~np.isnat(voices.dates)
    days, place = np.unique(voices.dates[known], return_inverse=True)
    if len(days) < FEWEST_DAYS:
        return [None] * mentions.number
    groups = np.full(len(voices), -1, dtype=np.int64)
    groups[known] = place
    sizes = whole(np.bincount(place, weights=voices.weights[known]))
    counts = np.minimum(whole(mentions.by_group(groups, len(days), voices.weights)), sizes)
    tested = np.flatnonzero(counts.sum(axis=1) >= FEWEST_MENTIONS)
    courses: list[ShareCourse | None] = [None] * mentions.number
    if len(tested) == 0:
        return courses
    budget.count(len(tested))
    chances = _chances(counts[tested], sizes, generator)
    for theme, chance in zip(tested.tolist(), chances.tolist(), strict=True):
        courses[theme] = _course(counts[theme], sizes, days, budget.correct(family, chance), budget)
    return courses


def trend_of(course: ShareCourse | None, dates: Dates, budget: AlarmBudget) -> Trend:
    """Name the direction of a course.

    Args:
        course: how the share runs; None if that is not known.
        dates: days of the texts that mention it.
        budget: the rate of false alarms.
    """
    seen = dates[~np.isnat(dates)]
    first, last = (date_of(seen.min()), date_of(seen.max())) if len(seen) else (None, None)
    if course is None:
        return Trend(
            direction="unknown",
            before=None,
            after=None,
            difference=None,
            p=None,
            first_seen=first,
            last_seen=last,
        )
    since = date_of(course.since) if course.since is not None else None
    return Trend(
        direction=_direction(course),
        before=course.before.value,
        after=course.after.value,
        difference=course.difference,
        p=course.p,
        since=since,
        first_seen=first,
        last_seen=last,
    )


def _direction(course: ShareCourse) -> Direction:
    if course.since is None:
        return "steady"
    if course.after.value < course.before.value:
        return "fading"
    return "new" if course.before.value <= NEW * course.after.value else "rising"


def _chances(counts: Ints, sizes: Ints, generator: np.random.Generator) -> Floats:
    """Return the chance of as strong a move of any share on any day, ``(K,)``."""
    starts = bins_of(len(sizes), MOST_BINS)
    bins, size = np.add.reduceat(counts, starts, axis=1), np.add.reduceat(sizes, starts)
    share = counts.sum(axis=1) / sizes.sum()
    spread = overdispersion(bins / np.maximum(size, 1), size, share * (1 - share))
    found = split_scores(bins, size).max(axis=1) / np.sqrt(spread)
    luck = np.zeros(SHUFFLES)
    together = max(1, _DRAWS // (SHUFFLES * len(size)))
    totals = bins.sum(axis=1)
    for first in range(0, len(totals), together):
        dealt = shuffled_mentions(totals[first : first + together], size, generator)
        np.maximum(luck, split_scores(dealt, size).max(axis=(1, 2)), out=luck)
    return p_of_maximum(found, luck)


def split_scores(counts: NDArray[Any], sizes: Ints) -> Floats:
    """Compare the shares before and after each inner edge.

    Args:
        counts: ``(..., G)`` texts that mention it, by group.
        sizes: ``(G,)`` texts of each group.

    Returns:
        ``(..., G - 1)``, roots of log-likelihood ratios; 0 where a side has under 5 % of the texts.
    """
    before, size = np.cumsum(counts, axis=-1)[..., :-1], np.cumsum(sizes)[:-1]
    all_counts, total = counts.sum(axis=-1)[..., None], int(sizes.sum())
    ratio = (
        _log_likelihood(before, size)
        + _log_likelihood(all_counts - before, total - size)
        - _log_likelihood(all_counts, total)
    )
    few = np.minimum(size, total - size) < LEAST_SIDE * total
    scores: Floats = np.where(few, 0.0, np.sqrt(2 * np.maximum(ratio, 0.0)))
    return scores


def _log_likelihood(counts: NDArray[Any], size: Any) -> Floats:
    from scipy.special import xlogy

    share = counts / np.maximum(size, 1)
    result: Floats = xlogy(counts, share) + xlogy(size - counts, 1 - share)
    return result


def _course(counts: Ints, sizes: Ints, days: Dates, p: float, budget: AlarmBudget) -> ShareCourse:
    """Cut at the strongest day if it is told, else at the middle of the texts."""
    ends = np.cumsum(sizes)
    if budget.tell(p):
        place = int(np.argmax(split_scores(counts, sizes))) + 1
    else:
        place = int(np.searchsorted(ends, ends[-1] / 2)) + 1
        place = min(place, len(days) - 1)
    return ShareCourse(
        since=days[place] if budget.tell(p) else None,
        before=share_estimate(float(counts[:place].sum()), float(ends[place - 1])),
        after=share_estimate(float(counts[place:].sum()), float(ends[-1] - ends[place - 1])),
        p=p,
    )


def theme_shifts(
    changes: Sequence[ChangePoint],
    mentions: Mentions,
    voices: WeightedTexts,
    keys: Sequence[str],
    budget: AlarmBudget,
) -> list[tuple[ThemeShift, ...]]:
    """Find the themes whose share differs before and after each change, largest shift first.

    Fisher's exact test, two-sided by doubling, corrected by Holm over all themes and changes. It is
    asked only where a change was found, and may use up that change's part of the rate.

    Args:
        changes: changes of the mood.
        mentions: which text mentions which theme.
        voices: the texts.
        keys: K keys of the themes.
        budget: the rate of false alarms.
    """
    from scipy.stats import hypergeom

    assert voices.dates is not None
    found: list[tuple[int, int, Estimate, Estimate, float]] = []
    for number, change in enumerate(changes):
        inside = (voices.dates >= change.first) & (voices.dates <= change.last)
        groups = np.where(inside, (voices.dates >= change.date).astype(np.int64), -1)
        sizes = np.maximum(voices.tallies(groups, 2).sum(axis=1), 1.0)
        counts = mentions.by_group(groups, 2, voices.weights)
        size, k = np.ceil(sizes), np.round(counts)
        total, of_all = size.sum(), k.sum(axis=1)
        above = hypergeom.sf(k[:, 1] - 1, total, of_all, size[1])
        below = hypergeom.cdf(k[:, 1], total, of_all, size[1])
        p_values = np.minimum(1.0, 2 * np.minimum(above, below))
        for theme in np.flatnonzero(of_all >= FEWEST_SHIFTED).tolist():
            before, after = (
                share_estimate(min(count, size), size)
                for count, size in zip(counts[theme].tolist(), sizes.tolist(), strict=True)
            )
            found.append((number, theme, before, after, float(p_values[theme])))
    budget.count(len(found))
    shifts: list[list[ThemeShift]] = [[] for _ in changes]
    corrected = holm(one[-1] for one in found)
    for (number, theme, before, after, _), chance in zip(found, corrected, strict=True):
        p = budget.correct("changes", chance)
        if budget.tell(p):
            shifts[number].append(
                ThemeShift(
                    theme=keys[theme],
                    before=before.value,
                    after=after.value,
                    difference=difference_estimate(before, after),
                    p=p,
                )
            )
    return [tuple(sorted(one, key=lambda shift: -abs(shift.difference.value))) for one in shifts]
