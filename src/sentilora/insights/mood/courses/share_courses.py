"""How shares run over time: the stretch of days in which one differs most, and if that is luck.

The stretch is looked for by the signed root of the log-likelihood ratio of two binomials (Wilks
1938, Ann. Math. Stat. 9:60), which stays tame for a handful of mentions, less a penalty for short
stretches (stretches.py). A stretch that reaches the first or the last day is a step; one in between
counts where the share is higher: a peak that is over. The strongest of all stretches and themes is
compared with the strongest that luck gives (mentions dealt anew to days of the same volume), so
that *any* false story in a report is as rare as the rate says.

It serves whatever texts mention: themes in trends.py, values of a segment in mix.py.

Not covered: seasons; a second peak.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.insight_report import Estimate
from sentilora.insights.mood.courses.home_segments import Home
from sentilora.insights.mood.courses.share_stretches import strongest_share
from sentilora.insights.mood.estimates import share_estimate
from sentilora.insights.mood.false_alarms import (
    FEWEST_DAYS,
    AlarmBudget,
    bins_of,
    excess_of_shares,
    luck_of,
    p_of_maximum,
    shuffled_mentions,
    whole,
)
from sentilora.insights.mood.periods import Dates
from sentilora.insights.mood.weighted_texts import Floats, Ints, Mentions, WeightedTexts

FEWEST_MENTIONS = 10
MOST_BINS = 32  # of the test; the day is found among all days
DEALS = 1999
_DRAWS = 4_000_000  # at once, for memory


@dataclass(frozen=True)
class ShareCourse:
    """How the share of what texts mention runs over time.

    Attributes:
        since: first day of the other share, datetime64[D]; None where no stretch stands out.
        until: last day of it; None where it holds until the last text.
        before: share outside of that stretch before it, or in the first half of the texts.
        after: share within the stretch, or in the second half.
        later: share after the stretch; None where it holds.
        following: first day after the stretch; None where it holds.
        p: corrected for all comparisons of the report.
        mentions: voices behind ``after``.
        segment: column and value of the texts that were looked at; None for all texts.
    """

    since: np.datetime64 | None
    until: np.datetime64 | None
    before: Estimate
    after: Estimate
    later: Estimate | None
    following: np.datetime64 | None
    p: float
    mentions: int
    segment: tuple[str, str] | None = None


@dataclass(frozen=True)
class _Mentioned:
    """What some of the texts mention on each day that has any of them.

    Attributes:
        themes: ``(K,)`` what has mentions enough, as indices.
        counts: ``(K, D)`` texts that mention it.
        sizes: ``(D,)`` texts.
        days: ``(D,)`` datetime64[D].
    """

    themes: Ints
    counts: Ints
    sizes: Ints
    days: Dates


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
    found = _mentioned(mentions, voices, np.ones(len(voices), dtype=bool))
    (courses,) = _courses([found], family, budget, generator)
    return [courses.get(theme) for theme in range(mentions.number)]


def shares_at_home(
    homes: Sequence[Home],
    mentions: Mentions,
    voices: WeightedTexts,
    family: str,
    budget: AlarmBudget,
    generator: np.random.Generator,
) -> dict[int, ShareCourse]:
    """Find the same of each theme among the texts of its home; all homes share one test.

    Args:
        homes: segments with the themes that are at home in them.
        mentions: which text mentions what.
        voices: the texts.
        family: family of comparisons that this belongs to.
        budget: the rate of false alarms.
        generator: source of luck.

    Returns:
        Courses by theme, of those with mentions enough.
    """
    found = [_mentioned(mentions, voices, home.texts, home.themes) for home in homes]
    return {
        theme: replace(course, segment=(home.column, home.value))
        for home, courses in zip(homes, _courses(found, family, budget, generator), strict=True)
        for theme, course in courses.items()
    }


def _mentioned(
    mentions: Mentions,
    voices: WeightedTexts,
    inside: NDArray[np.bool_],
    themes: Sequence[int] | None = None,
) -> _Mentioned:
    """Count by day what some of the texts mention: what has ten mentions there, on six days."""
    assert voices.dates is not None
    known = inside & ~np.isnat(voices.dates)
    days, place = np.unique(voices.dates[known], return_inverse=True)
    groups = np.full(len(voices), -1, dtype=np.int64)
    groups[known] = place
    sizes = whole(np.bincount(place, weights=voices.weights[known], minlength=len(days)))
    counts = np.minimum(whole(mentions.by_group(groups, len(days), voices.weights)), sizes)
    asked = np.arange(mentions.number) if themes is None else np.array(themes, dtype=np.int64)
    is_enough = counts[asked].sum(axis=1) >= FEWEST_MENTIONS
    tested = asked[is_enough & (len(days) >= FEWEST_DAYS)]
    return _Mentioned(tested, counts[tested], sizes, days)


def _courses(
    groups: Sequence[_Mentioned],
    family: str,
    budget: AlarmBudget,
    generator: np.random.Generator,
) -> list[dict[int, ShareCourse]]:
    """Find the courses of all themes of all groups of texts by one test, by theme."""
    tested = [one for one in groups if len(one.themes)]
    if not tested:
        return [{} for _ in groups]
    budget.count(sum(len(one.themes) for one in tested))
    chances = iter(_chances(tested, generator).tolist())
    return [
        {
            theme: _course(counts, one.sizes, one.days, budget.correct(family, chance), budget)
            for theme, counts, chance in zip(
                one.themes.tolist(), one.counts, islice(chances, len(one.themes)), strict=True
            )
        }
        for one in groups
    ]


def _chances(groups: Sequence[_Mentioned], generator: np.random.Generator) -> Floats:
    """Return the chance of as strong a stretch of any share in any group, one theme after another.

    The same mentions are dealt apart for each group, so that luck is rather over- than underrated.
    """
    found, drawn = [], []
    for one in groups:
        starts = bins_of(len(one.sizes), MOST_BINS)
        bins = np.add.reduceat(one.counts, starts, axis=1)
        size = np.add.reduceat(one.sizes, starts)
        for counts, excess in zip(bins, excess_of_shares(bins, size).tolist(), strict=True):
            found.append(float(strongest_share(counts[None, None], size, excess)[0][0, 0]))
        drawn.append((bins.sum(axis=1), size))

    def draw(deals: int) -> Floats:
        luck = np.full(deals, -np.inf)
        for totals, size in drawn:
            together = max(1, _DRAWS // (deals * len(size)))
            for first in range(0, len(totals), together):
                dealt = shuffled_mentions(totals[first : first + together], size, generator, deals)
                np.maximum(luck, strongest_share(dealt, size, 1.0)[0].max(axis=1), out=luck)
        return luck

    return p_of_maximum(np.array(found), luck_of(draw, max(found), DEALS))


def _course(counts: Ints, sizes: Ints, days: Dates, p: float, budget: AlarmBudget) -> ShareCourse:
    """Cut at the strongest stretch if it is told, else at the middle of the texts."""
    if not budget.tell(p):
        middle = int(np.searchsorted(np.cumsum(sizes), sizes.sum() / 2)) + 1
        middle = min(middle, len(days) - 1)
        before, after = _share(counts, sizes, 0, middle), _share(counts, sizes, middle, len(days))
        return ShareCourse(
            None, None, before, after, None, None, p, mentions=int(counts[middle:].sum())
        )
    first, last = _stretch(counts, sizes)
    if first == 0:  # a share that has ended is told by what follows
        first, last = last, len(days)
    holds = last == len(days)
    return ShareCourse(
        since=days[first],
        until=None if holds else days[last - 1],
        before=_share(counts, sizes, 0, first),
        after=_share(counts, sizes, first, last),
        later=None if holds else _share(counts, sizes, last, len(days)),
        following=None if holds else days[last],
        p=p,
        mentions=int(counts[first:last].sum()),
    )


def _stretch(counts: Ints, sizes: Ints) -> tuple[int, int]:
    """Find the strongest stretch by bins, then its days around the edges of the bins."""
    starts = bins_of(len(sizes), MOST_BINS)
    bins, size = np.add.reduceat(counts, starts), np.add.reduceat(sizes, starts)
    begin, end = strongest_share(bins[None, None], size, 1.0)[1][0, 0].tolist()
    edges = np.append(starts, len(sizes))
    first, last = int(edges[begin]), int(edges[end])
    if begin > 0:
        near = range(int(edges[begin - 1]) + 1, min(last, int(edges[begin + 1])))
        first = int(strongest_share(counts[None, None], sizes, 1.0, near, [last])[1][0, 0, 0])
    if end < len(starts):
        near = range(max(first, int(edges[end - 1])) + 1, int(edges[end + 1]))
        last = int(strongest_share(counts[None, None], sizes, 1.0, [first], near)[1][0, 0, 1])
    return first, last


def _share(counts: Ints, sizes: Ints, first: int, last: int) -> Estimate:
    size = float(sizes[first:last].sum())
    return share_estimate(float(counts[first:last].sum()), max(size, 1.0))
