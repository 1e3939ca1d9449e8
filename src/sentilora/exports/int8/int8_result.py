"""What a search for an int8 file found: the ways, their figures, and the words for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from sentilora.exports.accuracy import Accuracy
from sentilora.exports.first_stage_fit import CERTAINTY
from sentilora.message import setting

INT8 = "int8"
SAME_SPEED = 0.95  # a race of two equal files may end like that


@dataclass(frozen=True)
class Speeds:
    """How fast two models answered the same texts in turns.

    Attributes:
        fp32: texts per second of the float32 model, median of rounds.
        way: texts per second of the other model; in a search ``ratio`` times ``fp32``, which is the
            median of all races: the machine is not equally busy in each, and ways are compared.
        ratio: seconds of float32 by seconds of the other, median over rounds; above 1 is faster.
    """

    fp32: float
    way: float
    ratio: float

    def beside(self, fp32: float) -> Speeds:
        """Return the same ratio where float32 answers so many texts per second."""
        return Speeds(fp32, fp32 * self.ratio, self.ratio)


@dataclass(frozen=True)
class Tried:
    """What came out of one way.

    Attributes:
        name: name of the way.
        bytes: size of its file or files, in bytes.
        accuracy: accuracy on the labelled rows.
        drop: points of macro F1 lost against float32; below 0 where it gained.
        flipped_share: share of all texts with another label than float32's, in ``[0, 1]``.
        flipped_bound: largest share that such texts have among other texts of this kind, 95 %
            certain (one-sided Clopper-Pearson bound).
        speeds: speeds of the way beside float32.
        problem: reason why it did not work; then the others are None.
    """

    name: str
    bytes: int | None = None
    accuracy: Accuracy | None = None
    drop: float | None = None
    flipped_share: float | None = None
    speeds: Speeds | None = None
    problem: str | None = None
    flipped_bound: float | None = None

    @property
    def speedup(self) -> float:
        """How many times as fast as float32; 0 where it did not work."""
        return self.speeds.ratio if self.speeds else 0.0

    def keeps(self, max_drop: float, max_changed: float) -> bool:
        """Say whether it keeps the budgets, speed aside."""
        if self.drop is None or self.flipped_share is None:
            return False
        # The figures are means of whole numbers: 1e-9 is rounding, not a row.
        return self.drop <= max_drop + 1e-9 and self.flipped_share <= max_changed + 1e-9


@dataclass(frozen=True)
class Quantised:
    """What was tried, and what is shipped.

    Attributes:
        rows: number of labelled rows that accuracy was measured on.
        source: what these rows are, for people: ``validation rows``.
        changed_texts: number of texts that changed labels were counted on, these rows among them.
        max_drop: the budget, in points of macro F1.
        max_changed: the budget, as a share of labels.
        speed_texts: number of labelled texts that speed was measured on.
        fp32: accuracy of the float32 file.
        fp32_bytes: size of the float32 file, in bytes.
        ways: results of all ways that were tried.
        chosen: name of the way that is shipped.
        bf16: speeds of the float32 file (``fp32``) and of the shipped one (``int8``) when both are
            loaded in bfloat16, each against float32; None where ``auto`` would not take it.
    """

    rows: int
    source: str
    changed_texts: int
    max_drop: float
    max_changed: float
    speed_texts: int
    fp32: Accuracy
    fp32_bytes: int
    ways: tuple[Tried, ...]
    chosen: str = ""
    bf16: dict[str, Speeds] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values, for JSON."""
        return {"to": INT8, **asdict(self), "doubt": self.doubt}

    @property
    def best(self) -> Tried | None:
        """The fastest way that keeps the budgets and is faster than float32.

        Of those that are as quick, up to ``SAME_SPEED``, the one that changes fewest labels.
        """
        budgets = (self.max_drop, self.max_changed)
        good = [one for one in self.ways if one.keeps(*budgets) and one.speedup > 1]
        quickest = max((one.speedup for one in good), default=0.0)
        equals = [one for one in good if one.speedup >= quickest * SAME_SPEED]
        return min(equals, key=lambda one: (one.flipped_share or 0.0, -one.speedup), default=None)

    @property
    def doubt(self) -> str | None:
        """What the rows are too few to show, and how many it takes; None where they are enough."""
        share = self.max_drop / 100
        if not 0 < share < 1 or self.rows * share >= 1:
            return None
        least = int(np.ceil(1 / share))
        sure = int(np.ceil(np.log(1 - CERTAINTY) / np.log1p(-share)))
        return (
            f"{self.rows:,} {self.source} cannot show {self.max_drop:g} points: one label there "
            f"weighs {100 / max(1, self.rows):.2g}. That takes {least:,} rows, and {sure:,} "
            f"without a changed label to be {CERTAINTY:.0%} sure."
        )


def on_one_scale(tried: Sequence[Tried]) -> tuple[Tried, ...]:
    """Return the ways with texts per second beside one speed of float32, the median of races."""
    rates = [one.speeds.fp32 for one in tried if one.speeds is not None]
    return tuple(
        replace(one, speeds=one.speeds.beside(float(np.median(rates)))) if one.speeds else one
        for one in tried
    )


def refusal(outcome: Quantised) -> str:
    """Return why nothing is shipped: what each way lost, and what to type next."""
    fast = [one for one in outcome.ways if one.speedup > 1]
    problem = (
        f"No int8 way is faster than fp32 here, loses at most {outcome.max_drop:g} points of macro "
        f"F1 on {outcome.rows:,} {outcome.source} (fp32: {outcome.fp32.macro_f1:.4f}, "
        f"{outcome.fp32_bytes / 1e6:.1f} MB) and changes at most {outcome.max_changed:.2%} of the "
        f"labels of {outcome.changed_texts:,} texts. Nothing was written."
    )
    lines = [f"  {one.name}: {way_line(one, outcome)}" for one in outcome.ways]
    if fast:
        advice = f"Allow more with {_needed(fast, outcome)}, or export without " + (
            f"{setting('quantize')}."
        )
    else:
        advice = f"Export without {setting('quantize')}, or to another target."
    return "\n".join([problem, *lines, advice])


def _needed(fast: Sequence[Tried], outcome: Quantised) -> str:
    """Return the settings with which the way that loses least would be shipped."""
    least = min(fast, key=lambda one: (one.flipped_share or 0.0, one.drop or 0.0))
    drop, changed = least.drop or 0.0, least.flipped_share or 0.0
    needed = []
    if drop > outcome.max_drop:
        needed.append(setting("max_drop", float(np.ceil(drop * 10) / 10)))
    if changed > outcome.max_changed:
        needed.append(setting("max_changed", float(np.ceil(changed * 100) / 100)))
    return " and ".join(needed)


def way_line(tried: Tried, outcome: Quantised) -> str:
    """Return what one way did, for people."""
    if tried.problem is not None or tried.speeds is None or tried.bytes is None:
        return f"does not work: {tried.problem}"
    verdict = []
    if not tried.keeps(outcome.max_drop, 1.0):
        verdict.append("loses too much")
    if not tried.keeps(100.0, outcome.max_changed):
        verdict.append("changes too many labels")
    if tried.speedup <= 1:
        verdict.append("no faster")
    figures = (
        f"{-tried.drop if tried.drop else 0:+.2f} points, {tried.flipped_share:.2%} of labels "
        f"changed, {tried.speedup:.2f} times the speed of fp32 ({tried.speeds.way:,.1f} texts/s), "
        f"{tried.bytes / 1e6:.1f} MB"
    )
    return f"{figures}: {' and '.join(verdict)}" if verdict else figures
