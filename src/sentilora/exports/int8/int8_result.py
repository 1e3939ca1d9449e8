"""What a search for an int8 file found: the ways, their figures, and the words for people."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sentilora.exports.accuracy import Accuracy
from sentilora.message import setting

INT8 = "int8"
SAME_SPEED = 0.95  # a race of two equal files may end like that


@dataclass(frozen=True)
class Speeds:
    """How fast two models answered the same texts in turns; texts per second, medians of rounds.

    Attributes:
        fp32: texts per second of the float32 model.
        way: texts per second of the other model.
        ratio: seconds of float32 by seconds of the other, median over rounds; above 1 is faster.
    """

    fp32: float
    way: float
    ratio: float


@dataclass(frozen=True)
class Tried:
    """What came out of one way.

    Attributes:
        name: name of the way.
        bytes: size of its file or files, in bytes.
        accuracy: accuracy on the validation rows.
        drop: points of macro F1 lost against float32; below 0 where it gained.
        flipped_share: share of validation rows with another label than float32's, in ``[0, 1]``.
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

    @property
    def speedup(self) -> float:
        """How many times as fast as float32; 0 where it did not work."""
        return self.speeds.ratio if self.speeds else 0.0

    def keeps(self, max_drop: float) -> bool:
        """Say whether it keeps the budget, speed aside."""
        # The figures are means of whole numbers: 1e-9 is rounding, not a row.
        return self.drop is not None and self.drop <= max_drop + 1e-9


@dataclass(frozen=True)
class Quantised:
    """What was tried, and what is shipped.

    Attributes:
        rows: number of validation rows that accuracy was measured on.
        max_drop: the budget, in points of macro F1.
        speed_texts: number of validation texts that speed was measured on.
        fp32: accuracy of the float32 file.
        fp32_bytes: size of the float32 file, in bytes.
        ways: results of all ways that were tried.
        chosen: name of the way that is shipped.
        bf16: speeds of the float32 file (``fp32``) and of the shipped one (``int8``) when both are
            loaded in bfloat16, each against float32; None where ``auto`` would not take it.
    """

    rows: int
    max_drop: float
    speed_texts: int
    fp32: Accuracy
    fp32_bytes: int
    ways: tuple[Tried, ...]
    chosen: str = ""
    bf16: dict[str, Speeds] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values, for JSON."""
        return {"to": INT8, **asdict(self)}

    @property
    def best(self) -> Tried | None:
        """The fastest way that keeps the budget and is faster than float32.

        Of those that are as quick, up to ``SAME_SPEED``, the one that changes fewest labels.
        """
        good = [one for one in self.ways if one.keeps(self.max_drop) and one.speedup > 1]
        quickest = max((one.speedup for one in good), default=0.0)
        equals = [one for one in good if one.speedup >= quickest * SAME_SPEED]
        return min(equals, key=lambda one: (one.flipped_share or 0.0, -one.speedup), default=None)


def refusal(outcome: Quantised) -> str:
    """Return why nothing is shipped: what each way lost, and what to type next."""
    fast = [one for one in outcome.ways if one.speedup > 1]
    problem = (
        f"No int8 way is faster than fp32 here and loses at most {outcome.max_drop:g} points of "
        f"macro F1 on {outcome.rows:,} validation rows (fp32: {outcome.fp32.macro_f1:.4f}, "
        f"{outcome.fp32_bytes / 1e6:.1f} MB). Nothing was written."
    )
    lines = [f"  {one.name}: {way_line(one, outcome)}" for one in outcome.ways]
    if fast:
        least = min(one.drop for one in fast if one.drop is not None)
        needed = np.ceil(least * 10) / 10
        advice = (
            f"Allow more with {setting('max_drop', float(needed))}, or export without "
            f"{setting('quantize')}."
        )
    else:
        advice = f"Export without {setting('quantize')}, or to another target."
    return "\n".join([problem, *lines, advice])


def way_line(tried: Tried, outcome: Quantised) -> str:
    """Return what one way did, for people."""
    if tried.problem is not None or tried.speeds is None or tried.bytes is None:
        return f"does not work: {tried.problem}"
    verdict = []
    if not tried.keeps(outcome.max_drop):
        verdict.append("loses too much")
    if tried.speedup <= 1:
        verdict.append("no faster")
    figures = (
        f"{-tried.drop if tried.drop else 0:+.2f} points, {tried.flipped_share:.2%} of labels "
        f"changed, {tried.speedup:.2f} times the speed of fp32 ({tried.speeds.way:,.1f} texts/s), "
        f"{tried.bytes / 1e6:.1f} MB"
    )
    return f"{figures}: {' and '.join(verdict)}" if verdict else figures
