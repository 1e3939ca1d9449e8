"""What was measured, typed; composing it, and writing and reading it as ``report.json``.

A report of a training run holds all parts; one of ``sentilora evaluate`` only what concerns its
rows. In the file, the figures of the model stand under ``metrics`` and ``intervals``; ``before``,
``after`` and each of ``baselines`` has that same shape.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from sentilora.errors import DataError
from sentilora.evaluation.metrics import Intervals, Measured, Metrics
from sentilora.evaluation.report_parts.comparison_part import CalibrationPart, Comparison
from sentilora.evaluation.report_parts.json_form import given
from sentilora.evaluation.report_parts.mistake_part import MistakePart
from sentilora.evaluation.report_parts.old_and_new import OldAndNew
from sentilora.evaluation.report_parts.order_part import OrderPart
from sentilora.evaluation.report_parts.run_part import DataPart, RunPart
from sentilora.evaluation.report_parts.seen_part import SeenPart
from sentilora.evaluation.report_parts.training_part import Cost, TrainingPart
from sentilora.files import write_atomically
from sentilora.labels import Labels
from sentilora.message import command

FORMAT = 1


@dataclass(frozen=True)
class Report:
    """What was measured.

    Attributes:
        run: what was trained, or what is measured.
        dataset: what it was trained and measured on.
        after: the model's own figures.
        comparison: what it is compared with.
        calibration: what calibration did; None where that was not measured.
        order: what was measured about the order of texts.
        training: what only a training knows; None in an evaluation.
        seen: what the model has seen of the rows, and its figures on the others; None if nothing,
            or if that is not known.
        mistakes: what the model got wrong; None where that was not asked for.
        old_and_new: the model beside the one that it started from; None if it started afresh.
        sentilora: version that measured.
        created: date and time, UTC.

    Example:
        >>> import sentilora
        >>> report = sentilora.evaluate("general", "sample", resamples=100)
        >>> low, high = report.intervals["accuracy"]
        >>> low < report.metrics["accuracy"] < high
        True
    """

    run: RunPart
    dataset: DataPart
    after: Measured
    comparison: Comparison = field(default_factory=Comparison)
    calibration: CalibrationPart | None = None
    order: OrderPart = field(default_factory=OrderPart)
    training: TrainingPart | None = None
    seen: SeenPart | None = None
    mistakes: MistakePart | None = None
    old_and_new: OldAndNew | None = None
    sentilora: str | None = None
    created: str | None = None

    @property
    def metrics(self) -> Metrics:
        """Plain numbers: accuracy, macro_f1, ..."""
        return dict(self.after.metrics)

    @property
    def intervals(self) -> Intervals:
        """95 % intervals of the metrics."""
        return dict(self.after.intervals)

    @property
    def before(self) -> Metrics | None:
        """The metrics before training; None where no training was reported."""
        before = self.comparison.before
        return dict(before.metrics) if before else None

    @property
    def baselines(self) -> dict[str, Metrics]:
        """The metrics of each baseline."""
        return {key: dict(part.metrics) for key, part in self.comparison.baselines.items()}

    @property
    def cost(self) -> Cost | None:
        """What training took; None where no training was reported."""
        return self.training.cost if self.training else None

    @property
    def label_names(self) -> tuple[str, ...]:
        """The label names in id order, as far as the report tells them."""
        return self.run.labels or tuple(self.after.per_label)

    @property
    def labels(self) -> Labels:
        """The labels in id order."""
        return Labels(self.label_names)

    @property
    def data(self) -> dict[str, Any]:
        """The whole of ``report.json``, as plain values."""
        return self.to_dict()

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Report:
        """Take what :meth:`to_dict` gave; what an earlier version did not measure is left out."""
        figures = {key: raw[key] for key in ("metrics", "intervals") if key in raw}
        calibration, seen = raw.get("calibration"), raw.get("seen")
        mistakes, old_and_new = raw.get("mistakes"), raw.get("old_and_new")
        return cls(
            run=RunPart.from_dict(raw.get("run") or {}),
            dataset=DataPart.from_dict(raw.get("data") or {}),
            after=Measured.from_dict({**(raw.get("after") or {}), **figures}),
            comparison=Comparison.from_dict(raw),
            calibration=CalibrationPart.from_dict(calibration) if calibration else None,
            order=OrderPart.from_dict(raw),
            training=TrainingPart.from_dict(raw),
            seen=SeenPart.from_dict(seen) if seen else None,
            mistakes=MistakePart.from_dict(mistakes) if mistakes else None,
            old_and_new=OldAndNew.from_dict(old_and_new) if old_and_new else None,
            sentilora=raw.get("sentilora"),
            created=raw.get("created"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the whole of ``report.json``; NaN and infinity become None."""
        after = self.after.to_dict()
        parts = {
            "format": FORMAT,
            "sentilora": self.sentilora,
            "created": self.created,
            "run": self.run.to_dict(),
            "data": self.dataset.to_dict(),
            "after": after,
            "metrics": after["metrics"],
            "intervals": after["intervals"],
            "seen": self.seen.to_dict() if self.seen else None,
            **self.comparison.to_dict(),
            "calibration": self.calibration.to_dict() if self.calibration else None,
            **self.order.to_dict(),
            **(self.training.to_dict() if self.training else {}),
            "mistakes": self.mistakes.to_dict() if self.mistakes else None,
            "old_and_new": self.old_and_new.to_dict() if self.old_and_new else None,
        }
        plain: dict[str, Any] = _plain(given(parts))
        return plain

    def _repr_html_(self) -> str:
        # By name: what paints a report has to know what a report is.
        painter: Any = import_module("sentilora.evaluation.reports.notebook_report")
        painted: str = painter.paint_report(self)
        return painted

    def write(self, path: str | Path) -> None:
        """Write the report as JSON, whole or not at all; NaN and infinity become null."""
        text = json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
        write_atomically(Path(path), text + "\n")


def read_report(path: str | Path) -> Report:
    """Read ``report.json``, or the one in a run folder.

    Raises:
        DataError: there is none, or it is not a report this version can read.
    """
    path = Path(path)
    file = path / "report.json" if path.is_dir() else path
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(
            f"There is no report {file}. A finished run has one; write one for any labelled file "
            f"with: {command('evaluate', 'RUN', 'DATA', json=True)}"
        ) from error
    except ValueError as error:
        raise DataError(f"{file} is not a report: it is not JSON ({error}).") from error
    if not isinstance(raw, dict) or raw.get("format") != FORMAT or "metrics" not in raw:
        found = raw.get("format") if isinstance(raw, dict) else type(raw).__name__
        raise DataError(
            f"{file} is not a report that SentiLoRA {version('sentilora')} can read: "
            f"format {found!r}, expected {FORMAT}."
        )
    try:
        return Report.from_dict(raw)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{file} is not a report that SentiLoRA {version('sentilora')} can read: a part of it "
            f"has another shape ({type(error).__name__}: {error}). Measure again with: "
            f"{command('evaluate', 'RUN', 'DATA', json=True)}"
        ) from error


def compose_report(
    run: RunPart,
    dataset: DataPart,
    after: Measured,
    *,
    comparison: Comparison,
    calibration: CalibrationPart,
    order: OrderPart,
    training: TrainingPart | None = None,
    seen: SeenPart | None = None,
    mistakes: MistakePart | None = None,
    old_and_new: OldAndNew | None = None,
) -> Report:
    """Put measured parts together, with this version and this moment.

    Args:
        run: what was trained, or what is measured.
        dataset: what it was trained and measured on.
        after: the model's own figures.
        comparison: what it is compared with.
        calibration: what calibration did.
        order: what was measured about the order of texts.
        training: what only a training knows.
        seen: what the model has seen of the rows before, if anything.
        mistakes: what the model got wrong, if that was asked for.
        old_and_new: the model beside the one that it started from, if there was one.
    """
    return Report(
        run=run,
        dataset=dataset,
        after=after,
        comparison=comparison,
        calibration=calibration,
        order=order,
        training=training,
        seen=seen,
        mistakes=mistakes,
        old_and_new=old_and_new,
        sentilora=version("sentilora"),
        created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    )


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
