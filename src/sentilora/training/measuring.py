"""What a finished model is worth: before, after, baselines, all on the same test rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sentilora.evaluation.baselines import run_baselines
from sentilora.evaluation.calibration import softmax
from sentilora.evaluation.intervals import mcnemar
from sentilora.evaluation.report import evaluation_part
from sentilora.inference.scoring import score_with_features
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.training.events import EventLog

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentilora.config import RunConfig
    from sentilora.data.examples import Parts


def measure_model(
    model: SentimentModel,
    untrained: Any,
    parts: Parts,
    *,
    config: RunConfig,
    precision: str,
    log: EventLog,
) -> dict[str, Any]:
    """Measure the shipped model, its untrained self and the baselines on the test part.

    Args:
        model: loaded from the run folder, as any user would.
        untrained: the same network before training, with the head and adapter of the same seed.
        parts: train serves the baselines, test everyone.
        precision: of the untrained network; the shipped model computes as it is loaded.

    Returns:
        The parts of the report: ``before``, ``after``, ``baselines``, ``significance``, ….
    """
    labels, label_ids = model.labels, parts.test.label_ids
    resamples, seed = config.report.resamples, config.seed
    texts = parts.test.texts

    log.emit("phase", name="score the test part", total=len(texts))
    scored = model.score(texts, progress=_progress(log))
    probabilities = model.probabilities(scored.logits)
    after = evaluation_part(label_ids, probabilities, labels, resamples, seed)
    uncalibrated = evaluation_part(label_ids, softmax(scored.logits, 1.0), labels, 100, seed)

    untrained = untrained.to(model.device)

    def features(rows: list[str]) -> np.ndarray:
        return _features(rows)[1]

    def _features(rows: list[str]) -> tuple[np.ndarray, np.ndarray]:
        return score_with_features(
            untrained,
            model.encoder,
            rows,
            device=model.device,
            precision=precision,
            progress=_progress(log),
        )

    log.emit("phase", name="score it before training", total=len(texts))
    before_logits, test_features = _features(texts)
    before = evaluation_part(label_ids, softmax(before_logits, 1.0), labels, resamples, seed)

    needs_features = "frozen" in config.report.baselines
    log.emit("phase", name="baselines", total=len(parts.train) if needs_features else None)
    found, skipped = run_baselines(
        config.report.baselines,
        parts.train.texts,
        parts.train.label_ids,
        texts,
        labels,
        features=lambda rows: test_features if rows is texts else features(rows),
        seed=seed,
    )
    baselines = {
        name: {
            "what": baseline.what,
            "seconds": round(baseline.seconds, 2),
            **_short(evaluation_part(label_ids, baseline.probabilities, labels, resamples, seed)),
        }
        for name, baseline in found.items()
    }
    significance = None
    if baselines:
        best = max(baselines, key=lambda name: baselines[name]["metrics"]["accuracy"])
        test = mcnemar(label_ids, probabilities.argmax(1), found[best].probabilities.argmax(1))
        significance = {"against": best, **test.to_dict()}
    return {
        "before": _short(before),
        "after": after,
        "baselines": baselines,
        "skipped_baselines": skipped,
        "significance": significance,
        "calibration": {
            "temperature": model.temperature,
            "ece_uncalibrated": uncalibrated["metrics"]["ece"],
            "ece": after["metrics"]["ece"],
            "log_loss_uncalibrated": uncalibrated["metrics"]["log_loss"],
            "log_loss": after["metrics"]["log_loss"],
        },
        "truncated_share": sum(scored.truncated) / max(1, len(texts)),
    }


def _short(part: dict[str, Any]) -> dict[str, Any]:
    return {name: part[name] for name in ("metrics", "intervals")}


def _progress(log: EventLog) -> Callable[[int], None]:
    return lambda done: log.emit("progress", done=done)
