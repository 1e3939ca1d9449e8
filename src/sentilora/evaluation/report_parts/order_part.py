"""What was measured about the order of texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sentilora.evaluation.metrics import Intervals, read_intervals
from sentilora.evaluation.report_parts.json_form import Raw, given, known_fields


@dataclass(frozen=True)
class OrderFigures:
    """How well texts are put in order.

    Attributes:
        metrics: one figure, None where it could not be computed; then what was counted.
        intervals: its 95 % interval, if there is one.
    """

    metrics: Mapping[str, float | None]
    intervals: Intervals = field(default_factory=dict)

    @classmethod
    def from_dict(cls, raw: Raw) -> OrderFigures:
        """Take what :meth:`to_dict` gave."""
        return cls(dict(raw["metrics"]), read_intervals(raw.get("intervals")))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return asdict(self)

    @property
    def name(self) -> str:
        """The name of the one figure."""
        return next(iter(self.metrics))

    @property
    def value(self) -> float | None:
        """The one figure."""
        return self.metrics[self.name]

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the one figure."""
        return self.intervals.get(self.name)


@dataclass(frozen=True)
class TrainedPairs:
    """The pairs of a training, and the order of those that were held out.

    Attributes:
        kind: ``graded texts`` or ``label preferences``.
        trained: number of pairs trained on.
        held_out: number of pairs kept back to measure with.
        only: whether they were trained on alone.
        weight: weight of their loss beside that of labelled texts; None if there is no other.
        reference: reference of label preferences, ``uniform`` or ``start``; None for graded texts.
        before: order of the held-out pairs by the network before training; None without any.
        after: order of the held-out pairs by the model; None without any.
    """

    kind: str = ""
    trained: int = 0
    held_out: int = 0
    only: bool = False
    weight: float | None = None
    reference: str | None = None
    before: OrderFigures | None = None
    after: OrderFigures | None = None

    @classmethod
    def from_dict(cls, raw: Raw) -> TrainedPairs:
        """Take what :meth:`to_dict` gave."""
        sides = {side: _order(raw.get(side)) for side in ("before", "after")}
        return cls(**{**known_fields(cls, raw), **sides})

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        facts = asdict(self)
        sides = {side: facts.pop(side) for side in ("before", "after")}
        return {**facts, **given(sides)}


@dataclass(frozen=True)
class MeasuredPairs:
    """The order of pairs from a file.

    Attributes:
        kind: ``graded texts`` or ``label preferences``.
        source: name of the file.
        skipped: number of rows that were left out.
        figures: how well they are put in order.
    """

    kind: str
    source: str
    skipped: int
    figures: OrderFigures

    @classmethod
    def from_dict(cls, raw: Raw) -> MeasuredPairs:
        """Take what :meth:`to_dict` gave."""
        figures = OrderFigures.from_dict(raw)
        return cls(raw.get("kind", ""), raw.get("source", ""), raw.get("skipped", 0), figures)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        about = {"kind": self.kind, "source": self.source, "skipped": self.skipped}
        return {**about, **self.figures.to_dict()}


@dataclass(frozen=True)
class MeasuredColumn:
    """The order of texts by a column of their file.

    Attributes:
        column: name of the column.
        figures: how well the texts are put in order.
    """

    column: str
    figures: OrderFigures

    @classmethod
    def from_dict(cls, raw: Raw) -> MeasuredColumn:
        """Take what :meth:`to_dict` gave."""
        return cls(raw["column"], OrderFigures.from_dict(raw))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return {"column": self.column, **self.figures.to_dict()}


@dataclass(frozen=True)
class OrderPart:
    """What was measured about the order of texts.

    Attributes:
        trained: the pairs of a training.
        pairs: pairs from a file, in an evaluation; ``pairs`` in a report is one of the two.
        ratings: a column of numbers that ``signed`` should rise with.
        groups: a column whose values texts and their edits share.
    """

    trained: TrainedPairs | None = None
    pairs: MeasuredPairs | None = None
    ratings: MeasuredColumn | None = None
    groups: MeasuredColumn | None = None

    @classmethod
    def from_dict(cls, raw: Raw) -> OrderPart:
        """Take ``pairs``, ``ratings`` and ``groups``."""
        pairs, ratings, groups = (raw.get(key) for key in ("pairs", "ratings", "groups"))
        is_measured = "metrics" in (pairs or {})
        return cls(
            trained=TrainedPairs.from_dict(pairs) if pairs and not is_measured else None,
            pairs=MeasuredPairs.from_dict(pairs) if pairs and is_measured else None,
            ratings=MeasuredColumn.from_dict(ratings) if ratings else None,
            groups=MeasuredColumn.from_dict(groups) if groups else None,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the keys of the report that belong to the order of texts."""
        parts = {
            "pairs": self.trained or self.pairs,
            "ratings": self.ratings,
            "groups": self.groups,
        }
        return {key: part.to_dict() for key, part in parts.items() if part is not None}


def _order(raw: Raw | None) -> OrderFigures | None:
    return OrderFigures.from_dict(raw) if raw else None
