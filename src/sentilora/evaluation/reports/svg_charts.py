"""Charts of training as inline SVG.

About 460 units wide with text of 12 units: made for half a page, still readable on a phone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sentilora.evaluation.calibration import Bin
from sentilora.evaluation.reports.svg_shapes import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Frame,
    box,
    course,
    disc,
    nice_ticks,
    segment,
    svg,
    swatches,
    text,
    tick_text,
    y_axis,
)

WIDTH, HEIGHT = 460, 290

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


def _frame(
    x: tuple[float, float], y: tuple[float, float], bottom: float = HEIGHT - BOTTOM
) -> Frame:
    return Frame(x, y, WIDTH, bottom)


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
    frame = _frame(
        (min(first, 0 if first < last / 4 else first), max(last, first + 1)), _ends(ticks)
    )
    parts = [*y_axis(frame, ticks, as_percent=as_percent), *_x_axis(frame, x_label)]
    if mark is not None and frame.x[0] <= mark[0] <= frame.x[1]:
        parts += _mark(frame, *mark)
    for one in series:
        parts += _line(frame, one)
    return svg([*parts, *_legend(series)], WIDTH, HEIGHT, description)


def reliability_diagram(bins: Sequence[Bin], *, description: str) -> Markup:
    """Draw accuracy against confidence (Guo et al. 2017, fig. 1), and the rows of each bin."""
    if not bins:
        return Markup()
    strip, height = 46, HEIGHT + 100
    frame = _frame((0, 1), (0, 1), bottom=height - BOTTOM - strip)
    most = max(one.count for one in bins)
    parts = list(y_axis(frame, [0, 0.25, 0.5, 0.75, 1], as_percent=True))
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
                box("bar", left, frame.up(one.accuracy), right, frame.up(0)),
                box("sure", left - 1, sure - 1.5, right + 1, sure + 1.5),
                box("rows", left, height - BOTTOM - rows, right, height - BOTTOM),
            )
        )
    parts.append(segment("ideal", frame.across(0), frame.up(0), frame.across(1), frame.up(1)))
    base = _frame((0, 1), (0, 1), bottom=height - BOTTOM)
    parts += _x_axis(base, "confidence (probability of the answer)", as_percent=True)
    legend = [("bar", "accuracy"), ("sure", "mean confidence"), ("rows", "texts")]
    parts += swatches(legend)
    return svg(parts, WIDTH, height, description)


def smooth(points: Sequence[Point], most: int) -> list[Point]:
    """Average neighbouring points until at most ``most`` are left."""
    size = max(1, math.ceil(len(points) / most))
    groups = [points[start : start + size] for start in range(0, len(points), size)]
    return [(_mean(x for x, _ in group), _mean(y for _, y in group)) for group in groups]


def _x_axis(frame: Frame, label: str, as_percent: bool = False) -> list[Markup]:
    low, high = frame.x
    ticks = [tick for tick in nice_ticks(low, high) if low <= tick <= high] or [low]
    if high <= 4 and not as_percent:
        ticks = [tick for tick in ticks if tick == int(tick)]
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1
    y = frame.bottom
    parts = [segment("axis", LEFT, y, WIDTH - RIGHT, y)]
    parts += [
        text(frame.across(tick), y + 17, tick_text(tick, step, as_percent=as_percent), "middle")
        for tick in ticks
    ]
    middle = (LEFT + WIDTH - RIGHT) / 2
    return [*parts, text(middle, y + 36, label, "middle")]


def _mark(frame: Frame, x: float, word: str) -> list[Markup]:
    place = frame.across(x)
    is_left = place > WIDTH * 0.6
    anchor, shift = ("end", -5) if is_left else ("start", 5)
    return [
        segment("mark", place, TOP, place, frame.bottom),
        text(place + shift, frame.bottom - 7, word, anchor),
    ]


def _line(frame: Frame, one: Series) -> list[Markup]:
    places = [(frame.across(x), frame.up(y)) for x, y in one.points]
    parts = [course(one.tone, places)]
    if len(places) <= 30 and one.tone != "faint":
        parts += [disc(f"dot {one.tone}", x, y, 3) for x, y in places]
    return parts


def _legend(series: Sequence[Series]) -> list[Markup]:
    return swatches([(f"fill {one.tone}", one.name) for one in series if one.name])


def _ends(ticks: Sequence[float]) -> tuple[float, float]:
    return ticks[0], ticks[-1]


def _mean(values: Iterable[float]) -> float:
    kept = list(values)
    return sum(kept) / len(kept)
