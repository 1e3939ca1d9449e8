"""The figures of a report: a model on its rows, beside baselines, with and without calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from numpy.typing import NDArray

from sentilora.data.labelled.learned_texts import LearnedTexts
from sentilora.evaluation.baselines import Baseline
from sentilora.evaluation.intervals import bootstrap_intervals, mcnemar
from sentilora.evaluation.metrics import Measured, measure
from sentilora.evaluation.report_parts.comparison_part import (
    BaselineFigures,
    CalibrationPart,
    Comparison,
    Figures,
    Significance,
)
from sentilora.evaluation.report_parts.seen_part import SeenPart
from sentilora.labels import Labels
from sentilora.model.probabilities import Calibration, softmax


def measure_with_intervals(
    label_ids: NDArray[Any],
    probabilities: NDArray[Any],
    labels: Labels,
    *,
    resamples: int,
    seed: int,
) -> Measured:
    """Measure one model, and how far its figures could lie from the truth by luck.

    Args:
        label_ids: ``(N,)`` int64, the truth.
        probabilities: ``(N, C)`` float64 in label order.
        labels: the C names.
        resamples: number of bootstrap resamples.
        seed: seed of the bootstrap.
    """
    intervals = bootstrap_intervals(
        label_ids, probabilities, len(labels), resamples=resamples, seed=seed
    )
    return replace(measure(label_ids, probabilities, labels), intervals=intervals)


def measure_unseen(
    learned: LearnedTexts | None,
    texts: Sequence[str],
    label_ids: NDArray[Any],
    probabilities: NDArray[Any],
    labels: Labels,
    *,
    resamples: int,
    seed: int,
) -> SeenPart | None:
    """Measure a model on the rows alone that it has not learned from.

    Args:
        learned: what it learned from; None if that is not known.
        texts: the N texts.
        label_ids: ``(N,)`` int64, the truth.
        probabilities: ``(N, C)`` float64 in label order.
        labels: the C names.
        resamples: number of bootstrap resamples.
        seed: seed of the bootstrap.

    Returns:
        None if no text was seen, so that the figures on all rows stand.
    """
    if learned is None:
        return None
    seen = learned.seen(texts)
    is_new = seen.unseen
    if is_new.all():
        return None
    figures = None
    if is_new.any():
        measured = measure_with_intervals(
            label_ids[is_new], probabilities[is_new], labels, resamples=resamples, seed=seed
        )
        figures = Figures(measured.metrics, measured.intervals)
    train, validation = int(seen.train.sum()), int(seen.validation.sum())
    return SeenPart(train, validation, int(is_new.sum()), figures)


def compare_with(
    before: Measured | None,
    baselines: Mapping[str, Baseline],
    skipped: Mapping[str, str],
    label_ids: NDArray[Any],
    probabilities: NDArray[Any],
    labels: Labels,
    *,
    resamples: int,
    seed: int,
) -> Comparison:
    """Set a model beside its untrained self and baselines.

    Args:
        before: the same network before training; None where that is not known.
        baselines: answers of the baselines, by key.
        skipped: reason for each baseline that was left out, by key.
        label_ids: ``(N,)`` int64, the truth.
        probabilities: ``(N, C)`` float64, the model's.
        labels: the C names.
        resamples: number of bootstrap resamples.
        seed: seed of the bootstrap.
    """
    figures = {}
    for key, one in baselines.items():
        measured = measure_with_intervals(
            label_ids, one.probabilities, labels, resamples=resamples, seed=seed
        )
        figures[key] = BaselineFigures(
            measured.metrics, measured.intervals, round(one.seconds, 2), one.what
        )
    return Comparison(
        before=Figures(before.metrics, before.intervals) if before is not None else None,
        baselines=figures,
        skipped=dict(skipped),
        significance=compare_with_best(label_ids, probabilities, baselines),
    )


def compare_with_best(
    label_ids: NDArray[Any], probabilities: NDArray[Any], baselines: Mapping[str, Baseline]
) -> Significance | None:
    """Compare a model with the most accurate baseline by McNemar's test; None without any."""
    if not baselines:
        return None
    answers = {name: one.probabilities.argmax(axis=1) for name, one in baselines.items()}
    best = max(answers, key=lambda name: float((answers[name] == label_ids).mean()))
    test = mcnemar(label_ids, probabilities.argmax(axis=1), answers[best])
    return Significance(against=best, **asdict(test))


def calibration_effect(
    label_ids: NDArray[Any], logits: NDArray[Any], labels: Labels, calibration: Calibration
) -> CalibrationPart:
    """Say what calibration did to the rows that are reported on.

    Args:
        label_ids: ``(N,)`` int64, the truth.
        logits: logits of the model, ``(N, C)``.
        labels: the C names.
        calibration: calibration that was fitted on other rows.
    """
    raw = measure(label_ids, softmax(logits), labels).metrics
    scaled = measure(label_ids, calibration.probabilities(logits), labels).metrics
    return CalibrationPart(
        fitted=calibration,
        ece_uncalibrated=raw["ece"],
        ece=scaled["ece"],
        log_loss_uncalibrated=raw["log_loss"],
        log_loss=scaled["log_loss"],
    )
