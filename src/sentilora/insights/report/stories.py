"""What a report tells first: changes of the mood and themes that came and went, as one list.

A change and the themes that came with it are one story. Bad ones come before good ones, and among
these the one first that moved most texts: points of net sentiment times the texts of the stretch,
or texts that speak of a theme beyond those that did before. All of them are more than chance, so
that the size tells which matters, not the p.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from sentilora.evaluation.reports import wording
from sentilora.insights.insight_report import Change, InsightReport, Theme
from sentilora.insights.report import figure_words as words
from sentilora.insights.report.sentences import change_told, quoted

SAME = 0.5  # of the shorter of two stretches, which both have in common where they are one story
MOVED = ("new", "rising", "fading")
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Story:
    """One thing that happened.

    Attributes:
        first: first day of it.
        last: last day of it; that of the data where it holds.
        segment: column and value where it happened; None for all texts.
        size: number of texts that it moved, more or less.
        is_good: whether the mood rose, or a theme of praise did, or fewer complain.
        changes: changes of the mood, oldest first: how it began, and how it ended.
        themes: themes that came and went with it, largest first.
    """

    first: dt.date
    last: dt.date
    segment: tuple[str, str] | None
    size: float
    is_good: bool
    changes: tuple[Change, ...] = ()
    themes: tuple[Theme, ...] = ()


def stories_of(report: InsightReport) -> list[Story]:
    """Find the stories of a report, what is told first at the head."""
    found = _of_changes(report)
    for story in sorted(_of_themes(report), key=lambda one: -one.size):
        for place, other in enumerate(found):
            if _is_one(story, other):
                found[place] = _joined(other, story)
                break
        else:
            found.append(story)
    return sorted(found, key=lambda one: (one.is_good, -one.size, one.first))


def story_told(report: InsightReport, story: Story) -> str:
    """Say one story: since when, where, how much, and what came with it."""
    if story.changes:
        return _changes_told(report, story)
    first, *others = story.themes
    told = _course_told(first)
    if others:
        also = " and ".join(named(theme) for theme in others[:2])
        told += f"; in these days also {also}"
    return f"{told}."


def courses_told(report: InsightReport) -> list[str]:
    """Say the stories of themes alone, which stand below the changes of the mood."""
    return [story_told(report, one) for one in stories_of(report) if not one.changes]


def named(theme: Theme) -> str:
    """Name a theme with its words, and say if it is a loose group."""
    about = ", ".join(theme.words[:3])
    loose = "" if theme.is_stable else "; a loose group"
    return f"{quoted(theme.name)} ({about}{loose})"


def _of_changes(report: InsightReport) -> list[Story]:
    """Make a story of each fall of the mood with the rise after it, and of each other rise."""
    assert report.until is not None or not report.changes
    found: list[Story] = []
    by_segment: dict[tuple[str, str] | None, list[Change]] = {}
    for change in sorted(report.changes, key=lambda one: one.date):
        by_segment.setdefault(_segment(change), []).append(change)
    for segment, changes in by_segment.items():
        waiting: list[Change] = []
        for change in changes:
            if not _falls(change) and waiting and _falls(waiting[-1]):
                found.append(_of_stretch(report, segment, (waiting.pop(), change)))
                continue
            waiting.append(change)
        found += [_of_stretch(report, segment, (change,)) for change in waiting]
    return found


def _of_stretch(
    report: InsightReport, segment: tuple[str, str] | None, changes: tuple[Change, ...]
) -> Story:
    assert report.since is not None
    assert report.until is not None
    begins = changes[0]
    last = changes[1].date - _DAY if len(changes) > 1 else report.until
    texts = report.basis.texts
    if segment is not None:
        here = (one.texts for one in report.segments if (one.column, one.value) == segment)
        texts = next(here, 0)
    days = (report.until - report.since).days + 1
    part = ((last - begins.date).days + 1) / max(1, days)
    moved = abs(begins.after.value - begins.before.value) / 100
    return Story(begins.date, last, segment, texts * part * moved, not _falls(begins), changes)


def _of_themes(report: InsightReport) -> list[Story]:
    """Make a story of each theme whose share moved."""
    return [
        Story(
            first=theme.trend.peak_since or theme.trend.since,
            last=theme.trend.since - _DAY if theme.trend.peak_since else _last_day(report),
            segment=_home(theme),
            size=_moved(theme),
            is_good=(theme.net.value > 0) != _is_fewer(theme),
            themes=(theme,),
        )
        for theme in report.themes
        if theme.trend.since is not None and theme.trend.direction in MOVED
    ]


def _is_fewer(theme: Theme) -> bool:
    return theme.trend.direction == "fading" and theme.trend.peak_since is None


def _home(theme: Theme) -> tuple[str, str] | None:
    if theme.trend.column is not None and theme.trend.value is not None:
        return theme.trend.column, theme.trend.value
    return next(((one.column, one.value) for one in theme.segments), None)


def _moved(theme: Theme) -> float:
    """Return how many more, or fewer, texts spoke of a theme than its share outside would give."""
    trend = theme.trend
    if trend.before is None or trend.after is None or trend.mentions is None:
        return 0.0
    inside, outside = trend.after, trend.before
    if trend.peak_since is not None:
        inside, outside = trend.before, max(trend.after, trend.before_peak or 0.0)
    if inside >= outside:
        return trend.mentions * (1 - outside / max(inside, 1e-9))
    return (theme.texts - trend.mentions) * (1 - inside / max(outside, 1e-9))


def _last_day(report: InsightReport) -> dt.date:
    assert report.until is not None
    return report.until


def _is_one(theme: Story, other: Story) -> bool:
    """Say whether a theme belongs to a story: it rose in the same place, mostly in the same days.

    A theme whose share moved with a change of all texts belongs to it wherever it is at home.
    """
    (own,) = theme.themes
    if _is_fewer(own):
        return False
    shifts = {shift.theme for change in other.changes for shift in change.themes}
    if theme.segment != other.segment and own.key not in shifts:
        return False
    common = (min(theme.last, other.last) - max(theme.first, other.first)).days + 1
    shorter = min((one.last - one.first).days + 1 for one in (theme, other))
    return common >= SAME * shorter


def _joined(story: Story, theme: Story) -> Story:
    size = max(story.size, theme.size)
    return replace(story, size=size, themes=(*story.themes, *theme.themes))


def _changes_told(report: InsightReport, story: Story) -> str:
    told = change_told(report, story.changes[0]).removesuffix(".")
    told_already = {shift.theme for shift in story.changes[0].themes[:2]}
    if len(story.changes) > 1:
        end = story.changes[1]
        told += (
            f"; on {words.day(end.date)} it rose again, to {words.net_interval(end.after)} "
            f"({wording.p_value(end.p)})"
        )
    others = [named(theme) for theme in story.themes if theme.key not in told_already]
    if others:
        told += f"; in these days more spoke of {' and '.join(others[:2])}"
    return f"{told}."


def _course_told(theme: Theme) -> str:
    """Say how the share of a theme ran, in one sentence without its stop."""
    trend, name = theme.trend, named(theme)
    assert trend.since is not None
    assert trend.before is not None
    assert trend.after is not None
    where, of = "", "of the texts"
    if trend.column is not None:
        where, of = f" where {trend.column} is {trend.value}", "of the texts there"
    elif theme.segments:
        where = f", most where {theme.segments[0].column} is {theme.segments[0].value}"
    chance = "" if trend.p is None else f" ({wording.p_value(trend.p)})"
    net = f"; net sentiment {words.net_interval(theme.net)}"
    before, after = words.share(trend.before), words.share(trend.after)
    if trend.peak_since is not None:
        early = "" if trend.before_peak is None else f"{words.share(trend.before_peak)} before and "
        days = f"From {words.day(trend.peak_since)} to {words.day(trend.since - _DAY)}"
        return (
            f"{days} more spoke of {name}{where}: {before} {of}, {early}{after} after{chance}{net}"
        )
    more = "fewer" if trend.after < trend.before else "more"
    since = f"Since {words.day(trend.since)} {more} speak of {name}{where}"
    return f"{since}: {after} {of}, {before} before{chance}{net}"


def _segment(change: Change) -> tuple[str, str] | None:
    if change.column is None or change.value is None:
        return None
    return change.column, change.value


def _falls(change: Change) -> bool:
    return change.after.value < change.before.value
