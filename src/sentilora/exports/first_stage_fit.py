"""A first stage for an export: fitted to the network's answers, let in only where it agrees.

The first stage (:mod:`sentilora.model.first_stage`) learns the calibrated probabilities that the
network gave the training texts, as in distillation (Hinton et al. 2015, arXiv:1503.02531). It may
answer a text alone when its probability is above a threshold. The threshold is chosen on validation
texts: from the strictest on, each candidate is tested, and the last that passes before the first
failure is taken, so that no correction for the number of tests is needed (fixed-sequence testing,
as in Angelopoulos et al. 2021, arXiv:2110.01052). A candidate passes if

* with the certainty asked for, at most ``max_disagreement`` of all texts get another label than the
  network alone would give (one-sided Clopper-Pearson bound), and
* the two stages together get no fewer validation labels right than the network alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.errors import ModelError
from sentilora.evaluation.calibration import fit_calibration
from sentilora.message import setting
from sentilora.model.first_stage import FirstStage, count_ngrams, weigh
from sentilora.model.probabilities import UNCALIBRATED

COLUMNS = 2**18
STRENGTH = 10.0  # C of the logistic regression, as in the TF-IDF baseline
CERTAINTY = 0.95
STEPS = 100  # candidates: thresholds that let through 1 %, 2 %, … of the validation texts


@dataclass(frozen=True)
class Cascaded:
    """What a first stage does on the validation texts.

    Attributes:
        rows: number of validation texts.
        threshold: smallest probability at which the first stage answers.
        answered_share: share of the texts that it answers, in ``[0, 1]``.
        disagreements: number of texts that get another label than from the network alone.
        disagreement_bound: largest share that such texts have among other texts of this kind...
        certainty: ... with this certainty, in ``(0, 1)``.
        max_disagreement: largest share that was asked for.
        accuracy: accuracy of both stages together.
        accuracy_alone: accuracy of the network alone.
    """

    rows: int
    threshold: float
    answered_share: float
    disagreements: int
    disagreement_bound: float
    certainty: float
    max_disagreement: float
    accuracy: float
    accuracy_alone: float

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values, for JSON."""
        return asdict(self)


def fit_first_stage(
    tokens: Sequence[Sequence[int]], probabilities: NDArray[Any], *, columns: int = COLUMNS
) -> FirstStage:
    """Fit a first stage that answers nothing yet.

    Args:
        tokens: token ids of whole texts, which the network was trained on, or others like them.
        probabilities: ``(N, C)`` the network's calibrated answers to them.
        columns: number of columns of the hashed counts, F, a power of two.
    """
    from scipy.sparse import vstack
    from sklearn.linear_model import LogisticRegression

    rows, labels = probabilities.shape
    counts = count_ngrams(tokens, columns)
    seen = np.bincount(counts.indices, minlength=columns)
    idf = (1 + np.log((1 + rows) / (1 + seen))).astype(np.float32)
    features = weigh(counts, idf)
    # Every text once with each label, weighted by the label's probability.
    classifier = LogisticRegression(C=STRENGTH, max_iter=1000)
    classifier.fit(
        vstack([features] * labels),
        np.repeat(np.arange(labels), rows),
        sample_weight=probabilities.T.ravel(),
    )
    weights, bias = classifier.coef_, classifier.intercept_
    if labels == 2:  # one row of weights, for the second label
        weights, bias = np.vstack([-weights, weights]) / 2, np.array([-bias[0], bias[0]]) / 2
    # In float16 from the start: what is chosen and reported is what is stored.
    return FirstStage(
        _rounded(idf), _rounded(weights.T), bias.astype(np.float32), UNCALIBRATED, np.inf
    )


def let_in(
    stage: FirstStage,
    tokens: Sequence[Sequence[int]],
    network_logits: NDArray[Any],
    label_ids: NDArray[Any],
    *,
    max_disagreement: float,
    certainty: float = CERTAINTY,
) -> tuple[FirstStage, Cascaded]:
    """Calibrate a first stage on validation texts, and choose what it may answer.

    Args:
        stage: the first stage, from :func:`fit_first_stage`.
        tokens: token ids of N whole texts that neither stage was trained on.
        network_logits: ``(N, C)`` logits of the network.
        label_ids: ``(N,)`` label ids of these texts.
        max_disagreement: share of texts that may get another label, above 0.
        certainty: certainty of the bound on that share, in ``(0, 1)``.

    Raises:
        ModelError: there is no threshold at which both conditions hold.
    """
    logits = stage.logits(tokens)
    calibrated = replace(stage, calibration=fit_calibration(logits, label_ids))
    probabilities = calibrated.calibration.probabilities(logits)
    confidence, first = probabilities.max(axis=1), probabilities.argmax(axis=1)
    alone = network_logits.argmax(axis=1)
    found: Cascaded | None = None
    for threshold in _candidates(confidence):
        answered = confidence >= threshold
        together = np.where(answered, first, alone)
        disagreements = int((together != alone).sum())
        bound = upper_bound(disagreements, len(tokens), certainty)
        right, right_alone = ((ids == label_ids).mean() for ids in (together, alone))
        if bound > max_disagreement or right < right_alone:
            break
        found = Cascaded(
            rows=len(tokens),
            threshold=float(threshold),
            answered_share=float(answered.mean()),
            disagreements=disagreements,
            disagreement_bound=bound,
            certainty=certainty,
            max_disagreement=max_disagreement,
            accuracy=float(right),
            accuracy_alone=float(right_alone),
        )
    if found is None:
        check_row_count(len(tokens), max_disagreement, certainty)
        raise ModelError(_refusal(len(tokens), max_disagreement))
    return replace(calibrated, threshold=found.threshold), found


def upper_bound(count: int, rows: int, certainty: float) -> float:
    """Return the one-sided Clopper-Pearson bound on a share that was seen as count / rows."""
    from scipy.stats import beta

    return 1.0 if count >= rows else float(beta.ppf(certainty, count + 1, rows - count))


def _candidates(confidence: NDArray[Any]) -> list[float]:
    """Return thresholds, the strictest first; the last one lets every text through."""
    ordered = np.sort(confidence)[::-1]
    places = np.ceil(np.arange(1, STEPS + 1) / STEPS * len(ordered)).astype(int) - 1
    return list(dict.fromkeys(ordered[places].tolist()))


def _rounded(values: NDArray[Any]) -> NDArray[np.float32]:
    # Contiguous, as safetensors writes the memory as it lies, whatever its strides.
    return np.ascontiguousarray(values.astype(np.float16).astype(np.float32))


def check_row_count(rows: int, max_disagreement: float, certainty: float = CERTAINTY) -> None:
    """Refuse so few validation texts that no first stage can be proved on them.

    Args:
        rows: number of validation texts.
        max_disagreement: share of texts that may get another label, above 0.
        certainty: certainty of the bound on that share, in ``(0, 1)``.

    Raises:
        ModelError: they are too few.
    """
    needed = int(np.ceil(np.log(1 - certainty) / np.log1p(-max_disagreement)))
    if rows < needed:
        raise ModelError(
            f"No first stage can be proved on {rows} validation rows: to be {certainty:.0%} sure "
            f"that at most {max_disagreement:.2%} of the labels change takes {needed:,} rows even "
            f"without a single change. Train with a larger validation part "
            f"(data.validation_share, {setting('validation')}), or allow more changes with "
            f"{setting('max_disagreement')}."
        )


def _refusal(rows: int, max_disagreement: float) -> str:
    return (
        f"No first stage keeps at most {max_disagreement:.2%} of changed labels and the accuracy "
        f"on {rows} validation rows. Export without {setting('cascade')}, or allow more changes "
        f"with {setting('max_disagreement')}."
    )
