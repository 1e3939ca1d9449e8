"""Charts as inline SVG. Colours are CSS classes, so that a page's light and dark schemes apply.

About 460 units wide with text of 12 units: made for half a page, still readable on a phone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from sentilora.evaluation.calibration import Bin

WIDTH, HEIGHT = 460, 290
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 20, 34, 44

Point = tuple[float, float]


@dataclass(frozen=True)
class Series:
    """One line of a chart.

    Attributes:
        name: name for the legend; empty for none.
        points: points ``(x, y)`` in order of x.
        tone: colour of the page: ``one``, ``two`` or ``faint``.
    """

    name: str
    points: list[Point]
    tone: str = "one"


@dataclass(frozen=True)
class _Frame:
    """Maps values to places in the picture."""

    x: tuple[float, float]
    y: tuple[float, float]
    bottom: float = HEIGHT - _BOTTOM

    def across(self, value: float) -> float:
        low, high = self.x
        return round(_LEFT + (value - low) / (high - low) * (WIDTH - _LEFT - _RIGHT), 1)

    def up(self, value: float) -> float:
        low, high = self.y
        return round(self.bottom - (value - low) / (high - low) * (self.bottom - _TOP), 1)


def line_chart(
    series: Sequence[Series],
    *,
    description: str,
    x_label: str,
    as_percent: bool = False,
    mark: tuple[float, str] | None = None,
) -> Markup:
    """Draw lines over steps.

    Args:
        series: lines to draw; those without points are left out.
        description: words that a screen reader says.
        x_label: words under the axis.
        as_percent: whether to write y as percent.
        mark: place x of a vertical line, with a word.

    Returns:
        An ``<svg>`` element; empty when there is nothing to draw.
    """
    series = [one for one in series if one.points]
    if not series:
        return Markup()
    points = [point for one in series for point in one.points]
    ticks = nice_ticks(min(y for _, y in points), max(y for _, y in points))
    first, last = min(x for x, _ in points), max(x for x, _ in points)
    frame = _Frame(
        (min(first, 0 if first < last / 4 else first), max(last, first + 1)), _ends(ticks)
    )
    parts = [*_y_axis(frame, ticks, as_percent), *_x_axis(frame, x_label)]
    if mark is not None and frame.x[0] <= mark[0] <= frame.x[1]:
        parts += _mark(frame, *mark)
    for one in series:
        parts += _line(frame, one)
    return _svg([*parts, *_legend(series)], HEIGHT, description)


def reliability_diagram(bins: Sequence[Bin], *, description: str) -> Markup:
    """Draw accuracy against confidence (Guo et al. 2017, fig. 1), and the rows of each bin."""
    if not bins:
        return Markup()
    strip, height = 46, HEIGHT + 100
    frame = _Frame((0, 1), (0, 1), bottom=height - _BOTTOM - strip)
    most = max(one.count for one in bins)
    parts = list(_y_axis(frame, [0, 0.25, 0.5, 0.75, 1], as_percent=True))
    for one in bins:
        left, right = frame.across(one.low) + 1, frame.across(one.high) - 1
        says = (
            f"{one.low:.2f} to {one.high:.2f}: {one.count:,} texts, sure by "
            f"{one.confidence:.1%}, right in {one.accuracy:.1%}"
        )
        sure, rows = frame.up(one.confidence), max(1.0, (strip - 14) * one.count / most)
        parts.append(
            Markup("<g><title>{}</title>{}{}{}</g>").format(
                says,
                _box("bar", left, frame.up(one.accuracy), right, frame.up(0)),
                _box("sure", left - 1, sure - 1.5, right + 1, sure + 1.5),
                _box("rows", left, height - _BOTTOM - rows, right, height - _BOTTOM),
            )
        )
    parts.append(_segment("ideal", frame.across(0), frame.up(0), frame.across(1), frame.up(1)))
    base = _Frame((0, 1), (0, 1), bottom=height - _BOTTOM)
    parts += _x_axis(base, "confidence (probability of the answer)", as_percent=True)
    legend = [("bar", "accuracy"), ("sure", "mean confidence"), ("rows", "texts")]
    parts += _swatches(legend)
    return _svg(parts, height, description)


def smooth(points: Sequence[Point], most: int) -> list[Point]:
    """Average neighbouring points until at most ``most`` are left."""
    size = max(1, math.ceil(len(points) / most))
    groups = [points[start : start + size] for start in range(0, len(points), size)]
    return [(_mean(x for x, _ in group), _mean(y for _, y in group)) for group in groups]


def nice_ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return round values that enclose ``low … high``."""
    if high - low < 1e-9:
        low, high = low - 0.05, high + 0.05
    raw = (high - low) / (about - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * 0.999)
    start, end = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(start, end + 1)]


def _svg(parts: Iterable[Markup], height: float, description: str) -> Markup:
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, height, description, Markup("").join(parts))


def _y_axis(frame: _Frame, ticks: Sequence[float], as_percent: bool) -> list[Markup]:
    step = ticks[1] - ticks[0]
    parts = []
    for tick in ticks:
        y = frame.up(tick)
        parts.append(_segment("grid", _LEFT, y, WIDTH - _RIGHT, y))
        parts.append(_text(_LEFT - 7, y + 4, _tick(tick, step, as_percent), "end"))
    return parts


def _x_axis(frame: _Frame, label: str, as_percent: bool = False) -> list[Markup]:
    low, high = frame.x
    ticks = [tick for tick in nice_ticks(low, high) if low <= tick <= high] or [low]
    if high <= 4 and not as_percent:
        ticks = [tick for tick in ticks if tick == int(tick)]
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1
    y = frame.bottom
    parts = [_segment("axis", _LEFT, y, WIDTH - _RIGHT, y)]
    parts += [
        _text(frame.across(tick), y + 17, _tick(tick, step, as_percent), "middle") for tick in ticks
    ]
    middle = (_LEFT + WIDTH - _RIGHT) / 2
    return [*parts, _text(middle, y + 36, label, "middle")]


def _mark(frame: _Frame, x: float, word: str) -> list[Markup]:
    place = frame.across(x)
    is_left = place > WIDTH * 0.6
    anchor, shift = ("end", -5) if is_left else ("start", 5)
    return [
        _segment("mark", place, _TOP, place, frame.bottom),
        _text(place + shift, frame.bottom - 7, word, anchor),
    ]


def _line(frame: _Frame, one: Series) -> list[Markup]:
    places = [(frame.across(x), frame.up(y)) for x, y in one.points]
    path = " ".join(f"{x:g},{y:g}" for x, y in places)
    parts = [Markup('<polyline class="line {}" points="{}"/>').format(one.tone, path)]
    if len(places) <= 30 and one.tone != "faint":
        dot = Markup('<circle class="dot {}" cx="{}" cy="{}" r="3"/>')
        parts += [dot.format(one.tone, x, y) for x, y in places]
    return parts


def _legend(series: Sequence[Series]) -> list[Markup]:
    return _swatches([(f"fill {one.tone}", one.name) for one in series if one.name])


def _swatches(named: Sequence[tuple[str, str]]) -> list[Markup]:
    parts, x = [], float(_LEFT)
    for tone, name in named:
        parts += [_box(tone, x, 8, x + 12, 18), _text(x + 18, 17, name, "start")]
        x += 34 + 6.4 * len(name)
    return parts


def _box(tone: str, left: float, top: float, right: float, bottom: float) -> Markup:
    return Markup('<rect class="{}" x="{:g}" y="{:g}" width="{:g}" height="{:g}"/>').format(
        tone, round(left, 1), round(top, 1), max(0.0, round(right - left, 1)),
        max(0.0, round(bottom - top, 1)),
    )  # fmt: skip


def _segment(tone: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup('<line class="{}" x1="{:g}" y1="{:g}" x2="{:g}" y2="{:g}"/>').format(
        tone, x1, y1, x2, y2
    )


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{:g}" y="{:g}" text-anchor="{}">{}</text>').format(
        x, y, anchor, escape(text)
    )


def _tick(value: float, step: float, as_percent: bool) -> str:
    if as_percent:
        value, step = value * 100, step * 100
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    if digits and abs(step * 10**digits - round(step * 10**digits)) > 1e-6:
        digits += 1  # steps of 0.25
    return f"{value:,.{digits}f}" + (" %" if as_percent else "")


def _ends(ticks: Sequence[float]) -> tuple[float, float]:
    return ticks[0], ticks[-1]


def _mean(values: Iterable[float]) -> float:
    kept = list(values)
    return sum(kept) / len(kept)
