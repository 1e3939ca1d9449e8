"""What is measured over time: periods, the last one beside those before, changes, trends, mix."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sentilora.insights.insight_report import (
    Change,
    Comparison,
    MixChange,
    Period,
    SegmentShare,
    Trend,
)
from sentilora.insights.mood.changes.change_points import ChangePoint, find_changes
from sentilora.insights.mood.changes.segment_changes import segment_changes
from sentilora.insights.mood.courses.home_segments import homes_of
from sentilora.insights.mood.courses.share_courses import shares_at_home, shares_over_time
from sentilora.insights.mood.courses.trends import theme_shifts, trend_of
from sentilora.insights.mood.false_alarms import AlarmBudget, Luck
from sentilora.insights.mood.mix import from_mix, mix_changes
from sentilora.insights.mood.periods import (
    LENGTHS,
    MOST_SHOWN,
    Calendar,
    calendar,
    choose_length,
    compare_periods,
    date_of,
    periods_of,
)
from sentilora.insights.mood.segments import Column
from sentilora.insights.mood.weighted_texts import Mentions, WeightedTexts, net_of


@dataclass(frozen=True)
class Course:
    """What is measured over time; empty without dates.

    Attributes:
        days: the periods as days; None without dates.
        since: first day with texts.
        until: last day with texts.
        periods: mood by period, gaps included, oldest first.
        comparison: last period against those before.
        changes: days on which the mood changed: of all texts, then of segments, those with the
            largest first; oldest first within each.
        mix: segments whose share of the texts moved.
        trends: how the share of each theme runs.
        notes: what could not be looked for, and why.
    """

    days: Calendar | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    periods: tuple[Period, ...] = ()
    comparison: Comparison | None = None
    changes: tuple[Change, ...] = ()
    mix: tuple[MixChange, ...] = ()
    trends: tuple[Trend, ...] = ()
    notes: tuple[str, ...] = ()


def course_of(
    voices: WeightedTexts,
    columns: Sequence[Column],
    mentions: Mentions,
    keys: Sequence[str],
    stronger: Sequence[Sequence[SegmentShare]],
    budget: AlarmBudget,
    luck: Luck,
    *,
    compare: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Course:
    """Measure what runs over time; at least one text has a date.

    Args:
        voices: the texts.
        columns: columns of segments.
        mentions: which text mentions which theme.
        keys: K keys of the themes.
        stronger: segments where each theme is stronger than elsewhere, K.
        budget: the rate of false alarms.
        luck: source of all draws.
        compare: length of the periods to compare; anything else is that of the periods.
        since: first day that was asked for.
        until: last day that was asked for.
    """
    dates = voices.dates
    assert dates is not None
    every = calendar(dates, choose_length(dates), since, until)
    days = every.latest(MOST_SHOWN)
    compared = next((one for one in LENGTHS if one == compare), days.length)
    beside = calendar(dates, compared, since, until)
    found = find_changes(voices, budget, luck.of("changes"))
    own = segment_changes(columns, voices, budget, luck.of("segment changes"))
    notes = _notes(found is None, int((dates < days.starts[0]).sum()), days)
    courses = shares_over_time(mentions, voices, "trends", budget, luck.of("trends"))
    if "segment trends" in budget.families:
        homes = homes_of(columns, stronger, mentions, voices)
        at_home = shares_at_home(
            homes, mentions, voices, "segment trends", budget, luck.of("segment trends")
        )
        for theme, course in at_home.items():  # where it is told, it is dated best
            if course.since is not None:
                courses[theme] = course
    known = dates[~np.isnat(dates)]
    return Course(
        days=days,
        since=date_of(known.min()),
        until=date_of(known.max()),
        periods=periods_of(voices, days),
        comparison=compare_periods(voices, beside, budget, luck.of("comparison")),
        changes=_changes((*(found or ()), *own), columns, voices, mentions, keys, budget),
        mix=mix_changes(columns, voices, budget, luck.of("mix")),
        trends=tuple(
            trend_of(one, dates[mentions.texts_of(place)], budget)
            for place, one in enumerate(courses)
        ),
        notes=notes,
    )


def _notes(is_short: bool, early: int, days: Calendar) -> tuple[str, ...]:
    notes = []
    if is_short:
        notes.append(
            "too few days or texts, or all say the same: no changes of the mood looked for"
        )
    if early:
        notes.append(f"{early} texts before {days.starts[0]} are in no {days.length} that is shown")
    return tuple(notes)


def _changes(
    found: Sequence[ChangePoint],
    columns: Sequence[Column],
    voices: WeightedTexts,
    mentions: Mentions,
    keys: Sequence[str],
    budget: AlarmBudget,
) -> tuple[Change, ...]:
    """Tell changes of the mood with what changed in the themes; those of the mix alone are none."""
    told = []
    for change in found:
        before, after = (net_of(voices.tally(side)) for side in change.sides(voices))
        assert before is not None
        assert after is not None
        mix, rest = from_mix(change, columns, voices)
        is_mix = 2 * abs(mix) >= abs(after.value - before.value)
        if not is_mix or budget.tell(budget.correct("changes", rest)):
            told.append((change, before, after, mix))
    largest: dict[tuple[str, str], float] = {}
    for change, before, after, _ in told:
        if change.segment is not None:
            size = abs(after.value - before.value)
            largest[change.segment] = max(size, largest.get(change.segment, 0.0))
    told.sort(
        key=lambda one: (
            one[0].segment is not None,
            -largest[one[0].segment] if one[0].segment else 0.0,
            one[0].segment or (),
            one[0].date,
        )
    )
    shifts = theme_shifts([one[0] for one in told], mentions, voices, keys, budget)
    return tuple(
        Change(
            column=change.segment[0] if change.segment else None,
            value=change.segment[1] if change.segment else None,
            date=date_of(change.date),
            before=before,
            after=after,
            p=change.p,
            from_mix=mix,
            themes=moved,
        )
        for (change, before, after, mix), moved in zip(told, shifts, strict=True)
    )
