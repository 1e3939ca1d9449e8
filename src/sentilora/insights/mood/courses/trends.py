"""New, rising, steady or fading: the directions of themes, and what moved at a change of the mood.

Not covered: what a share will be; nothing here looks ahead.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sentilora.insights.insight_report import Direction, Estimate, ThemeShift, Trend
from sentilora.insights.mood.changes.change_points import ChangePoint
from sentilora.insights.mood.courses.share_courses import ShareCourse
from sentilora.insights.mood.estimates import difference_estimate, share_estimate
from sentilora.insights.mood.false_alarms import (
    AlarmBudget,
    holm,
)
from sentilora.insights.mood.periods import Dates, date_of
from sentilora.insights.mood.weighted_texts import Mentions, WeightedTexts

FEWEST_SHIFTED = 5
NEW = 0.05  # a share before, in parts of the share after, that is as good as none


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
    before, after, since, peak = course.before, course.after, course.since, None
    if course.later is not None:
        before, after, since, peak = course.after, course.later, course.following, course.since
    column, value = course.segment or (None, None)
    return Trend(
        direction=_direction(before, after, since is not None),
        before=before.value,
        after=after.value,
        difference=difference_estimate(before, after),
        p=course.p,
        since=None if since is None else date_of(since),
        peak_since=None if peak is None else date_of(peak),
        before_peak=None if peak is None else course.before.value,
        mentions=course.mentions,
        column=column,
        value=value,
        first_seen=first,
        last_seen=last,
    )


def _direction(before: Estimate, after: Estimate, is_told: bool) -> Direction:
    if not is_told:
        return "steady"
    if after.value < before.value:
        return "fading"
    return "new" if before.value <= NEW * after.value else "rising"


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

    found: list[tuple[int, int, Estimate, Estimate, float]] = []
    for number, change in enumerate(changes):
        before_it, after_it = change.sides(voices)
        groups = np.where(before_it, 0, np.where(after_it, 1, -1))
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
