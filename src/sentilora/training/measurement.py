"""What a finished model is worth: before, after, baselines, all on the same test rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sentilora.data.labelled.learned_texts import LearnedTexts
from sentilora.evaluation.baselines import run_baselines
from sentilora.evaluation.metrics import Measured
from sentilora.evaluation.mistakes import find_mistakes
from sentilora.evaluation.model_figures import (
    calibration_effect,
    compare_with,
    measure_unseen,
    measure_with_intervals,
)
from sentilora.evaluation.order import measure_pairs
from sentilora.evaluation.report_parts.comparison_part import CalibrationPart, Comparison
from sentilora.evaluation.report_parts.mistake_part import MistakePart
from sentilora.evaluation.report_parts.old_and_new import OldAndNew
from sentilora.evaluation.report_parts.order_part import TrainedPairs
from sentilora.evaluation.report_parts.seen_part import SeenPart
from sentilora.events import EventLog
from sentilora.inference.engines.engine import TorchEngine
from sentilora.inference.scoring import score_texts, score_with_features
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.model.probabilities import softmax
from sentilora.training.batches.batch_plan import balanced_weights
from sentilora.training.coupled_batches import reference_of
from sentilora.training.start_comparison import Answered, compare_with_start

if TYPE_CHECKING:
    from sentilora.config import RunConfig
    from sentilora.data.labelled.examples import Parts
    from sentilora.model.warm_start import Start
    from sentilora.training.context.run_context import RunContext


@dataclass(frozen=True)
class MeasuredModel:
    """What a model is worth on the test part.

    Attributes:
        after: its own figures.
        comparison: its untrained self and the baselines.
        calibration: what calibration did.
        truncated_share: share of the texts that were cut.
        seen: what the model has seen of the test part, which a file of the user's may repeat.
        mistakes: what the model got wrong; None if no texts are to be shown.
        old_and_new: the model beside the one that it started from; None if it started afresh, or
            with other labels.
    """

    after: Measured
    comparison: Comparison
    calibration: CalibrationPart
    truncated_share: float
    seen: SeenPart | None = None
    mistakes: MistakePart | None = None
    old_and_new: OldAndNew | None = None


def measure_model(
    model: SentimentModel,
    untrained: Any,
    parts: Parts,
    *,
    config: RunConfig,
    precision: str,
    log: EventLog,
    start: Start | None = None,
) -> MeasuredModel:
    """Measure the shipped model, its untrained self and the baselines on the test part.

    Args:
        model: model that was loaded from the run folder, as any user would.
        untrained: the same network before training, with the head and adapter of the same seed.
        parts: labelled data by part; train serves the baselines, test everyone.
        config: settings of the run: what to compare with, resamples and seed.
        precision: number format of the untrained network; the shipped model computes as it is
            loaded.
        log: log that is told about phases and progress.
        start: the trained adapter that the untrained network is; None if it is fresh.
    """
    labels, label_ids = model.labels, parts.test.label_ids
    sampling = {"resamples": config.report.resamples, "seed": config.seed}
    texts = parts.test.texts

    log.emit("phase", name="score the test part", total=len(texts))
    scored = model.score(texts, progress=log.count)
    probabilities = model.probabilities(scored.logits)
    after = measure_with_intervals(label_ids, probabilities, labels, **sampling)
    calibration = calibration_effect(label_ids, scored.logits, labels, model.calibration)

    untrained = untrained.to(model.device)

    def features_of(rows: list[str]) -> tuple[np.ndarray, np.ndarray]:
        return score_with_features(
            untrained,
            model.encoder,
            rows,
            device=model.device,
            precision=precision,
            progress=log.count,
        )

    names = config.report.baselines
    log.emit("phase", name="score it before training", total=len(texts))
    if "frozen" in names:
        before_logits, test_features = features_of(texts)
    else:  # logits alone are quicker
        before_logits = score_texts(
            TorchEngine(untrained, model.device, precision),
            model.encoder,
            texts,
            progress=log.count,
        ).logits
    before = measure_with_intervals(label_ids, softmax(before_logits), labels, **sampling)
    old_and_new = compare_with_start(
        start,
        model,
        lambda rows: features_of(rows)[0],
        Answered(label_ids, before_logits.argmax(axis=1), probabilities.argmax(axis=1)),
        config,
        log,
    )

    log.emit("phase", name="baselines", total=len(parts.train) if "frozen" in names else None)
    baselines, skipped = run_baselines(
        names,
        parts.train.texts if names else [],
        parts.train.label_ids,
        texts,
        labels,
        class_weights=balanced_weights(
            parts.train.label_ids, len(labels), config.training.class_weights
        ),
        features=lambda rows: test_features if rows is texts else features_of(list(rows))[1],
        seed=config.seed,
    )
    comparison = compare_with(
        before, baselines, skipped, label_ids, probabilities, labels, **sampling
    )
    seen = measure_unseen(
        LearnedTexts.read(model.artifact.home), texts, label_ids, probabilities, labels, **sampling
    )
    truncated_share = sum(scored.truncated) / max(1, len(texts))
    mistakes = None
    if config.report.mistakes:
        mistakes = find_mistakes(
            texts,
            parts.test.numbers("row"),
            label_ids,
            probabilities,
            labels,
            baselines=baselines,
            shown=config.report.mistakes,
        )
    return MeasuredModel(
        after, comparison, calibration, truncated_share, seen, mistakes, old_and_new
    )


def measure_held_out(model: SentimentModel, untrained: Any, context: RunContext) -> TrainedPairs:
    """Measure the shipped model and its untrained self on the pairs that were held out.

    Args:
        model: model that was loaded from the run folder.
        untrained: the same network before training, on the model's device.
        context: the run, which has pairs.
    """
    assert context.pairs is not None
    train, held_out = context.pairs.train, context.pairs.held_out
    settings, log = context.config.pairs, context.log
    part = TrainedPairs(
        kind=train.kind,
        trained=len(train),
        held_out=len(held_out),
        only=settings.only,
        weight=None if settings.only else settings.weight,
        reference=reference_of(context),
    )
    if not len(held_out):
        return part
    texts = held_out.texts
    log.emit("phase", name="score the held-out pairs", total=2 * len(texts))
    scored = model.score(texts, progress=log.count)
    before = score_texts(
        TorchEngine(untrained, model.device, context.precision),
        model.encoder,
        texts,
        progress=log.count,
    )
    sampling = {"resamples": context.config.report.resamples, "seed": context.config.seed}
    by_untrained, by_model = softmax(before.logits), model.probabilities(scored.logits)
    return replace(
        part,
        before=measure_pairs(held_out, by_untrained, model.labels, **sampling),
        after=measure_pairs(held_out, by_model, model.labels, **sampling),
    )
