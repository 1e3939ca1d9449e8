"""Mood, volume and label shares from the hourly counts, each with its 95 % interval.

Hours are numbers since 1970, UTC; a text counts in the hour in which it was written, however late
it came. Intervals take texts for independent of each other: Wilson's for shares, Bonett and
Price's for net sentiments (``insights/mood/estimates.py``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import Connection

from sentilora.insights.insight_report import Estimate
from sentilora.insights.mood.estimates import net_estimate, share_estimate
from sentilora.labels import canonical_sentiment, order_labels
from sentilora.monitoring.figures.distinct_values import distinct_values
from sentilora.monitoring.store.hour_counts import HOUR_MS
from sentilora.monitoring.store.store_tables import HOUR_COUNT

MOST_VALUES = 100  # of a segment, that are compared
MOST_ROWS = 200_000  # of hour_count, that are added up to compare them

_GRADE = re.compile(r"(\d+)\s*(?:stars?)?", re.IGNORECASE)
_SIGNS = {"negative": -1, "neutral": 0, "positive": 1}


@dataclass(frozen=True)
class Scope:
    """Which texts are meant.

    Attributes:
        model: name of the model whose answers count.
        source: channel; all of them when None.
        segment: name of a segment and the value in it; all texts when None.
    """

    model: str
    source: str | None = None
    segment: tuple[str, str] | None = None


@dataclass(frozen=True)
class Tally:
    """How many texts have each label.

    Attributes:
        counts: number of texts by label.
    """

    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def texts(self) -> int:
        """Number of texts."""
        return sum(self.counts.values())

    @property
    def net(self) -> Estimate | None:
        """Net sentiment in [-100, 100]; None without texts, or of labels that are no sentiments."""
        signs = signs_of(self.counts)
        if signs is None or not self.texts:
            return None
        down, up = (
            sum(n for label, n in self.counts.items() if signs[label] == sign) for sign in (-1, 1)
        )
        return net_estimate(down, up, self.texts)

    def share(self, labels: Iterable[str]) -> Estimate | None:
        """Return the share of texts that have one of some labels, in [0, 1]; None without texts."""
        if not self.texts:
            return None
        return share_estimate(sum(self.counts.get(label, 0) for label in labels), self.texts)


@dataclass(frozen=True)
class CoursePoint:
    """A stretch of hours.

    Attributes:
        start, end: first hour of it, and the one after the last.
        own: texts of the stretch.
        rolling: texts of the longer stretch up to ``end`` that its mood is taken from.
    """

    start: int
    end: int
    own: Tally
    rolling: Tally


def read_hours(connection: Connection, scope: Scope, since: int, until: int) -> dict[int, Tally]:
    """Count texts by hour and label.

    Args:
        connection: connection to the store.
        scope: texts that are meant.
        since: first hour.
        until: last hour, which may not be over yet.

    Returns:
        Tallies of the hours in which there were texts.
    """
    count = HOUR_COUNT.c
    asked = (
        sa.select(count.hour, count.label, sa.func.sum(count.texts))
        .where(*_within(scope), count.hour >= since, count.hour <= until)
        .group_by(count.hour, count.label)
    )
    found: dict[int, dict[str, int]] = {}
    for hour, label, texts in connection.execute(asked):
        found.setdefault(hour, {})[label] = int(texts)
    return {hour: Tally(counts) for hour, counts in found.items()}


def add_up(hours: Mapping[int, Tally], since: int, until: int) -> Tally:
    """Add up the hours from one to another, both included."""
    total: Counter[str] = Counter()
    for hour in range(since, until + 1):
        if hour in hours:
            total.update(hours[hour].counts)
    return Tally(dict(total))


def follow(
    hours: Mapping[int, Tally], since: int, until: int, *, step: int, rolling: int
) -> list[CoursePoint]:
    """Cut a time into stretches, the last of which ends with the hour ``until``.

    Args:
        hours: tallies, which should begin ``rolling`` hours before ``since``.
        since: first hour.
        until: last hour.
        step: hours of a stretch.
        rolling: hours, up to the end of the stretch, that its mood is taken from.
    """
    points = []
    for end in range(until + 1, since, -step):
        own, around = (add_up(hours, end - span, end - 1) for span in (step, rolling))
        points.append(CoursePoint(end - step, end, own, around))
    return points[::-1]


def compare_parts(
    connection: Connection, scope: Scope, segment: str | None, since: int, until: int
) -> dict[str, Tally] | None:
    """Count texts by source, or by the values of a segment.

    Args:
        connection: connection to the store.
        scope: texts that are meant; its own segment serves only where they are compared by source.
        segment: name of the segment; sources are compared when None.
        since: first hour.
        until: last hour.

    Returns:
        Tallies, the one with most texts first; None where the segment has so many values that
        adding them up would take long.
    """
    count = HOUR_COUNT.c
    hours = (count.hour >= since, count.hour <= until)
    if segment is None:
        part = count.source
        looked = sa.select(part.label("part"), count.label, count.texts)
        looked = looked.where(*_within(scope), *hours)
    else:
        # Value by value, so that the index leads to the hours of each.
        values = distinct_values(count.value, count.segment == segment, most=MOST_VALUES + 1)
        number = connection.execute(sa.select(sa.func.count()).select_from(values)).scalar()
        if (number or 0) > MOST_VALUES:
            return None
        looked = sa.select(count.value.label("part"), count.label, count.texts)
        looked = looked.select_from(values.join(HOUR_COUNT, count.value == values.c.value))
        looked = looked.where(count.segment == segment, count.model == scope.model, *hours)
        if scope.source is not None:
            looked = looked.where(count.source == scope.source)
    row = looked.limit(MOST_ROWS + 1).subquery("looked").c
    asked = sa.select(row.part, row.label, sa.func.sum(row.texts), sa.func.count())
    found: dict[str, dict[str, int]] = {}
    rows = 0
    for name, label, texts, number in connection.execute(asked.group_by(row.part, row.label)):
        found.setdefault(name, {})[label] = int(texts)
        rows += number
    if rows > MOST_ROWS:
        return None
    tallies = {name: Tally(counts) for name, counts in found.items()}
    return dict(sorted(tallies.items(), key=lambda one: (-one[1].texts, one[0])))


def signs_of(labels: Iterable[str]) -> dict[str, int] | None:
    """Return the sign of each label (-1, 0, 1); None where they are no sentiments.

    Unlike :attr:`sentilora.labels.Labels.polarities` it does not need all labels of the model: in a
    quiet hour not all of them occur.
    """
    names = list(labels)
    grades = [_GRADE.fullmatch(name) for name in names]
    if names and all(grades):
        numbers = {name: int(grade[1]) for name, grade in zip(names, grades, strict=True) if grade}
        top = max(numbers.values())
        middle = 0.5 if top <= 1 else 3.0 if top <= 5 else 5.5
        return {name: (number > middle) - (number < middle) for name, number in numbers.items()}
    found = {name: canonical_sentiment(name) for name in names}
    if None in found.values():
        return None
    return {name: _SIGNS[sentiment] for name, sentiment in found.items() if sentiment}


def in_order(labels: Iterable[str]) -> list[str]:
    """Return labels from negative to positive where they are sentiments, else by name."""
    names = sorted(set(labels))
    return list(order_labels(names).names) if len(names) > 1 else names


def hour_of(ms: int) -> int:
    """Return the hour that a moment lies in."""
    return ms // HOUR_MS


def _within(scope: Scope) -> list[sa.ColumnElement[bool]]:
    count = HOUR_COUNT.c
    segment, value = scope.segment or ("", "")
    found = [count.segment == segment, count.value == value, count.model == scope.model]
    return found if scope.source is None else [*found, count.source == scope.source]
