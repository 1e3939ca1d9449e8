"""The model beside its untrained self, the baselines, and itself without calibration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sentilora.evaluation.metrics import Intervals, Metrics, read_intervals
from sentilora.evaluation.report_parts.json_form import Raw, given, known_fields
from sentilora.model.probabilities import Calibration


@dataclass(frozen=True)
class Figures:
    """Figures of one classifier.

    Attributes:
        metrics: plain numbers, as of :class:`~.metrics.Measured`.
        intervals: 95 % intervals of them.
    """

    metrics: Metrics
    intervals: Intervals = field(default_factory=dict)

    @classmethod
    def from_dict(cls, raw: Raw) -> Figures:
        """Take what :meth:`to_dict` gave."""
        return cls(dict(raw["metrics"]), read_intervals(raw.get("intervals")))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class BaselineFigures:
    """Figures of a baseline.

    Attributes:
        metrics: plain numbers.
        intervals: 95 % intervals of them.
        seconds: time to fit and to answer.
        what: one line that explains it to people.
    """

    metrics: Metrics
    intervals: Intervals = field(default_factory=dict)
    seconds: float | None = None
    what: str = ""

    @classmethod
    def from_dict(cls, raw: Raw) -> BaselineFigures:
        """Take what :meth:`to_dict` gave."""
        intervals = read_intervals(raw.get("intervals"))
        return cls(dict(raw["metrics"]), intervals, raw.get("seconds"), raw.get("what") or "")

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Significance:
    """The model against the most accurate baseline, by McNemar's test.

    Attributes:
        against: key of the baseline.
        only_model_right: number of rows that only the model gets right.
        only_baseline_right: number of rows that only the baseline gets right.
        p_value: probability of a difference this large if both were equally good.
    """

    against: str
    only_model_right: int
    only_baseline_right: int
    p_value: float

    @property
    def is_luck(self) -> bool:
        """Whether the difference can be luck: as large in 5 of 100 tries, or in more."""
        return self.p_value >= 0.05

    @classmethod
    def from_dict(cls, raw: Raw) -> Significance:
        """Take what ``asdict`` gave."""
        return cls(**known_fields(cls, raw))


@dataclass(frozen=True)
class Comparison:
    """What the model is compared with, on the same rows.

    Attributes:
        before: the same network before training; None where no training is reported.
        baselines: figures of each baseline, by its key.
        skipped: reason for each baseline that was left out, by its key.
        significance: the model against the best baseline; None without any.
    """

    before: Figures | None = None
    baselines: Mapping[str, BaselineFigures] = field(default_factory=dict)
    skipped: Mapping[str, str] = field(default_factory=dict)
    significance: Significance | None = None

    @classmethod
    def from_dict(cls, raw: Raw) -> Comparison:
        """Take ``before``, ``baselines``, ``skipped_baselines`` and ``significance``."""
        before, significance = raw.get("before"), raw.get("significance")
        baselines = raw.get("baselines") or {}
        return cls(
            before=Figures.from_dict(before) if before else None,
            baselines={key: BaselineFigures.from_dict(part) for key, part in baselines.items()},
            skipped=dict(raw.get("skipped_baselines") or {}),
            significance=Significance.from_dict(significance) if significance else None,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the keys of the report that belong to the comparison."""
        return given(
            {
                "before": self.before and self.before.to_dict(),
                "baselines": {key: part.to_dict() for key, part in self.baselines.items()},
                "skipped_baselines": dict(self.skipped),
                "significance": self.significance and asdict(self.significance),
            }
        )


@dataclass(frozen=True)
class CalibrationPart:
    """What calibration did to the rows that are reported on.

    Attributes:
        fitted: the calibration, fitted on other rows.
        ece_uncalibrated: expected calibration error without it.
        ece: expected calibration error with it.
        log_loss_uncalibrated: log loss without it.
        log_loss: log loss with it.
    """

    fitted: Calibration
    ece_uncalibrated: float | None = None
    ece: float | None = None
    log_loss_uncalibrated: float | None = None
    log_loss: float | None = None

    @classmethod
    def from_dict(cls, raw: Raw) -> CalibrationPart:
        """Take what :meth:`to_dict` gave."""
        return cls(**{**known_fields(cls, raw), "fitted": Calibration.from_dict(raw)})

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        figures = asdict(self)
        del figures["fitted"]
        return {**self.fitted.to_dict(), **figures}
