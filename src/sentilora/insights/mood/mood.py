"""The door of the room: what a report says of the mood, with one rate of false alarms.

The same texts and seed give the same figures. Each part draws its luck from a stream of its own, so
that a column more or less moves no figure of another part but through the rate that is shared.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.feedback import Feedback
from sentilora.insights.insight_report import (
    Change,
    Comparison,
    Estimate,
    MixChange,
    Period,
    Segment,
    SegmentShare,
    Trend,
)
from sentilora.insights.mood.course import Course, course_of
from sentilora.insights.mood.false_alarms import AlarmBudget, Luck
from sentilora.insights.mood.impact import theme_impact, theme_net, theme_share
from sentilora.insights.mood.periods import Length
from sentilora.insights.mood.prevalence import Prevalence, prevalence_of
from sentilora.insights.mood.segments import Column, columns_of, left_out_notes, segments_of
from sentilora.insights.mood.weighted_texts import (
    Ints,
    Mentions,
    WeightedTexts,
    mentions_of,
    net_of,
    weighted_texts_of,
)
from sentilora.insights.statements.statements import Statements, signs_of

METHODS: Mapping[str, str] = MappingProxyType(
    {
        "net sentiment": "share of positive minus share of negative texts, times 100; adjusted "
        "Wald interval of Bonett and Price (2012)",
        "shares": "Wilson's score interval (1927)",
        "differences": "Newcombe's hybrid score interval (1998)",
        "changes": "scan over all stretches of days against shuffled labels (Walther 2010), dated "
        "by PELT (Killick et al. 2012) on daily counts, each confirmed between its neighbours by "
        "shuffled labels",
        "themes at a change": "Fisher's exact test, corrected by Holm (1979)",
        "trends": "strongest stretch of days of any theme against shuffled mentions (Westfall and "
        "Young 1993), among all texts, and among those of the segment where a theme is at home",
        "segments": "strongest value of any column against shuffled labels (Westfall and Young "
        "1993); themes by Fisher's exact test, corrected by Holm (1979)",
        "mix": "decomposition of Kitagawa (1955)",
        "comparison": "permutation test of the last period and those before it",
        "impact": "net sentiment of the texts that do not mention the theme minus that of all "
        "texts; bootstrap over texts",
    }
)


@dataclass(frozen=True)
class ThemeMood:
    """What is counted of a theme.

    Attributes:
        texts: number of texts that mention it.
        statements: number of its statements.
        share: share of all texts that mention it.
        net: net sentiment of its statements, one voice a text.
        impact: points by which the net sentiment of all texts would rise without it.
        trend: how its share runs.
        by_period: number of texts that mention it, by period.
        segments: where it is stronger than elsewhere.
    """

    texts: int
    statements: int
    share: Estimate
    net: Estimate
    impact: Estimate | None
    trend: Trend
    by_period: tuple[int, ...]
    segments: tuple[SegmentShare, ...]


@dataclass(frozen=True)
class Mood:
    """What is measured of the mood; the parts are those of an ``InsightReport``.

    Attributes:
        net: net sentiment of all texts.
        length: length of a period; None without dates.
        since: first day with texts; None without dates.
        until: last day with texts; None without dates.
        periods: mood by period, gaps included, oldest first.
        comparison: last period against those before.
        changes: days on which the mood changed: of all texts, then of segments, those with the
            largest first; oldest first within each.
        themes: what is counted of each theme, in the order of the themes.
        segments: segments with texts enough: those that differ first, then by size.
        mix: segments whose share of the texts moved.
        prevalence: corrected shares of the labels.
        rate: allowed rate of false alarms over all parts.
        comparisons: number of comparisons made.
        methods: name of the method behind each part.
        notes: what could not be looked for, and why.
    """

    net: Estimate
    length: Length | None
    since: dt.date | None
    until: dt.date | None
    periods: tuple[Period, ...]
    comparison: Comparison | None
    changes: tuple[Change, ...]
    themes: tuple[ThemeMood, ...]
    segments: tuple[Segment, ...]
    mix: tuple[MixChange, ...]
    prevalence: Prevalence
    rate: float
    comparisons: int
    methods: Mapping[str, str]
    notes: tuple[str, ...]


def measure_mood(
    feedback: Feedback,
    label_ids: Ints,
    statements: Statements,
    theme_of: Ints,
    keys: Sequence[str],
    *,
    probabilities: NDArray[np.floating] | None = None,
    confusion: NDArray[np.int64] | None = None,
    compare: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    seed: int = 0,
) -> Mood:
    """Measure the mood of N texts, at least one.

    Args:
        feedback: the texts.
        label_ids: ``(N,)`` given labels, or the most probable ones.
        statements: statements of the texts.
        theme_of: ``(S,)`` theme of each statement, -1 for none.
        keys: K keys of the themes.
        probabilities: ``(N, C)`` calibrated probabilities; None where the labels are given.
        confusion: ``(C, C)`` number of texts that were held out when the model was made, true label
            down and answer across; None if that is not known.
        compare: length of the periods to compare, or a column whose segments come first.
        since: first day that was asked for.
        until: last day that was asked for.
        seed: seed of all draws.
    """
    voices = weighted_texts_of(feedback, label_ids)
    mentions = mentions_of(statements, theme_of, len(keys), signs_of(feedback.labels))
    columns = columns_of(feedback.segments)
    has_dates = voices.dates is not None and bool((~np.isnat(voices.dates)).any())
    budget = AlarmBudget(_families(has_dates, keys, columns))
    luck = Luck(seed)
    segments, stronger = segments_of(columns, voices, mentions, keys, budget, luck.of("segments"))
    course = Course()
    if has_dates:
        course = course_of(
            voices,
            columns,
            mentions,
            keys,
            stronger,
            budget,
            luck,
            compare=compare,
            since=since,
            until=until,
        )
    if compare in feedback.segments:
        segments = tuple(sorted(segments, key=lambda one: one.column != compare))
    net = net_of(voices.tally())
    assert net is not None
    return Mood(
        net=net,
        length=course.days.length if course.days else None,
        since=course.since,
        until=course.until,
        periods=course.periods,
        comparison=course.comparison,
        changes=course.changes,
        themes=tuple(
            _theme(place, mentions, voices, course, stronger[place], luck)
            for place in range(len(keys))
        ),
        segments=segments,
        mix=course.mix,
        prevalence=prevalence_of(voices, probabilities, luck.of("prevalence"), confusion=confusion),
        rate=budget.rate,
        comparisons=budget.comparisons,
        methods={**METHODS, "false alarms": budget.parts},
        notes=(*course.notes, *left_out_notes(columns)),
    )


def _theme(
    place: int,
    mentions: Mentions,
    voices: WeightedTexts,
    course: Course,
    segments: tuple[SegmentShare, ...],
    luck: Luck,
) -> ThemeMood:
    own = mentions.texts_of(place)
    by_period: tuple[int, ...] = ()
    trend = Trend(direction="unknown", before=None, after=None, difference=None, p=None)
    if course.days is not None and voices.dates is not None:
        index = course.days.index(voices.dates[own])
        by_period = tuple(np.bincount(index[index >= 0], minlength=len(course.days)).tolist())
        trend = course.trends[place]
    return ThemeMood(
        texts=len(own),
        statements=int(mentions.statements[mentions.pairs_of(place)].sum()),
        share=theme_share(place, mentions, voices),
        net=theme_net(place, mentions, voices),
        impact=theme_impact(place, mentions, voices, luck.of(f"impact {place}")),
        trend=trend,
        by_period=by_period,
        segments=segments,
    )


def _families(has_dates: bool, keys: Sequence[str], columns: Sequence[Column]) -> tuple[str, ...]:
    """Name the families of comparisons that there is data for."""
    families = ["changes", "comparison"] if has_dates else []
    families += ["trends"] if has_dates and keys else []
    families += ["segment changes", "mix"] if has_dates and columns else []
    families += ["segments"] if columns or not families else []
    families += ["segment themes"] if columns and keys else []
    families += ["segment trends"] if has_dates and columns and keys else []
    return tuple(families)
