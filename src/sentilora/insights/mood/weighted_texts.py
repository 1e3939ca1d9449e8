"""What each text says and how much it weighs: the counts that everything else is made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.feedback import Feedback
from sentilora.insights.insight_report import Estimate
from sentilora.insights.mood.estimates import net_estimate
from sentilora.insights.statements.statements import Statements, signs_of
from sentilora.labels import Labels

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_NOBODY = 1e-9  # voices; what differences of sums leave


@dataclass(frozen=True)
class WeightedTexts:
    """N texts, each with a label and a weight.

    Attributes:
        label_ids: label of each text, ``(N,)`` int64.
        signs: -1, 0 or 1 of each text, ``(N,)`` int64.
        weights: voice of each text, ``(N,)`` float64 in (0, 1].
        labels: names of the labels.
        dates: day of each text, ``(N,)`` datetime64[D], NaT where there is none; None without any.
    """

    label_ids: Ints
    signs: Ints
    weights: Floats
    labels: Labels
    dates: NDArray[np.datetime64] | None

    def __len__(self) -> int:
        return len(self.label_ids)

    def tally(self, chosen: NDArray[Any] | None = None) -> Floats:
        """Count negative, other and positive voices, ``(3,)``, of all texts or of some.

        Args:
            chosen: ``(N,)`` bool, or indices of texts.
        """
        signs = self.signs if chosen is None else self.signs[chosen]
        weights = self.weights if chosen is None else self.weights[chosen]
        return np.bincount(signs + 1, weights=weights, minlength=3).astype(np.float64)

    def tallies(self, groups: Ints, number: int) -> Floats:
        """Count negative, other and positive voices of each group, ``(G, 3)``.

        Args:
            groups: ``(N,)`` group of each text; texts below 0 are in none.
            number: number of groups, G.
        """
        inside = groups >= 0
        cells = groups[inside] * 3 + self.signs[inside] + 1
        counts = np.bincount(cells, weights=self.weights[inside], minlength=3 * number)
        return counts.reshape(number, 3).astype(np.float64)


def weighted_texts_of(feedback: Feedback, label_ids: Ints) -> WeightedTexts:
    """Join texts with their labels.

    Args:
        feedback: the texts.
        label_ids: ``(N,)``, the given labels or the most probable ones.
    """
    weights = feedback.weights
    return WeightedTexts(
        label_ids=label_ids.astype(np.int64),
        signs=signs_of(feedback.labels)[label_ids],
        weights=np.ones(len(label_ids)) if weights is None else weights.astype(np.float64),
        labels=feedback.labels,
        dates=feedback.dates,
    )


def net_of(tally: Floats) -> Estimate | None:
    """Return the net sentiment of a tally ``(3,)`` of negative, other and positive voices."""
    total = float(tally.sum())
    return net_estimate(float(tally[0]), float(tally[2]), total) if total > _NOBODY else None


@dataclass(frozen=True)
class Mentions:
    """Which text mentions which theme: M pairs, each once.

    Attributes:
        text_index: index of the text, ``(M,)`` int64.
        theme: index of the theme, ``(M,)`` int64, rising.
        statements: number of statements behind the pair, ``(M,)`` int64.
        mood: mean sign of these statements' negative, other and positive ones, ``(M, 3)`` float64,
            each row of sum 1.
        number: number of themes, K.
    """

    text_index: Ints
    theme: Ints
    statements: Ints
    mood: Floats
    number: int

    def pairs_of(self, theme: int) -> slice:
        """Return which pairs are of a theme."""
        return slice(*np.searchsorted(self.theme, [theme, theme + 1]))

    def texts_of(self, theme: int) -> Ints:
        """Return the indices of the texts that mention a theme."""
        return self.text_index[self.pairs_of(theme)]

    def by_group(self, groups: Ints, number: int, weights: Floats) -> Floats:
        """Count the voices that mention each theme in each group of texts, ``(K, G)``.

        Args:
            groups: ``(N,)`` group of each text; texts below 0 are in none.
            number: number of groups, G.
            weights: ``(N,)`` voice of each text.
        """
        group = groups[self.text_index]
        inside = group >= 0
        cells = self.theme[inside] * number + group[inside]
        voices = weights[self.text_index[inside]]
        counts = np.bincount(cells, weights=voices, minlength=self.number * number)
        return counts.reshape(self.number, number).astype(np.float64)


def mentions_of(statements: Statements, theme_of: Ints, number: int, signs: Ints) -> Mentions:
    """Find which text mentions which theme.

    Args:
        statements: S statements.
        theme_of: ``(S,)`` theme of each, -1 for none.
        number: number of themes.
        signs: ``(C,)`` sign of each label.
    """
    inside = np.flatnonzero(theme_of >= 0)
    texts = int(statements.text_index.max()) + 1 if len(statements) else 1
    keys = theme_of[inside] * texts + statements.text_index[inside]
    pairs, place = np.unique(keys, return_inverse=True)
    sign = signs[statements.label_ids[inside]]
    counts = np.bincount(place * 3 + sign + 1, minlength=3 * len(pairs)).reshape(-1, 3)
    size = counts.sum(axis=1)
    return Mentions(
        text_index=pairs % texts,
        theme=pairs // texts,
        statements=size,
        mood=counts / np.maximum(size, 1)[:, None],
        number=number,
    )
