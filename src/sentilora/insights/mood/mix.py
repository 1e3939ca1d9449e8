"""Who writes: segments that enter or grow, and what that alone does to the net sentiment.

When a product with worse reviews enters the data, the net sentiment falls although nobody feels
worse. The difference of two stretches of time is split as Kitagawa has it (1955, JASA 50:1168;
Oaxaca 1973 and Blinder 1973 in economics): with shares ``s`` and nets ``m`` of the values,

    after - before = sum((s2 - s1) (m1 + m2) / 2) + sum((m2 - m1) (s1 + s2) / 2)

The first sum is the mix, the second the mood. A value that is on one side only has no mood to
compare: what it does is all mix. Columns whose values follow each other in time, as versions do,
are no mix: a bad release is a change of the mood.

Not covered: two columns at once; the one that explains most is told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.insight_report import MixChange
from sentilora.insights.mood.changes.change_points import ChangePoint
from sentilora.insights.mood.courses.share_courses import shares_over_time
from sentilora.insights.mood.false_alarms import AlarmBudget
from sentilora.insights.mood.periods import date_of
from sentilora.insights.mood.segments import Column
from sentilora.insights.mood.weighted_texts import Floats, Mentions, WeightedTexts

MOST_VALUES = 50


@dataclass(frozen=True)
class Split:
    """The difference of two groups of texts, taken apart.

    Attributes:
        mix: points of net sentiment that moved shares of the values explain.
        mood: points that remain.
        p: chance of as large a ``mood``, if nobody felt another way than before.
    """

    mix: float
    mood: float
    p: float


def split_of(before: Floats, after: Floats) -> Split:
    """Split a difference of net sentiment into mix and mood.

    The p-value is that of the stratified mean difference, each value weighted by
    ``n1 n2 / (n1 + n2)`` (Cochran 1954, Biometrics 10:417).

    Args:
        before: ``(V, 3)`` negative, other and positive voices of each value.
        after: the same, ``(V, 3)``.
    """
    sizes = np.stack([before.sum(axis=1), after.sum(axis=1)])
    nets = np.stack([before[:, 2] - before[:, 0], after[:, 2] - after[:, 0]])
    means = nets / np.maximum(sizes, 1e-12)
    means[0] = np.where(sizes[0] > 0, means[0], means[1])
    means[1] = np.where(sizes[1] > 0, means[1], means[0])
    shares = sizes / sizes.sum(axis=1, keepdims=True)
    mix = float(((shares[1] - shares[0]) * means.mean(axis=0)).sum())
    mood = float(((means[1] - means[0]) * shares.mean(axis=0)).sum())
    return Split(100 * mix, 100 * mood, _stratified_p(before, after, sizes, means))


def from_mix(
    change: ChangePoint, columns: Sequence[Column], voices: WeightedTexts
) -> tuple[float, float]:
    """Say what a moved mix explains of a change: the column that explains most.

    Args:
        change: a change of the net sentiment.
        columns: columns with their values; ordered ones explain nothing.
        voices: the texts.

    Returns:
        Points of the difference that the mix explains, and the chance of as large a rest by luck:
        0 and 0 without columns.
    """
    early, late = change.sides(voices)
    best, rest = 0.0, 0.0
    for column in columns:
        if column.is_ordered or not column.values:
            continue
        number = len(column.values) + 1  # values with few texts, and none at all, are one
        groups = np.where(column.groups < 0, number - 1, column.groups)
        before = voices.tallies(np.where(early, groups, -1), number)
        after = voices.tallies(np.where(late, groups, -1), number)
        split = split_of(before, after)
        total = split.mix + split.mood
        if split.mix * math.copysign(1, total) > best * math.copysign(1, total):
            best, rest = split.mix, split.p
    return best, rest


def mix_changes(
    columns: Sequence[Column],
    voices: WeightedTexts,
    budget: AlarmBudget,
    generator: np.random.Generator,
) -> tuple[MixChange, ...]:
    """Find the values that entered the data or whose share of the texts moved.

    Args:
        columns: columns with their values; ordered ones are left out.
        voices: the texts.
        budget: the rate of false alarms.
        generator: source of luck.

    Returns:
        Moves, those that move the net sentiment most first.
    """
    assert voices.dates is not None
    free = [column for column in columns if not column.is_ordered and len(column.values) > 0]
    names = [(column, value) for column in free for value in range(len(column.values))]
    names = _largest(names)
    if not names:
        return ()
    texts = [np.flatnonzero(column.groups == value) for column, value in names]
    members = _memberships(texts)
    courses = shares_over_time(members, voices, "mix", budget, generator)
    changes = []
    for (column, value), course, own in zip(names, courses, texts, strict=True):
        if course is None or course.since is None:
            continue
        late = voices.dates >= course.since
        if course.until is not None:
            late &= voices.dates <= course.until
        changes.append(
            MixChange(
                column=column.name,
                value=column.values[value],
                since=date_of(course.since),
                until=None if course.until is None else date_of(course.until),
                before=course.before.value,
                after=course.after.value,
                p=course.p,
                net_change=_effect(own, late, voices),
            )
        )
    return tuple(sorted(changes, key=lambda one: -abs(one.net_change)))


def _largest(names: list[tuple[Column, int]]) -> list[tuple[Column, int]]:
    sizes = [int((column.groups == value).sum()) for column, value in names]
    kept = sorted(range(len(names)), key=lambda index: -sizes[index])[:MOST_VALUES]
    return [names[index] for index in sorted(kept)]


def _memberships(texts: Sequence[NDArray[np.int64]]) -> Mentions:
    sizes = [len(own) for own in texts]
    pairs = sum(sizes)
    return Mentions(
        text_index=np.concatenate(texts),
        theme=np.repeat(np.arange(len(texts)), sizes),
        statements=np.ones(pairs, dtype=np.int64),
        mood=np.zeros((pairs, 3)),
        number=len(texts),
    )


def _effect(own: NDArray[np.int64], late: NDArray[np.bool_], voices: WeightedTexts) -> float:
    """Return the points of net sentiment that one value's moved share explains."""
    groups = np.zeros(len(voices), dtype=np.int64)
    groups[own] = 1
    assert voices.dates is not None
    known = ~np.isnat(voices.dates)
    before = voices.tallies(np.where(known & ~late, groups, -1), 2)
    after = voices.tallies(np.where(known & late, groups, -1), 2)
    return split_of(before, after).mix


def _stratified_p(before: Floats, after: Floats, sizes: Floats, means: Floats) -> float:
    from scipy.stats import norm

    both = (sizes > 1).all(axis=0)
    if not both.any():
        return 1.0
    first, second = sizes[:, both]
    difference = means[1, both] - means[0, both]
    weight = first * second / (first + second)
    spread = []
    for counts, size in ((before[both], first), (after[both], second)):
        down, up = (counts[:, 0] + 1) / (size + 2), (counts[:, 2] + 1) / (size + 2)
        spread.append((down + up - (up - down) ** 2) / size)
    error = math.sqrt(float((weight**2 * (spread[0] + spread[1])).sum()))
    return float(2 * norm.sf(abs(float((weight * difference).sum())) / error))
