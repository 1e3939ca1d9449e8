"""Products, countries, versions: where the mood, or a theme, differs by more than noise.

Each value is compared with all other texts. Net sentiments are tested together, by the strongest
difference that labels dealt anew would show anywhere (Westfall and Young 1993); themes by Fisher's
exact test, one-sided, corrected by Holm over all themes and values.

Not covered: values of two columns taken together; differences that another column explains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.insight_report import Segment, SegmentShare, ThemeShift
from sentilora.insights.mood.estimates import difference_estimate, share_estimate
from sentilora.insights.mood.false_alarms import (
    SHUFFLES,
    AlarmBudget,
    holm,
    luck_of,
    p_of_maximum,
    shuffled_labels,
    whole,
)
from sentilora.insights.mood.weighted_texts import Floats, Ints, Mentions, WeightedTexts, net_of

ENOUGH_TEXTS = 20
MOST_VALUES = 100
FEWEST_MENTIONS = 5
_NUMBERS = re.compile(r"\d+")
_VERSION = re.compile(r"^\D{0,3}\d+(\.\d+)+\D*\d*$")


@dataclass(frozen=True)
class Column:
    """Values of a column that have texts enough.

    Attributes:
        name: name of the column.
        values: V values, in their natural order.
        groups: ``(N,)`` value of each text, -1 for none of them.
        is_ordered: whether the order means something, as that of versions does.
        left_out: number of values with too few texts.
    """

    name: str
    values: tuple[str, ...]
    groups: Ints
    is_ordered: bool
    left_out: int


def columns_of(segments: Mapping[str, NDArray[Any]]) -> tuple[Column, ...]:
    """Find the values that have at least 20 texts, at most the hundred largest of a column.

    Args:
        segments: value of each text, ``(N,)``, None where there is none, by column.
    """
    return tuple(_column(name, values) for name, values in segments.items())


def left_out_notes(columns: Iterable[Column]) -> list[str]:
    """Say which values are not compared, so that nobody takes them for like the others."""
    notes = []
    for column in columns:
        number = column.left_out + len(column.values)
        if column.left_out:
            notes.append(
                f"column '{column.name}': {column.left_out:,} of {number:,} values are not "
                f"compared: only those of {ENOUGH_TEXTS} texts or more are, at most {MOST_VALUES} "
                "of a column"
            )
        elif number == 0:
            notes.append(f"column '{column.name}' holds no values: nothing is compared by it")
        elif number == 1 and (column.groups >= 0).all():
            only = f"column '{column.name}': all texts have the value '{column.values[0]}'"
            notes.append(f"{only}, so that nothing is compared by it")
    return notes


def natural_key(value: str) -> tuple[tuple[int, int, str], ...]:
    """Order values as people do: ``11.9`` before ``11.10``, words after numbers."""
    parts = re.findall(r"\d+|\D+", value.casefold())
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)


def segments_of(
    columns: Sequence[Column],
    voices: WeightedTexts,
    mentions: Mentions,
    keys: Sequence[str],
    budget: AlarmBudget,
    generator: np.random.Generator,
) -> tuple[tuple[Segment, ...], tuple[tuple[SegmentShare, ...], ...]]:
    """Compare each value with all other texts, in mood and in themes.

    Args:
        columns: columns with their values.
        voices: the texts.
        mentions: which text mentions which theme.
        keys: K keys of the themes.
        budget: the rate of false alarms.
        generator: source of luck.

    Returns:
        Segments, those that differ first, then by size of the difference; and by theme, K, the
        values in which it is stronger than elsewhere, strongest first.
    """
    tested = [column for column in columns if _differs_from_all(column, voices)]
    stronger = _stronger_themes(tested, voices, mentions, keys, budget)
    segments = []
    everything = voices.tally()
    for column, chances in zip(tested, _chances(tested, voices, budget, generator), strict=True):
        tallies = voices.tallies(column.groups, len(column.values))
        texts = np.bincount(column.groups[column.groups >= 0], minlength=len(column.values))
        for place, value in enumerate(column.values):
            here, elsewhere = (
                net_of(tallies[place]),
                net_of(np.maximum(everything - tallies[place], 0.0)),
            )
            assert here is not None
            assert elsewhere is not None
            segments.append(
                Segment(
                    column=column.name,
                    value=value,
                    order=place if column.is_ordered else None,
                    texts=int(texts[place]),
                    net=here,
                    elsewhere=elsewhere,
                    difference=difference_estimate(elsewhere, here),
                    p=chances[place],
                    differs=budget.tell(chances[place]),
                    themes=tuple(stronger[column.name, value]),
                )
            )
    segments.sort(key=lambda one: (not one.differs, -abs(one.difference.value)))
    return tuple(segments), _by_theme(stronger, keys)


def _column(name: str, values: NDArray[Any]) -> Column:
    codes: dict[str, int] = {}
    groups = np.fromiter(
        (-1 if value is None else codes.setdefault(str(value), len(codes)) for value in values),
        dtype=np.int64,
        count=len(values),
    )
    names = list(codes)
    counts = np.bincount(groups[groups >= 0], minlength=len(names))
    largest = np.argsort(-counts, kind="stable")[:MOST_VALUES].tolist()
    kept = [index for index in largest if counts[index] >= ENOUGH_TEXTS]
    kept.sort(key=lambda index: natural_key(names[index]))
    new = np.full(len(names) + 1, -1, dtype=np.int64)  # the last one is for texts without a value
    new[kept] = np.arange(len(kept))
    found = tuple(names[index] for index in kept)
    return Column(name, found, new[groups], _is_ordered(found), len(names) - len(found))


def _is_ordered(values: Iterable[str]) -> bool:
    versions = [bool(_VERSION.match(value)) for value in values]
    return len(versions) > 1 and sum(versions) >= max(2, 0.8 * len(versions))


def _differs_from_all(column: Column, voices: WeightedTexts) -> bool:
    """Say whether there is a value, and anything beside each value."""
    sizes = np.bincount(column.groups[column.groups >= 0], minlength=len(column.values))
    return len(sizes) > 0 and bool(sizes.max() < len(voices))


def _chances(
    columns: Sequence[Column],
    voices: WeightedTexts,
    budget: AlarmBudget,
    generator: np.random.Generator,
) -> list[list[float]]:
    """Return the chance of as strong a difference of any value in any column."""
    if not columns:
        return []
    tables = []
    for column in columns:
        tallies = voices.tallies(column.groups, len(column.values))
        rest = voices.tally() - tallies.sum(axis=0)
        tables.append(whole(np.vstack([tallies, rest[None]]).T).T)
        budget.count(len(column.values))
    found = [_scores(table[None], table.sum(axis=1))[0, :-1] for table in tables]

    def draw(deals: int) -> Floats:
        luck = np.zeros(deals)
        for table in tables:
            sizes = table.sum(axis=1)
            dealt = shuffled_labels(table.sum(axis=0), sizes, generator, deals)
            np.maximum(luck, _scores(dealt, sizes)[:, :-1].max(axis=1), out=luck)
        return luck

    luck = luck_of(draw, float(max(scores.max() for scores in found)), SHUFFLES)
    return [
        [budget.correct("segments", p) for p in p_of_maximum(scores, luck).tolist()]
        for scores in found
    ]


def _scores(counts: Ints, sizes: Ints) -> Floats:
    """Return how far the net sentiment of each group is from that of all, ``(R, G)``."""
    net = counts[:, :, 2] - counts[:, :, 0]
    total = max(int(sizes.sum()), 1)
    mean = net[:1].sum() / total
    variance = (counts[0, :, 0] + counts[0, :, 2]).sum() / total - mean**2
    spread = np.sqrt(np.maximum(sizes * (total - sizes) * variance / total, 1e-12))
    scores: Floats = np.abs(net - sizes * mean) / spread
    return scores


def _stronger_themes(
    columns: Sequence[Column],
    voices: WeightedTexts,
    mentions: Mentions,
    keys: Sequence[str],
    budget: AlarmBudget,
) -> dict[tuple[str, str], list[ThemeShift]]:
    """Find the themes that a value mentions more often than all other texts do."""
    weights = voices.weights[mentions.text_index]
    counted = np.bincount(mentions.theme, weights=weights, minlength=mentions.number)
    everywhere = counted.astype(np.float64)
    total = float(voices.weights.sum())
    pairs: list[tuple[str, str, int, float, float, float]] = []
    for column in columns:
        number = len(column.values)
        counts = mentions.by_group(column.groups, number, voices.weights)
        sizes = voices.tallies(column.groups, number).sum(axis=1)
        p_values = _tails(counts, sizes, everywhere, total)
        for theme, place in np.argwhere((everywhere >= FEWEST_MENTIONS)[:, None] & (sizes > 0)):
            value, p = column.values[place], float(p_values[theme, place])
            here, size = float(counts[theme, place]), float(sizes[place])
            pairs.append((column.name, value, int(theme), here, size, p))
    budget.count(len(pairs))
    found: dict[tuple[str, str], list[ThemeShift]] = {
        (column.name, value): [] for column in columns for value in column.values
    }
    corrected = holm(pair[-1] for pair in pairs)
    for (name, value, theme, here, size, _), chance in zip(pairs, corrected, strict=True):
        p = budget.correct("segment themes", chance)
        if budget.tell(p):
            before = share_estimate(float(everywhere[theme]) - here, total - size)
            after = share_estimate(here, size)
            shift = ThemeShift(
                theme=keys[theme],
                before=before.value,
                after=after.value,
                difference=difference_estimate(before, after),
                p=p,
            )
            found[name, value].append(shift)
    for shifts in found.values():
        shifts.sort(key=lambda shift: -shift.difference.value)
    return found


def _tails(counts: Floats, sizes: Floats, everywhere: Floats, total: float) -> Floats:
    """Return the chance of as many mentions in each value by luck, ``(K, V)``.

    The exact test takes its time: what is within two standard errors has 1, and is not told anyhow.
    """
    from scipy.stats import hypergeom

    mentioned = np.floor(counts + 1e-9)
    of_all = np.maximum(np.round(everywhere), mentioned.max(axis=1, initial=0))
    expected = of_all[:, None] * sizes / total
    chances = np.ones(counts.shape)
    theme, value = np.nonzero(mentioned > expected + 2 * np.sqrt(expected))
    drawn = np.minimum(np.ceil(sizes - 1e-9), max(round(total), 1))[value]
    successes = mentioned[theme, value] - 1
    chances[theme, value] = hypergeom.sf(successes, max(round(total), 1), of_all[theme], drawn)
    return chances


def _by_theme(
    stronger: Mapping[tuple[str, str], Sequence[ThemeShift]], keys: Sequence[str]
) -> tuple[tuple[SegmentShare, ...], ...]:
    shares: dict[str, list[SegmentShare]] = {key: [] for key in keys}
    for (column, value), shifts in stronger.items():
        for shift in shifts:
            shares[shift.theme].append(
                SegmentShare(
                    column=column,
                    value=value,
                    here=shift.after,
                    elsewhere=shift.before,
                    p=shift.p,
                )
            )
    return tuple(
        tuple(sorted(shares[key], key=lambda one: one.elsewhere - one.here)) for key in keys
    )
