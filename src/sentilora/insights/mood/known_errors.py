"""What held-out texts tell of a model's errors, for shares that are corrected again and again.

The adjusted count of :mod:`sentilora.insights.mood.prevalence`, solved at once: ``s = q M^-1``, cut
off at 0 and made to add up to 1 (Forman 2008). Inside [0, 1] both give the same shares; at the ends
the other one, which looks for the most likely shares, is better and a hundred times slower. How
often each label is given each answer is drawn once, so that a correction costs a product.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.defaults import SEED
from sentilora.insights.insight_report import Estimate
from sentilora.insights.mood.prevalence import FEWEST_CHECKED, RESAMPLES

Floats = NDArray[np.float64]


class KnownErrors:
    """Corrects counts of answers.

    Args:
        confusion: ``(C, C)`` number of held-out texts, true label down and answer across.
        seed: seed of what is drawn.
    """

    def __init__(self, confusion: NDArray[Any], seed: int = SEED) -> None:
        table = np.asarray(confusion, dtype=np.float64)
        self._seed = seed
        generator = np.random.default_rng(seed)
        drawn = np.stack([generator.dirichlet(row + 0.5, RESAMPLES) for row in table], axis=1)
        rates = np.concatenate([(table / table.sum(axis=1, keepdims=True))[None], drawn])
        self._back = np.linalg.pinv(rates)

    def shares(self, counts: NDArray[Any]) -> Floats:
        """Return the corrected share of each label, ``(C,)``.

        Args:
            counts: number of texts with each answer, ``(C,)``, not all 0.
        """
        seen = np.asarray(counts, dtype=np.float64) / counts.sum()
        found: Floats = _cut(seen @ self._back[0])
        return found

    def estimates(self, counts: NDArray[Any]) -> list[Estimate]:
        """Return the same with 95 % intervals: texts and held-out texts are drawn anew.

        Args:
            counts: number of texts with each answer, ``(C,)``, not all 0.
        """
        total = int(counts.sum())
        generator = np.random.default_rng(self._seed)
        drawn = generator.multinomial(total, counts / total, size=RESAMPLES) / total
        shares = _cut(np.einsum("ra,rac->rc", drawn, self._back[1:]))
        low, high = np.percentile(shares, [2.5, 97.5], axis=0)
        return [
            Estimate(value=value, low=min(down, value), high=max(up, value))
            for value, down, up in zip(
                self.shares(counts).tolist(), low.tolist(), high.tolist(), strict=True
            )
        ]


def tells_errors(confusion: NDArray[Any] | None) -> bool:
    """Whether held-out texts of each label are enough to correct by."""
    return confusion is not None and int(confusion.sum(axis=1).min()) >= FEWEST_CHECKED


def _cut(shares: Floats) -> Floats:
    kept = np.maximum(shares, 0.0)
    told: Floats = kept / np.maximum(kept.sum(axis=-1, keepdims=True), 1e-12)
    return told
