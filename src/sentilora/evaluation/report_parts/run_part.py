"""What was run, and on what data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sentilora.evaluation.report_parts.json_form import Raw, given, known_fields


@dataclass(frozen=True)
class RunPart:
    """What was trained, or what is measured, and how.

    Attributes:
        name: name of the run folder.
        base: short name of the base.
        hub_id: id of the base on the model hub.
        start: the model that the training started from, if it was not fresh.
        method: what was trained: ``lora`` or ``full``.
        preset: preset of the training.
        seed: seed of the training.
        labels: the label names, in id order.
        device: device that computed.
        precision: number format that was computed in.
        max_tokens: number of tokens that are read of a text.
        long_text: what is kept of a longer text.
    """

    name: str | None = None
    base: str | None = None
    hub_id: str | None = None
    start: str | None = None
    method: str | None = None
    preset: str | None = None
    seed: int | None = None
    labels: tuple[str, ...] = ()
    device: str | None = None
    precision: str | None = None
    max_tokens: int | None = None
    long_text: str | None = None

    @classmethod
    def from_dict(cls, raw: Raw) -> RunPart:
        """Take what :meth:`to_dict` gave."""
        return cls(**{**known_fields(cls, raw), "labels": tuple(raw.get("labels") or ())})

    def to_dict(self) -> dict[str, Any]:
        """Return what is known, for JSON."""
        return given(asdict(self))


@dataclass(frozen=True)
class DataPart:
    """What the model was trained and measured on.

    Attributes:
        source: name of the data, without its folder.
        train: number of rows to learn from.
        validation: number of rows to choose and calibrate by.
        test: number of rows to measure on.
        label_counts: rows of each label in each part.
        truncated_share: share of the test texts over the limit.
        train_truncated_share: share of the train texts over the limit.
        skipped: number of rows that were left out.
        notes: how the data were read.
    """

    source: str | None = None
    train: int | None = None
    validation: int | None = None
    test: int | None = None
    label_counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    truncated_share: float | None = None
    train_truncated_share: float | None = None
    skipped: int | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, raw: Raw) -> DataPart:
        """Take what :meth:`to_dict` gave."""
        return cls(**{**known_fields(cls, raw), "notes": tuple(raw.get("notes") or ())})

    def to_dict(self) -> dict[str, Any]:
        """Return what is known, for JSON."""
        return given(asdict(self))

    def rows(self) -> dict[str, int]:
        """Return the number of rows of each part that there is, train first."""
        return given({"train": self.train, "validation": self.validation, "test": self.test})
