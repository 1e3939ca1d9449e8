"""Shapes of which charts are made, as inline SVG.

Colours are CSS classes of page_style.css, so that a page's light and dark schemes apply. Places are
in units of the picture; text is 12 units high.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

LEFT, RIGHT, TOP, BOTTOM = 48, 20, 34, 44  # margins for axes and legend


@dataclass(frozen=True)
class Frame:
    """Maps values to places in the picture.

    Attributes:
        x, y: ends of the values on the two axes.
        width: width of the picture.
        top, bottom: places of the ends of ``y``.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    width: float
    bottom: float
    top: float = TOP

    def across(self, value: float) -> float:
        """Return the place of a value of x."""
        low, high = self.x
        return round(LEFT + (value - low) / (high - low) * (self.width - LEFT - RIGHT), 1)

    def up(self, value: float) -> float:
        """Return the place of a value of y."""
        low, high = self.y
        return round(self.bottom - (value - low) / (high - low) * (self.bottom - self.top), 1)


def nice_ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return round values that enclose ``low … high``."""
    if high - low < 1e-9:
        low, high = low - 0.05, high + 0.05
    raw = (high - low) / (about - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * 0.999)
    start, end = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(start, end + 1)]


def svg(parts: Iterable[Markup], width: float, height: float, description: str) -> Markup:
    """Put shapes into a picture, with words that a screen reader says."""
    return Markup(
        '<svg class="chart" viewBox="0 0 {:g} {:g}" role="img" aria-label="{}">{}</svg>'
    ).format(width, height, description, Markup("").join(parts))


def y_axis(frame: Frame, ticks: Sequence[float], *, as_percent: bool = False) -> list[Markup]:
    """Draw lines across the picture, with their values at the left."""
    step = ticks[1] - ticks[0]
    parts = []
    for tick in ticks:
        y = frame.up(tick)
        parts.append(segment("grid", LEFT, y, frame.width - RIGHT, y))
        parts.append(text(LEFT - 7, y + 4, tick_text(tick, step, as_percent=as_percent), "end"))
    return parts


def swatches(named: Sequence[tuple[str, str]], left: float = LEFT) -> list[Markup]:
    """Draw a legend: pairs of a colour class and a name, side by side at the top."""
    parts, x = [], float(left)
    for tone, name in named:
        parts += [box(tone, x, 8, x + 12, 18), text(x + 18, 17, name, "start")]
        x += 34 + 6.4 * len(name)
    return parts


def box(tone: str, left: float, top: float, right: float, bottom: float) -> Markup:
    """Draw a filled rectangle."""
    return Markup('<rect class="{}" x="{:g}" y="{:g}" width="{:g}" height="{:g}"/>').format(
        tone, round(left, 1), round(top, 1), max(0.0, round(right - left, 1)),
        max(0.0, round(bottom - top, 1)),
    )  # fmt: skip


def segment(tone: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    """Draw a straight line."""
    return Markup('<line class="{}" x1="{:g}" y1="{:g}" x2="{:g}" y2="{:g}"/>').format(
        tone, x1, y1, x2, y2
    )


def course(tone: str, points: Sequence[tuple[float, float]]) -> Markup:
    """Draw a line from place to place."""
    return Markup('<polyline class="line {}" points="{}"/>').format(tone, path_of(points))


def disc(tone: str, x: float, y: float, radius: float) -> Markup:
    """Draw a filled circle around a place."""
    return Markup('<circle class="{}" cx="{:g}" cy="{:g}" r="{:g}"/>').format(tone, x, y, radius)


def path_of(points: Sequence[tuple[float, float]]) -> str:
    """Write places as the ``points`` of a line or a polygon."""
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def text(x: float, y: float, words: str, anchor: str) -> Markup:
    """Write words at a place; ``anchor`` is ``start``, ``middle`` or ``end``."""
    return Markup('<text x="{:g}" y="{:g}" text-anchor="{}">{}</text>').format(
        x, y, anchor, escape(words)
    )


def tick_text(value: float, step: float, *, as_percent: bool = False) -> str:
    """Write the value of a tick with as many decimals as its step needs."""
    if as_percent:
        value, step = value * 100, step * 100
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    if digits and abs(step * 10**digits - round(step * 10**digits)) > 1e-6:
        digits += 1  # steps of 0.25
    return f"{value:,.{digits}f}".replace("-", "\u2212") + (" %" if as_percent else "")
