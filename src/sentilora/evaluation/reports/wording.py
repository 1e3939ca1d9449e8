"""How figures are told to people; the report page, the model card and the command line share it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentilora.evaluation.report_parts.order_part import OrderFigures, OrderPart
    from sentilora.model.probabilities import Calibration

UNKNOWN = "–"

_ROWS_FOR_TWO_DECIMALS = 10_000


ORDERS = {
    "ranking_accuracy": "Pairs in the right order",
    "preference_accuracy": "Chosen label more probable",
    "spearman": "Rank correlation with ratings",
    "consistency": "Groups all right",
}


@dataclass(frozen=True)
class Metric:
    """How a metric is told.

    Attributes:
        key: key of the metric in a report.
        heading: name inside a sentence and above a column.
        is_share: whether it is a share of 1, which people read in percent.
    """

    key: str
    heading: str
    is_share: bool = False

    @property
    def title(self) -> str:
        """The heading with a capital letter."""
        return self.heading[0].upper() + self.heading[1:]


METRICS = {
    metric.key: metric
    for metric in (
        Metric("accuracy", "accuracy", is_share=True),
        Metric("macro_f1", "macro F1", is_share=True),
        Metric("macro_precision", "macro precision", is_share=True),
        Metric("macro_recall", "macro recall", is_share=True),
        Metric("weighted_f1", "weighted F1", is_share=True),
        Metric("matthews_correlation", "Matthews"),
        Metric("log_loss", "log loss"),
        Metric("brier", "Brier score"),
        Metric("ece", "ECE", is_share=True),
    )
}
# What every table of classifiers shows, in this order.
COLUMNS = tuple(
    METRICS[key]
    for key in (
        "accuracy",
        "macro_f1",
        "macro_recall",
        "matthews_correlation",
        "log_loss",
        "ece",
    )
)


@dataclass(frozen=True)
class Order:
    """A figure about the order of texts, written out.

    Attributes:
        name: name for people.
        what: what the figure was measured on.
        value, limits: figure of the model, and its 95 % interval.
        before: figure of the model before training; empty where that was not measured.
    """

    name: str
    what: str
    value: str
    limits: str
    before: str


def orders(part: OrderPart) -> list[Order]:
    """Return what was measured about the order of texts; nothing where none was."""
    found = []
    if part.trained and part.trained.after:
        what = f"{count(part.trained.after.metrics['pairs'])} pairs"
        found.append(_order(part.trained.after, what, part.trained.before))
    if pairs := part.pairs:
        found.append(_order(pairs.figures, f"{count(pairs.figures.metrics['pairs'])} pairs"))
    if ratings := part.ratings:
        what = f"{count(ratings.figures.metrics['rows'])} rows, column {ratings.column}"
        found.append(_order(ratings.figures, what))
    if groups := part.groups:
        what = f"{count(groups.figures.metrics['groups'])} groups of {groups.column}"
        found.append(_order(groups.figures, what))
    return found


def _order(figures: OrderFigures, what: str, before: OrderFigures | None = None) -> Order:
    name = figures.name
    return Order(
        ORDERS[name],
        what,
        order_figure(name, figures.value),
        " – ".join(order_figure(name, end) for end in figures.interval or ()),
        order_figure(name, before.value) if before else "",
    )


def order_figure(name: str, value: float | None) -> str:
    """Write a figure about order: shares in percent, a correlation plainly."""
    if name == "spearman":
        return UNKNOWN if value is None else f"{value:.3f}".replace("-", "−")
    return percent(value)


def metric(name: str, value: float | None, rows: float = 0) -> str:
    """Write a metric: shares in percent (two decimals from 10,000 rows), others plainly."""
    if value is None:
        return UNKNOWN
    if name in METRICS and METRICS[name].is_share:
        return percent(value, 2 if rows >= _ROWS_FOR_TWO_DECIMALS else 1)
    return f"{value:.3f}".replace("-", "−")


def exact(value: float | None) -> str:
    """Write a metric for those who compare digits: ``0.9184``."""
    return UNKNOWN if value is None else f"{value:.4f}"


def interval(name: str, pair: tuple[float, float] | list[float] | None, rows: float = 0) -> str:
    """Write an interval without repeating the unit: ``91.5 – 92.2``."""
    if not pair:
        return ""
    return " – ".join(metric(name, value, rows).removesuffix(" %") for value in pair)


def calibrated_by(calibration: Calibration) -> str:
    """Return ``temperature 1.657, power 0.42``."""
    words = f"temperature {calibration.temperature:.3f}"
    return f"{words}, power {calibration.power:.2f}" if calibration.power else words


def calibrated_in_torch(calibration: Calibration) -> str:
    """Return the Python lines that turn a tensor ``logits (N, C)`` into ``probabilities``."""
    from sentilora.model.probabilities import SMALLEST_SPREAD

    if not calibration.power:
        return f"probabilities = (logits / {calibration.temperature:.4f}).softmax(-1)"
    return (
        f"logits = (logits - logits.mean(-1, keepdim=True)) / {calibration.temperature:.4f}\n"
        f"spread = logits.square().mean(-1, keepdim=True).sqrt().clamp(min={SMALLEST_SPREAD})\n"
        f"probabilities = (logits * spread**{calibration.power:.4f}).softmax(-1)"
    )


def percent(share: float | None, digits: int = 1) -> str:
    """Write a share of 1 as ``91.8 %``."""
    return UNKNOWN if share is None else f"{share * 100:.{digits}f} %"


def count(number: float | None) -> str:
    """Write a whole number with thousands apart: ``25,000``."""
    return UNKNOWN if number is None else f"{number:,.0f}"


def markdown_cell(text: str) -> str:
    """Make a name safe inside a Markdown table: one line, no bars, no markup."""
    return re.sub(r"([\\|`*_<>~\[\]]|&(?=#?\w+;))", r"\\\1", " ".join(text.split()))


def markdown_line(text: str) -> str:
    """Make a text one line of Markdown that is shown as it is written."""
    return re.sub(r"^(\d*)([#+.)=-])", r"\1\\\2", markdown_cell(text))


def p_value(value: float) -> str:
    """Write a p-value: ``p = 0.031``, ``p < 0.001``."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def size(n_bytes: float | None) -> str:
    """Write a number of bytes: ``1.9 MB``."""
    if n_bytes is None:
        return UNKNOWN
    for unit, power in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= power:
            return f"{n_bytes / power:.1f} {unit}"
    return f"{n_bytes:.0f} bytes"


def millions(number: float | None) -> str:
    """Write a number of weights: ``22.7 M``, ``437,762``."""
    return count(number) if number is None or number < 1e6 else f"{number / 1e6:.1f} M"


def duration(seconds: float | None, digits: int = 0) -> str:
    """Write a time: ``2 h 05 min``, ``3 min 20 s``, ``4 s``.

    Args:
        seconds: the time; None when it is not known.
        digits: number of decimals of a time below a minute: ``4.2 s`` with 1.
    """
    if seconds is None:
        return UNKNOWN
    if round(seconds, digits) < 60:
        return f"{seconds:.{digits}f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def energy(kwh: float | None) -> str:
    """Write an energy: ``12.4 Wh``, ``1.30 kWh``."""
    if kwh is None:
        return UNKNOWN
    return f"{kwh:.2f} kWh" if kwh >= 1 else f"{kwh * 1000:.{1 if kwh >= 1e-3 else 3}f} Wh"
