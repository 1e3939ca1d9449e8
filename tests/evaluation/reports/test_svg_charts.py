"""Charts are well-formed, stay inside their picture and escape what they are given."""

from xml.etree import ElementTree as ET

import pytest

from sentilora.evaluation.calibration import Bin
from sentilora.evaluation.reports.svg_charts import (
    WIDTH,
    Series,
    line_chart,
    reliability_diagram,
    smooth,
)
from sentilora.evaluation.reports.svg_shapes import nice_ticks


def parsed(svg):
    return ET.fromstring(str(svg))


def texts(svg):
    return [element.text for element in parsed(svg).iter("text")]


def test_a_line_chart_is_well_formed_and_stays_inside():
    line = Series("loss", [(step, 1 / step) for step in range(1, 50)])
    svg = parsed(line_chart([line], description="Loss", x_label="step", mark=(30, "kept")))
    assert svg.get("aria-label") == "Loss"
    assert svg.get("role") == "img"
    (polyline,) = svg.iter("polyline")
    places = [tuple(map(float, place.split(","))) for place in polyline.get("points").split()]
    height = float(svg.get("viewBox").split()[3])
    assert all(0 <= x <= WIDTH and 0 <= y <= height for x, y in places)
    assert [y for _, y in places] == sorted(y for _, y in places)  # falling: y grows downwards


@pytest.mark.parametrize(
    "points", [[(7, 0.5)], [(1, 0.5), (2, 0.5)], [(1, 0.0), (2, 1e6)], [(1, 1e-12), (2, 2e-12)]]
)
def test_odd_curves_are_drawn(points):
    assert parsed(line_chart([Series("a", points)], description="d", x_label="x")) is not None


def test_nothing_to_draw_is_empty():
    assert line_chart([Series("a", [])], description="d", x_label="x") == ""
    assert reliability_diagram([], description="d") == ""


def test_names_are_escaped():
    nasty = '"><script>alert(1)</script>'
    svg = line_chart(
        [Series(nasty, [(0, 1), (1, 2)])], description=nasty, x_label=nasty, mark=(1, nasty)
    )
    assert "<script" not in svg
    assert nasty in texts(svg)


def test_percent_ticks_are_distinct():
    series = Series("a", [(1, 0.9), (2, 0.91)])
    told = texts(line_chart([series], description="d", x_label="x", as_percent=True))
    shares = [text for text in told if text.endswith(" %")]
    assert len(shares) == len(set(shares)) > 2


def test_a_reliability_diagram_has_a_bar_and_a_mark_for_each_bin():
    bins = [
        Bin(low=0.4, high=0.6, count=1, confidence=0.55, accuracy=0.0),
        Bin(low=0.8, high=1.0, count=9, confidence=0.9, accuracy=1.0),
    ]
    svg = parsed(reliability_diagram(bins, description="d"))
    assert len(list(svg.iter("g"))) == 2
    heights = [
        float(box.get("height"))
        for group in svg.iter("g")
        for box in group
        if box.get("class") == "bar"
    ]
    assert heights[0] == 0
    assert heights[1] > 100


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0.61, 0.87), (3, 3), (0, 12345), (-2, 2)])
def test_ticks_enclose_their_range(low, high):
    ticks = nice_ticks(low, high)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert 3 <= len(ticks) <= 7


def test_smoothing_keeps_the_mean_and_the_limit():
    points = [(float(step), float(step % 2)) for step in range(1000)]
    kept = smooth(points, 50)
    assert len(kept) == 50
    assert {y for _, y in kept} == {0.5}
    assert smooth(points[:10], 40) == points[:10]
