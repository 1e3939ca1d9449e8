"""What was measured, as a dict that is ``report.json``; composing, reading and writing it.

A report of a training run holds all parts; one of ``sentilora evaluate`` only what concerns its
rows. The figures of the model stand under ``metrics`` and ``intervals``; ``before``, ``after`` and
each of ``baselines`` has that same shape.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.errors import DataError
from sentilora.evaluation.baselines import Baseline
from sentilora.evaluation.intervals import bootstrap_intervals, mcnemar
from sentilora.evaluation.metrics import measure
from sentilora.files import write_atomically
from sentilora.labels import Labels
from sentilora.model.probabilities import Calibration, softmax

FORMAT = 1

Metrics = dict[str, float]
Intervals = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Report:
    """What was measured.

    Attributes:
        data: the whole of ``report.json``.
    """

    data: dict[str, Any]

    @property
    def metrics(self) -> Metrics:
        """Plain numbers: accuracy, macro_f1, ..."""
        return dict(self.data["metrics"])

    @property
    def intervals(self) -> Intervals:
        """95 % intervals of the metrics."""
        return _pairs(self.data.get("intervals"))

    @property
    def before(self) -> Metrics | None:
        """The metrics before training; None where no training was reported."""
        before = self.data.get("before")
        return dict(before["metrics"]) if before else None

    @property
    def baselines(self) -> dict[str, Metrics]:
        """The metrics of each baseline."""
        baselines = self.data.get("baselines") or {}
        return {name: dict(part["metrics"]) for name, part in baselines.items()}

    @property
    def cost(self) -> dict[str, Any]:
        """What training cost; empty where no training was reported."""
        return dict(self.data.get("cost") or {})

    @property
    def labels(self) -> Labels:
        """The label names in id order."""
        return Labels(tuple(self.data["run"]["labels"]))

    def write(self, path: str | Path) -> None:
        """Write the report as JSON, whole or not at all; NaN and infinity become null."""
        text = json.dumps(_plain(self.data), indent=2, ensure_ascii=False, allow_nan=False)
        write_atomically(Path(path), text + "\n")


def read_report(path: str | Path) -> Report:
    """Read ``report.json``, or the one in a run folder.

    Raises:
        DataError: there is none, or it is not a report this version can read.
    """
    path = Path(path)
    file = path / "report.json" if path.is_dir() else path
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(
            f"There is no report {file}. A finished run has one; write one for any labelled file "
            "with: sentilora evaluate RUN DATA --json"
        ) from error
    except ValueError as error:
        raise DataError(f"{file} is not a report: it is not JSON ({error}).") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT or "metrics" not in data:
        found = data.get("format") if isinstance(data, dict) else type(data).__name__
        raise DataError(
            f"{file} is not a report that SentiLoRA {version('sentilora')} can read: "
            f"format {found!r}, expected {FORMAT}."
        )
    return Report(data)


def compose_report(
    *,
    run: Mapping[str, Any],
    data: Mapping[str, Any],
    after: Mapping[str, Any],
    **parts: Any,
) -> Report:
    """Put measured parts together.

    Args:
        run: facts of the run: name, base, labels, ...
        data: facts of the data: source, row counts, notes, ...
        after: the model's own figures, from :func:`evaluation_part`.
        parts: further parts of the report: ``before``, ``baselines``, ``skipped_baselines``,
            ``significance``, ``calibration``, ``cost``, curves and ``proof``, as far as there are
            any.
    """
    composed = {
        "format": FORMAT,
        "sentilora": version("sentilora"),
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "run": dict(run),
        "data": dict(data),
        "after": dict(after),
        "metrics": after["metrics"],
        "intervals": after["intervals"],
        **{name: part for name, part in parts.items() if part is not None},
    }
    return Report(_plain(composed))


def evaluation_part(
    label_ids: NDArray[Any],
    probabilities: NDArray[Any],
    labels: Labels,
    *,
    resamples: int,
    seed: int,
) -> dict[str, Any]:
    """Measure one model: metrics, intervals, per_label, confusion and reliability."""
    measured = measure(label_ids, probabilities, labels).to_dict()
    intervals = bootstrap_intervals(
        label_ids, probabilities, len(labels), resamples=resamples, seed=seed
    )
    return {**measured, "intervals": {name: list(pair) for name, pair in intervals.items()}}


def baselines_part(
    baselines: Mapping[str, Baseline],
    label_ids: NDArray[Any],
    labels: Labels,
    *,
    resamples: int,
    seed: int,
) -> dict[str, Any]:
    """Measure the baselines: metrics, intervals, seconds and what of each."""
    parts = {}
    for name, baseline in baselines.items():
        part = evaluation_part(
            label_ids, baseline.probabilities, labels, resamples=resamples, seed=seed
        )
        parts[name] = {
            "metrics": part["metrics"],
            "intervals": part["intervals"],
            "seconds": round(baseline.seconds, 2),
            "what": baseline.what,
        }
    return parts


def significance_part(
    label_ids: NDArray[Any], probabilities: NDArray[Any], baselines: Mapping[str, Baseline]
) -> dict[str, Any] | None:
    """Compare the model with the most accurate baseline by McNemar's test; None without any."""
    if not baselines:
        return None
    answers = {name: one.probabilities.argmax(axis=1) for name, one in baselines.items()}
    best = max(answers, key=lambda name: float((answers[name] == label_ids).mean()))
    test = mcnemar(label_ids, probabilities.argmax(axis=1), answers[best])
    return {"against": best, **asdict(test)}


def calibration_part(
    label_ids: NDArray[Any], logits: NDArray[Any], labels: Labels, calibration: Calibration
) -> dict[str, float]:
    """Say what calibration did to the rows that are reported on."""
    raw = measure(label_ids, softmax(logits), labels).metrics
    scaled = measure(label_ids, calibration.probabilities(logits), labels).metrics
    return {
        **calibration.to_dict(),
        "ece_uncalibrated": raw["ece"],
        "ece": scaled["ece"],
        "log_loss_uncalibrated": raw["log_loss"],
        "log_loss": scaled["log_loss"],
    }


def _pairs(intervals: Mapping[str, Any] | None) -> Intervals:
    return {name: (pair[0], pair[1]) for name, pair in (intervals or {}).items()}


def _plain(value: Any) -> Any:
    """Turn NumPy numbers, tuples and numbers that JSON has no word for into what JSON has."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
