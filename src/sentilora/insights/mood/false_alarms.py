"""One rate of false alarms for a whole report, and what luck alone would show.

A report makes many comparisons. The rate is shared out between families of them by fixed parts
(a weighted Bonferroni bound), and each family keeps its part whatever it tests: so a report of data
in which nothing differs tells any change, trend, segment or mix in at most that share of cases.
Three tenths of it are held back.
A corrected p is comparable with the rate of the whole report: at or below it, the report says so.

What luck shows is drawn: labels, or mentions, are dealt anew to groups of texts of the same sizes.
The volume of a group is kept, so growth of volume alone is never news.

Not covered: texts that are not exchangeable although nothing happened, beyond what
:func:`overdispersion` finds (a weekday with another mood, say).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 0.05
SPENT = 0.7  # of the rate; the rest is for what shuffled texts do not know of
SHUFFLES = 1999
FIRST_SHUFFLES = 99
PLAINLY_LUCK = 12  # of the first shuffles at least as strong: p is above 0.12, no need to go on
FEWEST_A_DAY = 5
FEWEST_DAYS = 6
EDGES = 2  # of a peak

# Parts of the rate. Changes get most: they are what a report is read for, and their test looks at
# most places.
PARTS: Mapping[str, float] = MappingProxyType(
    {
        "changes": 8.0,
        "segment changes": 6.0,
        "trends": 5.0,
        "segment trends": 3.0,
        "segments": 2.0,
        "segment themes": 2.0,
        "mix": 1.0,
        "comparison": 1.0,
    }
)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass
class AlarmBudget:
    """Share out a rate of false alarms, and count what was compared.

    Attributes:
        families: families of comparisons that this report makes; the parts of others go to them.
        rate: allowed rate of false alarms over the whole report.
        comparisons: number of comparisons that were made.
    """

    families: tuple[str, ...]
    rate: float = RATE
    comparisons: int = field(default=0, init=False)

    def rate_of(self, family: str) -> float:
        """Return the part of the rate that a family may use up."""
        return self.rate * SPENT * PARTS[family] / sum(PARTS[name] for name in self.families)

    @property
    def parts(self) -> str:
        """How the rate is shared out, in words."""
        shares = (f"{name} {self.rate_of(name):.2%}" for name in self.families)
        return f"{self.rate:.1%} for the whole report, shared out: {', '.join(shares)}"

    def correct(self, family: str, p: float) -> float:
        """Make a family's own corrected p comparable with the rate of the report."""
        return min(1.0, p * self.rate / self.rate_of(family))

    def tell(self, p: float) -> bool:
        """Say whether a corrected p is small enough to be told."""
        return p <= self.rate

    def count(self, comparisons: int) -> None:
        """Add to the number of comparisons."""
        self.comparisons += comparisons


@dataclass(frozen=True)
class Luck:
    """Streams of luck by name, from one seed: a draw more in one moves no other."""

    seed: int

    def of(self, name: str) -> np.random.Generator:
        """Return the stream of a name, from its beginning."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])


def whole(counts: NDArray[Any]) -> Ints:
    """Round voices to whole ones along the last axis, such that no partial sum is off by over 0.5.

    Args:
        counts: ``(..., G)`` voices by group, not below 0.
    """
    ends = np.floor(np.cumsum(counts, axis=-1) + 0.5).astype(np.int64)
    return np.diff(ends, axis=-1, prepend=0)


def shuffled_labels(
    totals: Ints, sizes: Ints, generator: np.random.Generator, shuffles: int
) -> Ints:
    """Deal labels anew to groups of texts.

    Args:
        totals: ``(C,)`` number of texts with each label.
        sizes: ``(G,)`` number of texts in each group; their sum is that of ``totals``.
        generator: source of luck.
        shuffles: number of deals, R.

    Returns:
        ``(R, G, C)`` int64, texts by deal, group and label.
    """
    left = np.repeat(totals[None, :], shuffles, axis=0)
    dealt = np.zeros((shuffles, len(sizes), len(totals)), dtype=np.int64)
    for group, size in enumerate(sizes):
        slots = np.full(shuffles, size)
        for label in range(len(totals) - 1):
            others = left[:, label + 1 :].sum(axis=1)
            drawn = generator.hypergeometric(left[:, label], others, slots)
            dealt[:, group, label] = drawn
            slots = slots - drawn
        dealt[:, group, -1] = slots
        left = left - dealt[:, group]
    return dealt


def shuffled_mentions(
    totals: Ints, sizes: Ints, generator: np.random.Generator, shuffles: int
) -> Ints:
    """Deal the mentions of each theme anew to groups of texts, one theme apart from the other.

    Args:
        totals: ``(K,)`` number of texts that mention each theme.
        sizes: ``(G,)`` number of texts in each group.
        generator: source of luck.
        shuffles: number of deals, R.

    Returns:
        ``(R, K, G)`` int64, texts by deal, theme and group.
    """
    left = np.repeat(totals[None, :], shuffles, axis=0)
    rest = int(sizes.sum())
    dealt = np.zeros((shuffles, len(totals), len(sizes)), dtype=np.int64)
    for group, size in enumerate(sizes):
        dealt[:, :, group] = generator.hypergeometric(left, rest - left, size)
        left = left - dealt[:, :, group]
        rest -= int(size)
    return dealt


def overdispersion(values: Floats, sizes: NDArray[Any], variance: Floats) -> Floats:
    """Say how much more neighbouring days differ than texts drawn by luck would, at least 1.

    Squared differences of neighbours over their variance, as von Neumann (1941, Ann. Math. Stat.
    12:367) has it, so that a few steps of level do not count. It is 1 unless it is beyond what luck
    gives in one of a hundred series.

    Args:
        values: ``(K, D)`` mean of each day, days with fewer than five texts included.
        sizes: ``(D,)`` number of texts of each day.
        variance: ``(K,)`` variance of a single text.

    Returns:
        ``(K,)`` float64.
    """
    from scipy.stats import chi2

    enough = sizes >= FEWEST_A_DAY
    if enough.sum() < FEWEST_DAYS:
        return np.ones(len(values))
    size = sizes[enough]
    expected = np.maximum(variance, 1e-12)[:, None] * (1 / size[1:] + 1 / size[:-1])
    found: Floats = np.mean(np.diff(values[:, enough], axis=1) ** 2 / expected, axis=1)
    freedom = 2 * (len(size) - 1) / 3  # neighbouring differences share a day
    return np.where(found > chi2.ppf(0.99, freedom) / freedom, np.maximum(found, 1.0), 1.0)


def excess_of_shares(counts: Ints, sizes: Ints) -> Floats:
    """Say how much more shares of neighbouring groups differ than luck would, at least 1.

    As :func:`overdispersion`, with the variance of each pair by the share of these two: what is
    rare but for some weeks differs more from day to day in these, which is no excess. Pairs without
    a mention tell nothing; the two strongest are left out, as a peak has two edges.

    Args:
        counts: ``(K, G)`` texts that mention each.
        sizes: ``(G,)`` texts of each group.

    Returns:
        ``(K,)`` float64.
    """
    from scipy.stats import chi2

    enough = sizes >= FEWEST_A_DAY
    if enough.sum() < FEWEST_DAYS:
        return np.ones(len(counts))
    found, size = counts[:, enough], sizes[enough]
    both, pair = found[:, 1:] + found[:, :-1], size[1:] + size[:-1]
    expected = both / pair * (1 - both / pair) * (1 / size[1:] + 1 / size[:-1])
    expected = expected * pair / (pair - 1)  # the mentions of a pair are dealt without repeats
    moved = (found[:, 1:] / size[1:] - found[:, :-1] / size[:-1]) ** 2
    tells = expected > 0
    ratios = np.divide(moved, expected, out=np.zeros_like(moved), where=tells)
    number = np.maximum(tells.sum(axis=1) - EDGES, 0)
    mean: Floats = np.sort(ratios, axis=1)[:, :-EDGES].sum(axis=1) / np.maximum(number, 1)
    freedom = np.maximum(2 * number / 3, 1)
    return np.where(mean > chi2.ppf(0.99, freedom) / freedom, np.maximum(mean, 1.0), 1.0)


def luck_of(draw: Callable[[int], Floats], strongest: float, shuffles: int) -> Floats:
    """Draw what luck shows, as often as is needed to tell.

    A few shuffles come first; where they show that luck often gives as much, nothing will be told,
    and the rest is saved (Besag and Clifford 1991, Biometrika 78:301, stop likewise).

    Args:
        draw: gives the strongest statistic of so many deals, ``(R,)``.
        strongest: the strongest that was found.
        shuffles: number of deals where it may be more than luck.
    """
    first = draw(FIRST_SHUFFLES)
    if (first >= strongest - 1e-9).sum() >= PLAINLY_LUCK:
        return first
    return np.concatenate([first, draw(shuffles - FIRST_SHUFFLES)])


def p_of_maximum(statistics: Floats, luck: Floats) -> Floats:
    """Correct for the largest of many comparisons (Westfall and Young 1993, single step).

    Args:
        statistics: ``(M,)``, larger for stronger differences.
        luck: ``(R,)``, largest statistic of each deal.

    Returns:
        ``(M,)``, the chance that luck alone gives one as large anywhere.
    """
    ordered = np.sort(luck)
    above = len(ordered) - np.searchsorted(ordered, statistics - 1e-9, side="left")
    chances: Floats = (above + 1) / (len(ordered) + 1)
    return chances


def bins_of(days: int, most: int) -> Ints:
    """Return the first day of each of at most so many bins of about as many days, ``(G,)``."""
    number = min(days, most)
    return np.unique(np.arange(number) * days // number).astype(np.int64)


def holm(p_values: Iterable[float]) -> list[float]:
    """Correct p-values so that any error at all stays rare (Holm 1979, Scand. J. Stat. 6:65)."""
    values = list(p_values)
    corrected = [1.0] * len(values)
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        highest = max(highest, min(1.0, values[index] * (len(values) - rank)))
        corrected[index] = highest
    return corrected
