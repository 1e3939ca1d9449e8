"""The mood by day, week or month, as fine as the volume bears; the last one beside the others."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.insight_report import Comparison, Estimate, Period
from sentilora.insights.mood.estimates import difference_estimate, share_estimate
from sentilora.insights.mood.false_alarms import AlarmBudget, shuffled_labels, whole
from sentilora.insights.mood.weighted_texts import Floats, Ints, WeightedTexts, net_of

Length = Literal["day", "week", "month"]
LENGTHS: tuple[Length, ...] = ("day", "week", "month")

ENOUGH_TEXTS = 20
MOST_PERIODS = {"day": 92, "week": 160}
FEW_DAYS = 21
FEW_WEEKS = 12
MOST_SHOWN = 600
_MONDAY = 4  # 1 January 1970 was a Thursday: day -3, or 4, is a Monday

# A fortnight, four weeks, a quarter: long enough to be the usual, short enough to be recent.
BEFORE = {"day": 14, "week": 4, "month": 3}
FEWEST_TEXTS = 10
DEALS = 9999

Dates = NDArray[np.datetime64]


@dataclass(frozen=True)
class Calendar:
    """Days cut into P periods without a gap.

    Attributes:
        length: length of a period.
        starts: ``(P,)`` datetime64[D], first day of each.
        ends: ``(P,)`` datetime64[D], last day of each.
        is_partial: ``(P,)`` bool, whether the data begins or ends within it.
    """

    length: Length
    starts: Dates
    ends: Dates
    is_partial: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.starts)

    def latest(self, number: int) -> Calendar:
        """Return the last periods, at most so many."""
        part = slice(-number, None)
        return Calendar(self.length, self.starts[part], self.ends[part], self.is_partial[part])

    def index(self, dates: Dates) -> Ints:
        """Return the period of each day, ``(N,)``; -1 for none."""
        place = np.searchsorted(self.starts, dates, side="right") - 1
        outside = np.isnat(dates) | (dates > self.ends[-1])
        return np.where(outside, -1, place).astype(np.int64)


def choose_length(dates: Dates) -> Length:
    """Choose the shortest period that holds 20 texts on average and gives a readable curve.

    Args:
        dates: ``(N,)`` datetime64[D]; NaT are left out.
    """
    known = dates[~np.isnat(dates)]
    if len(known) == 0:
        return "day"
    first, last = np.quantile(known.astype(np.int64), [0.005, 0.995])  # a mistyped year is no span
    days = int(last - first) + 1
    if days <= FEW_DAYS:
        return "day"
    if days <= MOST_PERIODS["day"] and len(known) >= ENOUGH_TEXTS * days:
        return "day"
    weeks = days / 7
    if weeks <= FEW_WEEKS:
        return "week"
    return (
        "week" if weeks <= MOST_PERIODS["week"] and len(known) >= weeks * ENOUGH_TEXTS else "month"
    )


def calendar(
    dates: Dates, length: Length, since: dt.date | None = None, until: dt.date | None = None
) -> Calendar:
    """Cut the days from the first to the last text, or those asked for, into periods.

    Args:
        dates: ``(N,)`` datetime64[D], at least one of them known.
        length: length of a period; weeks begin on Monday.
        since: first day that was asked for; that of the first text if None.
        until: last day that was asked for; that of the last text if None.
    """
    known = dates[~np.isnat(dates)]
    first = known.min() if since is None else np.datetime64(since, "D")
    last = known.max() if until is None else np.datetime64(until, "D")
    if length == "month":
        months = np.arange(first.astype("M8[M]"), last.astype("M8[M]") + 2)
        edges = months.astype("M8[D]")
    else:
        step = 1 if length == "day" else 7
        number = int(first.astype(np.int64))
        begin = number if length == "day" else number - (number - _MONDAY) % 7
        edges = np.arange(begin, int(last.astype(np.int64)) + step + 1, step).astype("M8[D]")
        edges = edges[: int(np.searchsorted(edges, last, side="right")) + 1]
    starts = edges[:-1]
    ends = (edges[1:].astype(np.int64) - 1).astype("M8[D]")
    return Calendar(length, starts, ends, (starts < first) | (ends > last))


def periods_of(voices: WeightedTexts, days: Calendar) -> tuple[Period, ...]:
    """Count texts, and measure the mood, of each period.

    Args:
        voices: the texts; those without a date are in no period.
        days: the periods.
    """
    assert voices.dates is not None
    index = days.index(voices.dates)
    inside = index >= 0
    number = len(days)
    tallies = voices.tallies(index, number)
    texts = np.bincount(index[inside], minlength=number)
    cells = index[inside] * len(voices.labels) + voices.label_ids[inside]
    size = number * len(voices.labels)
    by_label = np.bincount(cells, weights=voices.weights[inside], minlength=size)
    shares = _shares(by_label.reshape(number, -1).astype(np.float64))
    return tuple(
        Period(
            start=date_of(days.starts[place]),
            end=date_of(days.ends[place]),
            texts=int(texts[place]),
            shares=dict(zip(voices.labels.names, shares[place].tolist(), strict=True)),
            net=net_of(tallies[place]),
            is_partial=bool(days.is_partial[place]),
        )
        for place in range(number)
    )


def compare_periods(
    voices: WeightedTexts, days: Calendar, budget: AlarmBudget, generator: np.random.Generator
) -> Comparison | None:
    """Compare the last period with those before it.

    The p-value is that of a test by permutation: labels dealt anew to the texts of both sides.

    Args:
        voices: the texts.
        days: the periods.
        budget: the rate of false alarms.
        generator: source of luck.

    Returns:
        None where there is one period only.
    """
    assert voices.dates is not None
    if len(days) < 2:
        return None
    index = days.index(voices.dates)
    last = len(days) - 1
    first = max(0, last - BEFORE[days.length])
    now, before = index == last, (index >= first) & (index < last)
    after_tally, before_tally = voices.tally(now), voices.tally(before)
    net, before_net = net_of(after_tally), net_of(before_tally)
    is_known = net is not None and before_net is not None
    return Comparison(
        start=date_of(days.starts[last]),
        end=date_of(days.ends[last]),
        texts=int(now.sum()),
        net=net,
        negative=_negative(after_tally),
        before_start=date_of(days.starts[first]),
        before_end=date_of(days.ends[last - 1]),
        before_texts=int(before.sum()),
        before_net=before_net,
        before_negative=_negative(before_tally),
        difference=difference_estimate(before_net, net) if net and before_net else None,
        p=_chance(before_tally, after_tally, budget, generator) if is_known else None,
        is_partial=bool(days.is_partial[last]),
    )


def _negative(tally: Floats) -> Estimate | None:
    total = float(tally.sum())
    return share_estimate(float(tally[0]), total) if total > 0 else None


def date_of(day: Any) -> dt.date:
    """Return a datetime64[D] as a date."""
    return np.datetime64(day, "D").astype(dt.date)  # type: ignore[no-any-return]


def _shares(counts: Floats) -> Floats:
    shares: Floats = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-300)
    return shares


def _chance(
    before: Floats, after: Floats, budget: AlarmBudget, generator: np.random.Generator
) -> float | None:
    counts = whole(np.stack([before, after], axis=1)).T
    sizes = counts.sum(axis=1)
    if sizes.min() < FEWEST_TEXTS:
        return None
    budget.count(1)
    dealt = shuffled_labels(counts.sum(axis=0), sizes, generator, DEALS)
    luck = np.abs(_difference(dealt))
    p = (1 + int((luck >= abs(_difference(counts[None])[0]) - 1e-9).sum())) / (DEALS + 1)
    return budget.correct("comparison", p)


def _difference(counts: np.ndarray) -> Floats:
    net = (counts[:, :, 2] - counts[:, :, 0]) / counts.sum(axis=2)
    difference: Floats = net[:, 1] - net[:, 0]
    return difference
