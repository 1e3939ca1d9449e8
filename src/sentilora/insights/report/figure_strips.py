"""Small pictures inside tables, as inline SVG: a share, a difference, a course.

They fill the cell they stand in, and say nothing to a screen reader: the figure stands beside them.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from sentilora.insights.insight_report import Estimate

_STRIP = Markup('<svg class="strip-svg" aria-hidden="true" focusable="false">{}</svg>')
_BAR = Markup('<rect class="{}" x="{:.2f}%" y="{:g}" width="{:.2f}%" height="{:g}" rx="2"/>')
_SPAN = Markup('<line class="{}" x1="{:.2f}%" y1="{:g}" x2="{:.2f}%" y2="{:g}"/>')
_DOT = Markup('<circle class="{}" cx="{:.2f}%" cy="8" r="4.5"/>')


def share_bar(share: Estimate, most: float, tone: str) -> Markup:
    """Draw a share as a bar from 0, with its interval as a line.

    Args:
        share: the share.
        most: share that fills the cell.
        tone: colour class.
    """
    value, low, high = (100 * min(1.0, end / most) for end in (share.value, share.low, share.high))
    return _STRIP.format(
        Markup("").join(
            [_BAR.format(f"fill {tone}", 0, 2, value, 12), _SPAN.format("whisker", low, 8, high, 8)]
        )
    )


def interval_strip(found: Estimate, ends: tuple[float, float], tone: str) -> Markup:
    """Draw a figure as a dot on its interval, with a line at 0.

    Args:
        found: the figure.
        ends: values at the ends of the cell; 0 lies between them.
        tone: colour class.
    """
    first, last = ends
    zero, value, low, high = (
        100 * min(1.0, max(0.0, (end - first) / (last - first)))
        for end in (0.0, found.value, found.low, found.high)
    )
    return _STRIP.format(
        Markup("").join(
            [
                _SPAN.format("zero", zero, 0, zero, 16),
                _SPAN.format(f"whisker {tone}", low, 8, high, 8),
                _DOT.format(f"fill {tone}", value),
            ]
        )
    )


def ends_of(found: Sequence[Estimate]) -> tuple[float, float]:
    """Return round ends, in tens, between which all intervals and 0 lie."""
    low = min((one.low for one in found), default=0.0)
    high = max((one.high for one in found), default=0.0)
    first, last = 10.0 * (min(low, -1.0) // 10), -10.0 * (-max(high, 1.0) // 10)
    return max(-200.0, first), min(200.0, last)


def course(numbers: Sequence[int]) -> Markup:
    """Draw how many texts each period has, as bars side by side; the last one stands out."""
    if not any(numbers):
        return Markup()
    most, slot = max(numbers), 100 / len(numbers)
    bars = [
        _BAR.format(
            "fill now" if place == len(numbers) - 1 else "fill past",
            place * slot + slot * 0.08,
            26 - 24 * number / most,
            slot * 0.84,
            24 * number / most,
        )
        for place, number in enumerate(numbers)
        if number
    ]
    return Markup('<svg class="course" aria-hidden="true" focusable="false">{}</svg>').format(
        Markup("").join(bars)
    )
