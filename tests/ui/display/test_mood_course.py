"""The mood over time: nothing is cut off, and each point stands above the name of its period."""

from sentilora.insights.report.sentences import period_words
from sentilora.ui.display.mood_course import draw_mood, draw_volume
from tests.helpers.insight_reports import airline_report


def drawn():
    report = airline_report()
    names = [period_words(report, one) for one in report.periods]
    return report, draw_mood(report, names).to_dict(), draw_volume(report, names).to_dict()


def test_the_axis_holds_all_intervals():
    report, mood, _ = drawn()
    (domain,) = {
        tuple(layer["encoding"]["y"]["scale"]["domain"])
        for layer in mood["layer"]
        if "scale" in layer["encoding"].get("y", {})
    }
    found = [one.net for one in report.periods if one.net is not None]
    assert domain[0] <= min(0, *(one.low for one in found))
    assert domain[1] >= max(0, *(one.high for one in found))


def test_both_pictures_name_the_same_periods_below_the_same_bands():
    report, mood, volume = drawn()
    layers = [layer["encoding"]["x"] for layer in mood["layer"] if "x" in layer["encoding"]]
    assert len(layers) == 4
    for x in [*layers, volume["encoding"]["x"]]:
        assert x["scale"]["type"] == "band"
        assert x["scale"]["domain"] == [one.start.isoformat() for one in report.periods]
        assert x["axis"]["labelFlush"] is False
