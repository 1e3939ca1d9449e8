"""How far a figure could lie from the truth by the luck of the rows.

Not covered: the luck of the seed (``sentilora train`` with ``seeds`` shows it), and rows that are
alike (many reviews of one film count as independent here). Where every row is right, a bootstrap
interval has no width; with N rows the true error may still be about 3 / N.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.defaults import RESAMPLES
from sentilora.evaluation.calibration import BINS, bin_indices
from sentilora.evaluation.metrics import brier_scores, check_rows, log_losses

# Draws of single rows that fit in a second on one core; large test sets get fewer resamples for the
# figures that need them (log_loss, brier, ece), and never fewer than 200.
_ROW_DRAWS = 30_000_000
_CHUNK_DRAWS = 2_000_000

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class McNemar:
    """Whether two classifiers differ on the same rows by more than luck.

    Attributes:
        only_model_right: number of rows that the model gets right and the baseline wrong.
        only_baseline_right: number of rows that the baseline gets right and the model wrong.
        p_value: probability of a difference this large if both were equally good.
    """

    only_model_right: int
    only_baseline_right: int
    p_value: float


def bootstrap_intervals(
    label_ids: NDArray[Any],
    probabilities: NDArray[Any],
    n_labels: int,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, tuple[float, float]]:
    """Compute 95 % percentile bootstrap intervals (Efron 1979) of all metrics.

    Figures that depend only on the confusion matrix are drawn as multinomial counts over its cells,
    which is the same as drawing rows, and needs no rows. ``log_loss``, ``brier`` and ``ece`` draw
    rows, with fewer resamples (at least 200) beyond 30 million draws. ECE is biased upwards on
    resamples (a bin has fewer different rows), so its interval is moved down by the mean excess.

    Args:
        label_ids: ``(N,)`` int64, label ids of the rows, the truth.
        probabilities: ``(N, C)`` float64, probabilities that the model gives.
        n_labels: number of labels, C.
        resamples: number of bootstrap resamples.
        seed: seed of the bootstrap; the same seed gives the same intervals.
    """
    check_rows(label_ids, probabilities)
    generator = np.random.default_rng(seed)
    cells = label_ids * n_labels + probabilities.argmax(axis=1)
    shares = np.bincount(cells, minlength=n_labels**2) / len(cells)
    drawn = generator.multinomial(len(cells), shares, size=resamples)
    figures = confusion_figures(drawn.reshape(resamples, n_labels, n_labels))
    enough = min(resamples, max(200, _ROW_DRAWS // len(cells)))
    figures |= _row_figures(label_ids, probabilities, enough, generator)
    return {name: percentile_interval(values) for name, values in figures.items()}


def confusion_figures(confusion: NDArray[Any]) -> dict[str, Floats]:
    """Compute figures of many confusion matrices ``(R, C, C)`` at once; each is ``(R,)``.

    The same conventions as :func:`~.metrics.measure`. Matthews correlation for C classes is
    Gorodkin's R_K (2004).
    """
    right = np.einsum("rii->ri", confusion).astype(np.float64)
    support = confusion.sum(axis=2).astype(np.float64)
    answered = confusion.sum(axis=1).astype(np.float64)
    rows = support.sum(axis=1)
    precision = _ratio(right, answered)
    recall = _ratio(right, support)
    f1 = _ratio(2 * right, support + answered)
    occurring = ((support + answered) > 0).sum(axis=1)
    covariance = rows * right.sum(axis=1) - (support * answered).sum(axis=1)
    spread = (rows**2 - (support**2).sum(axis=1)) * (rows**2 - (answered**2).sum(axis=1))
    return {
        "accuracy": _ratio(right.sum(axis=1), rows),
        "macro_precision": precision.sum(axis=1) / occurring,
        "macro_recall": recall.sum(axis=1) / occurring,
        "macro_f1": f1.sum(axis=1) / occurring,
        "weighted_f1": _ratio((f1 * support).sum(axis=1), rows),
        "matthews_correlation": _ratio(covariance, np.sqrt(spread)),
    }


def resample_chunks(resamples: int, units: int) -> Iterator[int]:
    """Yield numbers of resamples that add up to all of them and are small enough for memory.

    Args:
        resamples: number of bootstrap resamples in all.
        units: number of numbers that one resample draws.
    """
    size = max(1, _CHUNK_DRAWS // units)
    for start in range(0, resamples, size):
        yield min(size, resamples - start)


def percentile_interval(values: Floats) -> tuple[float, float]:
    """Return the middle 95 % of a figure's resampled values ``(R,)``."""
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def mcnemar(
    label_ids: NDArray[Any], predicted_model: NDArray[Any], predicted_baseline: NDArray[Any]
) -> McNemar:
    """Test two classifiers on the rows where exactly one of them is right (McNemar 1947).

    Fewer than 25 such rows: exact binomial test; else chi-square with continuity correction
    (Edwards 1948).

    Args:
        label_ids: ``(N,)`` label ids of the rows, the truth.
        predicted_model: ``(N,)`` label ids that the model chose.
        predicted_baseline: ``(N,)`` label ids that the baseline chose.
    """
    from scipy.stats import binomtest, chi2

    model_right = predicted_model == label_ids
    baseline_right = predicted_baseline == label_ids
    ours = int((model_right & ~baseline_right).sum())
    theirs = int((baseline_right & ~model_right).sum())
    if ours + theirs == 0:
        p_value = 1.0
    elif ours + theirs < 25:
        p_value = float(binomtest(ours, ours + theirs, 0.5).pvalue)
    else:
        statistic = max(0, abs(ours - theirs) - 1) ** 2 / (ours + theirs)
        p_value = float(chi2.sf(statistic, df=1))
    return McNemar(ours, theirs, p_value)


def _row_figures(
    label_ids: NDArray[Any],
    probabilities: NDArray[Any],
    resamples: int,
    generator: np.random.Generator,
) -> dict[str, Floats]:
    """Resample rows for the figures that no confusion matrix holds."""
    rows = len(label_ids)
    losses, squares = log_losses(label_ids, probabilities), brier_scores(label_ids, probabilities)
    confidence = probabilities.max(axis=1)
    gaps = (probabilities.argmax(axis=1) == label_ids) - confidence
    bins = bin_indices(confidence)
    parts: dict[str, list[Floats]] = {"log_loss": [], "brier": [], "ece": []}
    for size in resample_chunks(resamples, rows):
        drawn = generator.integers(0, rows, size=(size, rows), dtype=np.int32)
        parts["log_loss"].append(losses[drawn].mean(axis=1))
        parts["brier"].append(squares[drawn].mean(axis=1))
        place = bins[drawn] + BINS * np.arange(size)[:, None]
        sums = np.bincount(place.ravel(), weights=gaps[drawn].ravel(), minlength=size * BINS)
        parts["ece"].append(np.abs(sums.reshape(size, BINS)).sum(axis=1) / rows)
    figures = {name: np.concatenate(values) for name, values in parts.items()}
    ece = np.abs(np.bincount(bins, weights=gaps, minlength=BINS)).sum() / rows
    figures["ece"] = np.maximum(0.0, figures["ece"] - max(0.0, figures["ece"].mean() - ece))
    return figures


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Divide, with 0 where there is nothing to divide by."""
    result: Floats = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    return result
