"""The days on which the mood changed, with a stated rate of false alarms.

1. *Is there any change?* A scan over all stretches of days (stretches.py) for the one that differs
   most from the others, as circular binary segmentation has it (Olshen et al. 2004, Biostat.
   5:557). Its strength is compared with that of the same texts with labels dealt anew to days of
   the same volume. No change is told unless this test says so: that is the promise about data
   without any.
2. *Where?* PELT (Killick et al. 2012, JASA 107:1590; ruptures, jump 1) on the counts of each day.
3. *Is each of them more than noise?* The same test within the days between its neighbours, at the
   rate of the report by the number of changes; the weakest is dropped until all hold. The net
   sentiments on both sides have to be two standard errors apart as well.

Days that differ from their neighbours by more than luck (weekends, a bad day now and
then) raise the variance that a change has to exceed.

Not covered: slow drifts are cut into steps; which of two changes within three days came first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentilora.errors import MissingExtraError
from sentilora.insights.mood.changes.day_counts import DayCounts, day_counts
from sentilora.insights.mood.changes.stretches import (
    FEWEST_INSIDE,
    edge_scores,
    strongest_stretch,
    variances,
)
from sentilora.insights.mood.false_alarms import (
    AlarmBudget,
    bins_of,
    luck_of,
    p_of_maximum,
    shuffled_labels,
)
from sentilora.insights.mood.weighted_texts import Floats, Ints, WeightedTexts

MIN_DAYS = 3
MOST_BINS = 100  # of the scan; a change is dated by the day all the same
PENALTIES = (3.0, 2.0, 1.0)  # times log(days), in units of the deviance
DEALS = 999


@dataclass(frozen=True)
class ChangePoint:
    """A day on which the mood changed, and the stretches on either side.

    Attributes:
        date: first day of the new level, datetime64[D].
        first: first day of the stretch before, datetime64[D].
        last: last day of the stretch after, datetime64[D].
        p: corrected for all comparisons of the report.
        texts: ``(N,)`` bool, whose mood it is; None for that of all.
        segment: column and value of these texts; None for all.
    """

    date: np.datetime64
    first: np.datetime64
    last: np.datetime64
    p: float
    texts: NDArray[np.bool_] | None = None
    segment: tuple[str, str] | None = None

    def sides(self, voices: WeightedTexts) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which texts are in the stretches before and after it, ``(N,)`` each."""
        assert voices.dates is not None
        before = (voices.dates >= self.first) & (voices.dates < self.date)
        after = (voices.dates >= self.date) & (voices.dates <= self.last)
        if self.texts is not None:
            before, after = before & self.texts, after & self.texts
        return before, after


def find_changes(
    voices: WeightedTexts, budget: AlarmBudget, generator: np.random.Generator
) -> tuple[ChangePoint, ...] | None:
    """Find the days on which the mood changed.

    Args:
        voices: the texts.
        budget: the rate of false alarms.
        generator: source of luck.

    Returns:
        Changes, oldest first; None if there are too few days or texts to look for any.
    """
    series = day_counts(voices)
    if not series.is_enough:
        return None
    budget.count(1)
    scan = Scan(series, MOST_BINS)
    luck = luck_of(lambda deals: scan.luck(generator, deals), scan.found, DEALS)
    gate = budget.correct("changes", float(p_of_maximum(np.array([scan.found]), luck)[0]))
    return confirmed_changes(series, gate, budget, generator)


def confirmed_changes(
    series: DayCounts, gate: float, budget: AlarmBudget, generator: np.random.Generator
) -> tuple[ChangePoint, ...]:
    """Date the changes of a series of which the scan says that there are some."""
    counts, days = series.counts, series.days
    if not budget.tell(gate):
        return ()
    places, chances = _confirmed(counts, series.spread, budget, generator)
    edges = [0, *places, len(days)]
    return tuple(
        ChangePoint(
            date=days[place],
            first=days[edges[number]],
            last=days[edges[number + 2] - 1],
            p=max(gate, chance),
        )
        for number, (place, chance) in enumerate(zip(places, chances, strict=True))
    )


class Scan:
    """The strongest stretch of a series, and of its labels dealt anew to the same days.

    Attributes:
        found: statistic of the strongest stretch.
    """

    def __init__(self, series: DayCounts, most_bins: int) -> None:
        starts = bins_of(len(series.counts), most_bins)
        self._bins = np.add.reduceat(series.counts, starts, axis=0)
        self._least = MIN_DAYS if len(starts) == len(series.counts) else 1
        self.found = float(strongest_stretch(self._bins[None], self._least, series.spread)[0])

    def luck(self, generator: np.random.Generator, deals: int) -> Floats:
        """Return the strongest statistic of each deal, ``(R,)``."""
        totals, sizes = self._bins.sum(axis=0), self._bins.sum(axis=1)
        dealt = shuffled_labels(totals, sizes, generator, deals)
        return strongest_stretch(dealt, self._least, 1.0)


def _confirmed(
    counts: Ints, spread: float, budget: AlarmBudget, generator: np.random.Generator
) -> tuple[list[int], list[float]]:
    """Drop the weakest of the candidates until each holds between its neighbours.

    The scan says that there is something to be found: if nothing is, more candidates are asked for.
    """
    known: dict[tuple[int, int, int], float] = {}
    for penalty in PENALTIES:
        candidates = _candidates(counts, spread, penalty)
        places, chances = _held(counts, candidates, spread, generator, known, budget.rate)
        if places:
            break
    budget.count(len(known))
    return places, chances


def _held(
    counts: Ints,
    places: list[int],
    spread: float,
    generator: np.random.Generator,
    known: dict[tuple[int, int, int], float],
    rate: float,
) -> tuple[list[int], list[float]]:
    """Drop candidates until the chance of the weakest, by their number, is within the rate."""
    chances: list[float] = []
    while places:
        edges = [0, *places, len(counts)]
        windows = [(edges[n], edges[n + 1], edges[n + 2]) for n in range(len(places))]
        for window in windows:
            if window not in known:
                known[window] = _split_p(counts, window, spread, generator)
        chances = [min(1.0, len(places) * known[window]) for window in windows]
        weakest = int(np.argmax(chances))
        if chances[weakest] <= rate:
            return places, chances
        del places[weakest]
        places = _moved(counts, places, spread)
    return [], []


def _moved(counts: Ints, places: list[int], spread: float) -> list[int]:
    """Put each change where the split between its neighbours is strongest."""
    places = list(places)
    for number in range(len(places)):
        edges = [0, *places, len(counts)]
        first, last = edges[number], edges[number + 2]
        scores = edge_scores(counts[None, first:last], spread)[0]
        scores[: MIN_DAYS - 1] = -np.inf
        scores[len(scores) - MIN_DAYS + 1 :] = -np.inf
        if np.isfinite(scores).any():
            places[number] = first + int(np.argmax(scores)) + 1
    return places


def _split_p(
    counts: Ints, window: tuple[int, int, int], spread: float, generator: np.random.Generator
) -> float:
    """Return the chance of as strong a split between the neighbours of a change."""
    first, place, last = window
    inside = counts[first:last]
    before, after = inside[: place - first].sum(axis=0), inside[place - first :].sum(axis=0)
    if not _nets_differ(before, after, spread):
        return 1.0
    starts = np.unique(np.append(bins_of(len(inside), MOST_BINS), place - first))
    bins = np.add.reduceat(inside, starts, axis=0)
    at = int(np.searchsorted(starts, place - first))
    found = edge_scores(bins[None], spread)[0, at - 1]

    def draw(deals: int) -> Floats:
        dealt = shuffled_labels(bins.sum(axis=0), bins.sum(axis=1), generator, deals)
        strongest: Floats = edge_scores(dealt, 1.0).max(axis=1)
        return strongest

    return float(p_of_maximum(np.array([found]), luck_of(draw, float(found), DEALS))[0])


def _nets_differ(before: Ints, after: Ints, spread: float) -> bool:
    """Say whether the net sentiments are two standard errors apart: else it is not their change."""
    sizes = np.array([before.sum(), after.sum()])
    variance = variances(np.stack([before, after]))[0] * spread
    net = np.array([before[2] - before[0], after[2] - after[0]]) / np.maximum(sizes, 1)
    return bool(
        sizes.min() >= FEWEST_INSIDE
        and abs(net[1] - net[0]) >= 1.96 * math.sqrt(variance * (1 / sizes).sum())
        and variance > 0
    )


def _candidates(counts: Ints, spread: float, penalty: float) -> list[int]:
    """Return the first day of each new level but the first, by PELT."""
    try:
        import ruptures
        from ruptures.base import BaseCost
    except ModuleNotFoundError as error:
        raise MissingExtraError("A search for changes", "insights") from error
    from scipy.special import xlogy

    class CountCost(BaseCost):  # type: ignore[misc]
        """Deviance of a multinomial with one level: twice the negative log-likelihood."""

        model = "counts"
        min_size = MIN_DAYS

        def fit(self, signal: Ints) -> CountCost:
            self.signal = signal
            sums = np.concatenate([np.zeros((1, 3), dtype=np.int64), np.cumsum(signal, axis=0)])
            self.sums = [tuple(row) for row in sums.tolist()]
            sizes = np.arange(int(sums[-1].sum()) + 1)
            self.table = (2 * xlogy(sizes, sizes) / spread).tolist()  # of every count there can be
            return self

        def error(self, start: int, end: int) -> float:
            table = self.table
            (a, b, c), (d, e, f) = self.sums[start], self.sums[end]
            cost: float = table[d + e + f - a - b - c] - table[d - a] - table[e - b] - table[f - c]
            return cost

    search = ruptures.Pelt(custom_cost=CountCost(), jump=1, min_size=MIN_DAYS).fit(counts)
    ends = search.predict(pen=penalty * math.log(len(counts)))
    return [int(end) for end in ends[:-1]]
